// A payment provider of our own, for one machine: it decides by token or by rates (behaviours.ts), keeps its books in a
// file, and tells late successes by itself, also those that were due while no process ran. No money moves.

import { looksLikeCard } from '../../../base/card-number.ts';
import { type Clock, sleep } from '../../../base/clock.ts';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import type {
  Authorization,
  AuthorizeAnswer,
  Capture,
  CaptureAnswer,
  PaymentQuestion,
  PaymentResult,
  Payments,
  ProviderPayment,
  RefundAnswer,
  TellPayment,
  VoidAnswer,
} from '../payments.ts';
import { behaviourOf, type Rates } from './behaviours.ts';
import { authorizeAt, captureAt, type Desk, type Reply, refundAt, settleLate, voidAt } from './books.ts';
import { Ledger, type News } from './ledger.ts';

export interface SimulatedPaymentsOptions {
  /** Made with its folder if it isn't there; `:memory:` keeps it in memory. */
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What takes late news; without it this one tells none, and leaves that to others that have the file open. */
  readonly tell: TellPayment | undefined;
  readonly rates: Rates;
  /** How long every answer takes. */
  readonly latencyMs: number;
}

/** Others with the same file may have news that are due, or may be gone with theirs. */
const lookEveryMs = 5_000;
/** News that were not taken are told again after so long. */
const tellAgainMs = 2_000;

/** @throws PAYMENTS_STORAGE_FAILED */
export function openSimulatedPayments(options: SimulatedPaymentsOptions): Payments {
  return new SimulatedPayments(options);
}

class SimulatedPayments implements Payments {
  readonly #options: SimulatedPaymentsOptions;
  readonly #ledger: Ledger;
  readonly #closing = new AbortController();
  #cancelLook: (() => void) | undefined;
  #telling: Promise<void> | undefined;

  constructor(options: SimulatedPaymentsOptions) {
    this.#options = options;
    this.#ledger = new Ledger(options.file, options.clock.now());
    this.#lookLater();
  }

  authorize(question: Authorization, signal: AbortSignal): Promise<AuthorizeAnswer> {
    const { token, orderId, requestId: request } = question;
    if (looksLikeCard(token)) {
      return Promise.reject(
        new StockstreamError('PAYMENTS_REFUSED', { request, reason: 'the token is a card number' }),
      );
    }
    const behaviour = behaviourOf(token, orderId, this.#options.rates);
    return this.#answer(question, signal, (desk) => authorizeAt(desk, question, behaviour));
  }

  capture(question: Capture, signal: AbortSignal): Promise<CaptureAnswer> {
    return this.#answer(question, signal, (desk) => captureAt(desk, question));
  }

  void(question: PaymentQuestion, signal: AbortSignal): Promise<VoidAnswer> {
    return this.#answer(question, signal, (desk) => voidAt(desk, question));
  }

  refund(question: PaymentQuestion, signal: AbortSignal): Promise<RefundAnswer> {
    return this.#answer(question, signal, (desk) => refundAt(desk, question));
  }

  async *list(since: number): AsyncGenerator<ProviderPayment> {
    for (const entry of this.#ledger.changedSince(since)) {
      const { orderId, reference, status, authorized, captured, refunded, currency, updatedAt } = entry;
      yield { orderId, reference, status, authorized, captured, refunded, currency, updatedAt };
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancelLook?.();
    await this.#telling;
    await this.#ledger.close();
  }

  /** The first answer to this request, or the one that `decide` gives now. */
  async #answer<Answer>(
    { requestId }: PaymentQuestion,
    caller: AbortSignal,
    decide: (desk: Desk) => Reply<Answer>,
  ): Promise<Answer> {
    const { clock, latencyMs } = this.#options;
    const closing = this.#closing.signal;
    if (latencyMs > 0) await sleep(clock, latencyMs, AbortSignal.any([caller, closing]));
    if (caller.aborted || closing.aborted) throw unavailable(requestId, 'the caller did not wait');
    const ledger = this.#ledger;
    const { reply, hasNews } = await ledger.writeSoon((): { reply: Reply<Answer>; hasNews: boolean } => {
      const known = ledger.request(requestId);
      if (known.answer !== null) {
        const answer = JSON.parse(known.answer) as Answer;
        return { reply: { kind: 'answers', answer, isLost: false }, hasNews: false };
      }
      const tries = known.tries + 1;
      const now = clock.now();
      const newsBefore = ledger.newsAdded;
      const decided = decide({ ledger, now, tries });
      ledger.putRequest(requestId, tries, decided.kind === 'answers' ? JSON.stringify(decided.answer) : null, now);
      return { reply: decided, hasNews: ledger.newsAdded > newsBefore };
    });
    if (hasNews) this.#lookLater();
    if (reply.kind === 'fails') throw unavailable(requestId, 'it answered 500');
    if (reply.kind === 'answers' && !reply.isLost) return reply.answer;
    return await silence(requestId, AbortSignal.any([caller, closing]));
  }

  #lookLater(): void {
    const { tell, clock } = this.#options;
    if (!tell || this.#telling || this.#closing.signal.aborted) return;
    this.#cancelLook?.();
    this.#cancelLook = clock.schedule(this.#pause(), () => {
      this.#telling = this.#tellDue(tell).finally(() => {
        this.#telling = undefined;
        this.#lookLater();
      });
    });
  }

  #pause(): number {
    const { clock, logger } = this.#options;
    try {
      const dueAt = this.#ledger.nextDueAt() ?? Number.POSITIVE_INFINITY;
      return Math.min(Math.max(0, dueAt - clock.now()), lookEveryMs);
    } catch (error) {
      logger.warn({ err: error }, 'the simulated payment provider cannot read what is to be told; it looks again');
      return lookEveryMs;
    }
  }

  /** Tells all that is due; never fails. */
  async #tellDue(tell: TellPayment): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      while (!this.#closing.signal.aborted) {
        const now = clock.now();
        const news = this.#ledger.takeDue(now, now + tellAgainMs);
        if (!news) return;
        const result = this.#resultOf(news);
        if (result) await tell(result);
        this.#ledger.told(news, clock.now());
      }
    } catch (error) {
      logger.warn(
        { reason: reasonOf(error) },
        'the simulated payment provider could not tell its news: it tries again',
      );
    }
  }

  #resultOf(news: News): PaymentResult | undefined {
    const { newsId, dueAt, reference } = news;
    const payment = settleLate(this.#ledger, news, this.#options.clock.now());
    if (!payment) return undefined;
    const outcome = { type: 'PaymentAuthorized', paymentReference: reference } as const;
    return { resultId: `simulator/${newsId}`, requestId: '', orderId: payment.orderId, at: dueAt, outcome };
  }
}

/** Waits for the end of the caller's patience. */
function silence(requestId: string, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(unavailable(requestId, 'no answer came'));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

function unavailable(request: string, reason: string): StockstreamError {
  return new StockstreamError('PAYMENTS_UNAVAILABLE', { request, reason });
}
