// Deciding again: the inputs of the past at the times of the past, by the code of today, all tasks of a topology together.
// What tasks send each other is not taken from the log but made anew, in the order in which it was taken then: the same
// code decides the same, and where today's decides otherwise, what follows from it does so, too. Time stands where the
// commits were: a timer that is new fires with the next commit of its task. Nothing is written to the log.
import type { Clock } from '../base/clock.ts';
import { StockstreamError } from '../base/errors.ts';
import type { Log } from '../log/log.ts';
import { RecordBatch } from '../log/record-batch.ts';
import type { TimeRow } from '../state/keys.ts';
import type { Store } from '../state/store.ts';
import type { Progress } from '../state/task-state.ts';
import type { Topic } from './api.ts';
import { type SealedCommit, sealCommit } from './commit.ts';
import { commitRecords } from './commit-history.ts';
import type { CommitRecord } from './commit-record.ts';
import { LoopTopics, type LoopWriter } from './loop-topics.ts';
import { type TopologyNames, taskId, topologyNames } from './names.ts';
import { PastInputs, type PastRecords } from './past-inputs.ts';
import { runBatches } from './process.ts';
import type { ReplayBase, ReplayedCommit } from './replay.ts';
import { StreamTask } from './task.ts';
import type { Topology } from './topology.ts';

export interface DecideAgainOptions {
  readonly log: Log;
  /** Empty, and for all tasks; their state ends up in it. */
  readonly store: Store;
  readonly clock: Clock;
  readonly topology: Topology;
  /** Whose past it is. */
  readonly appId: string;
  /** As whom the changelog and the commit records are written; default: as `appId`. */
  readonly names?: TopologyNames;
  readonly deadLetters: Topic<Buffer>;
  readonly codeVersion: string;
  readonly base?: ReplayBase | undefined;
  /** See `endsOf`; default: where the commits end when it begins. */
  readonly ends?: readonly number[] | undefined;
  /** Keeps what tasks send each other, for those that write down what they do. */
  readonly loops?: LoopWriter;
}

export interface DecidedCommit {
  readonly partition: number;
  /** The time that its processors saw. */
  readonly now: number;
  /** Of the past; undefined for one that only today's code makes. */
  readonly record: CommitRecord | undefined;
  readonly outputs: ReplayedCommit['outputs'];
}

/** As many timers as a commit fires at most: one that fired fewer fired all that were due. */
const mostFired = 1_000;
const manyRows = 100_000;
/** What was due so long before the end had been done then, if it was to be done. */
const promptMs = 1_000;

const nowOf = ({ next }: OpenTask) => next?.record.now ?? Number.POSITIVE_INFINITY;

/** @throws REPLAY_DIVERGED if the past has gaps */
export async function* decideAgain(options: DecideAgainOptions): AsyncGenerator<DecidedCommit> {
  const deciding = await Deciding.open(options);
  try {
    yield* deciding.run();
  } finally {
    await deciding.close();
  }
}

/** A past commit that is to be decided again, and what it took of what tasks send each other. */
interface Next {
  readonly record: CommitRecord;
  readonly past: PastRecords;
}

interface OpenTask {
  readonly task: StreamTask;
  readonly inputs: PastInputs;
  readonly commits: AsyncGenerator<CommitRecord>;
  /** Undefined behind the last one. */
  next: Next | undefined;
}

class Deciding {
  readonly #options: DecideAgainOptions;
  readonly #loops: LoopTopics;
  readonly #tasks: OpenTask[] = [];

  private constructor(options: DecideAgainOptions, loops: LoopTopics) {
    this.#options = options;
    this.#loops = loops;
  }

  static async open(options: DecideAgainOptions): Promise<Deciding> {
    const { log, topology, store, appId } = options;
    const names = topologyNames(appId, topology.name);
    const partitions = Array.from({ length: topology.partitions }, (_, partition) => partition);
    const bases: (Progress | undefined)[] = [];
    for (const partition of partitions) {
      bases.push(await options.base?.({ store, id: taskId(topology.name, partition), partition }));
    }
    const loops = await LoopTopics.open({ log, names, topology, bases, writer: options.loops });
    const deciding = new Deciding(options, loops);
    for (const partition of partitions) await deciding.#openTask(partition, bases[partition], names);
    return deciding;
  }

  async *run(): AsyncGenerator<DecidedCommit> {
    let now = 0;
    for (let open = this.#choose(); open !== undefined; open = this.#choose()) {
      const { record, past } = open.next!;
      now = Math.max(now, record.now);
      const due = await this.#due(open, record.now);
      const decided = await this.#decide(open, { now: record.now, record, due }, past);
      await this.#advance(open);
      yield decided;
    }
    // What today's code sent and timed beside what was sent and timed then, and no commit of then came to take.
    for (let late = await this.#late(now); late !== undefined; late = await this.#late(now)) {
      const past = await late.open.inputs.take(undefined);
      yield await this.#decide(late.open, { now, record: undefined, due: late.due }, past);
    }
  }

