// How the shop of `stockstream life` is set: everything is real and embedded, the simulated outside answers at once.
import { readConfig } from '../../app/config.ts';
import type { Config } from '../../app/config-schema.ts';
import { paymentRates } from './wishes.ts';

export interface LifePlan {
  readonly seed: number;
  readonly orders: number;
  readonly products: number;
  readonly directory: string;
  /** Of the mail server that counts. */
  readonly smtp: string;
}

export function configOf({ directory, smtp }: LifePlan): Config {
  const flags = {
    data: directory,
    logLevel: 'error',
    payments: 'simulator',
    simulatedPaymentMs: 0,
    simulatedPaymentRates: paymentRates,
    carrier: 'simulator',
    simulatedPackMs: 20,
    simulatedPickUpMs: 20,
    simulatedDeliveryMs: 20,
    simulatedReturnMs: 20,
    mail: 'smtp',
    smtp,
    mailFrom: 'Shop <orders@shop.example>',
    publicUrl: 'https://shop.example',
    demo: false,
    traffic: false,
  };
  return readConfig({ flags, parts: ['gateway', 'worker'], env: {} });
}
