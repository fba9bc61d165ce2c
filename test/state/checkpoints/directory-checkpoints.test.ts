// Checkpoints in a directory, held to the suite of their port; and what a crash or a broken directory leaves.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDirectoryCheckpoints } from '../../../state/checkpoints/directory/directory-checkpoints.ts';
import { checkpointsSuite } from '../../conformance/checkpoints.suite.ts';

const root = mkdtempSync(join(tmpdir(), 'stockstream-checkpoints-'));
after(() => rmSync(root, { recursive: true }));
const directory = () => mkdtempSync(join(root, 'd'));

checkpointsSuite('checkpoints in a directory', () => openDirectoryCheckpoints(directory()));

test('what a crash left half written is never listed, and nothing is left beside a file', async () => {
  const place = directory();
  const store = await openDirectoryCheckpoints(place);
  mkdirSync(join(place, 'tasks'));
  writeFileSync(join(place, 'tasks', 'a.0.part'), 'half');
  await store.put('tasks/a', Buffer.from('whole'));
  assert.deepEqual(await store.list(''), ['tasks/a']);
  assert.deepEqual(readdirSync(join(place, 'tasks')).sort(), ['a', 'a.0.part']);
});

test('a file where the directory should be is refused at the start', async () => {
  const file = join(directory(), 'file');
  writeFileSync(file, '');
  await assert.rejects(openDirectoryCheckpoints(file), { code: 'CHECKPOINTS_REFUSED' });
});
