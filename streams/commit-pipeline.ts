// The commits of one thread that are on their way. The log has one transaction at a time; while the store takes what one
// commit changed the log already takes the next, so that neither waits for the other. No third begins before the first is
// over. What the store lacks when the process dies it reads from the changelog again.

export interface CommitSteps<Logged> {
  readonly tasks: ReadonlySet<number>;
  /** Resolves when the log has it: nothing undoes it then. */
  readonly toLog: () => Promise<Logged>;
  /** Runs when the store has all commits before. */
  readonly toStore: (logged: Logged) => Promise<void>;
}

interface OpenCommit {
  readonly tasks: ReadonlySet<number>;
  readonly logged: Promise<unknown>;
  readonly stored: Promise<void>;
}

/** In the log or on the way there, and in the store or on the way there. */
const mostOpen = 2;

export class CommitPipeline {
  /** The oldest first. */
  #open: OpenCommit[] = [];
  #failure: { readonly error: unknown } | undefined;
  readonly #onFailure: () => void;

  /** `onFailure` is told at once; what failed is thrown by who waits next. */
  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
  }

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Whether a commit of this task is on its way, or failed and wasn't dealt with. */
  has(task: number): boolean {
    return this.#open.some(({ tasks }) => tasks.has(task));
  }

  /** Only once `ready` has resolved. */
  begin<Logged>({ tasks, toLog, toStore }: CommitSteps<Logged>): void {
    const before = this.#open.at(-1)?.stored;
    const logged = toLog();
    const stored = afterBoth(logged, before, toStore);
    const commit = { tasks, logged, stored };
    this.#open.push(commit);
    const fail = (error: unknown) => {
      this.#failure ??= { error: error ?? new Error('commit failed') };
      this.#onFailure();
    };
    logged.catch(() => {});
    stored.then(() => void this.#open.splice(this.#open.indexOf(commit), 1), fail);
  }

  /** Resolves when another one may begin. @throws what one failed with, once all have ended */
  async ready(): Promise<void> {
    await this.#open.at(-1)?.logged.catch(() => this.ended());
    if (this.#open.length >= mostOpen) await this.#open[0]!.stored.catch(() => {});
    if (this.#failure === undefined) return;
    const error = await this.settle();
    throw error;
  }

  /** Resolves when none is on its way, however they end. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#open.map(({ stored }) => stored));
  }

  /** As `ended`, and forgets what failed. Gives its error, if any. */
  async settle(): Promise<unknown> {
    await this.ended();
    const error = this.#failure?.error;
    this.#failure = undefined;
    this.#open = [];
    return error;
  }
}

async function afterBoth<Logged>(
  logged: Promise<Logged>,
  before: Promise<void> | undefined,
  toStore: (logged: Logged) => Promise<void>,
): Promise<void> {
  const result = await logged;
  await before;
  await toStore(result);
}
