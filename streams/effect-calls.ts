// One record's way through an effect: try, wait, try again, until there is something to tell or it is set aside. It
// keeps nothing over a crash: then the record is simply performed again.
import { type Clock, sleep } from '../base/clock.ts';
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Effect, Forwarded, Record } from './api.ts';
import { deadLetter } from './dead-letter.ts';
import { EffectGate } from './effect-gate.ts';
import type { Entry, Outcome, PerformSignals } from './effect-partition.ts';
import type { InputRecord } from './input-queue.ts';
import type { EffectMetrics } from './metrics.ts';

const firstRetryMs = 200;
const lastRetryMs = 30_000;
/** Between tries that go on for ever. */
const longestRetryMs = 300_000;

export interface EffectCallsOptions {
  readonly effect: Effect<unknown>;
  readonly clock: Clock;
  readonly random: Random;
  readonly codeVersion: string;
  readonly metrics: EffectMetrics;
  readonly logger: Logger;
  /** Called when a record has ended, and when `fault` is set. */
  readonly onEnd: () => void;
}

export class EffectCalls {
  readonly gate: EffectGate;
  /** What the process can't go on with. */
  fault: unknown;
  /** Of the last try that failed; undefined after one that didn't. */
  lastError: unknown;
  readonly #options: EffectCallsOptions;

  constructor(options: EffectCallsOptions) {
    const { effect, clock, metrics, logger } = options;
    this.#options = options;
    this.gate = new EffectGate({
      clock,
      concurrency: effect.concurrency,
      isOutage: (error) => !isFinal(error) && !(error instanceof Dropped),
      onCircuit: (circuit) => {
        metrics.circuitOpen.set({ effect: effect.name }, circuit === 'open' ? 1 : 0);
        logger.warn({ effect: effect.name, circuit }, `circuit ${circuit}`);
      },
    });
  }

  /** Never rejects. Leaves `entry` without an outcome if a signal aborts before, or if `fault` is set. */
  async perform(entry: Entry, { hold, drop }: PerformSignals): Promise<void> {
    const { record } = entry;
    record.decode();
    if (record.problem !== undefined) return this.#end(entry, this.#setAside(record, record.problem));
    for (let tries = 1; ; tries++) {
      const pass = await this.gate.enter(hold);
      if (pass === undefined) return;
      try {
        const forwarded = await this.gate.call(() => this.#try(record, drop), pass, tries === 1);
        this.lastError = undefined;
        return this.#end(entry, { forwarded });
      } catch (error) {
        if (drop.aborted) return;
        const outcome = this.#failed(record, error, tries);
        if (outcome !== undefined) return this.#end(entry, outcome);
        if (this.fault !== undefined) return this.#options.onEnd();
      } finally {
        this.gate.leave(pass);
      }
      await sleep(this.#options.clock, this.#delayAfter(tries), hold);
    }
  }

  /** A record whose results can't be written: it was performed, but nobody would hear of it. */
  setAside(entry: Entry, error: unknown): void {
    entry.end(this.#setAside(entry.record, error));
  }

  async #try(record: Record<unknown>, signal: AbortSignal): Promise<readonly Forwarded[]> {
    const { clock, effect, metrics } = this.#options;
    const { name, timeoutMs } = effect;
    const ended = Promise.withResolvers<never>();
    const call = new AbortController();
    const end = (error: Error) => {
      call.abort(error);
      // Whether the call heeds its signal or not, this try is over.
      ended.reject(error);
    };
    const drop = () => end(new Dropped());
    const timeout = () => end(new StockstreamError('EFFECT_TIMED_OUT', { effect: name, milliseconds: timeoutMs }));
    const cancel = clock.schedule(timeoutMs, timeout);
    signal.addEventListener('abort', drop, { once: true });
    const began = clock.monotonic();
    metrics.inHands.inc({ effect: name });
    try {
      return await Promise.race([effect.perform(record, call.signal), ended.promise]);
    } finally {
      cancel();
      signal.removeEventListener('abort', drop);
      metrics.inHands.dec({ effect: name });
      metrics.latency.observe({ effect: name }, (clock.monotonic() - began) / 1000);
    }
  }

  /** The record's end, if this was its last try. */
  #failed(record: InputRecord, error: unknown, tries: number): Outcome | undefined {
    const { effect, metrics, logger } = this.#options;
    const { name: effectName } = effect;
    const code = codeOf(error);
    metrics.failed.inc({ effect: effectName, code });
    this.lastError = error;
    if (isStockstreamError(error) && error.disposition === 'fatal') {
      this.fault = error;
      return undefined;
    }
    if (isFinal(error) || tries >= effect.tries) {
      const outcome = this.#giveUp(record, error);
      if (outcome !== undefined) return outcome;
    }
    metrics.retries.inc({ effect: effectName });
    logger.warn({ err: error, effect: effectName, key: record.key, tries }, 'effect failed, to be tried again');
    return undefined;
  }

  #giveUp(record: InputRecord, error: unknown): Outcome | undefined {
    const { effect, metrics, logger } = this.#options;
    const { topic, partition, offset, key } = record;
    try {
      const forwarded = effect.giveUp(record, error);
      if (forwarded === undefined) return isFinal(error) ? this.#setAside(record, error) : undefined;
      metrics.givenUp.inc({ effect: effect.name });
      logger.warn({ err: error, effect: effect.name, topic, partition, offset, key }, 'effect given up');
      return { forwarded };
    } catch (fault) {
      return this.#setAside(record, fault);
    }
  }

  #setAside(record: InputRecord, error: unknown): Outcome {
    const { effect, codeVersion, metrics } = this.#options;
    const { topic, partition, offset, timestamp, rawKey: key, rawValue: value, headers } = record;
    const source = { topic, partition, offset, timestamp, key, value, headers };
    const code = codeOf(error);
    metrics.deadLetters.inc({ effect: effect.name, code });
    return { forwarded: [], deadLetter: deadLetter(source, { error, code, processor: effect.name, codeVersion }) };
  }

  #end(entry: Entry, outcome: Outcome): void {
    const { effect, metrics, onEnd } = this.#options;
    entry.end(outcome);
    metrics.performed.inc({ effect: effect.name });
    onEnd();
  }

  /** Twice as long each time, and not for all at the same moment. */
  #delayAfter(tries: number): number {
    const { effect, random } = this.#options;
    const longest = tries < effect.tries ? lastRetryMs : longestRetryMs;
    return Math.min(firstRetryMs * 2 ** (tries - 1), longest) * (0.5 + random.next() / 2);
  }
}

/** The record is no longer this thread's. */
class Dropped extends Error {}

/** What no further try changes: the other side has spoken, or the record is bad. */
function isFinal(error: unknown): boolean {
  return isStockstreamError(error) && (error.disposition === 'deadLetter' || error.disposition === 'refuse');
}

function codeOf(error: unknown): string {
  return isStockstreamError(error) ? error.code : 'EFFECT_FAILED';
}
