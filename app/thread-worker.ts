// A worker on a thread of its own, from the outside: calls go over as messages. Calls made before the thread is ready
// wait for it. If the thread ends by itself, that is a failure.
import { Worker as Thread } from 'node:worker_threads';
import type { Logger } from '../base/logger.ts';
import type { StateQuery } from '../gateway/state-queries.ts';
import type { Config } from './config-schema.ts';
import { type Call, errorOf, type Reply, type WorkerMethod } from './worker-calls.ts';
import type { WorkerHandle } from './worker-handle.ts';
import type { WorkerThreadData } from './worker-thread.ts';

export interface ThreadWorkerParts {
  readonly config: Config;
  readonly number: number;
  readonly endpoint: string | undefined;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
}

type Answer<Method extends WorkerMethod> = Awaited<ReturnType<WorkerHandle[Method]>>;

export class ThreadWorker implements WorkerHandle {
  readonly #thread: Thread;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #stopping = false;

  constructor({ config, number, endpoint, logger, onFailure }: ThreadWorkerParts) {
    const fail = (error: Error) => {
      if (this.#stopping) return;
      this.#stopping = true;
      for (const call of this.#calls.values()) call.reject(error);
      this.#calls.clear();
      logger.error({ err: error, thread: number }, 'worker thread failed');
      onFailure(error);
    };
    // Secrets go along: the config's own JSON hides them, its plain properties don't.
    const workerData: WorkerThreadData = { config: { ...config }, number, endpoint };
    this.#thread = new Thread(new URL('worker-thread.ts', import.meta.url), { workerData });
    this.#thread.on('message', (reply: Reply) => this.#take(reply, fail));
    this.#thread.on('error', fail);
    this.#thread.on('exit', (code) => fail(new Error(`worker thread ${number} ended with code ${code}`)));
  }

  isRunning() {
    return this.#call('isRunning');
  }

  catchUp(of: 'topologies' | 'views') {
    return this.#call('catchUp', of);
  }

  health() {
    return this.#call('health');
  }

  tasks() {
    return this.#call('tasks');
  }

  figures() {
    return this.#call('figures');
  }

  readTasks(query: StateQuery) {
    return this.#call('readTasks', query);
  }

  observe() {
    return this.#call('observe');
  }

  payments(since: number) {
    return this.#call('payments', since);
  }

  checkpoint(tasks: readonly string[]) {
    return this.#call('checkpoint', tasks);
  }

  pauseView(name: string) {
    return this.#call('pauseView', name);
  }

  resumeView(name: string) {
    return this.#call('resumeView', name);
  }

  async stop(): Promise<void> {
    const stopped = this.#call('stop');
    this.#stopping = true;
    await stopped;
    await this.#thread.terminate();
  }

  #call<Method extends WorkerMethod>(method: Method, argument?: unknown): Promise<Answer<Method>> {
    if (this.#stopping) return Promise.reject(new Error('the worker thread has ended'));
    const id = ++this.#lastId;
    const call = Promise.withResolvers<unknown>();
    this.#calls.set(id, call);
    this.#thread.postMessage({ id, method, argument } satisfies Call);
    return call.promise as Promise<Answer<Method>>;
  }

  #take(reply: Reply, fail: (error: Error) => void): void {
    if (reply.id === undefined) {
      if ('failure' in reply) fail(errorOf(reply.failure));
      return;
    }
    const call = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if ('failure' in reply) call?.reject(errorOf(reply.failure));
    else call?.resolve(reply.result);
  }
}
