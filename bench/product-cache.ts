// `stockstream bench products`: reading products with a cache and without, in this process; and how long after its decision
// a change is in the cache and is what callers read, on a whole shop whose products change all the time.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { systemClock as clock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { Server } from '../test/e2e/server.ts';
import type { Cache } from '../views/cache/cache.ts';
import { openMemoryCache } from '../views/cache/memory/memory-cache.ts';
import { ProductReader } from '../views/cache/product-reader.ts';
import { openRedisCache } from '../views/cache/redis/redis-cache.ts';
import { collections } from '../views/collections.ts';
import type { DocumentWrite } from '../views/documents/documents.ts';
import { openSqliteDocuments } from '../views/documents/sqlite/sqlite-documents.ts';
import { orExit, serverUrl, whole } from './flags.ts';
import { lineOf, rowId } from './import-rows.ts';

const usage = `stockstream bench products [options]
  --products N   (10000)   --changes N  of the second part (1000)   --rate N  of them a second (50)
  --redis URL    (redis://127.0.0.1:6379/9)`;

interface ProductsBench {
  readonly products: number;
  readonly changes: number;
  readonly rate: number;
  readonly redis: string;
}

export async function benchProducts(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const hasRedis = await answers(options.redis);
  if (!hasRedis) process.stderr.write(`!! LEFT OUT: Redis does not answer at ${options.redis}\n`);
  await reads(options, hasRedis);
  for (const cache of hasRedis ? (['memory', 'redis'] as const) : (['memory'] as const)) await changes(options, cache);
  say(`load average ${loadavg()[0]!.toFixed(1)}`);
}

