// Compares a replay with what the log holds: each record that the topology wrote, byte for byte. Of compacted topics
// the log keeps only part, so there the last value a key must agree and nothing else may stand beside it. From a moment
// on it compares what was committed then or later: every record of a commit carries the time that the commit saw.
import type { Log, TopicPartition } from '../log/log.ts';
import type { RecordBatch } from '../log/record-batch.ts';
import { batchesOf, committers, endsOf, firstBehind } from './commit-history.ts';
import { topologyNames } from './names.ts';
import { fingerprintOf, timeOfFingerprint } from './record-fingerprint.ts';
import { type ReplayOptions, replayTask } from './replay.ts';

export type VerifyOptions = Omit<ReplayOptions, 'partition' | 'store'> & {
  /** What was committed before this time is done again where it must be, but not compared. Default: all is. */
  readonly from?: number;
};

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
  { from = Number.NEGATIVE_INFINITY, ...options }: VerifyOptions,
  storeOf: () => Promise<ReplayOptions['store']>,
  onCommit: () => void = () => {},
): Promise<ReplayReport> {
  const { log, topology, appId } = options;
  const ends = await endsOf({ log, topology, names: topologyNames(appId, topology.name) });
  const replayed = new Map<string, TopicRecords>();
  const totals = { commits: 0, fired: 0, records: 0 };
  for (let partition = 0; partition < topology.partitions; partition++) {
    const store = await storeOf();
    try {
      for await (const { record, outputs } of replayTask({ ...options, ends, partition, store })) {
        onCommit();
        if (record.now < from) continue;
        totals.commits++;
        totals.fired += record.fired;
        for (const [first, end] of Object.values(record.inputs)) totals.records += end - first;
        for (const output of outputs) collect(replayed, output, output.batch, from);
      }
    } finally {
      await store.close();
    }
  }
  const { differences, compared } = await compareAll({ ...options, from, ends }, replayed);
  return { ...totals, compared, differences };
}

async function compareAll(
  {
    log,
    topology,
    appId,
    deadLetters,
    from,
    ends,
  }: VerifyOptions & { readonly from: number; readonly ends: readonly number[] },
  replayed: ReadonlyMap<string, TopicRecords>,
): Promise<{ differences: string[]; compared: number }> {
  const names = topologyNames(appId, topology.name);
  const compacted = new Set(topology.outputs.filter(({ cleanup }) => cleanup === 'compact').map(({ name }) => name));
  compacted.add(names.changelog);
  const topics = [names.changelog, names.commits, deadLetters.name, ...topology.outputs.map(({ name }) => name)];
  const differences: string[] = [];
  let compared = 0;
  const producers = await committers({ log, names, topology });
  for (const topic of topics) {
    // Where others write as well, only what the topology's own commits wrote can be judged.
    const isShared = topic === deadLetters.name || topology.sharedOutputs.has(topic);
    const actual = await readTopic(log, topic, { from, producers: isShared ? producers : undefined });
    const again = replayed.get(topic) ?? { counts: new Map(), last: new Map() };
    for (const count of actual.counts.values()) compared += count;
    const until = await firstBehind({ log, names, topology }, ends);
    const isJudged = (fingerprint: string) => timeOfFingerprint(fingerprint) < until;
    if (compacted.has(topic)) differences.push(...compareCompacted(topic, actual, { again, isJudged }));
    else differences.push(...missing(topic, again, actual).map((what) => `${what} replayed, but not in the log`));
    const only = missing(topic, { counts: filtered(actual.counts, isJudged) }, again);
    differences.push(...only.map((what) => `${what} in the log, but not replayed`));
  }
  return { differences: differences.slice(0, maxDifferences), compared };
}

type IsJudged = (fingerprint: string) => boolean;

function filtered(counts: TopicRecords['counts'], isJudged: IsJudged): TopicRecords['counts'] {
  return new Map([...counts].filter(([fingerprint]) => isJudged(fingerprint)));
}

function compareCompacted(
  topic: string,
  actual: TopicRecords,
  { again, isJudged }: { readonly again: TopicRecords; readonly isJudged: IsJudged },
): string[] {
  const keys = new Set([...actual.last.keys(), ...again.last.keys()]);
  return [...keys]
    .filter((key) => {
      const last = actual.last.get(key);
      return last !== undefined && last !== again.last.get(key) && isJudged(last);
    })
    .map((key) => `${topic}: the last value of ${JSON.stringify(key)} differs`);
}

function missing(topic: string, of: Pick<TopicRecords, 'counts'>, from: TopicRecords): string[] {
  const found: string[] = [];
  for (const [fingerprint, count] of of.counts) {
    const lacking = count - (from.counts.get(fingerprint) ?? 0);
    if (lacking > 0) found.push(`${topic}: ${lacking} of ${fingerprint}`);
  }
  return found;
}

async function readTopic(
  log: Log,
  topic: string,
  { from, producers }: { readonly from: number; readonly producers: ReadonlySet<number> | undefined },
): Promise<TopicRecords> {
  const found = new Map<string, TopicRecords>();
  const [description] = await log.admin.describeTopics([topic]);
  for (let partition = 0; partition < (description?.partitions ?? 0); partition++) {
    const place = { topic, partition };
    const [first] = from > 0 ? await log.admin.offsets([place], { timestamp: from }) : [];
    for await (const { batch } of batchesOf(log, place, first)) {
      if (producers?.has(batch.producerId) ?? true) collect(found, place, batch, from);
    }
  }
  return found.get(topic) ?? { counts: new Map(), last: new Map() };
}

function collect(
  into: Map<string, TopicRecords>,
  { topic, partition }: TopicPartition,
  batch: RecordBatch,
  from: number,
): void {
  let records = into.get(topic);
  if (records === undefined) {
    records = { counts: new Map(), last: new Map() };
    into.set(topic, records);
  }
  for (const record of batch.records()) {
    if (record.timestamp < from) continue;
    const fingerprint = fingerprintOf(record);
    records.counts.set(fingerprint, (records.counts.get(fingerprint) ?? 0) + 1);
    records.last.set(`${partition}/${record.key?.toString() ?? ''}`, fingerprint);
  }
}
