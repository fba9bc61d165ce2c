// What the topology builder accepts and refuses, and the shop's own wiring.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { Processor, StoreSpec, TimerProcessor, Topic, Wiring } from '../../streams/api.ts';
import { type Topology, topology } from '../../streams/topology.ts';
import { allTopologies } from '../../topologies/all.ts';
import { shopTopology } from '../../topologies/shop.ts';
import { toyTopic, toyTopology } from './toys.ts';

const nothing: Processor<unknown, Wiring> = { name: 'nothing', process() {} };
const never: TimerProcessor<Wiring> = { name: 'never', fire() {} };
const store = (name: string): StoreSpec<unknown> => ({ name, serde: toyTopic('x').serde });

interface Loose {
  stores?: { [name: string]: StoreSpec<unknown> };
  outputs?: { [name: string]: Topic<unknown> };
  timers?: { [name: string]: string };
}

const wires = ({ stores = {}, outputs = {}, timers = {} }: Loose = {}) => ({ stores, outputs, timers }) as never;

function problemsOf(build: () => Topology): string {
  try {
    build();
  } catch (error) {
    assert.ok(isStockstreamError(error, 'TOPOLOGY_INVALID'), String(error));
    return error.message;
  }
  return 'none';
}

const [a, b, c] = [toyTopic('a'), toyTopic('b'), toyTopic('c')];

test('a sound topology is built and frozen', () => {
  const built = toyTopology();
  assert.deepEqual(
    built.stores.map(({ name }) => name),
    ['counts'],
  );
  assert.equal(built.partitions, 2);
  assert.throws(() => Object.assign(built, { name: 'other' }), TypeError);
});

const invalid: readonly [string, () => Topology, RegExp][] = [
  ['no source', () => topology('t').build(), /it has no source/],
  ['bad names', () => topology('Not Good').source(a, nothing, wires()).build(), /the name "Not Good"/],
  [
    'sources that are not co-partitioned',
    () =>
      topology('t')
        .source(a, nothing, wires())
        .source(toyTopic('wide', { partitions: 3 }), nothing, wires())
        .build(),
    /wide has 3 partitions, a has 2/,
  ],
  [
    'two processors of one topic',
    () => topology('t').source(a, nothing, wires()).source(a, nothing, wires()).build(),
    /topic a has two processors/,
  ],
  [
    'two stores of one name',
    () =>
      topology('t')
        .source(a, nothing, wires({ stores: { one: store('same') } }))
        .source(b, nothing, wires({ stores: { other: store('same') } }))
        .build(),
    /two different stores are called same/,
  ],
  [
    'a timer that nothing handles',
    () =>
      topology('t')
        .source(a, nothing, wires({ timers: { tick: 'tick' } }))
        .build(),
    /timer tick is set, but nothing handles it/,
  ],
  [
    'a timer that nothing sets',
    () => topology('t').source(a, nothing, wires()).timer('tick', never, wires()).build(),
    /timer tick is handled, but nothing sets it/,
  ],
  [
    'a loop of two topics',
    () =>
      topology('t')
        .source(a, nothing, wires({ outputs: { b } }))
        .source(b, nothing, wires({ outputs: { a } }))
        .build(),
    /records of a can lead back to it.*records of b can lead back to it/,
  ],
  [
    'a loop through a timer',
    () =>
      topology('t')
        .source(a, nothing, wires({ timers: { tick: 'tick' } }))
        .timer('tick', never, wires({ outputs: { a } }))
        .build(),
    /records of a can lead back/,
  ],
  [
    'answers to what is never sent',
    () =>
      topology('t')
        .source(a, nothing, wires({ outputs: { b } }))
        .answered(c)
        .build(),
    /topic c is answered, but nothing sends to it/,
  ],
];

for (const [name, build, expected] of invalid) {
  test(`refused: ${name}`, () => assert.match(problemsOf(build), expected));
}

test('all problems are told at once', () => {
  const build = () =>
    topology('T')
      .source(a, nothing, wires({ timers: { tick: 'tick' } }))
      .build();
  assert.match(problemsOf(build), /the name "T".*timer tick/);
});

test('a loop that is declared as feedback is allowed', () => {
  const build = () =>
    topology('t')
      .source(a, nothing, wires({ outputs: { b } }))
      .source(b, nothing, wires({ outputs: { a, c } }))
      .feedback(a, 'it ends')
      .build();
  assert.equal(problemsOf(build), 'none');
});

test('the shop has one task a product partition, and says why its loop ends', () => {
  const shop = shopTopology();
  assert.equal(shop.partitions, 8);
  assert.deepEqual([...shop.feedback.keys()], ['catalog-changes', 'reservation-replies', 'risk-checks']);
  // What an order causes takes its turn with it, whoever answers.
  const timed = ['reservations', 'reservation-replies', 'risk-checks', 'risk-verdicts', 'payment-requests'];
  for (const name of timed) assert.ok(shop.timed.has(name), name);
  assert.equal(shop.sources[0]!.topic.name, 'catalog-changes');
});

test('no two topologies have a store of the same name: one is read by its name alone', () => {
  const names = allTopologies().flatMap(({ stores }) => stores.map(({ name }) => name));
  assert.deepEqual(names, [...new Set(names)]);
});
