// Who may import whom: the two tables below are the rule, the whole tree is held against them.
// What isn't listed is forbidden.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkCycles, checkDirections, checkPackages, type PackageTable, type Room } from './import-rules.ts';
import { parseModules } from './modules.ts';
import { format, loadTree } from './tree.ts';

// The first row whose glob matches holds the file. Adapters' folders come first: each knows its port and no other adapter.
const rooms: readonly Room[] = [
  { files: 'log/*/**', may: ['log/*', 'base/**'] },
  { files: 'state/*/**', may: ['state/*', 'base/**'] },
  { files: 'views/*/*/**', may: ['views/*/*', 'base/**', 'types:streams/api.ts'] },
  { files: 'gateway/*/*/**', may: ['gateway/*/*', 'base/**'] },
  { files: 'effects/mail/templates/*', may: ['effects/mail/*', 'schemas/**', 'base/**'] },
  { files: 'effects/*/*/**', may: ['effects/*/*', 'base/**', 'types:streams/api.ts'] },

  { files: 'base/**', may: [] },
  { files: 'schemas/**', may: ['base/**'] },
  // Of the engine only types, and the arithmetic of windows, which is as pure as they are.
  { files: 'processors/**', may: ['schemas/**', 'base/**', 'types:streams/api.ts', 'streams/windows.ts'] },
  { files: 'topologies/**', may: ['schemas/**', 'processors/**', 'streams/**'] },

  { files: 'log/*', may: ['base/**'] },
  { files: 'state/*', may: ['log/*', 'base/**'] },
  { files: 'streams/**', may: ['log/*', 'state/*', 'base/**'] },

  { files: 'views/**', may: ['views/*', 'views/*/*', 'schemas/**', 'base/**', 'streams/api.ts'] },
  { files: 'effects/mail/*', may: ['effects/mail/{*,templates/*}', 'schemas/**', 'base/**', 'streams/api.ts'] },
  { files: 'effects/**', may: ['effects/*', 'effects/*/*', 'schemas/**', 'base/**', 'streams/api.ts'] },
  { files: 'inbound/*/*/**', may: ['inbound/*/*', 'base/**'] },
  {
    files: 'inbound/**',
    may: ['inbound/**', 'gateway/*', 'views/*', 'views/*/*', 'schemas/**', 'base/**', 'streams/api.ts'],
  },
  { files: 'gateway/**', may: ['log/*', 'views/*', 'views/*/*', 'schemas/**', 'base/**'] },
  { files: 'web/**', may: [] },
  { files: 'ops/**', may: [] },

  { files: 'app/**', may: 'any', never: ['test/**', 'web/**'] },
  { files: 'bin/**', may: ['app/**'] },
  { files: 'docs/**', may: ['app/**', 'base/**', 'processors/**', 'schemas/**'] },
  { files: 'examples/**', may: 'any', never: ['test/**', 'bench/**'] },
  { files: 'bench/**', may: 'any', never: [] },
  { files: 'test/**', may: 'any', never: [] },
];

// Which folder may import which package. A driver library stays inside its adapter's folder.
const anywhere = ['{base,schemas,log,state,streams,views,effects,inbound,gateway,app,bin,docs,examples}/**'];
const inTests = ['test/**', 'bench/**'];
const packages: PackageTable = {
  'classic-level': ['log/embedded/**', ...inTests],
  '@platformatic/kafka': ['log/kafka/**', ...inTests],
  '@node-rs/crc32': ['log/*', 'log/embedded/journal/*', ...inTests],
  'rocksdb-native': ['state/rocksdb/**', ...inTests],
  'sorted-btree': ['state/memory/**', ...inTests],
  avsc: ['schemas/**', ...inTests],
  'node:sqlite': ['{views,gateway}/*/{sqlite,embedded}/**', 'effects/*/simulator/**', ...inTests],
  mongodb: ['views/documents/mongo/**', ...inTests],
  'cassandra-driver': ['views/archive/cassandra/**', ...inTests],
  '@elastic/elasticsearch': ['views/search/elasticsearch/**', ...inTests],
  '@orama/stemmers': ['views/search/embedded/**', ...inTests],
  'fastest-levenshtein': ['views/search/embedded/**', ...inTests],
  stripe: ['effects/payments/stripe/**', ...inTests],
  ioredis: ['{views,gateway}/*/redis/**', ...inTests],
  '@aws-sdk/client-s3': ['{views,gateway,state}/*/s3/**', ...inTests],
  sharp: ['gateway/images/*', ...inTests],
  fastify: ['gateway/**', 'app/**', ...inTests],
  '@fastify/*': ['gateway/**', ...inTests],
  '@node-rs/*': ['gateway/**', 'app/**', ...inTests],
  'csv-parse': ['gateway/**', ...inTests],
  'lru-cache': ['gateway/**', 'views/**', ...inTests],
  nodemailer: ['effects/mail/{smtp,outbox}/**', ...inTests],
  'smtp-server': ['test/**'],
  'postal-mime': ['test/**'],
  standardwebhooks: ['gateway/**', 'effects/*/{webhook,simulator}/**', ...inTests],
  'temporal-polyfill': ['views/delivery/**', 'gateway/**', ...inTests],
  typebox: ['gateway/**', 'app/**', ...inTests],
  cockatiel: ['streams/**', ...inTests],
  'prom-client': ['streams/**', 'gateway/**', 'app/**', ...inTests],
  'close-with-grace': ['app/**', ...inTests],
  commander: ['app/**', ...inTests],
  pino: ['app/**', ...inTests],
  'pino-pretty': ['app/**', ...inTests],
  'hdr-histogram-js': ['bench/**'],
  autocannon: ['bench/gateway/**'],
  echarts: ['bench/plot.ts', ...inTests],
  kafkajs: inTests,
  '@babel/*': ['test/**'],
  pg: inTests,
  'fast-check': inTests,
  yaml: ['test/**'],
  // The business (processors/, topologies/) computes: it gets nothing of the machine.
  'node:*': [...anywhere, ...inTests],
};

