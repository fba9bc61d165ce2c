// A thread that runs one seed after the other, from the outside: a seed goes over as a message, what became of it comes
// back. One that falls over, or hangs, fails its seed and is replaced.
import { Worker as Thread } from 'node:worker_threads';
import { reasonOf } from '../../base/errors.ts';
import type { Said, SeedResult, SeedTask } from './seed-worker.ts';

/** Far more than any seed takes, on any machine. Milliseconds. */
const longestMs = 300_000;

export class SeedThread {
  #thread: Thread | undefined;

  /** `tell` hears what happens, if the task says so. */
  async run(task: SeedTask, tell: (at: number, text: string) => void = () => {}): Promise<SeedResult> {
    this.#thread ??= new Thread(new URL('seed-worker.ts', import.meta.url));
    try {
      return await runOn(this.#thread, task, tell);
    } catch (error) {
      await this.close();
      const what = error instanceof Error && error.stack !== undefined ? error.stack : reasonOf(error);
      const violations = [{ checker: 'the simulation itself', what }];
      return { seed: task.seed, violations, digest: '', numbers: new Map() };
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }
}

async function runOn(thread: Thread, task: SeedTask, tell: (at: number, text: string) => void): Promise<SeedResult> {
  const { promise, resolve, reject } = Promise.withResolvers<SeedResult>();
  const timer = setTimeout(() => reject(new Error(`it ran for ${longestMs / 1000} s and had no end`)), longestMs);
  const listeners = {
    message(said: Said) {
      if (said.type === 'told') tell(said.at, said.text);
      else resolve(said.result);
    },
    error: reject,
    exit: (code: number) => reject(new Error(`its thread ended with code ${code}`)),
  };
  for (const [event, listener] of Object.entries(listeners)) thread.on(event, listener);
  thread.postMessage(task);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    for (const [event, listener] of Object.entries(listeners)) thread.off(event, listener);
  }
}
