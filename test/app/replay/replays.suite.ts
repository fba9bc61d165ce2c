// What replays must do on any log: the same for the embedded one and for Kafka. A small topology whose tasks ask each other
// works for a while; then its past is verified, decided again apart, written under another id, and set right in place.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Registry } from 'prom-client';
import { checkpointBases } from '../../../app/replay/bases.ts';
import { LoggedReplays } from '../../../app/replay/replays.ts';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import type { ReplayRequest } from '../../../gateway/replays.ts';
import type { Log } from '../../../log/log.ts';
import { partitionOf } from '../../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { type CheckpointFiles, memoryCheckpoints } from '../../../state/checkpoints/memory/memory-checkpoints.ts';
import { changelogKey } from '../../../state/keys.ts';
import { MemoryDisk, memoryStore } from '../../../state/memory/memory-store.ts';
import type { Store } from '../../../state/store.ts';
import { writeCheckpoint } from '../../../state/write-checkpoint.ts';
import type { Topic } from '../../../streams/api.ts';
import { batchesOf } from '../../../streams/commit-history.ts';
import { createStreamsMetrics } from '../../../streams/metrics.ts';
import { internalTopics } from '../../../streams/names.ts';
import { StreamThread } from '../../../streams/stream-thread.ts';
import { relay, relayTopology, type Wish } from '../../streams/relay.ts';

const appId = 'lenders';
const files: CheckpointFiles = new Map();
const names = ['ada', 'bob', 'cy', 'dot', 'eve'];

