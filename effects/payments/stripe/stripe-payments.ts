// The payments port on Stripe: one payment intent a question, confirmed at once without the customer, captured later.
//
// It keeps nothing of its own. The payments of an order are found by their transfer group, which is the order's id: the
// list of charges can be asked for a group and is never behind, while Stripe's search may be for a minute. A group has
// no other meaning in an account without connected accounts. An intent without a charge isn't found so, and need not be.
//
// Idempotency keys are the requests' ids. Stripe keeps them for a day at least, with whatever it answered, an error 500,
// too. An authorization that is asked again only after that is set aside twice; a void lets go of both.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import { looksLikeCard } from '../../../base/card-number.ts';
import { StockstreamError } from '../../../base/errors.ts';
import type {
  Authorization,
  AuthorizeAnswer,
  Capture,
  CaptureAnswer,
  PaymentQuestion,
  Payments,
  ProviderPayment,
  RefundAnswer,
  VoidAnswer,
} from '../payments.ts';
import { failureOf } from './failures.ts';
import { authorizeAnswerOf, isHeld, isReleased, providerPaymentOf, wordsOf } from './intents.ts';

export interface StripePaymentsOptions {
  /** Secret or restricted. */
  readonly key: string;
  /** Of another server than Stripe's own. */
  readonly url: string | undefined;
}

/** Above the time that an effect gives a try. */
const timeoutMs = 30_000;
/** Stripe's most for a page. */
const pageSize = 100;

export function openStripePayments(options: StripePaymentsOptions): Payments {
  return new StripePayments(options);
}

class StripePayments implements Payments {
  readonly #stripe: Stripe;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #closing = new AbortController();

