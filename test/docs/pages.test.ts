// The generated documents are current, and list all that there is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingEntries, variableOf } from '../../app/settings.ts';
import { errorCatalogue } from '../../base/error-catalogue.ts';
import { pages } from '../../docs/pages.ts';
import { loadTree, matches } from '../arch/tree.ts';

const tree = loadTree();

for (const [path, text] of pages()) {
  test(`${path} is current`, () => {
    assert.ok(tree.get(path) === text, `${path} is behind its source: run \`npm run generate\``);
  });
}

test('docs/errors.md lists each code once, with its remedy', () => {
  const page = tree.get('docs/errors.md') ?? '';
  const listed = matches(page, /^## (\w+)$/gm).map(({ match }) => match[1]);
  assert.deepEqual(listed, Object.keys(errorCatalogue));
  assert.ok(page.includes(`There are ${listed.length} codes.`));
  for (const { remedy } of Object.values(errorCatalogue)) assert.ok(page.includes(remedy), remedy);
});

test('.env.example sets nothing by itself and names every variable', () => {
  const lines = (tree.get('.env.example') ?? '').split('\n');
  assert.deepEqual(
    lines.filter((line) => !/^(#.*)?$/.test(line)),
    [],
  );
  for (const [name] of settingEntries)
    assert.ok(
      lines.some((line) => line.startsWith(`# ${variableOf(name)}=`)),
      name,
    );
});
