// Records that a newer program wrote: their schema is asked for and they are decided in their turn. While nobody can be
// asked the work waits; what nobody knows is set aside.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { StockstreamError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Processor, Serde, Topic } from '../../streams/api.ts';
import { createViewMetrics } from '../../streams/metrics.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { topology } from '../../streams/topology.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { view } from '../../streams/view.ts';
import { ViewThread } from '../../streams/view-thread.ts';
import { bytesSerde, toys } from './toys.ts';

/** Text whose first character is its schema; it knows `1` and can ask for others. */
class LearningSerde implements Serde<string> {
  readonly registered = new Set<string>();
  readonly #known = new Set(['1']);
  isAway = false;
  asked = 0;

  encode(value: string, target: Buffer, at: number): number {
    return bytesSerde.encode(Buffer.from(value), target, at);
  }

  decode(bytes: Buffer): string {
    const text = bytes.toString();
    if (!this.#known.has(text[0]!)) throw new StockstreamError('SCHEMA_UNKNOWN', { id: text[0] });
    return text;
  }

  async learn(bytes: Buffer): Promise<boolean> {
    this.asked++;
    if (this.isAway) throw new StockstreamError('REGISTRY_UNAVAILABLE');
    const id = bytes.toString()[0]!;
    if (this.registered.has(id)) this.#known.add(id);
    return this.#known.has(id);
  }
}

function topicOf(serde: Serde<string>): Topic<string> {
  return { name: 'texts', partitions: 1, cleanup: 'delete', serde };
}

interface Wiring {
  stores: { seen: string };
  outputs: { echoes: string };
  timers: never;
}
const echo: Processor<string, Wiring> = {
  name: 'echo',
  process({ key, value }, { stores: { seen }, forward }) {
    forward('echoes', key, `${value} after ${seen.get(key) ?? 'nothing'}`);
    seen.put(key, value);
  },
};

async function openDriver(serde: LearningSerde, readState: (bytes: Buffer) => string = String) {
  const text: Serde<string> = { encode: (value, target, at) => serde.encode(value, target, at), decode: String };
  const echoes: Topic<string> = { name: 'echoes', partitions: 1, cleanup: 'delete', serde: text };
  const wires = {
    stores: { seen: { name: 'seen', serde: { ...text, decode: readState } } },
    outputs: { echoes },
    timers: {},
  };
  const parts = {
    log: await openEmbeddedLog({ storage: new MemoryStorage(), clock: new SteppedClock(), offsetGaps: false }),
    clock: new SteppedClock(),
    topology: topology('echo').source(topicOf(serde), echo, wires).build(),
    deadLetters: toys.deadLetters,
  };
  const driver = await TopologyDriver.open({ ...parts, store: memoryStore() });
  const send = (...texts: string[]) => Promise.all(texts.map((each) => driver.pipe(topicOf(serde), 'k', each)));
  const heard = async () => (await driver.read(echoes)).map(({ value }) => value);
  const close = async () => {
    await driver.close();
    await parts.log.close();
  };
  return { driver, send, heard, close, parts };
}

test('a task decides it in its turn, and a replay does the same', async () => {
  const serde = new LearningSerde();
  serde.registered.add('2');
  const { driver, send, heard, close, parts } = await openDriver(serde);
  await send('1a', '2b', '1c', '2d');
  await driver.run();
  assert.deepEqual(await heard(), ['1a after nothing', '2b after 1a', '1c after 2b', '2d after 1c']);
  assert.deepEqual(await driver.read(toys.deadLetters), []);
  const report = await verifyReplay({ ...parts, appId: 'driver' }, async () => memoryStore());
  assert.deepEqual([report.differences, report.commits], [[], 1]);
  await close();
});

test('a task waits while the registry is away, and sets aside what it does not know', async () => {
  const serde = new LearningSerde();
  const { driver, send, heard, close } = await openDriver(serde);
  serde.isAway = true;
  await send('1a', '2b', '3c');
  await assert.rejects(driver.run(), { code: 'REGISTRY_UNAVAILABLE' });
  await driver.crash();
  assert.deepEqual(await heard(), []);
  serde.isAway = false;
  serde.registered.add('3');
  await driver.run();
  assert.deepEqual(await heard(), ['1a after nothing', '3c after 1a']);
  const letters = await driver.read(toys.deadLetters);
  assert.deepEqual(
    letters.map(({ headers, value }) => [headers['__streams.errors.code'], value.toString()]),
    [['SCHEMA_UNKNOWN', '2b']],
  );
  await close();
});

test('state that a newer program wrote is no damage: nothing is wiped, the task stops', async () => {
  let isNewer = false;
  const { driver, send, heard, close } = await openDriver(new LearningSerde(), (bytes) => {
    if (isNewer) throw new StockstreamError('SCHEMA_UNKNOWN', { id: 7 });
    return bytes.toString();
  });
  await send('1a');
  await driver.run();
  await driver.crash();
  isNewer = true;
  await send('1b');
  await assert.rejects(driver.run(), { code: 'SCHEMA_UNKNOWN' });
  await driver.crash();
  isNewer = false;
  await driver.run();
  assert.deepEqual(await heard(), ['1a after nothing', '1b after 1a']);
  await close();
});

test('a view waits, learns, and sets aside likewise', async () => {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock, offsetGaps: true });
  const serde = new LearningSerde();
  const topic = topicOf(serde);
  await log.admin.createTopics(
    [topic, toys.deadLetters].map(({ name, partitions }) => ({ name, partitions, cleanup: 'delete' as const })),
  );
  const producer = await log.producer();
  const builder = new RecordBatchBuilder();
  for (const text of ['1a', '2b', '3c']) builder.append(clock.now(), 'k', Buffer.from(text));
  await producer.append(topic.name, 0, builder);
  const shown: string[] = [];
  const thread = new ViewThread({
    log,
    clock,
    view: view('shown', {
      topic,
      projection: { name: 'show', project: ({ value }) => [value] },
      sink: { apply: async (texts: readonly string[]) => void shown.push(...texts), flush: async () => {} },
    }),
    appId: 'test',
    instanceId: '0',
    deadLetters: toys.deadLetters,
    codeVersion: 'test',
    metrics: createViewMetrics(new Registry()),
    logger: silentLogger,
    onFailure: (error) => assert.fail(`${error}`),
  });
  serde.isAway = true;
  serde.registered.add('3');
  thread.start();
  const until = async (condition: () => boolean) => {
    for (let turns = 0; !condition(); turns++) {
      assert.ok(turns < 2_000, `it never came to: ${condition}`);
      await new Promise(setImmediate);
      clock.step(10);
    }
  };
  await until(() => serde.asked > 3);
  assert.match(thread.waitingFor ?? '', /registry/);
  assert.deepEqual(shown, []);
  serde.isAway = false;
  await until(() => shown.length === 2);
  assert.deepEqual(shown, ['1a', '3c']);
  const letters = [{ topic: toys.deadLetters.name, partition: 0 }];
  const [first] = await log.admin.offsets(letters, 'earliest');
  await until(() => thread.waitingFor === undefined);
  await thread.stop();
  const [last] = await log.admin.offsets(letters, 'latest');
  assert.ok(last! > first!);
  await log.close();
});
