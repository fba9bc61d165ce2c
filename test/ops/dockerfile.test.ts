// The image: which Node, which files, which user. It builds nothing; what is copied is held against what the program
// imports.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { version } from '../../app/manifest.ts';
import { settings } from '../../app/settings.ts';
import { parseModules } from '../arch/modules.ts';
import { loadTree, root } from '../arch/tree.ts';
import { copiedBy, isIgnored, readDockerfile } from './dockerfile.ts';

const { instructions, last, copied } = readDockerfile();
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const valuesOf = (word: string) => last.filter((each) => each.word === word).map(({ rest }) => rest);
const runs = instructions.filter(({ word }) => word === 'RUN').map(({ rest }) => rest);

describe('the image', () => {
  test('runs on the Node of package.json', () => {
    const from = instructions.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ')[0]);
    assert.deepEqual(from, [`node:${manifest.dependencies.node}-bookworm-slim`, 'base', 'base']);
  });

  test('has no second Node, and what native modules need', () => {
    const install = runs.find((run) => run.includes('npm ci'));
    assert.match(install ?? '', /npm ci --omit=dev --ignore-scripts .*rm -rf node_modules\/node /);
    assert.ok(runs.some((run) => run.includes('libatomic1')));
    const loaded = [...(install ?? '').matchAll(/'([@\w/-]+)'/g)].map(([, name]) => name ?? '');
    assert.ok(loaded.length > 0);
    for (const name of loaded) assert.ok(name in manifest.dependencies, name);
  });

  test('runs as a user with a number, who is not root', () => {
    assert.deepEqual(valuesOf('USER'), ['10001:10001']);
    assert.ok(runs.some((run) => run.includes('useradd --uid 10001') && run.includes('--owner 10001')));
    const order = last.map(({ word }) => word);
    assert.ok(order.indexOf('USER') > order.lastIndexOf('RUN') && order.indexOf('USER') > order.lastIndexOf('COPY'));
  });

  test('starts the program itself, with a volume for its data, and says how it is', () => {
    assert.deepEqual(valuesOf('ENTRYPOINT'), ['["node", "bin/stockstream.js"]']);
    assert.deepEqual(valuesOf('VOLUME'), [readDockerfile().environment.STOCKSTREAM_DATA]);
    assert.deepEqual(valuesOf('EXPOSE'), [`${settings.port.default} ${settings.metricsPort.default}`]);
    const [check = ''] = valuesOf('HEALTHCHECK');
    assert.match(check, /\/health\/ready/);
    assert.ok(check.endsWith(`"\${STOCKSTREAM_PORT:-${settings.port.default}}"`));
  });

  test('says which version it is', () => {
    assert.ok(valuesOf('LABEL').join().includes(`org.opencontainers.image.version="${version}"`));
  });

  test('holds no secret', () => {
    const words = instructions.filter(({ word }) => ['ENV', 'ARG', 'LABEL'].includes(word)).map(({ rest }) => rest);
    assert.doesNotMatch(words.join('\n'), /secret|password|token/i);
  });
});

describe('what is copied', () => {
  test('exists, and the context has it', () => {
    for (const path of copiedBy(instructions)) {
      assert.ok(existsSync(join(root, path)), path);
      assert.ok(!isIgnored(path), `.dockerignore leaves ${path} out`);
    }
  });

  test('is all that the program imports', () => {
    const modules = new Map(parseModules(loadTree()).map((module) => [module.path, module]));
    // The verbs that run programs of the workshop name them as a path; those aren't in the image.
    const threads = ['app/worker-thread.ts'];
    const needed = new Set<string>();
    const visit = (path: string) => {
      if (needed.has(path)) return;
      needed.add(path);
      for (const { target, kind } of modules.get(path)?.references ?? [])
        if (target !== undefined && kind !== 'path') visit(target);
    };
    for (const entry of ['bin/stockstream.js', ...threads]) visit(entry);
    assert.ok(needed.size > 100);
    for (const path of needed) {
      assert.ok(
        copied.some((each) => path.startsWith(`${each}/`)),
        `${path} is not copied`,
      );
      assert.ok(!isIgnored(path), `.dockerignore leaves ${path} out`);
    }
  });

  test('is no secret, no data, nothing installed here', () => {
    const out = ['.env', '.env.local', 'node_modules/x/y.js', 'data/log/1', '.git/config', 'app/.env', 'state/data/x'];
    for (const path of out) assert.ok(isIgnored(path), path);
  });
});
