// What each stage of an import costs by itself, one after the other in one process: the gateway, the topologies, the views in
// the documents. The processor's time tells what limits the whole, whoever else is at the machine.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { version } from '../app/manifest.ts';
import { viewsInto } from '../app/views.ts';
import { systemClock as clock } from '../base/clock.ts';
import { silentLogger as logger } from '../base/logger.ts';
import { ndjsonLines } from '../gateway/bulk-lines.ts';
import { longestProductLine, productLines } from '../gateway/import-products.ts';
import { type ImportRecord, recordOf } from '../gateway/import-record.ts';
import { LogWriter } from '../gateway/log-writer.ts';
import { openEmbeddedLog } from '../log/embedded/embedded-log.ts';
import type { Log } from '../log/log.ts';
import { usualPartitions } from '../schemas/topics.ts';
import { openRocksdbStore } from '../state/rocksdb/rocksdb-store.ts';
import type { Topic } from '../streams/api.ts';
import { createStreamsMetrics, createViewMetrics } from '../streams/metrics.ts';
import { internalTopics, topologyNames } from '../streams/names.ts';
import { StreamThread } from '../streams/stream-thread.ts';
import type { Topology } from '../streams/topology.ts';
import { ViewThread } from '../streams/view-thread.ts';
import { allTopologies } from '../topologies/all.ts';
import { collections } from '../views/collections.ts';
import { openSqliteDocuments } from '../views/documents/sqlite/sqlite-documents.ts';
import { rowsOf } from './import-rows.ts';
import { profiled } from './profile.ts';
import { topicsIn } from './shop.ts';

export interface Stage {
  readonly name: string;
  /** Microseconds a row: of the processor, all threads, and of the clock. */
  readonly cpu: number;
  readonly wall: number;
}

const appId = 'bench';
const portion = 2_000;
const topics = topicsIn({ partitions: usualPartitions.embedded });
const common = { clock, appId, instanceId: '0', deadLetters: topics.deadLetters, codeVersion: version, logger };

/** `profile`: where those of the stages go, each with its name behind it. */
export async function measureStages(rows: number, parent: string, profile?: string): Promise<Stage[]> {
  const directory = mkdtempSync(join(parent, 'stockstream-stages-'));
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), clock });
  const stages: Stage[] = [];
  const measured = async (name: string, work: () => Promise<void>) => {
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    await profiled(profile && `${profile}-${name.replace(/:.*/, '').replaceAll(' ', '-')}`, work);
    const { user, system } = process.cpuUsage(cpu);
    stages.push({ name, cpu: (user + system) / rows, wall: ((performance.now() - wall) * 1000) / rows });
  };
  try {
    const topologies = allTopologies(topics);
    const internal = topologies.flatMap((topology) => internalTopics(appId, topology));
    await log.admin.createTopics([...Object.values(topics), ...internal]);
    await measured('gateway: parse, check, encode, append', () => append(log, rows));
    for (const topology of topologies) {
      // One that takes nothing of the catalogue costs nothing.
      if (
        !topology.sources.some(
          ({ topic }) => topic.name === topics.catalogChanges.name || topic.name === topics.products.name,
        )
      )
        continue;
      await measured(`topology ${topology.name}`, () => runTopology(log, topology, join(directory, topology.name)));
    }
    const documents = openSqliteDocuments({ file: join(directory, 'views.sqlite') });
    await documents.open(Object.values(collections));
    for (const view of viewsInto(documents, topics)) {
      if ((await sizeOf(log, view.topic)) < rows / 2) continue;
      const metrics = createViewMetrics(new Registry());
      const thread = new ViewThread({ ...common, log, view, metrics, onFailure: fail });
      await measured(`view ${view.name}`, async () => {
        thread.start();
        while (!thread.isCurrent) await pause();
      });
      await thread.stop();
    }
    await documents.close();
  } finally {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  }
  return stages;
}

async function append(log: Log, rows: number): Promise<void> {
  const counts = new Map(Object.values(topics).map(({ name, partitions }) => [name, partitions]));
  const writer = new LogWriter({ producer: await log.producer(), partitions: counts, clock });
  const read = productLines({ get: () => undefined }, 'upsert');
  const bounds = { mostBytes: Number.POSITIVE_INFINITY, longestLine: longestProductLine };
  let records: ImportRecord[] = [];
  let appending = Promise.resolve();
  for await (const { lines } of ndjsonLines(rowsOf(rows), bounds)) {
    const of = { sellerId: 'seller', importId: 'bench', at: clock.now() };
    for (const line of lines) records.push(recordOf(line, of, read, topics.catalogEvents));
    if (records.length < portion) continue;
    await appending;
    appending = writer.appendAll(records);
    records = [];
  }
  await appending;
  await writer.appendAll(records);
  await writer.close();
}

/** Until all that there is was taken, and nothing more comes of it. */
async function runTopology(log: Log, topology: Topology, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const store = await openRocksdbStore({ directory });
  const metrics = createStreamsMetrics(new Registry());
  const thread = new StreamThread({ ...common, log, store, topology, metrics, onFailure: fail });
  const { group } = topologyNames(appId, topology.name);
  const inputs = topology.sources.flatMap(({ topic }) => {
    return Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
  });
  thread.start();
  for (;;) {
    const committed = await log.admin.committedOffsets(group, inputs);
    const ends = await log.admin.offsets(inputs, 'latest');
    if (ends.every((end, index) => (committed[index] ?? 0) >= end)) break;
    await pause();
  }
  await thread.stop();
  await store.close();
}

async function sizeOf(log: Log, { name: topic, partitions }: Topic<unknown>): Promise<number> {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  return (await log.admin.offsets(places, 'latest')).reduce((sum, end) => sum + end, 0);
}

function fail(error: unknown): void {
  throw error;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
