// ops/mongo/shard.js, run against a router that is made of paper: all collections, each by its id, as often as one likes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { collections } from '../../views/collections.ts';
import { root } from '../arch/tree.ts';

const script = readFileSync(join(root, 'ops/mongo/shard.js'), 'utf8');
const names = Object.values(collections)
  .map(({ name }) => name)
  .sort();

class Router {
  readonly calls: string[] = [];
  readonly sharded = new Map<string, object>();
  readonly said: string[] = [];
  readonly #message: string;

  constructor(message = 'isdbgrid') {
    this.#message = message;
  }

  run(): void {
    const config = { collections: { findOne: ({ _id }: { _id: string }) => this.#entry(_id) } };
    const db = {
      hello: () => ({ msg: this.#message }),
      getName: () => 'stockstream_g2',
      getSiblingDB: (name: string) => (name === 'config' ? config : undefined),
      getCollection: (name: string) => ({
        createIndex: (key: object) => this.calls.push(`index ${name} ${JSON.stringify(key)}`),
      }),
    };
    const sh = {
      shardCollection: (namespace: string, key: object) => {
        this.calls.push(`shard ${namespace} ${JSON.stringify(key)}`);
        this.sharded.set(namespace, key);
      },
    };
    runInContext(script, createContext({ db, sh, print: (text: string) => this.said.push(text) }));
  }

  #entry(_id: string): object | null {
    const key = this.sharded.get(_id);
    return key ? { _id, key } : null;
  }
}

test('every collection is sharded by the hash of its id, with the index that one which is full needs', () => {
  const router = new Router();
  router.run();
  assert.deepEqual(
    [...router.sharded.keys()].sort(),
    names.map((name) => `stockstream_g2.${name}`),
  );
  for (const name of names) {
    const index = router.calls.indexOf(`index ${name} {"_id":"hashed"}`);
    const shard = router.calls.indexOf(`shard stockstream_g2.${name} {"_id":"hashed"}`);
    assert.ok(index >= 0 && index < shard, name);
  }
});

test('what is sharded already is left alone', () => {
  const router = new Router();
  router.sharded.set('stockstream_g2.orders', { customerId: 1 });
  router.run();
  assert.deepEqual(router.sharded.get('stockstream_g2.orders'), { customerId: 1 });
  assert.ok(router.said.some((text) => text.includes('orders: sharded already, by {"customerId":1}')));
  const { length } = router.calls;
  router.run();
  assert.equal(router.calls.length, length);
});

test('a server that is no router is refused before anything is done', () => {
  const server = new Router('');
  assert.throws(() => server.run(), /connect to a mongos/);
  assert.deepEqual(server.calls, []);
});
