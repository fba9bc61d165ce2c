// Replays on the embedded log.
import { systemClock } from '../../../base/clock.ts';
import { openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import { replaysSuite } from './replays.suite.ts';

replaysSuite(async (t) => {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  t.after(() => log.close());
  return log;
});
