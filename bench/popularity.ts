// `stockstream bench popularity`: what shoppers do waits in the log, and is counted: once a shopper, product and half hour,
// summed, windowed, told. The real topology on the embedded log (every commit synced) and RocksDB, one thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Registry } from 'prom-client';
import { sleep, systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { seededRandom } from '../base/random.ts';
import { openEmbeddedLog } from '../log/embedded/embedded-log.ts';
import type { Log } from '../log/log.ts';
import { newProduct } from '../schemas/catalog-defaults.ts';
import { type TopicEntry, topics } from '../schemas/topics.ts';
import { openRocksdbStore } from '../state/rocksdb/rocksdb-store.ts';
import { createStreamsMetrics } from '../streams/metrics.ts';
import { internalTopics, topologyNames } from '../streams/names.ts';
import { StreamThread } from '../streams/stream-thread.ts';
import { discoveryTopology } from '../topologies/discovery.ts';
import { Feeder, productIdOf } from './feeder.ts';
import { oneOf, orExit, whole } from './flags.ts';
import { measuredHere } from './peer-result.ts';
import { grouped } from './report.ts';
import { partitionsOf } from './shop.ts';
import { loads, picker } from './workload.ts';

const usage = `stockstream bench popularity [options]
  --events N  (200000)   --products N  (10000)   --shoppers N  (50000)
  --load NAME  uniform, zipf or hot (zipf)       --rounds N    (3)`;

interface Options {
  readonly events: number;
  readonly products: number;
  readonly shoppers: number;
  readonly load: (typeof loads)[number];
  readonly rounds: number;
}

const appId = 'bench';
const topology = discoveryTopology();
const inputs = topology.sources.map(({ topic }) => topic);

export async function benchPopularity(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const { events, products, shoppers, load, rounds } = options;
  say(`${events} looks of ${shoppers} shoppers at ${products} products, ${load}`);
  for (let round = 0; round < rounds; round++) await run(options, round);
  say(`load average ${loadavg()[0]!.toFixed(1)}`);
}

function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '200000' },
      products: { type: 'string', default: '10000' },
      shoppers: { type: 'string', default: '50000' },
      load: { type: 'string', default: 'zipf' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    events: whole('events', values.events, [1, 100_000_000]),
    products: whole('products', values.products, [1, 1_000_000]),
    shoppers: whole('shoppers', values.shoppers, [1, 10_000_000]),
    load: oneOf('load', values.load, loads),
    rounds: whole('rounds', values.rounds, [1, 100]),
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(options: Options, seed: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-bench-'));
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), clock: systemClock });
  const store = await openRocksdbStore({ directory: join(directory, 'state') });
  await log.admin.createTopics([...Object.values(topics), ...internalTopics(appId, topology)]);
  const feeder = new Feeder(await log.producer());
  const start = () => {
    const metrics = createStreamsMetrics(new Registry());
    const common = { log, store, clock: systemClock, topology, appId, instanceId: '0', metrics };
    const onFailure = (error: unknown) => {
      throw error;
    };
    const thread = new StreamThread({
      ...common,
      deadLetters: topics.deadLetters,
      codeVersion: 'bench',
      logger: silentLogger,
      onFailure,
    });
    thread.start();
    return thread;
  };
  await feedProducts(feeder, options.products);
  let thread = start();
  await untilTaken(log);
  await thread.stop();
  const expected = await feedLooks(feeder, options, seed);

  const [cpu, started] = [process.cpuUsage(), performance.now()];
  thread = start();
  await untilTaken(log);
  const { seconds, cpuSeconds } = measuredHere(cpu, started);
  await thread.stop();
  let counted = 0;
  const activity = await count(log, topics.productActivity, ({ quantity }) => {
    counted += quantity;
  });
  const told = await count(log, topics.popularity);
  await log.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
  const { events } = options;
  const rates = [events / seconds, events / cpuSeconds].map((rate) => grouped(Math.round(rate)));
  say(`${rates[0]} looks/s, ${rates[1]} a CPU second; ${activity} sums sent, ${told} news of popularity`);
  if (counted !== expected) throw new Error(`${counted} looks were counted, not ${expected}`);
}

async function feedProducts(feeder: Feeder, products: number): Promise<void> {
  const { type: _, ...fields } = newProduct;
  const fixed = { sellerId: 'seller', price: { amount: 1, currency: 'EUR' }, variantOf: null, options: {} } as const;
  for (let product = 0; product < products; product++) {
    const productId = productIdOf(product);
    const moments = { status: 'active', version: 1, createdAt: 1, updatedAt: 1 } as const;
    const value = { productId, ...fields, ...fixed, title: productId, category: 'bench', ...moments };
    await feeder.add(topics.products, productId, value);
  }
  await feeder.flush();
}

/** Gives how many of them count: looks of one shopper at one product count once. */
async function feedLooks(feeder: Feeder, { events, shoppers, ...of }: Options, seed: number): Promise<number> {
  const random = seededRandom(seed);
  const pick = picker(of, random);
  const at = systemClock.now();
  const seen = new Set<string>();
  for (let look = 0; look < events; look++) {
    const shopperId = `visit:${random.int(shoppers)}`;
    const productId = productIdOf(pick());
    seen.add(`${shopperId}/${productId}`);
    const event = { type: 'ProductViewed', productId, query: '' } as const;
    await feeder.add(topics.shopperEvents, shopperId, { eventId: `e${look}`, shopperId, at, event });
  }
  await feeder.flush();
  return seen.size;
}

/** Resolves when nothing has come for longer than sums are gathered. The time that it looks on is not much of a run. */
async function untilTaken(log: Log): Promise<void> {
  const { group } = topologyNames(appId, topology.name);
  const partitions = inputs.flatMap(partitionsOf);
  for (let quiet = 0, before = -1; quiet < 15; ) {
    const ends = await log.admin.offsets(partitions, 'latest');
    const committed = await log.admin.committedOffsets(group, partitions);
    const end = ends.reduce((sum, each) => sum + each, 0);
    const isTaken = ends.every((each, index) => each === (committed[index] ?? 0));
    quiet = isTaken && end === before ? quiet + 1 : 0;
    before = end;
    await sleep(systemClock, 100);
  }
}

async function count<V>(log: Log, topic: TopicEntry<V>, visit: (value: V) => void = () => {}): Promise<number> {
  const fetcher = log.fetcher();
  const places = partitionsOf(topic);
  const ends = await log.admin.offsets(places, 'latest');
  let found = 0;
  for (const [index, place] of places.entries()) {
    fetcher.assign(place, 0);
    for (let position = 0; position < (ends[index] ?? 0); ) {
      for (const { batches, nextOffset } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 8 << 20 })) {
        for (const batch of batches) {
          for (const { value, offset } of batch.records()) {
            if (value === null || offset < position) continue;
            found++;
            visit(topic.serde.decode(value));
          }
        }
        position = nextOffset;
      }
    }
    fetcher.unassign(place);
  }
  await fetcher.close();
  return found;
}
