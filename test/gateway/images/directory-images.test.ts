// Images in a directory, held to the suite of their port; and what a crash or a broken directory leaves.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDirectoryImages } from '../../../gateway/images/directory/directory-images.ts';
import { imagesSuite } from '../../conformance/images.suite.ts';
import { MemoryImages } from '../memory-images.ts';

const root = mkdtempSync(join(tmpdir(), 'stockstream-images-'));
after(() => rmSync(root, { recursive: true }));
const directory = () => mkdtempSync(join(root, 'd'));

imagesSuite('images in a directory', () => openDirectoryImages({ directory: directory() }));
imagesSuite('images of the tests', async () => new MemoryImages());

test('images are there for the next process, and no parts are left beside them', async () => {
  const place = join(directory(), 'made');
  const before = await openDirectoryImages({ directory: place });
  await before.put('abc/160.webp', Buffer.from('x'), 'image/webp');
  await before.close();
  const after = await openDirectoryImages({ directory: place });
  assert.equal(await after.size('abc/160.webp'), 1);
  assert.deepEqual(readdirSync(join(place, 'ab', 'abc')), ['160.webp']);
});

test('a file where the directory should be is refused at the start', async () => {
  const file = join(directory(), 'file');
  writeFileSync(file, '');
  await assert.rejects(openDirectoryImages({ directory: file }), { code: 'IMAGES_REFUSED' });
});

test('a directory that is gone is told, not worked around', async () => {
  const place = directory();
  const images = await openDirectoryImages({ directory: place });
  rmSync(place, { recursive: true });
  writeFileSync(place, '');
  await assert.rejects(images.put('abc/160.webp', Buffer.from('x'), 'image/webp'), { code: 'IMAGES_UNAVAILABLE' });
  await assert.rejects(images.ping(), { code: 'IMAGES_UNAVAILABLE' });
  rmSync(place);
});
