// The payment provider's books, asked by a process that performs no payments itself.
import type { Logger } from '../../base/logger.ts';
import type { PaymentFact } from '../../processors/reconcile/compare-payments.ts';
import type { Config } from '../config-schema.ts';
import { openPayments } from '../wire/effects.ts';

/** What the provider made or changed since then, in milliseconds since the Unix epoch. @throws PAYMENTS_* */
export async function readProviderBooks(config: Config, since: number, logger: Logger): Promise<PaymentFact[]> {
  const payments = await openPayments(config, { tell: undefined, logger });
  const found: PaymentFact[] = [];
  try {
    for await (const payment of payments.list(since)) found.push(payment);
  } finally {
    await payments.close();
  }
  return found;
}
