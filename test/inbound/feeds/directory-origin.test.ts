// Feeds from a directory: files in the order of their names once they are at rest, each once, and moved if that is wanted.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isStockstreamError } from '../../../base/errors.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { DirectoryOrigin } from '../../../inbound/feeds/directory/directory-origin.ts';
import { feedOriginSuite, mostBytes, textOf } from '../../conformance/feed-origin.suite.ts';

const { signal } = new AbortController();
const none = new Map<string, string>();

function open({ movesDone = false } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'stockstream-feeds-'));
  const directory = join(root, 'acme');
  mkdirSync(directory);
  const clock = new SteppedClock(Date.now());
  const origin = new DirectoryOrigin({ root, path: 'acme', movesDone, mostBytes, clock, restMs: 1_000 });
  const next = (taken: ReadonlyMap<string, string> = none, begun?: string) => {
    return origin.next({ begun, digest: '', taken }, signal);
  };
  const write = (name: string, text: string | Buffer, agoMs = 3_600_000) => {
    writeFileSync(join(directory, name), text);
    const at = (clock.now() - agoMs) / 1000;
    utimesSync(join(directory, name), at, at);
  };
  return { root, directory, clock, origin, next, write, close: () => rmSync(root, { recursive: true, force: true }) };
}

feedOriginSuite('a directory', async () => {
  const { origin, write, close, directory } = open();
  let age = 10_000_000;
  const put = async (bytes: Buffer, { isGzipped = false } = {}) => {
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    // Another time for each, so that they are told apart even where their sizes are equal.
    age -= 5_000;
    write(isGzipped ? 'feed.csv.gz' : 'feed.csv', bytes, age);
  };
  return { origin, put, close: async () => close() };
});

test('files come in the order of their names, one that was begun first', async () => {
  const { next, write, close } = open();
  for (const name of ['b.csv', 'a.csv', 'c.csv']) write(name, name);
  const first = await next();
  assert.equal(first?.name, 'a.csv');
  const taken = new Map([['a.csv', first!.version]]);
  assert.equal((await next(taken))?.name, 'b.csv');
  assert.equal((await next(taken, 'c.csv'))?.name, 'c.csv');
  assert.equal((await next(taken, 'gone.csv'))?.name, 'b.csv');
  close();
});

test('a file that is being written is left until it is at rest', async () => {
  const { next, write, close, directory, clock } = open();
  for (const name of ['.hidden', 'a.tmp', 'b.csv.part', 'c.filepart', 'd~']) write(name, 'x');
  mkdirSync(join(directory, 'folder'));
  assert.equal(await next(), undefined);
  write('e.csv', 'half', 0);
  assert.equal(await next(), undefined, 'seen for the first time');
  clock.step(900);
  assert.equal(await next(), undefined);
  appendFileSync(join(directory, 'e.csv'), ', and the rest');
  clock.step(900);
  assert.equal(await next(), undefined, 'it has grown');
  clock.step(1_000);
  const content = await next();
  assert.equal(await textOf(content!), 'half, and the rest');
  close();
});

test('a file that changes while it is read is an error', async () => {
  const { next, write, close, directory } = open();
  write('a.csv', 'one\n');
  const content = await next();
  appendFileSync(join(directory, 'a.csv'), 'two\n');
  await assert.rejects(textOf(content!), (error) => isStockstreamError(error, 'FEED_CHANGED'));
  close();
});

test('what is done is moved, never over another file, and a newer one of its name is left', async () => {
  const { next, write, close, origin, directory } = open({ movesDone: true });
  for (let time = 0; time < 2; time++) {
    write('a.csv', 'one', 3_600_000 - time * 10_000);
    const { version } = (await next())!;
    await origin.taken('a.csv', version);
    await origin.taken('a.csv', version);
  }
  assert.deepEqual(readdirSync(join(directory, 'done')).sort(), ['a.csv', 'a.csv.1']);
  write('a.csv', 'one');
  const { version } = (await next())!;
  write('a.csv', 'newer');
  await origin.taken('a.csv', version);
  assert.equal(await textOf((await next())!), 'newer');
  close();
});

test('it does not lead out of the directory of feeds, and must be there', async () => {
  const { root, close, clock } = open();
  const at = (path: string) => new DirectoryOrigin({ root, path, movesDone: false, mostBytes, clock });
  for (const path of ['..', '../other', '/etc']) {
    assert.throws(
      () => at(path),
      (error) => isStockstreamError(error, 'FEED_UNREADABLE'),
    );
  }
  const missing = at('missing').next({ begun: undefined, digest: '', taken: none }, signal);
  await assert.rejects(missing, (error) => isStockstreamError(error, 'FEED_UNREADABLE'));
  close();
});
