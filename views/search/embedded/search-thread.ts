// The thread of the engine. It reads the file, then answers calls as they come. Those that change something take
// turns, and a large one goes in small steps, so that a search waits for a step at most.
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '../../../base/assert.ts';
import { type Call, type EncodedWrite, failureOf, opening, type Reply, type Request } from './calls.ts';
import { Engine } from './engine.ts';

export interface SearchThreadData {
  readonly file: string;
}

/** One transaction: some milliseconds. */
const writesInStep = 64;

/** Each so often what was written is joined, unless more than so much was: then there is more to come. */
const joining = { intervalMs: 1_000, mostWrites: 1_000 };
const inTurn = new Set<Request['method']>(['apply', 'flush', 'refresh', 'clear', 'close']);

assert(parentPort, 'it is a thread');
const port = parentPort;
let lastTurn: Promise<boolean> = Promise.resolve(true);
/** Since the last interval. */
let writes = 0;
/** A start may find something to join. */
let mayBeScattered = true;
let isClosed = false;

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
  setInterval(() => void join(opened), joining.intervalMs).unref();
}

/** If it can't be done, searches take longer; writes tell what is wrong. */
async function join(engine: Engine): Promise<void> {
  const isBusy = writes > joining.mostWrites;
  writes = 0;
  if (isBusy || !mayBeScattered || isClosed) return;
  try {
    mayBeScattered = false;
    if (!engine.isScattered()) return;
    for (let isFirst = true; engine.join(isFirst); isFirst = false) {
      await setImmediate();
      if (isClosed) return;
      if (writes <= joining.mostWrites) continue;
      mayBeScattered = true;
      return;
    }
  } catch {
    mayBeScattered = true;
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

async function apply(engine: Engine, all: readonly EncodedWrite[]): Promise<void> {
  for (let from = 0; from < all.length; from += writesInStep) {
    // Searches that came meanwhile go first.
    if (from > 0) await setImmediate();
    const step = all.slice(from, from + writesInStep);
    engine.apply(step);
    writes += step.length;
    mayBeScattered = true;
  }
}

/** Then nothing keeps the thread. */
function close(engine: Engine): void {
  isClosed = true;
  engine.close();
  port.unref();
}
