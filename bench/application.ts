// The application on Kafka as the runner sees it: a process of its own, so that what it takes of processor and memory is
// its alone. It ends with the runner.
import { type ChildProcess, fork } from 'node:child_process';
import { systemClock } from '../base/clock.ts';
import type { ApplicationOptions, Question, Report, Running, Used } from './application-messages.ts';

const startMs = 120_000;
const stopMs = 20_000;

export class Application {
  /** Rejects when it ends by itself. */
  readonly failed: Promise<never>;
  readonly #options: ApplicationOptions & { readonly nodeFlags: readonly string[] };
  readonly #failure = Promise.withResolvers<never>();
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: ApplicationOptions & { readonly nodeFlags: readonly string[] }) {
    this.#options = options;
    this.failed = this.#failure.promise;
    this.failed.catch(() => {});
  }

  /** Resolves when its first task runs. */
  async start(): Promise<Running> {
    const { nodeFlags, ...options } = this.#options;
    const child = fork(new URL('./application-process.ts', import.meta.url), [JSON.stringify(options)], {
      execArgv: [...nodeFlags],
      // Standard output is the runner's, for its result.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process = child;
    child.on('error', this.#failure.reject);
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        if (!this.#isStopping) this.#failure.reject(new Error(`the application ended by itself: ${signal ?? code}`));
        resolve();
      });
    });
    const cancel = systemClock.schedule(startMs, () => {
      this.#failure.reject(new Error(`the application has no running task after ${startMs / 1000} seconds`));
    });
    const running = await Promise.race([this.#next('running'), this.failed]);
    cancel();
    return running;
  }

  /** Since it was launched. */
  async used(): Promise<Used> {
    this.#ask('used');
    return await this.#next('used');
  }

  async stop(): Promise<void> {
    if (this.#process === undefined) return;
    this.#isStopping = true;
    const child = this.#process;
    if (child.connected) this.#ask('stop');
    const cancel = systemClock.schedule(stopMs, () => child.kill('SIGKILL'));
    await this.#ended;
    cancel();
  }

  #ask(question: Question): void {
    this.#process!.send(question);
  }

  #next<Type extends Report['type']>(type: Type): Promise<Extract<Report, { type: Type }>> {
    const child = this.#process!;
    return new Promise((resolve) => {
      const take = (report: Report) => {
        if (report.type !== type) return;
        child.off('message', take);
        resolve(report as Extract<Report, { type: Type }>);
      };
      child.on('message', take);
    });
  }
}
