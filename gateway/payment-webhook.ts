// What the gateway needs of a payment provider: who reads its signed news. The app gives it; the gateway knows no provider.
import type { PaymentResult } from '../schemas/types.generated.ts';

export interface PaymentWebhook {
  /**
   * What a request tells; undefined for news that aren't of an order.
   * @throws PAYMENT_WEBHOOK_SIGNATURE_WRONG, PAYMENT_WEBHOOK_TOO_OLD, PAYMENT_WEBHOOK_NOT_UNDERSTOOD
   */
  read(
    body: Buffer,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): PaymentResult | undefined;
}
