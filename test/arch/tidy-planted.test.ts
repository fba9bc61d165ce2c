// Tests the tester: each rule of the tidy test finds a violation planted for it, and leaves its innocent twin alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkBannedUses, checkOpenings, checkSizes, checkTopicNames } from './code-rules.ts';
import { type Module, parseModules } from './modules.ts';
import { checkDeadCodes, checkDeadExports, checkDeadFiles } from './reach-rules.ts';
import { checkLinks, checkPaths, checkTexts, checkVersions } from './text-rules.ts';
import type { Problem, Tree } from './tree.ts';

type Files = Readonly<Record<string, string>>;

const lines = (count: number, line = '') => `${line}\n`.repeat(count);
const markdown = (text: string) => ({ 'docs/a.md': text, 'base/clock.ts': '', 'log/kafka/k.ts': '' });

describe('code:', () => {
  const topicNames = new Set(['orders', 'order-events']);
  expect('a file without an opening', checkOpenings, { 'base/a.ts': 'export {};' }, ['base/a.ts:1 opening']);
  expect('an opening after a shebang', checkOpenings, { 'bin/a.js': '#!/usr/bin/env node\n// Starts.\n' }, []);
  expect('a file of 401 lines', checkSizes, { 'base/a.ts': lines(401) }, ['base/a.ts:402 file-size']);
  expect('a file of 400 lines', checkSizes, { 'base/a.ts': lines(400) }, []);
  expect('a generated file is any size', checkSizes, { 'schemas/a.generated.ts': lines(900) }, []);
  expect(
    'functions of 71 lines',
    checkSizes,
    { 'base/a.ts': `\nfunction f() {${lines(70)}}\nclass C { m() {${lines(70)}} }\nconst g = () => {${lines(70)}};` },
    ['base/a.ts:2 function-size', 'base/a.ts:73 function-size', 'base/a.ts:144 function-size'],
  );
  expect('a function of 70 lines', checkSizes, { 'base/a.ts': `function f() {${lines(69)}}` }, []);
  expect(
    'a suite counts without its tests',
    checkSizes,
    {
      'test/a.ts': `function suite() {\ndescribe('x', () => {${lines(40)}});\nkit.test('y', () => {${lines(40)}});\n}`,
    },
    [],
  );
  expect(
    'time and chance in a room',
    checkBannedUses,
    {
      'streams/a.ts': [
        `import { randomUUID } from 'node:crypto';`,
        'const now = [Date.now(), new Date(), performance.now()];',
        'const next = [1].map(Math.random);',
        'const id = crypto.randomUUID();',
      ].join('\n'),
    },
    ['1', '2', '2', '2', '3', '4'].map((line) => `streams/a.ts:${line} banned`),
  );
  expect(
    'a date of a given time',
    checkBannedUses,
    { 'streams/a.ts': 'export const d = (at: number) => new Date(at);' },
    [],
  );
  expect('an adapter may ask the machine', checkBannedUses, { 'log/kafka/a.ts': 'Date.now();' }, []);
  expect('a port may not', checkBannedUses, { 'log/log.ts': 'Date.now();' }, ['log/log.ts:1 banned']);
  expect(
    'topic names in strings',
    (modules) => checkTopicNames(modules, topicNames),
    {
      'topologies/a.ts': `const a = ['orders', \`order-events\`];`,
      'gateway/a.ts': `const path = 'orders';\nconst topic = 'order-events';`,
      'schemas/topics.ts': `const name = 'orders';`,
      'views/order-events.ts': `const name = 'order-events';`,
    },
    ['topologies/a.ts:1 topic', 'topologies/a.ts:1 topic', 'gateway/a.ts:2 topic'],
  );
});

