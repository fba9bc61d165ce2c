// Checkpoints of all stream tasks of the application, whichever process is asked: each is taken by the worker that owns the
// task, here or one hop away. What nobody answers for is asked again where the group says that it is by then; after that
// it is told as missed. A checkpoint holds at least what its task had committed when it was asked for.
import { type Clock, sleep } from '../base/clock.ts';
import { reasonOf, StockstreamError } from '../base/errors.ts';
import type { CheckpointReport, MissedCheckpoint, TaskCheckpoint } from '../gateway/checkpoints.ts';
import { taskId } from '../streams/names.ts';
import type { Topology } from '../streams/topology.ts';
import type { Owners } from './queries/owners.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface TakeCheckpointsParts {
  readonly topologies: readonly Topology[];
  /** Those of this process. */
  readonly workers: readonly Pick<WorkerHandle, 'tasks' | 'checkpoint'>[];
  /** Undefined where there are no other processes. */
  readonly owners: Owners | undefined;
  /** Asks another process. @throws whatever comes between */
  readonly ask: (endpoint: string, tasks: readonly string[], withinMs: number) => Promise<readonly TaskCheckpoint[]>;
  readonly clock: Clock;
  /** For all of it, in milliseconds: clients end a request that takes five minutes. */
  readonly withinMs?: number;
  /** Before what moves is asked for again. */
  readonly pauseMs?: number;
}

interface Task {
  readonly id: string;
  readonly topology: string;
  readonly partition: number;
}

const usualWithinMs = 240_000;
const usualPauseMs = 1_000;
const tries = 3;

/** @throws CHECKPOINTS_ELSEWHERE if nothing runs */
export async function takeCheckpoints(parts: TakeCheckpointsParts): Promise<CheckpointReport> {
  const { workers, owners, topologies, clock, withinMs = usualWithinMs, pauseMs = usualPauseMs } = parts;
  if (workers.length === 0 && owners === undefined) throw new StockstreamError('CHECKPOINTS_ELSEWHERE');
  const until = clock.monotonic() + withinMs;
  const report = new Report(topologies.flatMap(tasksOf));
  for (let attempt = 0; attempt < tries && report.open.length > 0; attempt++) {
    if (attempt > 0) await sleep(clock, pauseMs);
    const left = until - clock.monotonic();
    if (left <= 0) break;
    await askOnce(report, { ...parts, left, isFresh: attempt > 0 });
  }
  return report.finished;
}

/** What is known by now of each task. */
class Report {
  readonly #open: Map<string, Task>;
  readonly #answers = new Map<string, TaskCheckpoint>();
  readonly #reasons = new Map<string, MissedCheckpoint>();

  constructor(tasks: readonly Task[]) {
    this.#open = new Map(tasks.map((task) => [task.id, task]));
  }

  get open(): readonly Task[] {
    return [...this.#open.values()];
  }

  /** The first answer counts: a later one of the same task has nothing new. */
  take(answers: readonly TaskCheckpoint[]): void {
    for (const answer of answers) if (this.#open.delete(answer.task)) this.#answers.set(answer.task, answer);
  }

  /** Another try begins: what was in the way before may not be any more. */
  forgetReasons(): void {
    this.#reasons.clear();
  }

  /** Why there is no answer yet; without a word it moves. */
  note(tasks: readonly string[], reason: MissedCheckpoint['reason'], detail: string): void {
    for (const task of tasks) this.#reasons.set(task, { task, reason, detail });
  }

  get finished(): CheckpointReport {
    const answers = [...this.#answers.values()].sort((a, b) => (a.task < b.task ? -1 : 1));
    const failed = answers.flatMap((answer): MissedCheckpoint[] =>
      'failure' in answer ? [{ task: answer.task, reason: 'failed', detail: answer.failure }] : [],
    );
    const unanswered = this.open.map(({ id }) => this.#reasons.get(id) ?? moving(id));
    return {
      checkpoints: answers.flatMap((answer) => ('failure' in answer ? [] : [answer])),
      missed: [...failed, ...unanswered],
    };
  }
}

interface Asking extends TakeCheckpointsParts {
  readonly left: number;
  /** Whether the group is asked anew, and those here aren't believed to have what they say they have. */
  readonly isFresh: boolean;
}

async function askOnce(report: Report, { workers, owners, ask, clock, left, isFresh }: Asking): Promise<void> {
  const { open } = report;
  report.forgetReasons();
  const isHere = new Set<string>();
  const asked: Promise<void>[] = [];
  const askFor = (tasks: readonly string[], answer: Promise<readonly TaskCheckpoint[]>) => {
    asked.push(
      within(answer, { clock, left }).then(
        (found) => report.take(found),
        (error: unknown) => report.note(tasks, 'unreachable', reasonOf(error)),
      ),
    );
  };
  for (const worker of workers) {
    const running = (await worker.tasks().catch(() => [])).filter(({ state }) => state === 'running');
    const names = new Set(running.map(({ id }) => id));
    const own = open.map(({ id }) => id).filter((id) => names.has(id));
    for (const id of own) isHere.add(id);
    if (own.length > 0) askFor(own, worker.checkpoint(own));
  }
  const elsewhere = open.filter(({ id }) => isFresh || !isHere.has(id));
  for (const [endpoint, tasks] of await byEndpoint(report, elsewhere, owners, isFresh)) {
    askFor(tasks, ask(endpoint, tasks, left));
  }
  await Promise.all(asked);
}

async function byEndpoint(
  report: Report,
  tasks: readonly Task[],
  owners: Owners | undefined,
  isFresh: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const [topology, own] of Map.groupBy(tasks, (task) => task.topology)) {
    const addresses = await owners?.of(topology, isFresh).catch((error: unknown) => {
      const ids = own.map(({ id }) => id);
      report.note(ids, 'unreachable', `who owns it is not known: ${reasonOf(error)}`);
      return undefined;
    });
    for (const { id, partition } of own) {
      const endpoint = addresses?.get(partition)?.owner;
      if (endpoint !== undefined) found.set(endpoint, [...(found.get(endpoint) ?? []), id]);
    }
  }
  return found;
}

/** @throws if it takes longer; whatever it is goes on then */
async function within<T>(work: Promise<T>, { clock, left }: { clock: Clock; left: number }): Promise<T> {
  const done = new AbortController();
  const late = sleep(clock, left, done.signal).then(() => {
    throw new Error(`no answer within ${Math.round(left / 1000)} s; it may still be finished`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    done.abort();
  }
}

function moving(task: string): MissedCheckpoint {
  return { task, reason: 'moving', detail: 'no process that can be asked runs it now' };
}

function tasksOf({ name, partitions }: Topology): Task[] {
  return Array.from({ length: partitions }, (_, partition) => {
    return { id: taskId(name, partition), topology: name, partition };
  });
}
