// Sets of views on the embedded log: a switch reaches every reader at once, and none of those that it interrupts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ViewSet, ViewSets } from '../../app/view-sets.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import type { Log } from '../../log/log.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { topics } from '../../schemas/topics.ts';
import type { ViewGenerationEvent } from '../../schemas/types.generated.ts';
import { openMemoryCache } from '../../views/cache/memory/memory-cache.ts';
import { ProductReader } from '../../views/cache/product-reader.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { memoryRanks } from '../../views/ranks/memory/memory-ranks.ts';

const { name: topic, serde } = topics.viewGenerations;

async function openLog(t: TestContext): Promise<Log> {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-sets-'));
  const log = await openEmbeddedLog({ directory, clock: systemClock, onBackgroundError: assert.ifError });
  t.after(async () => {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  });
  await log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
  return log;
}

async function write(log: Log, generation: string, type: ViewGenerationEvent['event']['type']): Promise<void> {
  const batch = new RecordBatchBuilder();
  const event = { type } as ViewGenerationEvent['event'];
  batch.encode(1, generation, { generation, at: 1, by: 'olga', event }, serde);
  const producer = await log.producer();
  await producer.append(topic, 0, batch);
  await producer.close();
}

/** Each set has one document, which says of which set it is. */
async function setOf(generation: string): Promise<ViewSet> {
  const documents = openSqliteDocuments({ file: ':memory:' });
  await documents.open([{ name: 'things', indexes: [] }]);
  const position = { topic, partition: 0, offset: 0 };
  await documents.apply([{ kind: 'upsert', collection: 'things', id: 'it', position, set: { generation } }]);
  const cache = openMemoryCache({ clock: systemClock, mostBytes: 1_000 });
  const products = new ProductReader({ documents, cache, standIn: cache, clock: systemClock });
  const views = {
    documents,
    products,
    cache,
    search: undefined,
    ownIndex: undefined,
    ranks: memoryRanks(),
    ranksFollow: true,
  };
  return { generation, ...views, close: () => documents.close(), remove: () => documents.remove() };
}

async function openSets(t: TestContext, log: Log): Promise<ViewSets> {
  const sets = await ViewSets.open({ log, clock: systemClock, logger: silentLogger, openSet: setOf });
  t.after(() => sets.close());
  return sets;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    assert.ok(tries < 1_000, 'it never came');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const read = async (sets: ViewSets) => (await sets.documents.get('things', 'it'))?.fields.generation;

test('what is begun is open everywhere, and a switch is seen by all', async (t) => {
  const log = await openLog(t);
  const [one, other] = [await openSets(t, log), await openSets(t, log)];
  assert.deepEqual([await read(one), await read(other)], ['g1', 'g1']);
  await write(log, 'g2', 'GenerationBegun');
  await until(() => one.has('g2') && other.has('g2'));
  assert.deepEqual([await read(one), await read(other)], ['g1', 'g1']);
  await write(log, 'g2', 'GenerationActivated');
  await until(() => one.generations.active === 'g2' && other.generations.active === 'g2');
  assert.deepEqual([await read(one), await read(other)], ['g2', 'g2']);
  const late = await openSets(t, log);
  assert.equal(await read(late), 'g2');
});

test('readers that look all the time never fail and never see two sets in one request', async (t) => {
  const log = await openLog(t);
  const sets = await openSets(t, log);
  await write(log, 'g2', 'GenerationBegun');
  await until(() => sets.has('g2'));
  let isOver = false;
  const seen = new Set<string>();
  const request = () =>
    sets.pinned(async (generation) => {
      const found: unknown[] = [generation];
      for (let reads = 0; reads < 5; reads++) {
        found.push(await read(sets));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(new Set(found).size, 1, `one request saw ${found.join(', ')}`);
      seen.add(generation);
    });
  const readers = Array.from({ length: 8 }, async () => {
    while (!isOver) await request();
  });
  for (const generation of ['g2', 'g1', 'g2', 'g1', 'g2']) {
    await write(log, generation, 'GenerationActivated');
    await until(() => sets.generations.active === generation);
  }
  await write(log, 'g1', 'GenerationDropped');
  await until(() => !sets.has('g1'));
  isOver = true;
  await Promise.all(readers);
  assert.deepEqual([...seen].sort(), ['g1', 'g2']);
});

test('whoever fills a set lets go of it before it is closed', async (t) => {
  const log = await openLog(t);
  const sets = await openSets(t, log);
  const told: string[] = [];
  sets.keep({
    opened: ({ generation }) => told.push(`open ${generation}`),
    async closing({ generation, documents }) {
      assert.ok(await documents.get('things', 'it'), 'it is still open');
      told.push(`close ${generation}`);
    },
  });
  await write(log, 'g2', 'GenerationBegun');
  await write(log, 'g2', 'GenerationActivated');
  await write(log, 'g1', 'GenerationDropped');
  await until(() => told.length === 3);
  assert.deepEqual(told, ['open g1', 'open g2', 'close g1']);
});