describe('the tree keeps', () => {
  const modules = parseModules(loadTree());
  const checks = {
    'to the directions between rooms': () => checkDirections(modules, rooms),
    'packages where they belong': () => checkPackages(modules, packages),
    'free of import cycles': () => checkCycles(modules),
  };
  for (const [name, check] of Object.entries(checks)) {
    test(name, () => {
      const problems = check();
      assert.ok(problems.length === 0, format(problems));
    });
  }
});

describe('a planted violation is found:', () => {
  const problemsOf = (files: Record<string, string>) => {
    const modules = parseModules(new Map(Object.entries(files)));
    return [...checkDirections(modules, rooms), ...checkPackages(modules, packages), ...checkCycles(modules)];
  };
  const empty = 'export {};';
  const violations: [name: string, files: Record<string, string>, at: string][] = [
    ['base imports log', { 'base/a.ts': `import '../log/log.ts';`, 'log/log.ts': empty }, 'base/a.ts:1 import'],
    [
      'a processor takes a value of the engine',
      { 'processors/p.ts': `\nimport { x } from '../streams/api.ts';`, 'streams/api.ts': 'export const x = 1;' },
      'processors/p.ts:2 import',
    ],
    [
      'an adapter imports another',
      { 'log/kafka/a.ts': `import type { B } from '../embedded/b.ts';`, 'log/embedded/b.ts': 'export type B = 1;' },
      'log/kafka/a.ts:1 import',
    ],
    [
      'the engine names an adapter',
      { 'streams/task.ts': `import '../state/rocksdb/r.ts';`, 'state/rocksdb/r.ts': empty },
      'streams/task.ts:1 import',
    ],
    [
      'a port imports its adapter',
      { 'state/store.ts': `export * from './memory/m.ts';`, 'state/memory/m.ts': empty },
      'state/store.ts:1 import',
    ],
    [
      'the gateway imports an adapter by import()',
      { 'gateway/a.ts': `await import('../views/cache/redis/r.ts');`, 'views/cache/redis/r.ts': empty },
      'gateway/a.ts:1 import',
    ],
    [
      'the app names a test in a path',
      { 'app/a.ts': `new URL('../test/t.ts', import.meta.url);`, 'test/t.ts': empty },
      'app/a.ts:1 import',
    ],
    ['a file that does not exist', { 'base/a.ts': `import './gone.ts';` }, 'base/a.ts:1 import'],
    ['a folder without rules', { 'utils/a.ts': empty }, 'utils/a.ts:1 room'],
    ['a driver outside its folder', { 'state/a.ts': `import 'rocksdb-native';` }, 'state/a.ts:1 package'],
    ['SQLite outside its folder', { 'gateway/a.ts': `import 'node:sqlite';` }, 'gateway/a.ts:1 package'],
    ['a processor that reads files', { 'processors/a.ts': `import 'node:fs/promises';` }, 'processors/a.ts:1 package'],
    ['an unknown package', { 'app/a.ts': `import x from '@some/where/deep.js';` }, 'app/a.ts:1 package'],
    [
      'a cycle of three',
      {
        'base/a.ts': `import './b.ts';`,
        'base/b.ts': `import { type C, c } from './c.ts';`,
        'base/c.ts': `import './a.ts'; export type C = 1; export const c = 1;`,
      },
      'base/c.ts:1 cycle',
    ],
  ];
  for (const [name, files, at] of violations) {
    test(name, () => {
      assert.deepEqual(
        problemsOf(files).map(({ path, line, rule }) => `${path}:${line} ${rule}`),
        [at],
      );
    });
  }
});

test('what the rules allow passes', () => {
  const modules = parseModules(
    new Map([
      ['base/a.ts', `import type { B } from './b.ts'; export const a: B = 1;`],
      ['base/b.ts', `import './a.ts'; export type B = 1;`],
      ['log/log.ts', `import { a } from '../base/a.ts'; export type Log = typeof a;`],
      ['log/kafka/k.ts', `import type { Log } from '../log.ts'; import './wire/w.ts'; import 'node:net';`],
      ['log/kafka/wire/w.ts', `import '@platformatic/kafka'; import '../other.ts';`],
      ['log/kafka/other.ts', ''],
      ['streams/api.ts', 'export interface Context {}'],
      ['processors/p.ts', `import type { Context } from '../streams/api.ts'; export type P = Context;`],
      ['app/wire.ts', `import '../log/kafka/k.ts'; new URL('./worker.ts', import.meta.url);`],
      ['app/worker.ts', `import './wire.ts';`],
    ]),
  );
  const problems = [...checkDirections(modules, rooms), ...checkPackages(modules, packages), ...checkCycles(modules)];
  assert.deepEqual(problems, []);
});
