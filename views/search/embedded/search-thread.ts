// The thread of the engine. It reads the file, then answers calls as they come. Those that change something take
// turns, and a large one goes in small steps, so that a search waits for a step at most.
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '../../../base/assert.ts';
import { background, type Call, type EncodedWrite, failureOf, opening, type Reply, type Request } from './calls.ts';
import { Engine } from './engine.ts';

export interface SearchThreadData {
  readonly file: string;
}

/** One transaction: some milliseconds. */
const writesInStep = 64;

/**
 * When the index' image is written anew: once so many listings have changed, which a start makes anew in a second or
 * two; while it runs, not more often than it's worth.
 */
const image = { leastAtClose: 20_000, leastInBetween: 50_000, leastShare: 0.25, intervalMs: 60_000 };
const inTurn = new Set<Request['method']>(['apply', 'flush', 'refresh', 'clear', 'close']);

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
  port.on('message', ({ id, request }: Call) => {
    const work = () => answer(id, () => perform(opened, request));
    if (inTurn.has(request.method)) lastTurn = lastTurn.then(work);
    else void work();
  });
  setInterval(() => {
    const least = Math.max(image.leastInBetween, image.leastShare * opened.count());
    lastTurn = lastTurn.then(() => renewImage(opened, least));
  }, image.intervalMs).unref();
}

/** If it can't be written, the one before and all that has changed since will do. */
async function renewImage(engine: Engine, least: number): Promise<boolean> {
  try {
    if (engine.countSinceImage() >= least) await engine.makeImage();
    return true;
  } catch (error) {
    port.postMessage({ id: background, failure: failureOf(error) } satisfies Reply);
    return false;
  }
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

function perform(engine: Engine, request: Request): unknown {
  switch (request.method) {
    case 'apply':
      return apply(engine, request.writes);
    case 'search':
      return engine.search(request.query);
    case 'suggest':
      return engine.suggest(request.query);
    case 'getMany':
      return engine.getMany(request.ids);
    case 'scan':
      return engine.scan(request.after, request.limit);
    case 'count':
      return engine.count();
    case 'size':
      return engine.size();
    case 'flush':
      return engine.flush();
    case 'clear':
      return engine.clear();
    case 'close':
      return close(engine);
    case 'refresh':
    case 'ping':
      return undefined;
    default:
      return unreachable(request);
  }
}

async function apply(engine: Engine, writes: readonly EncodedWrite[]): Promise<void> {
  for (let from = 0; from < writes.length; from += writesInStep) {
    // Searches that came meanwhile go first.
    if (from > 0) await setImmediate();
    engine.apply(writes.slice(from, from + writesInStep));
  }
}

/** Then nothing keeps the thread. */
async function close(engine: Engine): Promise<void> {
  await renewImage(engine, image.leastAtClose);
  engine.close();
  port.unref();
}