  async close(): Promise<void> {
    for (const { inputs, commits } of this.#tasks) {
      await commits.return(undefined);
      await inputs.close();
    }
  }

  async #openTask(partition: number, base: Progress | undefined, names: TopologyNames): Promise<void> {
    const { log, topology, codeVersion, ends } = this.#options;
    const commits = commitRecords({ log, names, partition, ends }, base);
    const first: CommitRecord | undefined = (await commits.next()).value;
    const task = new StreamTask(topology, partition, codeVersion);
    task.moveTo('restoring');
    const starts = topology.sources.map(({ topic: { name } }) => base?.inputs[name] ?? first?.inputs[name]?.[0] ?? 0);
    task.open(base, this.#loops.starts(starts));
    const inputs = new PastInputs(log, task, { loops: this.#loops.names, starts });
    if (first !== undefined && first.commit !== task.stores.transaction.number) throw gap(task, first);
    this.#tasks.push({ task, inputs, commits, next: first && { record: first, past: await inputs.take(first) } });
  }

  async #advance(open: OpenTask): Promise<void> {
    const { value: record } = await open.commits.next();
    open.next = record && { record, past: await open.inputs.take(record) };
  }

  /**
   * Whose turn it is: the earliest, but the clocks of their machines may have differed. So one that took what another
   * still has to send comes after it: there always is one that needn't wait, as long as the same is sent as then.
   */
  #choose(): OpenTask | undefined {
    const open = this.#tasks.filter(({ next }) => next !== undefined).sort((a, b) => nowOf(a) - nowOf(b));
    const needsNoWait = (each: OpenTask) => {
      const until = this.#loops.awaited(each.task.partition, each.next!.past);
      return !open.some((other) => other !== each && nowOf(other) <= until);
    };
    return open.find(needsNoWait) ?? open[0];
  }

  async #late(now: number): Promise<{ readonly open: OpenTask; readonly due: readonly TimeRow[] } | undefined> {
    const waiting = this.#loops.waiting();
    if (waiting !== undefined) return { open: this.#tasks[waiting]!, due: [] };
    for (const open of this.#tasks) {
      const due = await this.#due(open, now - promptMs);
      if (due.length > 0) return { open, due };
    }
    return undefined;
  }

  async #due({ task }: OpenTask, now: number): Promise<readonly TimeRow[]> {
    const { times } = task.stores;
    return times.nextAt <= now ? await times.due(this.#options.store, now, manyRows) : [];
  }

  async #decide(
    { task }: OpenTask,
    { now, record, due }: Pick<DecidedCommit, 'now' | 'record'> & { readonly due: readonly TimeRow[] },
    past: PastRecords,
  ): Promise<DecidedCommit> {
    const { store, clock } = this.#options;
    const { partition } = task;
    for (const queue of task.queues) {
      const { name: topic } = queue.topic;
      if (!this.#loops.names.has(topic)) continue;
      const fetched = await this.#loops.take({ topic, partition }, past.get(topic) ?? [], queue.position);
      if (fetched !== undefined) task.add(fetched);
      queue.confine(queue.position, queue.end);
    }
    const fired = record?.fired ?? 0;
    const maxFired = fired < mostFired ? Number.POSITIVE_INFINITY : fired;
    task.beginWith({ now, due, maxFired, records: Number.POSITIVE_INFINITY });
    await runBatches([task], { store, clock, deadline: Number.POSITIVE_INFINITY });
    const outputs = await this.#apply(task);
    this.#loops.made(outputs);
    return { partition, now, record, outputs };
  }

  async #apply(task: StreamTask): Promise<DecidedCommit['outputs']> {
    const { clock, store, deadLetters, codeVersion, topology, appId } = this.#options;
    const names = this.#options.names ?? topologyNames(appId, topology.name);
    const sealed = sealCommit([task], { clock, store, names, deadLetters, codeVersion });
    await store.write(sealed.stores);
    task.stores.applied(sealed.tasks[0]!.transaction);
    return finished(sealed, names.changelog);
  }
}

/** What a commit of one task would write. */
function finished({ tasks, outputs }: SealedCommit, changelog: string): ReplayedCommit['outputs'] {
  const [{ task, changelog: changes }] = tasks as [SealedCommit['tasks'][number]];
  const all = [{ topic: changelog, partition: task.partition, builder: changes }, ...outputs];
  return all.map(({ topic, partition, builder }) => {
    return { topic, partition, batch: new RecordBatch(builder.finish(0)) };
  });
}

function gap(task: StreamTask, { commit }: CommitRecord): StockstreamError {
  return new StockstreamError('REPLAY_DIVERGED', { task: task.id, commit, reason: 'the commit before it is missing' });
}