  constructor({ key, url }: StripePaymentsOptions) {
    const server = new URL(url ?? 'https://api.stripe.com');
    const protocol = server.protocol === 'http:' ? 'http' : 'https';
    this.#agent = protocol === 'http' ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
    this.#stripe = new Stripe(key, {
      protocol,
      host: server.hostname,
      ...(server.port && { port: server.port }),
      httpAgent: this.#agent,
      timeout: timeoutMs,
      // Trying again is the effect's work, which also knows when to stop.
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  async authorize(question: Authorization, signal: AbortSignal): Promise<AuthorizeAnswer> {
    const { requestId: request, orderId, customerId, method, token, amount, currency } = question;
    if (looksLikeCard(token)) {
      throw new StockstreamError('PAYMENTS_REFUSED', { request, reason: 'the token is a card number' });
    }
    if (method === 'invoice') {
      // Stripe's invoices are paid weeks after they were sent: nothing would be set aside, nor taken at a capture.
      return { type: 'PaymentDeclined', reason: 'payment by invoice is not offered' };
    }
    const ask = async () => {
      const params: Stripe.PaymentIntentCreateParams = {
        amount,
        currency: currency.toLowerCase(),
        capture_method: 'manual',
        confirm: true,
        off_session: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        payment_method: await this.#methodOf(token, request),
        transfer_group: orderId,
        metadata: { orderId, customerId, requestId: request },
      };
      return this.#stripe.paymentIntents.create(params, { idempotencyKey: request });
    };
    try {
      return authorizeAnswerOf(await this.#inTime(request, signal, ask));
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError) return { type: 'PaymentDeclined', reason: wordsOf(error) };
      throw failureOf(error, request);
    }
  }

  /** `pm_...` is a payment method that belongs to no Stripe customer; `tok_...`, as from some wallets, becomes one. */
  async #methodOf(token: string, request: string): Promise<string> {
    if (!token.startsWith('tok_')) return token;
    const params = { type: 'card', card: { token } } as const;
    return (await this.#stripe.paymentMethods.create(params, { idempotencyKey: `${request}/method` })).id;
  }

  async capture(question: Capture, signal: AbortSignal): Promise<CaptureAnswer> {
    const { requestId: request, paymentReference, amount } = question;
    const params = { amount_to_capture: amount };
    const ask = () => this.#stripe.paymentIntents.capture(paymentReference, params, { idempotencyKey: request });
    try {
      const { status, amount_received } = await this.#inTime(request, signal, ask);
      if (status === 'succeeded') return { type: 'PaymentCaptured', paymentReference, amount: amount_received };
      return { type: 'PaymentUnanswered', verb: 'capture', reason: `the payment is ${status}` };
    } catch (error) {
      const failure = failureOf(error, request);
      const isNo =
        error instanceof Stripe.errors.StripeCardError ||
        (failure instanceof StockstreamError && failure.code === 'PAYMENTS_REFUSED');
      if (!isNo || !(error instanceof Stripe.errors.StripeError)) throw failure;
      // It was taken before, by another question.
      const { payment_intent: intent } = error;
      if (intent?.status === 'succeeded') {
        return { type: 'PaymentCaptured', paymentReference, amount: intent.amount_received };
      }
      return { type: 'CaptureRefused', reason: wordsOf(error) };
    }
  }

  async void(question: PaymentQuestion, signal: AbortSignal): Promise<VoidAnswer> {
    const { requestId: request } = question;
    const charges = await this.#chargesOf(question, signal);
    const held = charges.filter(isHeld);
    for (const charge of held) {
      const intent = intentOf(charge);
      const ask = () => this.#stripe.paymentIntents.cancel(intent, {}, { idempotencyKey: `${request}/${intent}` });
      await this.#inTime(request, signal, ask).catch((error: unknown) => {
        // Whatever state forbids it has come since the list was read: it is read again with the next try.
        const failure = failureOf(error, request);
        if (!(failure instanceof StockstreamError) || failure.code !== 'PAYMENTS_REFUSED') throw failure;
        throw new StockstreamError('PAYMENTS_UNAVAILABLE', failure.details);
      });
    }
    const amount = charges.reduce((sum, charge) => sum + (charge.captured ? charge.amount_captured : 0), 0);
    if (amount > 0) return { type: 'VoidTooLate', amount };
    return { type: held.length > 0 || charges.some(isReleased) ? 'PaymentVoided' : 'NothingToVoid' };
  }

  async refund(question: PaymentQuestion, signal: AbortSignal): Promise<RefundAnswer> {
    const { requestId: request, amount } = question;
    const charges = (await this.#chargesOf(question, signal)).filter(({ captured }) => captured);
    if (charges.length === 0) {
      throw new StockstreamError('PAYMENTS_REFUSED', { request, reason: 'nothing was taken for the order' });
    }
    let given = 0;
    for (const charge of charges) {
      const sum = await this.#giveBack(charge, amount - given, question, signal);
      if (typeof sum === 'string') return { type: 'PaymentUnanswered', verb: 'refund', reason: sum };
      given += sum;
    }
    // All was given back before: that is what was asked for, too.
    const before = charges.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0);
    return { type: 'PaymentRefunded', amount: given > 0 ? given : Math.min(amount, before) };
  }

  /** How much of a charge this question gives back, or has given back before; a text says why it failed. */
  async #giveBack(charge: Stripe.Charge, most: number, question: PaymentQuestion, signal: AbortSignal) {
    const { requestId, orderId } = question;
    const { refunds } = this.#stripe;
    // The key alone is forgotten after a day, and refunds in parts look alike.
    const list = () => refunds.list({ charge: charge.id, limit: pageSize });
    const known = await this.#told(requestId, signal, list);
    const own = known.data.filter(({ metadata, status }) => metadata?.requestId === requestId && status !== 'canceled');
    if (own.length > 0) return own.some(isFailed) ? failureText(own) : own.reduce((sum, { amount }) => sum + amount, 0);
    const amount = Math.min(most, charge.amount_captured - charge.amount_refunded);
    if (amount <= 0) return 0;
    const params = { charge: charge.id, amount, metadata: { orderId, requestId } };
    const ask = () => refunds.create(params, { idempotencyKey: `${requestId}/${charge.id}` });
    const refund = await this.#told(requestId, signal, ask);
    return isFailed(refund) ? failureText([refund]) : refund.amount;
  }

  async *list(since: number): AsyncGenerator<ProviderPayment> {
    const created = { gte: Math.floor(since / 1_000) };
    try {
      const params = { created, limit: pageSize, expand: ['data.latest_charge'] };
      for await (const intent of this.#stripe.paymentIntents.list(params)) {
        const payment = providerPaymentOf(intent);
        if (payment) yield payment;
      }
    } catch (error) {
      throw failureOf(error, 'list');
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#agent.destroy();
  }

  async #chargesOf({ requestId, orderId }: PaymentQuestion, signal: AbortSignal): Promise<readonly Stripe.Charge[]> {
    const list = () => this.#stripe.charges.list({ transfer_group: orderId, limit: pageSize });
    return (await this.#told(requestId, signal, list)).data;
  }

  /** As `#inTime`, with what it fails with in our words. */
  async #told<T>(request: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    try {
      return await this.#inTime(request, signal, ask);
    } catch (error) {
      throw failureOf(error, request);
    }
  }

  /** The client has no signal: who gives up leaves the call to itself. */
  async #inTime<T>(request: string, caller: AbortSignal, ask: () => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([caller, this.#closing.signal]);
    const unanswered = () => new StockstreamError('PAYMENTS_UNAVAILABLE', { request, reason: 'no answer came' });
    if (signal.aborted) throw unanswered();
    const given = Promise.withResolvers<never>();
    const giveUp = () => given.reject(unanswered());
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([ask(), given.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}

function intentOf({ id, payment_intent: intent }: Stripe.Charge): string {
  return (typeof intent === 'string' ? intent : intent?.id) ?? id;
}

function isFailed({ status }: Stripe.Refund): boolean {
  return status === 'failed';
}

function failureText(refunds: readonly Stripe.Refund[]): string {
  return refunds.find(isFailed)?.failure_reason ?? 'the refund failed';
}
