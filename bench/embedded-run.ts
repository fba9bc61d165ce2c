// One contender of the bench in a process of its own: the shop on the embedded log, durable (every commit synced),
// state in RocksDB, one thread. Prints one line of JSON. Options as in peer-result.ts, and --rate.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'hdr-histogram-js';
import { Registry } from 'prom-client';
import { sleep, systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { openEmbeddedLog } from '../log/embedded/embedded-log.ts';
import { topics } from '../schemas/topics.ts';
import type { OrderEvent } from '../schemas/types.generated.ts';
import { openRocksdbStore } from '../state/rocksdb/rocksdb-store.ts';
import { createStreamsMetrics } from '../streams/metrics.ts';
import { internalTopics } from '../streams/names.ts';
import { StreamThread } from '../streams/stream-thread.ts';
import { shopTopology } from '../topologies/shop.ts';
import { checkOutcome } from './check-outcome.ts';
import { Feeder, feedOrders, feedProducts } from './feeder.ts';
import { printResult, workloadFlags, workloadOf } from './peer-result.ts';
import { workload } from './workload.ts';

/** `rate`: orders a second; without it all orders are there at the start. */
const { values } = parseArgs({ options: { ...workloadFlags, rate: { type: 'string' } } });
const appId = 'bench';
const options = workloadOf(values);
const directory = mkdtempSync(join(tmpdir(), 'stockstream-bench-'));
const log = await openEmbeddedLog({ directory: join(directory, 'log'), clock: systemClock });
const store = await openRocksdbStore({ directory: join(directory, 'state') });
const topology = shopTopology();
await log.admin.createTopics([...Object.values(topics), ...internalTopics(appId, topology)]);
const feeder = new Feeder(await log.producer());

function startThread(): StreamThread {
  const thread = new StreamThread({
    log,
    store,
    clock: systemClock,
    topology,
    appId,
    instanceId: '0',
    deadLetters: topics.deadLetters,
    codeVersion: 'bench',
    metrics: createStreamsMetrics(new Registry()),
    logger: silentLogger,
    onFailure: (error) => {
      throw error;
    },
  });
  thread.start();
  return thread;
}

/** Waits until the topology has taken everything that is in its inputs. */
async function drain(): Promise<void> {
  const inputs = topology.sources.flatMap(({ topic }) =>
    Array.from({ length: topology.partitions }, (_, partition) => ({ topic: topic.name, partition })),
  );
  for (let left = 1; left > 0; ) {
    const ends = await log.admin.offsets(inputs, 'latest');
    const committed = await log.admin.committedOffsets(`${appId}-${topology.name}`, inputs);
    left = ends.reduce((sum, end, index) => sum + end - (committed[index] ?? 0), 0);
    if (left > 0) await sleep(systemClock, 10);
  }
}

await feedProducts(feeder, options.products);
let thread = startThread();
await drain();

/** All orders wait in the log when the clock starts. */
async function catchUp() {
  await thread.stop();
  await feedOrders(feeder, workload(options));
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  thread = startThread();
  await drain();
  return measured(cpu, started);
}

/** Orders come at a steady rate; latency is from the order's own time to its decision being read from the log. */
async function steady(rate: number) {
  const latency = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  const sent = new Map<string, number>();
  const tail = log.fetcher();
  const partitions = Array.from({ length: topics.orderEvents.partitions }, (_, partition) => partition);
  const ends = await log.admin.offsets(
    partitions.map((partition) => ({ topic: topics.orderEvents.name, partition })),
    'latest',
  );
  for (const partition of partitions) tail.assign({ topic: topics.orderEvents.name, partition }, ends[partition]!);
  let reading = true;
  const reader = (async () => {
    while (reading) {
      for (const { batches } of await tail.poll({ maxWaitMs: 100, maxBytes: 1 << 20 })) {
        const now = performance.now();
        for (const batch of batches) {
          for (const { value } of batch.records()) {
            const { orderId, event } = topics.orderEvents.serde.decode(value!) as OrderEvent;
            const at = event.type === 'OrderCreated' ? undefined : sent.get(orderId);
            if (at !== undefined) latency.recordValue(Math.round((now - at) * 1000));
            if (at !== undefined) sent.delete(orderId);
          }
        }
      }
    }
  })();
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  await feedOrders(feeder, workload(options), { rate, onSent: (orderId) => sent.set(orderId, performance.now()) });
  await drain();
  await sleep(systemClock, 200);
  reading = false;
  await reader;
  await tail.close();
  const quantile = (percent: number) => latency.getValueAtPercentile(percent) / 1000;
  return { ...measured(cpu, started), rate, p50ms: quantile(50), p99ms: quantile(99), p999ms: quantile(99.9) };
}

function measured(cpu: NodeJS.CpuUsage, started: number) {
  return { seconds: (performance.now() - started) / 1000, cpu: process.cpuUsage(cpu) };
}

const result = values.rate === undefined ? await catchUp() : await steady(Number(values.rate));
await thread.stop();
const problems = await checkOutcome(log, options);
await log.close();
await store.close();
rmSync(directory, { recursive: true, force: true });
printResult('stockstream embedded', options, { ...result, problems });
