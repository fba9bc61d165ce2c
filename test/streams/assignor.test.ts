// Assignments are complete, balanced, sticky, and the same for every leader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignTasks, decodeTasks, encodeTasks } from '../../streams/assignor.ts';

const members = fc.uniqueArray(
  fc.record({ memberId: fc.string({ minLength: 1, maxLength: 3 }), owned: fc.array(fc.nat(20), { maxLength: 12 }) }),
  { minLength: 1, maxLength: 6, selector: ({ memberId }) => memberId },
);

test('every task goes to exactly one member, and no member has two more than another', () => {
  fc.assert(
    fc.property(members, fc.nat(16), (all, partitions) => {
      const assigned = assignTasks(all, partitions);
      const tasks = [...assigned.values()].flat().sort((a, b) => a - b);
      assert.deepEqual(
        tasks,
        Array.from({ length: partitions }, (_, each) => each),
      );
      const sizes = [...assigned.values()].map(({ length }) => length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
  );
});

test('the order of the members does not matter', () => {
  fc.assert(
    fc.property(members, fc.nat(16), (all, partitions) => {
      assert.deepEqual(assignTasks(all, partitions), assignTasks([...all].reverse(), partitions));
    }),
  );
});

test('a second round with the same members moves nothing', () => {
  fc.assert(
    fc.property(members, fc.nat(16), (all, partitions) => {
      const first = assignTasks(all, partitions);
      const settled = all.map(({ memberId }) => ({ memberId, owned: first.get(memberId)! }));
      assert.deepEqual(assignTasks(settled, partitions), first);
    }),
  );
});

test('a newcomer takes only its share', () => {
  const before = [0, 1].map((each) => ({ memberId: `m${each}`, owned: [0, 1, 2, 3].map((task) => each * 4 + task) }));
  const after = assignTasks([...before, { memberId: 'new', owned: [] }], 8);
  assert.equal(after.get('new')!.length, 2);
  for (const { memberId, owned } of before) assert.ok(after.get(memberId)!.every((task) => owned.includes(task)));
});

test('tasks pass through bytes; anything else counts as none', () => {
  assert.deepEqual(decodeTasks(encodeTasks([3, 1])), [3, 1]);
  for (const bytes of [
    '',
    'null',
    '{',
    '{"version":2,"tasks":[1]}',
    '{"version":1,"tasks":"x"}',
    '{"version":1,"tasks":["1",1.5]}',
  ]) {
    assert.deepEqual(decodeTasks(Buffer.from(bytes)), []);
  }
});
