// When things are due, against a plain list: rows in the store, rows in flight, stale rows, limits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TaskKeys } from '../../state/keys.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { TimeIndex } from '../../state/time-index.ts';

const step = fc.oneof(
  fc.record({ type: fc.constant('add' as const), at: fc.nat(100), key: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({ type: fc.constant('apply' as const) }),
  fc.record({ type: fc.constant('due' as const), after: fc.nat(20), limit: fc.integer({ min: 1, max: 4 }) }),
);

test('every row shows when it is due, in order, until it is deleted; nothing shows early', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
      const store = memoryStore();
      const keys = new TaskKeys('t_0');
      const index = new TimeIndex(keys);
      let now = 0;
      let transaction = 1;
      let batch = store.batch();
      const rows = new Set<string>();
      for (const each of steps) {
        if (each.type === 'add') {
          const at = now + each.at;
          batch.put(keys.time(at, 's', each.key), Buffer.alloc(0));
          index.add(transaction, { at, store: 's', key: each.key });
          rows.add(`${String(at).padStart(6, '0')} ${each.key}`);
        } else if (each.type === 'apply') {
          await store.write(batch);
          index.applied(transaction++);
          batch = store.batch();
        } else {
          now += each.after;
          const expected = [...rows].filter((row) => Number(row.slice(0, 6)) <= now).sort();
          if (index.nextAt > now) {
            assert.deepEqual(expected, []);
            continue;
          }
          const due = await index.due(store, now, each.limit);
          const shown = due.map(({ at, key }) => `${String(at).padStart(6, '0')} ${key}`);
          assert.deepEqual(shown, expected.slice(0, shown.length), 'a prefix, in order');
          assert.ok(shown.length >= Math.min(each.limit, expected.length), 'as many as asked for');
          for (const { at, key } of due) batch.delete(keys.time(at, 's', key));
          for (const row of shown) rows.delete(row);
          // Deletions, too, reach the store only with the next commit: until then a row shows again, as a stale one.
          await store.write(batch);
          index.applied(transaction++);
          batch = store.batch();
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('with nothing there, nothing is due ever', async () => {
  const index = new TimeIndex(new TaskKeys('t_0'));
  assert.deepEqual(await index.due(memoryStore(), 5, 10), []);
  assert.equal(index.nextAt, Number.POSITIVE_INFINITY);
});

test('rows of other tasks and other stores do not mix', async () => {
  const store = memoryStore();
  const batch = store.batch();
  for (const task of ['t_1', 't_10', 't_2']) batch.put(new TaskKeys(task).time(3, 's', task), Buffer.alloc(0));
  await store.write(batch);
  assert.deepEqual(await new TimeIndex(new TaskKeys('t_1')).due(store, 5, 10), [{ at: 3, store: 's', key: 't_1' }]);
});
