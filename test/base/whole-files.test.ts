// Files are there as a whole or as they were before, and nothing half written stays.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { ifThere, openIfThere, putWhole, writeSynced } from '../../base/whole-files.ts';

const root = mkdtempSync(join(tmpdir(), 'stockstream-files-'));
after(() => rmSync(root, { recursive: true, force: true }));
const place = () => join(mkdtempSync(join(root, 'd')), 'folder', 'file');
const filesBeside = (path: string) => readdirSync(join(path, '..'));

test('a file is put with its folder, and replaced', async () => {
  const path = place();
  for (const text of ['one', 'another']) {
    await putWhole(path, async (part) => {
      assert.ok(part.endsWith('.part'));
      await writeSynced(part, Buffer.from(text));
    });
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.deepEqual(filesBeside(path), ['file']);
  }
});

test('what fails half way leaves what was there, and nothing else', async () => {
  const path = place();
  const failing = putWhole(path, async (part) => {
    writeFileSync(part, 'half');
    throw new Error('no room');
  });
  await assert.rejects(failing, /no room/);
  assert.deepEqual(filesBeside(path), []);
  await putWhole(path, (part) => writeSynced(part, Buffer.from('whole')));
  await assert.rejects(
    putWhole(path, async () => {}),
    { code: 'ENOENT' },
  );
  assert.deepEqual([filesBeside(path), readFileSync(path, 'utf8')], [['file'], 'whole']);
});

test('two that put one file do not get into each other', async () => {
  const path = place();
  const texts = ['a', 'b', 'c', 'd'].map((each) => each.repeat(1_000));
  await Promise.all(texts.map((text) => putWhole(path, (part) => writeSynced(part, Buffer.from(text)))));
  assert.ok(texts.includes(readFileSync(path, 'utf8')));
  assert.deepEqual(filesBeside(path), ['file']);
});

test('a file that is there is not written over unasked', async () => {
  const path = join(root, 'there');
  await writeSynced(path, Buffer.from('x'));
  await assert.rejects(writeSynced(path, Buffer.from('y')), { code: 'EEXIST' });
  assert.equal(readFileSync(path, 'utf8'), 'x');
});

test('a file opens with its length; one that is not there, or has no folder, is undefined', async () => {
  const path = join(root, 'open');
  writeFileSync(path, 'four');
  const { bytes, stream } = (await openIfThere(path))!;
  assert.deepEqual([bytes, (await buffer(stream)).toString()], [4, 'four']);
  for (const missing of ['missing', join('no', 'folder')])
    assert.equal(await openIfThere(join(root, missing)), undefined);
  await assert.rejects(openIfThere(join(path, 'beneath')), { code: 'ENOTDIR' });
  await assert.rejects(ifThere(Promise.reject(new Error('another'))), /another/);
});
