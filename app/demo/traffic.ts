// A trickle of simulated shoppers, over HTTP like anybody: they order, a few change their minds, and the seller
// refills what runs low. For a demo that moves; it proves nothing.
import { type Clock, sleep } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { type Random, systemRandom } from '../../base/random.ts';
import { demoOffers } from './catalogue.ts';

export interface TrafficOptions {
  /** Of the gateway. */
  readonly url: string;
  /** A bearer token for a made-up shopper, or for the demo seller. */
  readonly tokenOf: (userId: string, role: 'shopper' | 'seller') => string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const ordersPerSecond = 2;
const shoppers = 50;
const cancelShare = 0.05;
const refillBelow = 5;
const refillUnits = 50;
const cities = [
  { city: 'Hamburg', postalCode: '20095', country: 'DE' },
  { city: 'Utrecht', postalCode: '3511 LN', country: 'NL' },
  { city: 'Nantes', postalCode: '44000', country: 'FR' },
  { city: 'Graz', postalCode: '8010', country: 'AT' },
];

/** Runs until the signal aborts. A request that fails is no news: the next one may work. */
export async function runTraffic(options: TrafficOptions): Promise<void> {
  const { clock, logger, signal } = options;
  const random = systemRandom;
  const products = demoOffers();
  while (!signal.aborted) {
    await sleep(clock, (1000 / ordersPerSecond) * (0.5 + random.next()), signal);
    if (signal.aborted) return;
    await shop(options, products, random).catch((error: unknown) => {
      if (!signal.aborted) logger.debug({ err: error }, 'a simulated shopper had no luck');
    });
  }
}

async function shop(options: TrafficOptions, products: readonly string[], random: Random): Promise<void> {
  const customer = options.tokenOf(`traffic-${random.int(shoppers)}`, 'shopper');
  const picked = new Set(Array.from({ length: 1 + random.int(3) }, () => products[random.int(products.length)]!));
  const body = {
    lines: [...picked].map((productId) => ({ productId, quantity: 1 + random.int(2) })),
    shipTo: { name: 'A Shopper', street: 'Main Street 1', ...cities[random.int(cities.length)]! },
    payment: { method: 'card', token: `tok_${random.uuid()}` },
  };
  const headers = { 'idempotency-key': random.uuid(), prefer: 'wait=5' };
  const order = (await call(options, 'POST', '/v1/orders', { token: customer, body, headers })) as { orderId?: string };
  if (order.orderId !== undefined && random.next() < cancelShare) {
    await call(options, 'POST', `/v1/orders/${order.orderId}/cancel`, { token: customer, body: {} });
  }
  await refill(options, [...picked][0]!, random);
}

async function refill(options: TrafficOptions, productId: string, random: Random): Promise<void> {
  const stock = (await call(options, 'GET', `/v1/products/${productId}/stock`, {})) as {
    free?: number;
    warehouses?: readonly { warehouseId: string }[];
  };
  const warehouseId = stock.warehouses?.[0]?.warehouseId;
  if (warehouseId === undefined || (stock.free ?? refillBelow) >= refillBelow) return;
  const changes = [{ changeId: `refill-${random.uuid()}`, productId, warehouseId, delta: refillUnits }];
  await call(options, 'POST', '/v1/stock-changes', {
    token: options.tokenOf('demo-seller', 'seller'),
    body: { changes },
  });
}

async function call(
  { url, signal }: TrafficOptions,
  method: string,
  path: string,
  { token, body, headers = {} }: { token?: string; body?: object; headers?: { [name: string]: string } },
): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    signal,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return await response.json();
}
