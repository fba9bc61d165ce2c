// Where entries lie: a record of the changelog leads to the entry that it is of, whatever its key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changelogKey, splitChangelogKey, storeOfChangelogKey, TaskKeys } from '../../state/keys.ts';

const stores = fc.stringMatching(/^[a-z][a-z-]{0,20}$/);
const keysOfEntries = fc.string({ unit: 'grapheme', maxLength: 60 });

test('the key of a record leads to its entry, as its store and key do', () => {
  const keys = new TaskKeys('shop_3');
  fc.assert(
    fc.property(stores, keysOfEntries, (store, key) => {
      const bytes = Buffer.from(changelogKey(store, key));
      assert.deepEqual(splitChangelogKey(bytes), { store, key });
      assert.equal(storeOfChangelogKey(bytes), store);
      const entry = keys.entryOfRecord(bytes);
      assert.deepEqual(entry, keys.entry(store, key));
      assert.deepEqual(keys.entryOf(entry), { store, key });
      assert.ok(keys.isEntry(entry));
    }),
  );
});