function readOptions(args: readonly string[]): ProductsBench | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      products: { type: 'string', default: '10000' },
      changes: { type: 'string', default: '1000' },
      rate: { type: 'string', default: '50' },
      redis: { type: 'string', default: 'redis://127.0.0.1:6379/9' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    products: whole('products', values.products, [1, 1_000_000]),
    changes: whole('changes', values.changes, [1, 100_000]),
    rate: whole('rate', values.rate, [1, 10_000]),
    redis: serverUrl('redis', values.redis, ['redis:', 'rediss:']),
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null }).on('error', () => {});
  try {
    await redis.ping();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

/** Each product once as a miss and once as a hit, one after the other; then hits, many at a time. */
async function reads({ products, redis }: ProductsBench, hasRedis: boolean): Promise<void> {
  const documents = openSqliteDocuments({ file: ':memory:' });
  await documents.open(Object.values(collections));
  const ids = Array.from({ length: products }, (_, index) => rowId(index));
  const collection = collections.products.name;
  await documents.apply(
    ids.map((id, offset): DocumentWrite => {
      const set = { ...JSON.parse(lineOf(offset)), sellerId: 's', status: 'active', version: 1, updatedAt: 1 };
      return { kind: 'upsert', collection, id, position: { topic: 'bench', partition: 0, offset }, set };
    }),
  );
  say(`reads of ${products} products, microseconds:`);
  say(`  documents (SQLite) alone              ${await timed(ids, (id) => documents.get(collection, id))}`);
  const prefix = `bench:${process.pid}:`;
  const caches: [string, Cache][] = [['memory', openMemoryCache({ clock, mostBytes: 1 << 30 })]];
  if (hasRedis) caches.push(['Redis', await openRedisCache({ url: redis, prefix, logger: silentLogger })]);
  for (const [name, cache] of caches) {
    const reader = new ProductReader({ documents, cache, standIn: cache, clock });
    const label = (what: string) => `  cache in ${name}, ${what}`.padEnd(40);
    say(`${label('missed')}${await timed(ids, (id) => reader.get(id))}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    say(`${label('hit')}${await timed(ids, (id) => reader.get(id))}`);
    const began = performance.now();
    for (let from = 0; from < products; from += 100)
      await Promise.all(ids.slice(from, from + 100).map((id) => reader.get(id)));
    say(`${label('hits, 100 at a time')}${Math.round((products * 1000) / (performance.now() - began))} a second`);
    await cache.close();
  }
  await documents.close();
}

async function timed(ids: readonly string[], read: (id: string) => Promise<unknown>): Promise<string> {
  const took: number[] = [];
  for (const id of ids) {
    const began = performance.now();
    if ((await read(id)) === undefined) throw new Error(`${id} is not there`);
    took.push((performance.now() - began) * 1000);
  }
  return quantiles(took);
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`;
}

/** Products that callers have just read change, one upload each: from its decision to what is read then. */
async function changes({ changes: count, rate, redis: url }: ProductsBench, cache: 'memory' | 'redis'): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-products-'));
  const appId = `bench-${process.pid}`;
  const server = await Server.start(
    data,
    '--app-id',
    appId,
    '--cache',
    cache,
    ...(cache === 'redis' ? ['--redis', url] : []),
  );
  const redis = new Redis(url, { lazyConnect: true });
  try {
    const token = await server.logIn('seller@demo');
    const upload = (name: string, lines: readonly string[]) => send(server, { token, name, lines });
    await upload(
      'first',
      Array.from({ length: count }, (_, row) => `${lineOf(row)}\n`),
    );
    const ids = Array.from({ length: count }, (_, index) => rowId(index));
    for (const id of ids) await until(async () => (await server.call('GET', `/v1/products/${id}`)).status === 200);
    const samples = ids.filter((_, index) => index % sampled === 0);
    const looks: [string, Look][] = [['read by callers', (id) => viaHttp(server, id)]];
    if (cache === 'redis') looks.push(['in the cache', (id) => viaRedis(redis, `${appId}:products:${id}`)]);
    for (const [round, [what, look]] of looks.entries()) {
      const version = round + 2;
      const uploading = atRate(count, rate, async (row) => {
        const line = lineOf(row).replace('"title":"', `"title":"${version} `);
        await upload(`round-${version}-${row}`, [line]);
      });
      const late = await watch(samples, version, { warm: (id) => viaHttp(server, id), look });
      await uploading;
      say(`${cache}: ${rate} changes a second, from the decision until ${what}: ${quantiles(late)} ms`);
    }
  } finally {
    redis.disconnect();
    await server.stop();
    await removeKeys(cache === 'redis' ? url : undefined, appId);
    rmSync(data, { recursive: true, force: true });
  }
}

/** Doesn't wait for the one before: a shop that is slow is not asked less. */
async function atRate(count: number, rate: number, work: (row: number) => Promise<void>): Promise<void> {
  const began = performance.now();
  const all: Promise<void>[] = [];
  for (let row = 0; row < count; row++) {
    const wait = began + (row * 1000) / rate - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    all.push(work(row));
  }
  await Promise.all(all);
}

async function send(
  server: Server,
  { token, name, lines }: { readonly token: string; readonly name: string; readonly lines: readonly string[] },
): Promise<void> {
  const response = await fetch(`${server.url}/v1/products:bulk?import=${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: lines.join(''),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** As much of a product as tells when it was decided; undefined for what isn't there. */
type Seen = { readonly version: number; readonly updatedAt: number } | undefined;
type Look = (id: string) => Promise<Seen>;

/** One in so many is looked at: the watcher shall not be most of the load. */
const sampled = 10;

/** How long after its decision each shows this version, in milliseconds. They change in this order, each once it was read. */
async function watch(ids: readonly string[], version: number, { warm, look }: { warm: Look; look: Look }) {
  const late: number[] = [];
  for (const id of ids) {
    await warm(id);
    for (;;) {
      const seen = await look(id);
      const now = Date.now();
      if (seen !== undefined && seen.version >= version) {
        late.push(now - seen.updatedAt);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return late;
}

async function viaHttp(server: Server, id: string): Promise<Seen> {
  return (await server.call('GET', `/v1/products/${id}`)).body as Seen;
}

async function viaRedis(redis: Redis, key: string): Promise<Seen> {
  const text = (await redis.get(key)) ?? '';
  return text.includes('{') ? (JSON.parse(text.slice(text.indexOf('{'))) as Seen) : undefined;
}

async function removeKeys(url: string | undefined, appId: string): Promise<void> {
  if (url === undefined) return;
  const redis = new Redis(url);
  const keys = await redis.keys(`${appId}:*`);
  if (keys.length > 0) await redis.del(keys);
  await redis.quit();
}
