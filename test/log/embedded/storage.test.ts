// Both storages keep the small port's promises: order, half-open ranges both ways, limits, atomic writes in order.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JournalStorage } from '../../../log/embedded/journal/journal-storage.ts';
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import type { LogStorage, StorageOperation } from '../../../log/embedded/storage.ts';
import { temporaryDirectory } from './kit.ts';

const storages: Readonly<Record<string, () => Promise<LogStorage>>> = {
  memory: async () => new MemoryStorage(),
  journal: () => JournalStorage.open(temporaryDirectory()),
};

const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('put' as const), key: fc.nat(60), size: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('del' as const), key: fc.nat(60), size: fc.constant(0) }) },
);
const keyOf = (key: number) => Buffer.from(`key ${String(key).padStart(3, '0')}`);

for (const [name, open] of Object.entries(storages)) {
  describe(`the ${name} storage`, () => {
    it('reads what a sorted map would', async () => {
      const queries = fc.record({
        from: fc.nat(60),
        to: fc.nat(60),
        reverse: fc.boolean(),
        limit: fc.integer({ min: 1, max: 70 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(operation), { maxLength: 8 }), fc.array(queries), async (writes, all) => {
          const storage = await open();
          const model = new Map<number, Buffer>();
          for (const write of writes) {
            const operations = write.map(({ type, key, size }): StorageOperation => {
              const value = Buffer.alloc(size, key);
              if (type === 'put') model.set(key, value);
              else model.delete(key);
              return type === 'put' ? { type, key: keyOf(key), value } : { type, key: keyOf(key) };
            });
            await storage.write(operations);
          }
          for (const { from, to, reverse, limit } of all) {
            const keys = [...model.keys()].filter((key) => key >= from && key < to).sort((a, b) => a - b);
            const expected = (reverse ? keys.reverse() : keys).slice(0, limit);
            const found = await storage.read({ gte: keyOf(from), lt: keyOf(to) }, { reverse, limit });
            assert.deepEqual(
              found.map(({ key, value }) => [key.toString(), value.length]),
              expected.map((key) => [keyOf(key).toString(), model.get(key)?.length]),
            );
          }
          await storage.close();
        }),
        { numRuns: 15 },
      );
    });

    it('stops after the entry that reaches the bytes asked for, and reads all without a limit', async () => {
      const storage = await open();
      const operations = Array.from({ length: 2500 }, (_, key): StorageOperation => {
        return { type: 'put', key: keyOf(1000 + key), value: Buffer.alloc(92) };
      });
      await storage.write(operations);
      const range = { gte: keyOf(0), lt: Buffer.from('l') };
      assert.equal((await storage.read(range)).length, 2500);
      for (const [maxBytes, count] of [
        [1, 1],
        [100, 1],
        [101, 2],
        [1000, 10],
        [150_001, 1501],
      ] as const) {
        assert.equal((await storage.read(range, { maxBytes })).length, count);
        assert.equal((await storage.read(range, { maxBytes, reverse: true })).length, count);
      }
      await storage.close();
    });
  });
}
