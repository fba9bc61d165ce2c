// The payments port: the provider that sets money aside, takes it, lets it go and gives it back. It may be asked the
// same twice and does it once; what it has decided late it tells by itself, perhaps twice or out of order. An adapter
// never lets anything that looks like a card number out: not in a reason, not in an error, not into a file.
import type {
  CaptureRefused,
  NothingToVoid,
  PaymentAuthorized,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  PaymentResult,
  PaymentUnanswered,
  PaymentVoided,
  VoidTooLate,
} from '../../schemas/types.generated.ts';

export type { PaymentResult } from '../../schemas/types.generated.ts';

/** What every question has. */
export interface PaymentQuestion {
  /** The idempotency key: asked again with it, the provider gives the first answer and does nothing more. */
  readonly requestId: string;
  readonly orderId: string;
  readonly customerId: string;
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

export interface Authorization extends PaymentQuestion {
  /** `card`, `wallet` or `invoice`. */
  readonly method: string;
  /** The provider's token; never a card number. */
  readonly token: string;
}

export interface Capture extends PaymentQuestion {
  /** What `PaymentAuthorized` said. */
  readonly paymentReference: string;
}

export type AuthorizeAnswer = PaymentAuthorized | PaymentDeclined | PaymentUnanswered;
export type CaptureAnswer = PaymentCaptured | CaptureRefused | PaymentUnanswered;
export type VoidAnswer = PaymentVoided | NothingToVoid | VoidTooLate;
export type RefundAnswer = PaymentRefunded | PaymentUnanswered;

export type PaymentStatus = 'pending' | 'authorized' | 'captured' | 'refunded' | 'voided' | 'declined';

/** A payment as the provider's own books have it. Amounts are in the currency's minor unit. */
export interface ProviderPayment {
  readonly orderId: string;
  readonly reference: string;
  /** `refunded` once all that was captured is given back. */
  readonly status: PaymentStatus;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly currency: string;
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number;
}

/**
 * A question fails with PAYMENTS_REFUSED if it never works, with PAYMENTS_UNAVAILABLE if it may work later, with
 * PAYMENTS_UNAUTHORIZED if the provider doesn't know us. It fails, too, when `signal` aborts; what was asked may have
 * been done then.
 */
export interface Payments {
  /** Sets money aside. PaymentUnanswered if the provider is still thinking: it tells by itself what came of it. */
  authorize(question: Authorization, signal: AbortSignal): Promise<AuthorizeAnswer>;
  /** Takes what was set aside. */
  capture(question: Capture, signal: AbortSignal): Promise<CaptureAnswer>;
  /** Lets go of what is set aside for the order. After NothingToVoid, a success may still be told later. */
  void(question: PaymentQuestion, signal: AbortSignal): Promise<VoidAnswer>;
  /** Gives back what was taken for the order, `amount` at most. */
  refund(question: PaymentQuestion, signal: AbortSignal): Promise<RefundAnswer>;
  /**
   * The payments that were made or changed at `since` (milliseconds since the Unix epoch) or later, in no order. An
   * adapter whose provider doesn't know when a payment was changed gives those that were made then.
   */
  list(since: number): AsyncIterable<ProviderPayment>;
  /** Nothing is told after it resolves; questions that are under way fail. */
  close(): Promise<void>;
}

/** Of an HTTP request, by names in lower case. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The provider's news as signed requests. It needs the secret that they are signed with, and nothing of the above. */
export interface PaymentWebhook {
  /**
   * What a request tells; undefined for news that aren't of an order of ours.
   * @throws PAYMENT_WEBHOOK_SIGNATURE_WRONG, PAYMENT_WEBHOOK_TOO_OLD, PAYMENT_WEBHOOK_NOT_UNDERSTOOD
   */
  read(body: Buffer, headers: WebhookHeaders): PaymentResult | undefined;
}

/** Takes news of a payment; resolves once it can't be lost any more. */
export type TellPayment = (result: PaymentResult) => Promise<void>;
