// Parts of a document that the benches write: only their own is replaced, and a new one gets its place.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { writeSection } from '../../bench/section.ts';

const text = 'By hand.\n\n<!-- a -->\n\nold\n\n<!-- end of a -->\n\n<!-- further -->\n\nBy hand, too.\n';

function documentWith(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-section-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'document.md');
  writeFileSync(path, text);
  return { url: pathToFileURL(path), read: () => readFileSync(path, 'utf8') };
}

test('what a section had is replaced, and nothing else', (t) => {
  const { url, read } = documentWith(t);
  writeSection(url, 'a', ['new', '$1'], 'further');
  assert.equal(
    read(),
    text.replace('old', () => 'new\n$1'),
  );
});

test('a new section comes before the place for it, and is replaced from then on', (t) => {
  const { url, read } = documentWith(t);
  writeSection(url, 'b', ['first'], 'further');
  writeSection(url, 'b', ['second'], 'further');
  assert.equal(
    read(),
    text.replace('<!-- further -->', '<!-- b -->\n\nsecond\n\n<!-- end of b -->\n\n<!-- further -->'),
  );
});

test('without either it fails and changes nothing', (t) => {
  const { url, read } = documentWith(t);
  assert.throws(() => writeSection(url, 'b', ['first']), /has no <!-- b -->/);
  assert.throws(() => writeSection(url, 'b', ['first'], 'elsewhere'), /has no <!-- b -->/);
  assert.equal(read(), text);
});
