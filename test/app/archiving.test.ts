// Where a worker moves orders, and where it must not.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { startArchiving } from '../../app/archiving.ts';
import { readConfig } from '../../app/config.ts';
import { collections } from '../../views/collections.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';

async function start(data: string, flags: Record<string, unknown>, metrics = new Registry()) {
  const config = readConfig({ flags: { data, archiveAfter: '0', ...flags }, parts: ['gateway', 'worker'], env: {} });
  const documents = openSqliteDocuments({ file: ':memory:' });
  await documents.open([collections.orders]);
  const fields = { customerId: 'carl', status: 'delivered', placedAt: 1, updatedAt: 1 };
  const position = { topic: 'order-events', partition: 0, offset: 0 };
  await documents.apply([{ kind: 'upsert', collection: 'orders', id: 'o1', position, set: fields }]);
  const archiving = await startArchiving({
    config,
    documents,
    metrics,
    logger: pino({ level: 'silent' }),
    onFailure: (error) => assert.fail(String(error)),
    owns: () => true,
  });
  return { archiving, documents };
}

function directory(t: { after(work: () => void): void }): string {
  const data = mkdtempSync(join(tmpdir(), 'archiving-'));
  t.after(() => rmSync(data, { recursive: true }));
  return data;
}

test('orders of documents in a file move to an archive in a file, and are counted', async (t) => {
  const metrics = new Registry();
  const { archiving, documents } = await start(directory(t), {}, metrics);
  assert.ok(archiving);
  assert.deepEqual(archiving.health(), { name: 'archiving', healthy: true, isPartial: true });
  while ((await documents.count('orders')) > 0) await new Promise(setImmediate);
  // Ends once the sweep that was begun is done.
  await archiving.stop();
  assert.match(await metrics.metrics(), /^archive_moved_orders_total 1$/m);
  await documents.close();
});

test('orders of documents that are shared do not move to a file that is not', async (t) => {
  const data = directory(t);
  const { archiving, documents } = await start(data, { documents: 'mongo', mongo: 'mongodb://127.0.0.1:1' });
  assert.equal(archiving, undefined);
  assert.equal(await documents.count('orders'), 1);
  assert.ok(!existsSync(join(data, 'archive.sqlite')));
  await documents.close();
});
