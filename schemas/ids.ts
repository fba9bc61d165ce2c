// Ids that carry meaning: product ids, and order ids, which route themselves to the task of their lead product.
// It doesn't check that a product or an order exists.
import { createHash } from 'node:crypto';

const productIdPattern = /^[A-Za-z0-9._-]{1,64}$/;
/** 128 bits in base64url, `~`, the lead product. */
const orderIdPattern = /^[A-Za-z0-9_-]{22}~[A-Za-z0-9._-]{1,64}$/;
const idBytes = 16;

/** 1 to 64 letters, digits, dots, underscores and hyphens. */
export function isProductId(text: string): boolean {
  return productIdPattern.test(text);
}

export function isOrderId(text: string): boolean {
  return orderIdPattern.test(text);
}

/**
 * The id of the order that a customer sends with an idempotency key: the same for every retry, through any gateway.
 * Another lead product gives another id, so a key that is reused for another order must be refused by the gateway.
 */
export function orderIdFor(customerId: string, idempotencyKey: string, leadProductId: string): string {
  // The length keeps ('ab', 'c') and ('a', 'bc') apart.
  const hash = createHash('sha256').update(`${customerId.length}:${customerId}${idempotencyKey}`).digest();
  return `${hash.subarray(0, idBytes).toString('base64url')}~${leadProductId}`;
}

/** The product whose task owns the order, or undefined if `orderId` isn't an order id. */
export function leadProductOf(orderId: string): string | undefined {
  return isOrderId(orderId) ? orderId.slice(orderId.indexOf('~') + 1) : undefined;
}

/** The id of a customer's review of a product, for each writes one; it doesn't give the customer away. */
export function reviewIdOf(productId: string, customerId: string): string {
  const hash = createHash('sha256').update(`review ${productId} ${customerId}`).digest();
  return hash.subarray(0, idBytes).toString('base64url');
}

/** A person's token can't be guessed, so it is long; short ones name a provider's test cards, which everybody may use. */
const shortestOwnToken = 20;

/** A name for a payment token that doesn't give the token away: the same token, the same name. Empty for a test card. */
export function tokenIdOf(token: string): string {
  if (token.length < shortestOwnToken) return '';
  return createHash('sha256').update(token).digest().subarray(0, idBytes).toString('base64url');
}
