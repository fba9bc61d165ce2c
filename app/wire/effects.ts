// Who is asked outside: payments, mail, the carrier, as the config says.
import { readFileSync } from 'node:fs';
import { unreachable } from '../../base/assert.ts';
import type { Logger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import type { Mail } from '../../effects/mail/mail.ts';
import { openOutboxMail } from '../../effects/mail/outbox/outbox-mail.ts';
import { openSmtpMail } from '../../effects/mail/smtp/smtp-mail.ts';
import type { Payments, PaymentWebhook, TellPayment } from '../../effects/payments/payments.ts';
import { ratesIn } from '../../effects/payments/simulator/behaviours.ts';
import { openSimulatedPayments } from '../../effects/payments/simulator/simulated-payments.ts';
import { simulatedWebhook } from '../../effects/payments/simulator/webhook.ts';
import type { Carrier, Tell } from '../../effects/shipping/carrier.ts';
import { openSimulatedCarrier } from '../../effects/shipping/simulator/simulated-carrier.ts';
import { openWebhookCarrier } from '../../effects/shipping/webhook/webhook-carrier.ts';
import type { Config } from '../config-schema.ts';
import { keptSecret } from '../secret.ts';
import { clock, directories } from './places.ts';

/** @throws PAYMENTS_STORAGE_FAILED */
export async function openPayments(
  config: Config,
  { tell, logger }: { readonly tell: TellPayment | undefined; readonly logger: Logger },
): Promise<Payments> {
  if (config.payments === 'stripe') {
    const { openStripePayments } = await import('../../effects/payments/stripe/stripe-payments.ts');
    return openStripePayments({ key: config.stripeKey!, url: config.stripeUrl });
  }
  return openSimulatedPayments({
    file: directories(config).payments,
    tell,
    clock,
    logger,
    rates: ratesIn(config.simulatedPaymentRates),
    latencyMs: config.simulatedPaymentMs,
  });
}

/** What checks the payment provider's news; undefined if nobody could sign any. */
export async function openPaymentWebhook(config: Config): Promise<PaymentWebhook | undefined> {
  const { payments, paymentWebhookSecret: secret } = config;
  switch (payments) {
    case 'simulator':
      return simulatedWebhook(secret ?? keptSecret(config, 'payment-webhook-secret'));
    case 'stripe': {
      if (secret === undefined) return undefined;
      const { stripeWebhook } = await import('../../effects/payments/stripe/webhook.ts');
      return stripeWebhook(secret, clock);
    }
    case 'off':
      return undefined;
    default:
      return unreachable(payments);
  }
}

/** Who sends the mails. */
export function senderOf({ mailFrom = 'Stockstream <orders@localhost>' }: Config): string {
  return mailFrom;
}

/** @throws CONFIG_INVALID, MAIL_UNAVAILABLE if the outbox can't be made */
export async function openMail(config: Config, kind: 'outbox' | 'smtp'): Promise<Mail> {
  const from = senderOf(config);
  if (kind === 'outbox') return await openOutboxMail({ directory: directories(config).outbox, from });
  const { smtp, smtpCa } = config;
  return openSmtpMail({ url: smtp!, from, ...(smtpCa !== undefined && { ca: readFileSync(smtpCa) }) });
}

/** @throws CARRIER_STORAGE_FAILED */
export function openCarrier(
  config: Config,
  kind: 'simulator' | 'webhook',
  { tell, logger }: { readonly tell: Tell; readonly logger: Logger },
): Carrier {
  if (kind === 'webhook') return openWebhookCarrier({ url: config.carrierUrl!, secret: config.carrierSecret!, clock });
  return openSimulatedCarrier({
    file: directories(config).carrier,
    tell,
    clock,
    random: systemRandom,
    logger,
    delays: {
      packed: config.simulatedPackMs,
      inTransit: config.simulatedPickUpMs,
      delivered: config.simulatedDeliveryMs,
      returned: config.simulatedReturnMs,
    },
  });
}
