// A program that doesn't fit what another left is refused, with every reason, before it has noted or touched anything;
// and what may change, may.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { earlier, versionedSerde } from '../../base/versioned-serde.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log } from '../../log/log.ts';
import { jsonSerde } from '../../state/task-state.ts';
import type { Processor, QuarantineCommand, Serde, StoreSpec, Topic } from '../../streams/api.ts';
import { noteShapes } from '../../streams/note-shapes.ts';
import { shapesTopic } from '../../streams/shape.ts';
import { type Topology, topology } from '../../streams/topology.ts';

interface Change {
  readonly partitions?: number;
  readonly sources?: readonly string[];
  readonly stores?: readonly (readonly [name: string, serde: Serde<unknown>])[];
  readonly timer?: string | undefined;
  readonly quarantine?: boolean;
  readonly retired?: { readonly stores?: readonly string[]; readonly sources?: readonly string[] };
}

const json = jsonSerde<unknown>();
const avro: Serde<unknown> = { ...json, format: 'avro Count' };
const nothing: Processor<unknown, { stores: object; outputs: object; timers: string }> = { name: 'n', process() {} };

function built(change: Change = {}): Topology {
  const { partitions = 2, sources = ['in'], stores = [['counts', json]], timer, quarantine = false } = change;
  const topicOf = <V>(name: string): Topic<V> => ({ name, partitions, cleanup: 'delete', serde: jsonSerde<V>() });
  const specs = stores.map(([name, serde]): [string, StoreSpec<unknown>] => [name, { name, serde }]);
  const wires = { stores: Object.fromEntries(specs), outputs: {}, timers: timer ? { [timer]: timer } : {} };
  const builder = topology('toy').retire(change.retired ?? {});
  for (const name of sources) builder.source(topicOf(name), nothing, wires as never);
  if (timer) builder.timer(timer, { name: 't', fire() {} }, wires as never);
  if (quarantine) builder.quarantine(topicOf<QuarantineCommand>('toy-quarantine'));
  return builder.build();
}

async function withLog(work: (log: Log, start: (change?: Change, more?: object) => Promise<void>) => Promise<void>) {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: new SteppedClock() });
  await log.admin.createTopics([shapesTopic('app'), shapesTopic('other')]);
  const start = (change: Change = {}, more: object = {}) =>
    noteShapes({ log, appId: 'app', topologies: [built(change)], codeVersion: '1', now: 1, ...more });
  await work(log, start);
  await log.close();
}

const noted = async (log: Log) => (await log.admin.offsets([{ topic: 'app-topologies', partition: 0 }], 'latest'))[0];

const versionTwo = versionedSerde(2, json, [earlier(0, json, (value) => value), earlier(1, json, (value) => value)]);
const versionOne = versionedSerde(1, json, [earlier(0, json, (value) => value)]);

const refusals: readonly (readonly [name: string, before: Change, after: Change, reason: RegExp])[] = [
  ['another partition count', {}, { partitions: 3 }, /it has 3 partitions, and its state was made with 2/],
  ['a source that is gone', { sources: ['in', 'more'] }, {}, /source more is gone/],
  ['a store that is gone', {}, { stores: [] }, /store counts is gone, and there is state in it/],
  ['a store with another name', {}, { stores: [['sums', json]] }, /store counts is gone/],
  ['a timer that is gone', { timer: 'late' }, {}, /store @timer-late is gone/],
  [
    'no quarantine any more',
    { quarantine: true },
    {},
    /source toy-quarantine is gone.*store @quarantine-queue is gone/,
  ],
  ['a serde of another kind', {}, { stores: [['counts', avro]] }, /is read as avro Count, and was written as json/],
  [
    'versions that do not read what was there',
    {},
    { stores: [['counts', versionedSerde(1, json)]] },
    /read as versioned/,
  ],
  ['no versions any more', { stores: [['counts', versionOne]] }, {}, /is read as json, and was written as versioned/],
  [
    'an older program, by the version of its values',
    { stores: [['counts', versionTwo]] },
    { stores: [['counts', versionOne]] },
    /store counts has values of version 2, and is read up to 1/,
  ],
  [
    'an older program, by a store that it does not know',
    {
      stores: [
        ['counts', json],
        ['newer', json],
      ],
    },
    {},
    /store newer is gone/,
  ],
];

for (const [name, before, after, reason] of refusals) {
  test(`${name} is refused, and nothing is noted`, () =>
    withLog(async (log, start) => {
      await start(before);
      const end = await noted(log);
      await assert.rejects(start(after, { codeVersion: '2' }), (error) => {
        assert.ok(isStockstreamError(error, 'TOPOLOGY_CHANGED'));
        assert.match(error.message, reason);
        assert.match(error.message, /^Program 2 cannot go on with what program 1 left of topology toy/);
        assert.match(error.remedy, /--app-id/);
        return true;
      });
      assert.equal(await noted(log), end);
      await start(before);
      await start(after, { appId: 'other' });
    }));
}

const allowed: readonly (readonly [name: string, before: Change, after: Change])[] = [
  ['nothing changes', {}, {}],
  ['a source more', {}, { sources: ['in', 'more'] }],
  [
    'a store more',
    {},
    {
      stores: [
        ['counts', json],
        ['sums', json],
      ],
    },
  ],
  ['a timer more', {}, { timer: 'late' }],
  ['quarantine from now on', {}, { quarantine: true }],
  ['sources in another order', { sources: ['in', 'more'] }, { sources: ['more', 'in'] }],
  ['values with versions that read what was there', {}, { stores: [['counts', versionOne]] }],
  ['a version more', { stores: [['counts', versionOne]] }, { stores: [['counts', versionTwo]] }],
  ['a store that is retired', {}, { stores: [], retired: { stores: ['counts'] } }],
  ['a timer that is retired', { timer: 'late' }, { retired: { stores: ['@timer-late'] } }],
  ['a source that is retired', { sources: ['in', 'more'] }, { retired: { sources: ['more'] } }],
];

for (const [name, before, after] of allowed) {
  test(`allowed: ${name}`, () =>
    withLog(async (log, start) => {
      await start(before);
      await start(after);
      const end = await noted(log);
      await start(after);
      assert.equal(await noted(log), end, 'what is noted already is not noted again');
    }));
}

test('what was retired may leave the code, but its name does not come back', () =>
  withLog(async (_log, start) => {
    await start();
    await start({ stores: [], retired: { stores: ['counts'] } });
    await start({ stores: [] });
    await assert.rejects(start(), /store counts is back, which was given up before/);
  }));

test('what is retired is not in use', () => {
  assert.throws(() => built({ retired: { stores: ['counts'] } }), /store counts is retired, and in use/);
  assert.throws(() => built({ retired: { sources: ['in'] } }), /source in is retired, and in use/);
});
