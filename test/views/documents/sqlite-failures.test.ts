// What the SQLite documents say when they can't do their work: what passes is told apart from what doesn't.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import type { Documents, DocumentWrite } from '../../../views/documents/documents.ts';
import { documentsFailure } from '../../../views/documents/sqlite/failures.ts';
import { openSqliteDocuments } from '../../../views/documents/sqlite/sqlite-documents.ts';

const collections = [{ name: 'things', indexes: [] }];

test('a file that cannot be made, or is no database, is refused', async (t) => {
  const file = await place(t);
  await writeFile(file, 'no database, but long enough to be taken for one '.repeat(100));
  assert.throws(() => openSqliteDocuments({ file }), failure('DOCUMENTS_STORAGE_FAILED'));
  assert.throws(() => openSqliteDocuments({ file: join(file, 'below') }), failure('DOCUMENTS_STORAGE_FAILED'));
});

test('a damaged file is told', async (t) => {
  const file = await place(t);
  const first = await opened(file);
  await first.apply(Array.from({ length: 500 }, (_, offset) => thing(offset, 'x'.repeat(500))));
  await first.close();
  const content = await readFile(file);
  await writeFile(file, content.fill(0x55, 4096));
  const damaged = openSqliteDocuments({ file });
  t.after(() => damaged.close());
  await assert.rejects(damaged.get('things', 'thing-3'), failure('DOCUMENTS_STORAGE_FAILED'));
});

test('a writer that waits too long for another may try again', async (t) => {
  const file = await place(t);
  const documents = await opened(file, 20);
  t.after(() => documents.close());
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  await assert.rejects(documents.apply([thing(0, 'a')]), failure('DOCUMENTS_UNAVAILABLE'));
  assert.equal(await documents.get('things', 'thing-0'), undefined, 'a reader does not wait');
  other.exec('COMMIT');
  other.close();
  await documents.apply([thing(0, 'a')]);
  assert.equal((await documents.get('things', 'thing-0'))?.fields.value, 'a');
});

test('an apply that fails leaves nothing of itself', async (t) => {
  const documents = await opened(await place(t));
  t.after(() => documents.close());
  const wrong = { ...thing(1, 'b'), collection: 'unknown' };
  await assert.rejects(documents.apply([thing(0, 'a'), wrong]), /no such table/);
  assert.equal(await documents.count('things'), 0);
  await documents.apply([thing(0, 'a')]);
});

test('a full disk passes, a lost one does not, a fault of ours stays what it is', () => {
  const error = (errcode: number) => Object.assign(new Error('it failed'), { code: 'ERR_SQLITE_ERROR', errcode });
  const codeOf = (thrown: unknown) => {
    const made = documentsFailure('views.db', 'written', thrown);
    return isStockstreamError(made) ? made.code : made;
  };
  const full = 13;
  const busyRecovering = 5 + (1 << 8);
  const readError = 10 + (1 << 8);
  const wrongStatement = error(1);
  assert.equal(codeOf(error(full)), 'DOCUMENTS_UNAVAILABLE');
  assert.equal(codeOf(error(busyRecovering)), 'DOCUMENTS_UNAVAILABLE');
  assert.equal(codeOf(error(readError)), 'DOCUMENTS_STORAGE_FAILED');
  assert.equal(codeOf(wrongStatement), wrongStatement);
});

async function place(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'stockstream-documents-'));
  t.after(() => rm(directory, { recursive: true }));
  return join(directory, 'views.db');
}

async function opened(file: string, busyTimeoutMs = 1_000): Promise<Documents> {
  const documents = openSqliteDocuments({ file, busyTimeoutMs });
  await documents.open(collections);
  return documents;
}

function thing(offset: number, value: string): DocumentWrite {
  const position = { topic: 'source', partition: 0, offset };
  return { collection: 'things', id: `thing-${offset}`, position, kind: 'upsert', set: { value } };
}

function failure(code: ErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStockstreamError(error, code), `${code} expected: ${error}`);
    return true;
  };
}