describe('reach:', () => {
  const cli = `import { used } from '../base/a.ts'; used();`;
  expect(
    'a file that only its neighbour reaches, in a ring',
    checkDeadFiles,
    { 'app/cli.ts': cli, 'base/a.ts': '', 'base/b.ts': `import './c.ts';`, 'base/c.ts': `import './b.ts';` },
    ['base/b.ts:1 dead-file', 'base/c.ts:1 dead-file'],
  );
  expect(
    'workers by path, scripts by name and tests are reached',
    checkDeadFiles,
    {
      'app/cli.ts': `new Worker(new URL('./worker.ts', import.meta.url)); await import('../base/lazy.ts');`,
      'app/worker.ts': '',
      'base/lazy.ts': '',
      'docs/generate.ts': '',
      'package.json': JSON.stringify({ scripts: { generate: 'node docs/generate.ts' } }),
      'test/base/a.test.ts': `import './a.suite.ts';`,
      'test/base/a.suite.ts': '',
      'state/rocksdb/binding.d.ts': '',
    },
    [],
  );
  expect(
    'exports that nobody imports',
    checkDeadExports,
    {
      'app/cli.ts': cli,
      'base/a.ts': [
        'export const used = () => also();',
        'export function also(input?: Named): void {}',
        'export interface Named {}',
        'export type Unnamed = 1;',
        'export default 1;',
        'const listed = 1;',
        'export { listed };',
      ].join('\n'),
    },
    ['base/a.ts:2', 'base/a.ts:4', 'base/a.ts:5', 'base/a.ts:7'].map((place) => `${place} dead-export`),
  );
  expect(
    'namespaces, renames, re-exports and lazy imports use what they name',
    checkDeadExports,
    {
      'app/cli.ts': [
        `import * as all from '../base/all.ts';`,
        `import { one as two } from '../base/one.ts';`,
        `const { lazy } = await import('../base/lazy.ts');`,
        `all.a(two, lazy);`,
      ].join('\n'),
      'base/all.ts': 'export const a = 1, b = 2;',
      'base/one.ts': 'export const one = 1;',
      'base/lazy.ts': 'export const lazy = 1;\nexport const lost = 1;',
    },
    ['base/lazy.ts:2 dead-export'],
  );
});

describe('codes:', () => {
  const codes: Check = (modules) => checkDeadCodes(modules, ['USED', 'UNUSED']);
  expect('a code that is never thrown', codes, { 'log/log.ts': `throw new StockstreamError('USED');` }, [
    'base/error-catalogue.ts:1 dead-code',
  ]);
});

describe('texts:', () => {
  const marker = ['TO', 'DO'].join('');
  const path = ['', 'root', 'data'].join('/');
  const host = ['registry', 'npmjs', 'org'].join('.');
  const texts: Check = (_, tree) => checkTexts(tree);
  expect('a marker', texts, { 'base/a.ts': `// x\n// ${marker}: later` }, ['base/a.ts:2 marker']);
  expect('a path of this machine', texts, { 'HACKING.md': `cd ${path}` }, ['HACKING.md:1 machine-path']);
  expect('a path of an address', texts, { 'HACKING.md': `http://localhost${path} and ./data${path}` }, []);
  expect('a registry', texts, { '.npmrc': `registry=https://${host}/` }, ['.npmrc:1 registry-host']);
  expect('an address in the lock', texts, { 'package-lock.json': `{\n"${'resolved'}": "https://example.org/a.tgz"}` }, [
    'package-lock.json:2 lock-address',
  ]);
  expect(
    'versions that are not exact',
    (_, tree) => checkVersions(tree),
    { 'package.json': '{\n"dependencies": {\n"a": "^1.0.0",\n"b": "1.0.0"},\n"devDependencies": {"c": "latest"}}' },
    ['package.json:3 version', 'package.json:5 version'],
  );
});

describe('documents:', () => {
  const links: Check = (_, tree) => checkLinks(tree);
  const paths: Check = (_, tree) => checkPaths(tree);
  const good = '# The *one* way\n[a](../base/clock.ts) [b](#the-one-way) [c](https://example.org) `[d](gone.md)`\n';
  expect('links that lead somewhere', links, markdown(good), []);
  expect('links that do not', links, markdown(`${good}[a](gone.md)\n[b](#gone)`), [
    'docs/a.md:3 link',
    'docs/a.md:4 link',
  ]);
  expect('paths that exist', paths, markdown('`base/clock.ts:12` `log/` `log/*/k.ts` `a/b` `log/<name>.ts`'), []);
  expect('paths that do not', paths, markdown('x\n`base/gone.ts`'), ['docs/a.md:2 path']);
});

type Check = (modules: readonly Module[], tree: Tree) => Problem[];

function expect(name: string, check: Check, files: Files, at: readonly string[]): void {
  test(name, () => {
    const tree = new Map(Object.entries(files));
    const found = check(parseModules(tree), tree).map(({ path, line, rule }) => `${path}:${line} ${rule}`);
    assert.deepEqual(found.toSorted(), at.toSorted());
  });
}
