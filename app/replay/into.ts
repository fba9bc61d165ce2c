// A replay into another application id: what today's code decides is written beside what was decided, into topics that
// nobody else reads. Their names begin with the id, so that no effect is repeated and no view shows any of it. It is
// written once: a run that ended early is dropped and begun anew.
import { StockstreamError } from '../../base/errors.ts';
import type { CommitReplay } from '../../gateway/replays.ts';
import type { Appended, Log, TopicSpec, TransactionalProducer } from '../../log/log.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { DecidedCommit } from '../../streams/decide-again.ts';
import { internalTopics, topologyNames } from '../../streams/names.ts';
import type { Topology } from '../../streams/topology.ts';
import { decideApart } from './decide-apart.ts';
import type { ReplayWork } from './work.ts';

/** What one transaction takes at most. */
const mostCommits = 500;
const mostBytes = 512 * 1024;

/** @throws REPLAY_TARGET_EXISTS */
export async function replayInto(work: ReplayWork, into: string): Promise<CommitReplay> {
  const { log, topology } = work;
  const specs = topicsOf(work, into);
  const found = await log.admin.describeTopics(specs.map(({ name }) => name));
  if (found.length > 0) {
    throw new StockstreamError('REPLAY_TARGET_EXISTS', { into, topics: found.map(({ name }) => name).join(', ') });
  }
  await log.admin.createTopics(specs);
  const transactions = await log.transactionalProducer(`${into}-${topology.name}-replay`);
  const copy = new Copy({ topology, into, transactions });
  try {
    const { report } = await decideApart(work, {
      mode: 'into',
      names: topologyNames(into, topology.name),
      loops: (place, batch) => copy.appendLoop(place, batch),
      onDecided: (commit) => copy.take(commit),
      atEnd: () => copy.finish(),
    });
    return report;
  } finally {
    await transactions.close();
  }
}

/** Deletes what was replayed into an application id; gives the topics' names. */
export async function dropCopy(
  log: Log,
  { appId, into }: { readonly appId: string; readonly into: string },
): Promise<string[]> {
  const all = (await log.admin.describeTopics()).map(({ name }) => name);
  // Only a replay makes topics of that form: an application that works has a changelog, and no topics of its own name.
  const isCopy = all.some((name) => name.startsWith(`${into}.`));
  if (into === appId || !isCopy) {
    throw new StockstreamError('REPLAY_REQUEST_INVALID', { reason: `nothing was replayed into ${into}` });
  }
  const isOfCopy = (name: string) => name.startsWith(`${into}.`) || /^-.+-(changelog|commits)$/.test(rest(name, into));
  const names = all.filter(isOfCopy);
  await log.admin.deleteTopics(names);
  return names;
}

function rest(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : '';
}

function topicsOf({ topology, deadLetters }: ReplayWork, into: string): TopicSpec[] {
  const own = [...topology.outputs, deadLetters].map(({ name, partitions, cleanup }) => {
    return { name: copyOf(name, into), partitions, cleanup };
  });
  return [...own, ...internalTopics(into, topology)];
}

function copyOf(topic: string, into: string): string {
  return `${into}.${topic}`;
}

interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly builder: RecordBatchBuilder;
}

interface CopyParts {
  readonly topology: Topology;
  readonly into: string;
  readonly transactions: TransactionalProducer;
}

class Copy {
  readonly #parts: CopyParts;
  /** The topology's own inputs: written as they are taken, so that their order is the one in which they were. */
  readonly #loops: ReadonlySet<string>;
  readonly #own: ReadonlySet<string>;
  readonly #written: { [topic: string]: number } = {};
  #batches = new Map<string, Batch>();
  #commits = 0;
  #bytes = 0;

  constructor(parts: CopyParts) {
    this.#parts = parts;
    const { changelog, commits } = topologyNames(parts.into, parts.topology.name);
    this.#own = new Set([changelog, commits]);
    const sources = new Set(parts.topology.sources.map(({ topic }) => topic.name));
    this.#loops = new Set(parts.topology.outputs.map(({ name }) => name).filter((name) => sources.has(name)));
  }

  /** At once, with all that waits: where it stands is part of the commit that takes it. */
  async appendLoop(
    place: { readonly topic: string; readonly partition: number },
    builder: RecordBatchBuilder,
  ): Promise<number> {
    const topic = copyOf(place.topic, this.#parts.into);
    this.#count(topic, builder.count);
    const [appended] = await this.#flush([{ topic, partition: place.partition, builder }]);
    return appended!.baseOffset;
  }

  async take({ outputs }: DecidedCommit): Promise<void> {
    for (const { topic: name, partition, batch } of outputs) {
      if (this.#loops.has(name) || batch.count === 0) continue;
      const topic = this.#own.has(name) ? name : copyOf(name, this.#parts.into);
      const { builder } = this.#batch(topic, partition);
      for (const { timestamp, key, value, headers } of batch.records()) builder.append(timestamp, key, value, headers);
      this.#count(topic, batch.count);
      this.#bytes += batch.bytes.length;
    }
    this.#commits++;
    if (this.#commits >= mostCommits || this.#bytes >= mostBytes) await this.#flush();
  }

  async finish(): Promise<Readonly<Record<string, number>>> {
    await this.#flush();
    return this.#written;
  }

  #batch(topic: string, partition: number): Batch {
    const place = `${topic}/${partition}`;
    const batch = this.#batches.get(place) ?? { topic, partition, builder: new RecordBatchBuilder() };
    this.#batches.set(place, batch);
    return batch;
  }

  #count(topic: string, records: number): void {
    this.#written[topic] = (this.#written[topic] ?? 0) + records;
  }

  async #flush(first: readonly Batch[] = []): Promise<readonly Appended[]> {
    const batches = [...first, ...this.#batches.values()];
    this.#batches = new Map();
    this.#commits = this.#bytes = 0;
    if (batches.length === 0) return [];
    const transaction = this.#parts.transactions.begin();
    for (const { topic, partition, builder } of batches) transaction.append(topic, partition, builder);
    return await transaction.commit();
  }
}
