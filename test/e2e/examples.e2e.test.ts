// The examples run, and print what they say they print.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const examples = readdirSync(folder).filter((file) => file.endsWith('.ts'));

test('there are examples, each with its output', () => {
  assert.ok(examples.length > 0);
  const outputs = readdirSync(folder).filter((file) => file.endsWith('.out'));
  assert.deepEqual(
    outputs.map((file) => file.replace('.out', '.ts')),
    examples,
  );
});

for (const example of examples) {
  test(example, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [`${folder}${example}`], { timeout: 60_000 });
    assert.equal(stdout, readFileSync(`${folder}${example.replace('.ts', '.out')}`, 'utf8'));
  });
}
