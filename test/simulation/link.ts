// The line between a process and what it calls: every call takes its time on the way there, and so does its answer.
// A call that was sent arrives even if its sender hangs meanwhile, and may arrive if it was killed; the answer waits
// until the sender runs again. At each stage a trap may freeze or kill the sender, or bring the machine down.
//
//     sent --(the network)--> arrived --the call--> applied --(the network, the sender's own pace)--> answered
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import { type Counts, count } from './counts.ts';
import { chance, delay } from './dice.ts';
import type { ProcessClock } from './process-clock.ts';

export type Stage = 'sent' | 'arrived' | 'applied' | 'answered';

/** What a message is for: of the group's coordinator, anything else of the log, or what checkpoints are kept in. */
export type LineKind = 'group' | 'log' | 'checkpoints';

export interface LinkParts {
  /** Of the process that calls. */
  readonly clock: ProcessClock;
  readonly world: SteppedClock;
  readonly random: Random;
  /** How long one way takes now, typically. Milliseconds. */
  readonly latency: () => number;
  /** Whether a message on its way, be it a question or an answer, gets lost. */
  readonly loses: (kind: LineKind) => boolean;
  /** Told of each stage of each call. */
  readonly reach: (call: string, stage: Stage) => void;
  readonly counts: Counts;
}

/** So many times the typical time is late. */
const late = 5;

const never = () => new Promise<never>(() => {});

export class Link {
  readonly #parts: LinkParts;
  /** Calls under way, by name. */
  readonly #open: Counts = new Map();

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  async call<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { clock, world, random, reach } = this.#parts;
    await this.#running();
    count(this.#open, name);
    reach(name, 'sent');
    await this.#running();
    await sleep(world, this.#way());
    if (clock.isDead && chance(random, 0.5)) return never();
    reach(name, 'arrived');
    const answer = await settled(work);
    reach(name, 'applied');
    await sleep(clock, this.#way());
    count(this.#open, name, -1);
    reach(name, 'answered');
    return answer();
  }

  /** As `call`, but the question or the answer may get lost. @throws LOG_UNREACHABLE */
  async ask<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.call(name, async () => {
      if (this.loses('log')) throw unreachable();
      const answer = await work();
      if (this.loses('log')) throw unreachable();
      return answer;
    });
  }

  /** A message that nobody answers. */
  async tell(work: () => void): Promise<void> {
    const { clock, world } = this.#parts;
    await sleep(world, this.#way());
    await sleep(clock, 0);
    work();
  }

  loses(kind: LineKind): boolean {
    const { loses, counts } = this.#parts;
    const isLost = loses(kind);
    if (isLost) count(counts, `${kind} messages lost`);
    return isLost;
  }

  /** Whether such a call was sent and isn't answered yet. */
  isUnderWay(name: string): boolean {
    return (this.#open.get(name) ?? 0) > 0;
  }

  /** How long one way takes this time. */
  #way(): number {
    const { random, latency, counts } = this.#parts;
    const typical = latency();
    const milliseconds = delay(random, typical);
    if (milliseconds > late * typical) count(counts, 'calls late');
    return milliseconds;
  }

  /** A process that hangs gets no further than this. */
  async #running(): Promise<void> {
    while (!this.#parts.clock.isRunning) await sleep(this.#parts.clock, 0);
  }
}

function unreachable(): StockstreamError {
  return new StockstreamError('LOG_UNREACHABLE', { broker: 'the simulated log', reason: 'the message was lost' });
}

/** Waits for `work`; the result gives its value or throws its error. */
async function settled<T>(work: () => Promise<T>): Promise<() => T> {
  try {
    const value = await work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
