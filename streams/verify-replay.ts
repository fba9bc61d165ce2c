// Compares a replay with what the log holds: each record that the topology wrote, byte for byte. Of compacted topics
// the log keeps only part, so there the last value a key must agree and nothing else may stand beside it.
import { createHash } from 'node:crypto';
import type { Log, TopicPartition } from '../log/log.ts';
import type { BatchRecord, RecordBatch } from '../log/record-batch.ts';
import { topologyNames } from './names.ts';
import { type ReplayOptions, replayTask } from './replay.ts';

export interface ReplayReport {
  readonly commits: number;
  readonly fired: number;
  /** Input records. */
  readonly records: number;
  /** Output, changelog and commit records that were compared. */
  readonly compared: number;
  /** In words; empty if all is the same. At most 100. */
  readonly differences: readonly string[];
}

interface TopicRecords {
  /** Fingerprint to how often it occurs. */
  readonly counts: Map<string, number>;
  /** Partition and key to the fingerprint of its last record: keys are the same in all partitions of a changelog. */
  readonly last: Map<string, string>;
}

const maxDifferences = 100;

/** Replays all tasks of a topology and compares. `storeOf` gives an empty store a task; it is closed afterwards. */
export async function verifyReplay(
  options: Omit<ReplayOptions, 'partition' | 'store'>,
  storeOf: () => Promise<ReplayOptions['store']>,
  onCommit: () => void = () => {},
): Promise<ReplayReport> {
  const { topology } = options;
  const replayed = new Map<string, TopicRecords>();
  const totals = { commits: 0, fired: 0, records: 0 };
  for (let partition = 0; partition < topology.partitions; partition++) {
    const store = await storeOf();
    try {
      for await (const { record, outputs } of replayTask({ ...options, partition, store })) {
        totals.commits++;
        totals.fired += record.fired;
        for (const [from, to] of Object.values(record.inputs)) totals.records += to - from;
        for (const output of outputs) collect(replayed, output, output.batch);
        onCommit();
      }
    } finally {
      await store.close();
    }
  }
  const { differences, compared } = await compareAll(options, replayed);
  return { ...totals, compared, differences };
}

async function compareAll(
  { log, topology, appId, deadLetters }: Omit<ReplayOptions, 'partition' | 'store'>,
  replayed: ReadonlyMap<string, TopicRecords>,
): Promise<{ differences: string[]; compared: number }> {
  const names = topologyNames(appId, topology.name);
  const compacted = new Set(topology.outputs.filter(({ cleanup }) => cleanup === 'compact').map(({ name }) => name));
  compacted.add(names.changelog);
  const topics = [names.changelog, names.commits, deadLetters.name, ...topology.outputs.map(({ name }) => name)];
  const differences: string[] = [];
  let compared = 0;
  for (const topic of topics) {
    const actual = await readTopic(log, topic);
    const again = replayed.get(topic) ?? { counts: new Map(), last: new Map() };
    for (const count of actual.counts.values()) compared += count;
    if (compacted.has(topic)) differences.push(...compareCompacted(topic, actual, again));
    else differences.push(...missing(topic, again, actual, 'replayed, but not in the log'));
    // Where others write as well, what is only in the log says nothing.
    const isShared = topic === deadLetters.name || topology.sharedOutputs.has(topic);
    if (!isShared) differences.push(...missing(topic, actual, again, 'in the log, but not replayed'));
  }
  return { differences: differences.slice(0, maxDifferences), compared };
}

function compareCompacted(topic: string, actual: TopicRecords, again: TopicRecords): string[] {
  const keys = new Set([...actual.last.keys(), ...again.last.keys()]);
  return [...keys]
    .filter((key) => actual.last.has(key) && actual.last.get(key) !== again.last.get(key))
    .map((key) => `${topic}: the last value of ${JSON.stringify(key)} differs`);
}

function missing(topic: string, of: TopicRecords, from: TopicRecords, what: string): string[] {
  const found: string[] = [];
  for (const [fingerprint, count] of of.counts) {
    const lacking = count - (from.counts.get(fingerprint) ?? 0);
    if (lacking > 0) found.push(`${topic}: ${lacking} of ${fingerprint} ${what}`);
  }
  return found;
}

async function readTopic(log: Log, topic: string): Promise<TopicRecords> {
  const found = new Map<string, TopicRecords>();
  const [description] = await log.admin.describeTopics([topic]);
  const inputs = Array.from({ length: description?.partitions ?? 0 }, (_, partition) => ({ topic, partition }));
  const earliest = await log.admin.offsets(inputs, 'earliest');
  const latest = await log.admin.offsets(inputs, 'latest');
  const fetcher = log.fetcher();
  const left = new Set(
    inputs.filter((_, index) => earliest[index]! < latest[index]!).map(({ partition }) => partition),
  );
  for (const partition of left) fetcher.assign({ topic, partition }, earliest[partition]!);
  try {
    while (left.size > 0) {
      for (const fetched of await fetcher.poll({ maxWaitMs: 100, maxBytes: 4 << 20 })) {
        for (const batch of fetched.batches) collect(found, fetched, batch);
        if (fetched.nextOffset >= latest[fetched.partition]!) left.delete(fetched.partition);
      }
    }
  } finally {
    await fetcher.close();
  }
  return found.get(topic) ?? { counts: new Map(), last: new Map() };
}

function collect(into: Map<string, TopicRecords>, { topic, partition }: TopicPartition, batch: RecordBatch): void {
  let records = into.get(topic);
  if (records === undefined) {
    records = { counts: new Map(), last: new Map() };
    into.set(topic, records);
  }
  for (const record of batch.records()) {
    const fingerprint = fingerprintOf(record);
    records.counts.set(fingerprint, (records.counts.get(fingerprint) ?? 0) + 1);
    records.last.set(`${partition}/${record.key?.toString() ?? ''}`, fingerprint);
  }
}

function fingerprintOf({ timestamp, key, value, headers }: BatchRecord): string {
  const hash = createHash('sha256').update(`${timestamp}\0`);
  for (const bytes of [key, value]) {
    hash.update(bytes === null ? '-' : `${bytes.length}:`);
    if (bytes !== null) hash.update(bytes);
  }
  for (const header of headers) hash.update(`${header.key}\0${header.value.length}:`).update(header.value);
  return `${key?.toString().replaceAll('\0', '/') ?? 'null'}@${timestamp}#${hash.digest('base64url')}`;
}
