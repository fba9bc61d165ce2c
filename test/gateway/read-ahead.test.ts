// What a body gets by being read ahead: all of its bytes in order, a bound on what waits, and either side's end is told the other.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { readAhead } from '../../gateway/read-ahead.ts';

const piece = 64 * 1024;

function counting(pieces: number) {
  let made = 0;
  const body = new Readable({
    highWaterMark: piece,
    read() {
      this.push(made < pieces ? Buffer.alloc(piece, made) : null);
      made++;
    },
  });
  return { body, made: () => made };
}

test('all comes, in order', async () => {
  const { body } = counting(100);
  const bytes = Buffer.concat(await readAhead(body).toArray());
  assert.equal(bytes.length, 100 * piece);
  for (let index = 0; index < 100; index++) assert.equal(bytes[index * piece + 5], index);
});

test('while nobody takes it, some megabytes wait and the rest stays where it is', async () => {
  const { body, made } = counting(1_000);
  const ahead = readAhead(body);
  for (let turn = 0; turn < 2_000; turn++) await setImmediate();
  assert.ok(made() * piece >= 2 * 1024 * 1024, `${made()} pieces`);
  assert.ok(made() * piece <= 5 * 1024 * 1024, `${made()} pieces`);
  ahead.destroy();
});

test('a body that breaks off fails whoever reads it', async () => {
  const { body } = counting(1_000);
  const ahead = readAhead(body);
  await once(ahead, 'readable');
  body.destroy(new Error('gone'));
  await assert.rejects(ahead.toArray(), /gone/);
});

test('whoever gives up ends the body', async () => {
  const { body } = counting(1_000);
  const closed = new Promise((resolve) => body.once('close', resolve));
  for await (const _ of readAhead(body)) break;
  await closed;
});
