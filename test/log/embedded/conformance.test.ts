// The embedded log passes the port's conformance suite, on either storage, with and without gaps in its offsets.
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { JournalStorage } from '../../../log/embedded/journal/journal-storage.ts';
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import { logSuite } from '../../conformance/log.suite.ts';
import { features, opener, temporaryDirectory } from './kit.ts';

const storages = {
  'in memory': async () => new MemoryStorage(),
  'on disk': () => JournalStorage.open(temporaryDirectory()),
};

for (const [where, storage] of Object.entries(storages)) {
  for (const offsetGaps of [false, true]) {
    const clock = new SteppedClock();
    const log = opener(storage, { clock, offsetGaps });
    logSuite(`embedded ${where}, gaps ${offsetGaps}`, async (own) => (await log()).session(own), features(clock, log));
  }
}
