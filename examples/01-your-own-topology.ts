// A topology of your own, in one file: visits of pages are counted, and a page that nobody has visited for ten minutes
// is forgotten. It runs on the embedded log and the topology driver, all in memory, with a clock that we step.
import { SteppedClock } from '../base/stepped-clock.ts';
import { openEmbeddedLog } from '../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../log/embedded/memory-storage.ts';
import { memoryStore } from '../state/memory/memory-store.ts';
import { jsonSerde } from '../state/task-state.ts';
import type { Processor, StoreSpec, TimerProcessor, Topic } from '../streams/api.ts';
import { TopologyDriver } from '../streams/testing/topology-driver.ts';
import { topology } from '../streams/topology.ts';

interface Visit {
  readonly by: string;
}

interface Page {
  readonly visits: number;
}

// Topics and stores: a name and how values become bytes. JSON does here; the shop uses Avro.
const topic = <V>(name: string): Topic<V> => ({ name, partitions: 2, cleanup: 'delete', serde: jsonSerde<V>() });
const visits = topic<Visit>('visits');
const news = topic<string>('news');
const deadLetters: Topic<Buffer> = {
  ...topic('dead-letters'),
  serde: { encode: (bytes, target, at) => at + bytes.copy(target, at), decode: (bytes) => bytes },
};
const pages: StoreSpec<Page> = { name: 'pages', serde: jsonSerde<Page>() };

interface Wiring {
  stores: { pages: Page };
  outputs: { news: string };
  timers: 'quiet';
}

// A processor is a pure function: the record, the state and the time come in, effects go out.
const countVisit: Processor<Visit, Wiring> = {
  name: 'count-visit',
  process({ key, value }, { stores, timers, forward, now }) {
    const visitsSoFar = (stores.pages.get(key)?.visits ?? 0) + 1;
    stores.pages.put(key, { visits: visitsSoFar });
    timers.quiet.set(key, now + 10 * 60_000);
    forward('news', key, `${value.by} visited ${key}: ${visitsSoFar} so far`);
  },
};

const forgetPage: TimerProcessor<Wiring> = {
  name: 'forget-page',
  fire(key, { stores, forward }) {
    forward('news', key, `nobody visits ${key} any more, after ${stores.pages.get(key)?.visits} visits`);
    stores.pages.delete(key);
  },
};

const wires = { stores: { pages }, outputs: { news }, timers: { quiet: 'quiet' } };
const counting = topology('counting').source(visits, countVisit, wires).timer('quiet', forgetPage, wires).build();

const clock = new SteppedClock();
const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
const driver = await TopologyDriver.open({ log, store: memoryStore(), clock, topology: counting, deadLetters });

const tell = async () => {
  for (const { value } of await driver.read(news)) process.stdout.write(`${value}\n`);
};

await driver.pipe(visits, '/shoes', { by: 'Ada' });
await driver.pipe(visits, '/shoes', { by: 'Blaise' });
await driver.run();
await tell();

// A crash: everything in memory is gone. State and timers come back from the store and the log.
await driver.crash();
await driver.pipe(visits, '/shoes', { by: 'Carl' });
await driver.run();
await driver.advance(10 * 60_000);
await tell();

await driver.close();
await log.close();
