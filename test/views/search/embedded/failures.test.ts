// What the embedded search says when it can't do its work: what passes is told apart from what doesn't.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { ErrorCode } from '../../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../../base/errors.ts';
import { openEmbeddedSearch } from '../../../../views/search/embedded/embedded-search.ts';
import { Engine } from '../../../../views/search/embedded/engine.ts';
import { searchFailure } from '../../../../views/search/embedded/failures.ts';
import { fill, found, listing, put, queryFor } from '../../../conformance/search-listings.ts';

test('a file that cannot be made, or is no database, is refused', async (t) => {
  const file = place(t);
  writeFileSync(file, 'no database, but long enough to be taken for one '.repeat(100));
  await assert.rejects(openEmbeddedSearch({ file }), failure('SEARCH_STORAGE_FAILED'));
  await assert.rejects(openEmbeddedSearch({ file: join(file, 'below') }), failure('SEARCH_STORAGE_FAILED'));
});

test('one has a file at a time, until it is closed', async (t) => {
  const file = place(t);
  const first = await openEmbeddedSearch({ file });
  await assert.rejects(openEmbeddedSearch({ file }), /another process has it/);
  await fill(first, [listing('a', { title: 'Anchor' })]);
  await first.close();
  const second = await openEmbeddedSearch({ file });
  t.after(() => second.close());
  assert.deepEqual(await found(second, 'anchor'), ['a']);
});

test('calls that are under way when it is closed are answered or refused, none is forgotten', async (t) => {
  const search = await openEmbeddedSearch({ file: place(t) });
  const writes = Array.from({ length: 500 }, (_, offset) => put(offset, listing(`id-${offset}`)));
  const calls = [
    search.apply(writes),
    search.search(queryFor('thing')),
    search.flush(),
    search.close(),
    search.count(),
  ];
  const ends = await Promise.allSettled(calls);
  assert.equal(ends[0]?.status, 'fulfilled', 'what was asked before goes first');
  for (const end of ends) {
    if (end.status === 'rejected') assert.ok(isStockstreamError(end.reason, 'SEARCH_UNAVAILABLE'), String(end.reason));
  }
});

test('searches are answered while a large apply goes on', async (t) => {
  const search = await openEmbeddedSearch({ file: place(t) });
  t.after(() => search.close());
  let isApplying = true;
  const writes = Array.from({ length: 5_000 }, (_, offset) => put(offset, listing(`id-${offset}`)));
  const applied = search.apply(writes).then(() => {
    isApplying = false;
  });
  const totals: number[] = [];
  while (isApplying) totals.push((await search.search(queryFor('thing', { limit: 1 }))).total);
  await applied;
  assert.ok(
    totals.some((total) => total > 0 && total < writes.length),
    `${totals.length} searches`,
  );
  assert.equal((await search.search(queryFor('thing', { limit: 1 }))).total, writes.length);
});

test('a write of something that is no listing changes nothing, and what follows is applied', async (t) => {
  const search = await openEmbeddedSearch({ file: place(t) });
  t.after(() => search.close());
  const wrong = { ...put(1, listing('b')), listing: { title: 'Anchor' } as never };
  await assert.rejects(search.apply([put(0, listing('a')), wrong]));
  assert.equal(await search.count(), 0);
  await search.apply([put(0, listing('a', { title: 'Anchor' }))]);
  assert.deepEqual(await found(search, 'anchor'), ['a']);
});

test('an index of another form is made anew of its listings, with their positions', async (t) => {
  const file = place(t);
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE listings (slot INTEGER PRIMARY KEY, id TEXT, position INTEGER, hash INTEGER, facts TEXT, words BLOB);
    CREATE TABLE contents (slot INTEGER PRIMARY KEY, content TEXT NOT NULL);
    CREATE TABLE words (number INTEGER PRIMARY KEY, word TEXT NOT NULL);
    CREATE TABLE image (number INTEGER NOT NULL, slots INTEGER NOT NULL);
    INSERT INTO listings VALUES (0, 'a', 5, 1, '{}', x'00'), (1, 'gone', 7, -1, NULL, x'');
    PRAGMA user_version = 2`);
  const kept = listing('a', { title: 'Anchor' });
  database.prepare('INSERT INTO contents VALUES (0, ?)').run(JSON.stringify(kept));
  database.close();
  writeFileSync(`${file}-image-3`, 'an image');
  for (let starts = 0; starts < 2; starts++) {
    const search = await openEmbeddedSearch({ file });
    assert.deepEqual(await found(search, 'anchor'), ['a']);
    await search.apply([put(4, listing('a', { title: 'Older' })), put(6, listing('gone'))]);
    assert.deepEqual(await search.scan(undefined, 10), [kept]);
    await search.close();
  }
  assert.deepEqual(readdirSync(join(file, '..')), [basename(file)]);
});

test('an index whose making anew was cut short goes on with it', async (t) => {
  const file = place(t);
  const first = new Engine(file);
  first.load();
  const writes = ['a', 'b', 'c'].map((id, position) => ({ id, position, content: JSON.stringify(listing(id)) }));
  first.apply(writes);
  first.close();
  for (const version of [98, 99]) {
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA user_version = ${version}`);
    database.close();
    // Opened, and killed before it was read.
    new Engine(file).close();
  }
  const last = new Engine(file);
  t.after(() => last.close());
  last.load();
  assert.equal(last.count(), 3);
  last.apply(writes);
  assert.equal(last.search(queryFor('thing')).total, 3);
});

test('a full disk passes, a lost one does not, a fault of ours stays what it is', () => {
  const error = (errcode: number) => Object.assign(new Error('it failed'), { code: 'ERR_SQLITE_ERROR', errcode });
  const codeOf = (thrown: unknown, action = 'written') => {
    const made = searchFailure('search.sqlite', action, thrown);
    return isStockstreamError(made) ? made.code : made;
  };
  const busy = 5;
  const full = 13;
  const readError = 10 + (1 << 8);
  const wrongStatement = error(1);
  assert.equal(codeOf(error(full)), 'SEARCH_UNAVAILABLE');
  assert.equal(codeOf(error(busy)), 'SEARCH_UNAVAILABLE');
  assert.equal(codeOf(error(busy), 'opened'), 'SEARCH_STORAGE_FAILED');
  assert.equal(codeOf(error(readError)), 'SEARCH_STORAGE_FAILED');
  assert.equal(codeOf(wrongStatement), wrongStatement);
});

function place(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-search-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'search.sqlite');
}

function failure(code: ErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStockstreamError(error, code), `${code} expected: ${error}`);
    return true;
  };
}
