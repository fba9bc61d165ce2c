// The thread of the engine. It reads the file, then answers calls as they come. Those that change something take
// turns, and a large one goes in small steps, so that a search waits for a step at most.
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../../base/assert.ts';
import { type Call, failureOf, type Method, opening, type Reply } from './calls.ts';
import { Engine } from './engine.ts';

export interface SearchThreadData {
  readonly file: string;
}

const inTurn = new Set<Method>(['applyInSteps', 'flush', 'refresh', 'clear', 'close']);
/** Each so often what was written is joined. */
const joinEveryMs = 1_000;

assert(parentPort, 'it is a thread');
const port = parentPort;
let lastTurn: Promise<boolean> = Promise.resolve(true);

await start();

async function start(): Promise<void> {
  const { file } = workerData as SearchThreadData;
  let engine: Engine | undefined;
  const isOpen = await answer(opening.open, () => {
    engine = new Engine(file);
  });
  if (!isOpen || engine === undefined) return;
  const opened = engine;
  if (!(await answer(opening.load, () => opened.load()))) return;
  const joining = setInterval(() => void opened.joinInSteps(), joinEveryMs);
  port.on('message', ({ id, method, args }: Call) => {
    const work = () => answer(id, () => Reflect.apply(opened[method], opened, args));
    if (!inTurn.has(method)) return void work();
    lastTurn = lastTurn.then(work);
    if (method !== 'close') return;
    // Then nothing keeps the thread.
    clearInterval(joining);
    void lastTurn.then(() => port.unref());
  });
}

/** @returns whether it went well */
async function answer(id: number, work: () => unknown): Promise<boolean> {
  try {
    port.postMessage({ id, result: await work() } satisfies Reply);
    return true;
  } catch (error) {
    port.postMessage({ id, failure: failureOf(error) } satisfies Reply);
    return false;
  }
}