export function replaysSuite(openLog: (t: TestContext) => Promise<Log>): void {
  const open = async (t: TestContext) => {
    const log = await openLog(t);
    const { wishes, asks, answers, told, purses, deadLetters } = relay;
    await log.admin.createTopics([
      ...[wishes, asks, answers, told, purses, deadLetters].map(({ name, partitions, cleanup }) => ({
        name,
        partitions,
        cleanup,
      })),
      ...internalTopics(appId, relayTopology()),
    ]);
    return log;
  };

  describe('replays', () => {
    test('everything is verified, or what was committed since a moment; a place that is none is told', async (t) => {
      const log = await open(t);
      const half = await lend(log);
      await lend(log);
      const all = await replay(log, {});
      assert.deepEqual([all.differences, all.from], [[], null]);
      assert.ok(all.compared > 0 && all.records > 0);
      const since = await replay(log, { from: new Date(half).toISOString() });
      assert.deepEqual([since.differences, since.from], [[], half]);
      assert.ok(since.commits > 0 && since.commits < all.commits && since.compared < all.compared);
      const [partition, offset] = await lastWish(log);
      const input = await replay(log, { from: `wishes/${partition}@${offset}` });
      assert.ok(input.commits > 0 && input.commits < since.commits && input.from! >= half);
      await assert.rejects(replay(log, { from: 'wishes/0@100000' }), { code: 'REPLAY_POINT_UNKNOWN' });
      await assert.rejects(replay(log, { from: 'no-checkpoint' }), { code: 'REPLAY_POINT_UNKNOWN' });
      assert.throws(() => replays(log).start({ ...usual, from: 'a b' }), { code: 'REPLAY_POINT_UNKNOWN' });
      assert.throws(() => replays(log).start({ ...usual, topology: 'none' }), { code: 'TOPOLOGY_NOT_FOUND' });
    });

    test('what was changed in the log behind its back is found, wherever it is looked for', async (t) => {
      const log = await open(t);
      await lend(log);
      await forge(log, relay.told, 'ada', { event: { type: 'Got', amount: 1_000_000 } });
      const { differences } = await replay(log, { from: String(systemClock.now() - 1_000) });
      assert.match(differences.join('\n'), /told: 1 of ada@\d+#\S+ in the log, but not replayed/);
    });

    test('it begins with checkpoints where there are any, and can do without those that are damaged', async (t) => {
      const log = await open(t);
      const disk = new MemoryDisk();
      await lend(log, memoryStore(disk));
      const id = await checkpoint(memoryStore(disk));
      t.after(() => files.clear());
      await lend(log, memoryStore(disk));
      const commits = await countDone(log, {});
      const [latest, named] = [await countDone(log, { from: 'latest' }), await countDone(log, { from: id })];
      assert.ok(latest > 0 && latest < commits, `${latest} of ${commits} were done again`);
      assert.ok(named >= latest && named < commits);
      assert.deepEqual((await replay(log, { from: 'latest', mode: 'dry-run' })).differences, []);
      assert.ok((await replay(log, { from: 'latest', mode: 'dry-run' }, 1)).differences.length > 0);
      for (const [name, bytes] of files) if (name.includes('data-')) files.set(name, bytes.subarray(1));
      assert.equal(await countDone(log, { from: 'latest' }), commits);
    });

    test('a dry run writes nothing, and tells by kind what another rule decides', async (t) => {
      const log = await open(t);
      await lend(log);
      const before = await endsOf(log);
      const same = await replay(log, { mode: 'dry-run' });
      assert.deepEqual([same.differences, same.decisions?.different, same.written], [[], 0, {}]);
      const { decisions } = await replay(log, { mode: 'dry-run', limit: 2 }, 1);
      assert.ok(decisions!.counts['told: Lent -> Refused']! > 0, JSON.stringify(decisions!.counts));
      assert.equal(decisions!.differences.length, 2);
      assert.ok(decisions!.different > 2);
      assert.deepEqual(await endsOf(log), before);
    });

    test('into another id it writes all that is decided, once, where nobody else reads; and drops it', async (t) => {
      const log = await open(t);
      await lend(log);
      const before = await endsOf(log);
      const { differences, written } = await replay(log, { mode: 'into', into: 'copy' });
      assert.deepEqual(differences, []);
      assert.deepEqual(await endsOf(log), before, 'nothing of its own is touched');
      assert.deepEqual(await valuesOf(log, 'copy.told'), await valuesOf(log, 'told'));
      const [ours, copies] = [await lastOf(log, `${appId}-relay-changelog`), await lastOf(log, 'copy-relay-changelog')];
      assert.deepEqual(copies, ours);
      assert.equal(written['copy.told'], (await valuesOf(log, 'told')).length);
      // What it wrote is a history like any other.
      const again = await new LoggedReplays(partsOf(renamed(log, 'copy'), 'copy')).start(usual).done;
      assert.deepEqual(again.differences, []);
      assert.ok(again.commits > 0);
      await assert.rejects(replay(log, { mode: 'into', into: 'copy' }), { code: 'REPLAY_TARGET_EXISTS' });
      assert.throws(() => replays(log).start({ ...usual, mode: 'into', into: appId }), {
        code: 'REPLAY_REQUEST_INVALID',
      });
      assert.throws(() => replays(log).start({ ...usual, mode: 'into' }), { code: 'REPLAY_REQUEST_INVALID' });
      assert.throws(() => replays(log).start({ ...usual, into: 'copy' }), { code: 'REPLAY_REQUEST_INVALID' });
      const dropped = await replays(log).drop('copy');
      assert.ok(dropped.includes('copy.told') && dropped.includes('copy-relay-changelog'));
      const left = (await log.admin.describeTopics()).map(({ name }) => name);
      assert.ok(left.includes(`${appId}-relay-changelog`) && !left.some((name) => name.startsWith('copy')));
      await assert.rejects(replays(log).drop('copy'), { code: 'REPLAY_REQUEST_INVALID' });
      await assert.rejects(replays(log).drop(appId), { code: 'REPLAY_REQUEST_INVALID' });
    });

    test('in place it sets right what the state lost or has too much, and sends nothing twice', async (t) => {
      const log = await open(t);
      await lend(log);
      const before = await lastOf(log, `${appId}-relay-changelog`);
      const told = await valuesOf(log, 'told');
      const partition = partitionOf('ada', 3);
      const spoil = (key: string, value: Buffer | null) => {
        const batch = new RecordBatchBuilder().append(systemClock.now(), changelogKey('purses', key), value);
        return append(log, { topic: `${appId}-relay-changelog`, partition }, batch);
      };
      await spoil('ada', Buffer.from(JSON.stringify({ sum: 1_000_000, asked: 0 })));
      await spoil('nobody', Buffer.from(JSON.stringify({ sum: 7, asked: 0 })));
      await append(log, { topic: 'purses-now', partition }, new RecordBatchBuilder().append(1, 'x', null));
      assert.throws(() => replays(log).start({ ...usual, mode: 'in-place' }), { code: 'REPLAY_UNCONFIRMED' });
      const { written } = await replay(log, { mode: 'in-place', confirm: appId });
      assert.deepEqual(written, { [`${appId}-relay-changelog`]: 2 });
      assert.deepEqual(await lastOf(log, `${appId}-relay-changelog`), before);
      assert.deepEqual(await valuesOf(log, 'told'), told);
      assert.deepEqual((await replay(log, { mode: 'in-place', confirm: appId })).written, {});
      // The application goes on with it, and its history is still whole.
      await lend(log);
      assert.deepEqual((await replay(log, { mode: 'dry-run' })).differences, []);
    });

    test('in place it refuses what others have acted on, and while the application works', async (t) => {
      const log = await open(t);
      await lend(log);
      const before = await endsOf(log);
      await assert.rejects(replay(log, { mode: 'in-place', confirm: appId }, 1), { code: 'REPLAY_UNSAFE' });
      assert.deepEqual(await endsOf(log), before);
      const thread = await work(log);
      await assert.rejects(replay(log, { mode: 'in-place', confirm: appId }), { code: 'REPLAY_WHILE_RUNNING' });
      await thread.stop();
    });
  });
}

const usual: ReplayRequest = { topology: 'relay', mode: 'verify', limit: 100 };

function partsOf(log: Log, id = appId, most?: number) {
  const topologies = [relayTopology(most === undefined ? {} : { most })];
  const own = { bases: checkpointBases(async () => memoryCheckpoints(files)), random: systemRandom };
  return { log, deadLetters: relay.deadLetters, topologies, appId: id, ...own };
}

function replays(log: Log, most?: number) {
  return new LoggedReplays(partsOf(log, appId, most));
}

function replay(log: Log, request: Partial<ReplayRequest>, most?: number) {
  return replays(log, most).start({ ...usual, ...request }).done;
}

/** How many commits it took to know, compared ones and those before. */
async function countDone(log: Log, request: Partial<ReplayRequest>): Promise<number> {
  const own = replays(log);
  const { done } = own.start({ ...usual, ...request });
  const { differences } = await done;
  assert.deepEqual(differences, []);
  return own.state().last!.commits;
}

/** Of each task; gives the id of one of them. */
async function checkpoint(store: Store): Promise<string> {
  const options = { checkpoints: memoryCheckpoints(files), store, clock: systemClock, random: systemRandom };
  const { signal } = new AbortController();
  let id = '';
  for (const partition of [0, 1, 2]) {
    const task = { application: appId, topology: 'relay', partition, task: `relay_${partition}`, codeVersion: 'test' };
    const written = await writeCheckpoint(task, { ...options, signal, changelogEnd: async () => 0 });
    id = written?.id ?? id;
  }
  return id;
}

/** The log as an application sees it whose topics are the copies. */
function renamed(log: Log, into: string): Log {
  const copies = new Set(
    [relay.asks, relay.answers, relay.told, relay.purses, relay.deadLetters].map(({ name }) => name),
  );
  const there = (name: string) => (copies.has(name) ? `${into}.${name}` : name);
  const back = (name: string) => (name.startsWith(`${into}.`) ? name.slice(into.length + 1) : name);
  const place = <P extends { readonly topic: string }>(each: P): P => ({ ...each, topic: there(each.topic) });
  const { admin } = log;
  return Object.assign(Object.create(log) as Log, {
    admin: {
      offsets: (places, ...more) => admin.offsets(places.map(place), ...more),
      describeTopics: async (all) => {
        const found = await admin.describeTopics(all?.map(there));
        return found.map((each) => ({ ...each, name: back(each.name) }));
      },
    } as Partial<Log['admin']>,
    fetcher: () => {
      const fetcher = log.fetcher();
      return {
        assign: (at, offset) => fetcher.assign(place(at), offset),
        unassign: (at) => fetcher.unassign(place(at)),
        pause: (at) => fetcher.pause(place(at)),
        resume: (at) => fetcher.resume(place(at)),
        poll: async (limits) => (await fetcher.poll(limits)).map((each) => ({ ...each, topic: back(each.topic) })),
        wake: () => fetcher.wake(),
        close: () => fetcher.close(),
      } satisfies ReturnType<Log['fetcher']>;
    },
  } satisfies Record<'admin' | 'fetcher', unknown>);
}

async function work(log: Log, store = memoryStore()): Promise<StreamThread> {
  const thread = new StreamThread({
    log,
    store,
    clock: systemClock,
    topology: relayTopology(),
    appId,
    instanceId: 'one',
    deadLetters: relay.deadLetters,
    codeVersion: 'test',
    metrics: createStreamsMetrics(new Registry()),
    logger: silentLogger,
    onFailure: (error) => assert.fail(String(error)),
  });
  thread.start();
  const isRunning = () =>
    thread.isSettled && thread.tasks.length === 3 && thread.tasks.every(({ state }) => state === 'running');
  await until(isRunning);
  return thread;
}

/** Some earn, all ask each other; gives a time at which all that is over. */
async function lend(log: Log, store = memoryStore()): Promise<number> {
  const thread = await work(log, store);
  const wish = (key: string, value: Wish) => append(log, at(relay.wishes, key), encoded(relay.wishes, key, value));
  for (const [index, key] of names.entries()) await wish(key, { type: 'earn', amount: 5 + index });
  for (const [index, key] of names.entries()) {
    for (const from of names) if (from !== key) await wish(key, { type: 'ask', from, amount: 1 + (index % 3) * 2 });
  }
  await until(async () => {
    await thread.noteEnds();
    await pause(30);
    return thread.isCurrent && thread.tasks.every(({ stores }) => stores.times.nextAt > systemClock.now() + 1_000);
  });
  await pause(60);
  await thread.stop();
  const over = systemClock.now();
  await pause(5);
  return over;
}

function at<V>({ name: topic, partitions }: Topic<V>, key: string) {
  return { topic, partition: partitionOf(key, partitions) };
}

function encoded<V>(topic: Topic<V>, key: string, value: V): RecordBatchBuilder {
  return new RecordBatchBuilder().encode(systemClock.now(), key, value, topic.serde);
}

async function append(log: Log, { topic, partition }: { topic: string; partition: number }, batch: RecordBatchBuilder) {
  const producer = await log.producer();
  await producer.append(topic, partition, batch);
  await producer.close();
}

/** A record of the producer that commits. */
async function forge<V>(log: Log, topic: Topic<V>, key: string, value: V): Promise<void> {
  const producer = await log.transactionalProducer(`${appId}-relay-one`);
  const transaction = producer.begin();
  const { topic: name, partition } = at(topic, key);
  transaction.append(name, partition, encoded(topic, key, value));
  await transaction.commit();
  await producer.close();
}

async function recordsOf(log: Log, topic: string) {
  const [description] = await log.admin.describeTopics([topic]);
  const found: { partition: number; key: string; value: string | null }[] = [];
  for (let partition = 0; partition < description!.partitions; partition++) {
    for await (const { batch } of batchesOf(log, { topic, partition })) {
      for (const { key, value } of batch.records())
        found.push({ partition, key: `${key}`, value: value && `${value}` });
    }
  }
  return found;
}

async function valuesOf(log: Log, topic: string): Promise<string[]> {
  return (await recordsOf(log, topic)).map(({ key, value }) => `${key} ${value}`).sort();
}

/** The last value of each key, but how far the tasks are in offsets of topics whose copies have others. */
async function lastOf(log: Log, topic: string): Promise<[string, string][]> {
  const last = new Map<string, string>();
  for (const { partition, key, value } of await recordsOf(log, topic)) {
    if (value === null) last.delete(`${partition} ${key}`);
    else if (!key.startsWith('@task')) last.set(`${partition} ${key}`, value);
  }
  return [...last].sort();
}

async function endsOf(log: Log) {
  const topics = [relay.told, relay.asks, relay.answers, relay.purses].flatMap(({ name: topic, partitions }) => {
    return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  });
  const own = [0, 1, 2].map((partition) => ({ topic: `${appId}-relay-changelog`, partition }));
  return await log.admin.offsets([...topics, ...own], 'latest');
}

async function lastWish(log: Log): Promise<[number, number]> {
  for (let partition = 0; partition < 3; partition++) {
    let offset = -1;
    for await (const { batch } of batchesOf(log, { topic: 'wishes', partition })) offset = batch.lastOffset;
    if (offset >= 0) return [partition, offset];
  }
  assert.fail('nobody wished anything');
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !(await condition()); await pause(10)) {
    assert.ok(performance.now() < end, `it never came to: ${condition}`);
  }
}
