// The cache of decoded entries against a plain account of who was used when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EntryCache } from '../../state/entry-cache.ts';
import type { Entry } from '../../state/transaction.ts';

function entryOf(key: string, { size = 10, changedIn = 0 } = {}): Entry {
  return { key, size, changedIn, generation: 0 } as Entry;
}

test('what is used lives on, what is not goes at the second turn', () => {
  const cache = new EntryCache();
  for (const key of ['hot', 'cold']) cache.add(entryOf(key));
  cache.turn(0);
  assert.ok(cache.has('cold'), 'old, and still there');
  assert.ok(cache.get('hot'));
  assert.equal(cache.youngBytes, 10);
  cache.turn(0);
  assert.ok(cache.has('hot'));
  assert.ok(!cache.has('cold'));
  assert.equal(cache.bytes, 10);
});

test('what the store does not hold yet stays until it does', () => {
  const cache = new EntryCache();
  cache.add(entryOf('unwritten', { changedIn: 7 }));
  for (let times = 0; times < 4; times++) cache.turn(6);
  assert.ok(cache.has('unwritten'));
  for (let times = 0; times < 2; times++) cache.turn(7);
  assert.ok(!cache.has('unwritten'));
  assert.equal(cache.bytes, 0);
});

test('it is whose generation says so, and counts what it has, whatever is done', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step = fc.oneof(
    fc.record({ type: fc.constant('use' as const), key, changedIn: fc.nat(3) }),
    fc.record({ type: fc.constant('delete' as const), key }),
    fc.record({ type: fc.constant('resize' as const), key, size: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ type: fc.constant('turn' as const), applied: fc.nat(3) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new EntryCache();
      /** Key to the entry, and the turn before which it was used last. */
      const model = new Map<string, { entry: Entry; usedIn: number }>();
      let turn = 0;
      for (const each of steps) {
        if (each.type === 'turn') {
          for (const [name, { entry, usedIn }] of model) {
            if (usedIn === turn) continue;
            if (entry.changedIn > each.applied) model.set(name, { entry, usedIn: turn });
            else model.delete(name);
          }
          cache.turn(each.applied);
          turn++;
          continue;
        }
        const known = model.get(each.key);
        if (each.type === 'use') {
          const found = cache.get(each.key);
          assert.equal(found, known?.entry);
          const entry = found ?? entryOf(each.key, { changedIn: each.changedIn });
          if (found === undefined) cache.add(entry);
          model.set(each.key, { entry, usedIn: turn });
        } else if (known !== undefined && each.type === 'delete') {
          cache.delete(known.entry);
          model.delete(each.key);
        } else if (known !== undefined && each.type === 'resize') cache.resize(known.entry, each.size);
        for (const name of ['a', 'b', 'c', 'd', 'e']) assert.equal(cache.has(name), model.has(name));
        const all = [...model.values()];
        const sum = (of: typeof all) => of.reduce((bytes, { entry }) => bytes + entry.size, 0);
        assert.equal(cache.bytes, sum(all));
        assert.equal(cache.youngBytes, sum(all.filter(({ usedIn }) => usedIn === turn)));
      }
    }),
    { numRuns: 500 },
  );
});
