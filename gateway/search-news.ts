// Tells the log what was searched for, so that it can be counted: behind the answer, which never waits for it. What can't
// be told at once is tried again as long as not too much waits; of that, searches that found nothing go on longest, for
// they say what the shop lacks.
import type { Counter } from 'prom-client';
import type { Clock } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { topics } from '../schemas/topics.ts';
import type { Searched, ShopperEvent } from '../schemas/types.generated.ts';
import type { LogWriter } from './log-writer.ts';

export interface SearchNewsOptions {
  readonly writer: Pick<LogWriter, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Counts searches without results. */
  readonly zeroResults: Counter;
  /** Aborts when the gateway closes. */
  readonly closing: AbortSignal;
}

export interface SearchFact extends Omit<Searched, 'type'> {
  readonly eventId: string;
  readonly shopperId: string;
}

const mostWaiting = 2_000;
const mostMissesWaiting = 20_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

export class SearchNews {
  readonly #options: SearchNewsOptions;
  #waiting = 0;

  constructor(options: SearchNewsOptions) {
    this.#options = options;
  }

  /** Never throws, never waits. */
  tell({ eventId, shopperId, ...searched }: SearchFact): void {
    const isMiss = searched.results === 0;
    if (isMiss) this.#options.zeroResults.inc();
    if (this.#waiting >= (isMiss ? mostMissesWaiting : mostWaiting)) return;
    const at = this.#options.clock.now();
    this.#send({ eventId, shopperId, at, event: { type: 'Searched', ...searched } }, isMiss, firstPauseMs);
  }

  #send(event: ShopperEvent, isMiss: boolean, pauseMs: number): void {
    const { writer, clock, logger, closing } = this.#options;
    this.#waiting++;
    writer.append(topics.shopperEvents, event.shopperId, event).then(
      () => {
        this.#waiting--;
      },
      (error: unknown) => {
        const goesOn = isMiss && !closing.aborted;
        logger.warn({ reason: reasonOf(error), goesOn }, 'a search could not be told to the log');
        const again = () => {
          this.#waiting--;
          if (goesOn) this.#send(event, isMiss, Math.min(2 * pauseMs, longestPauseMs));
        };
        if (goesOn) clock.schedule(pauseMs, again);
        else again();
      },
    );
  }
}
