// No undersell: nobody is told that a product is unknown which is known. Once every hold is past its expiry, no unit is
// held, no order is open, no timer waits and nobody's limit is used up. After the idempotency window nothing of what has
// ended is remembered.
import type { Evidence, Violation } from '../evidence.ts';
import { decoded } from '../history.ts';

const checker = 'no undersell';

/** The stores that remember for good. */
const lasting = ['stock', 'products', 'parent-versions', '@task'];

export function checkUndersell(evidence: Evidence): Violation[] {
  return [...checkRefusals(evidence), ...checkEnds(evidence)];
}

/** A product that had a stock before an order was sent isn't unknown to it. */
function checkRefusals({ records, shop }: Evidence): Violation[] {
  const { stockLevels, orders, orderEvents } = shop.topics;
  const [known, sent] = [new Map<string, number>(), new Map<string, number>()];
  for (const { key, write } of decoded(records, stockLevels)) if (!known.has(key)) known.set(key, write);
  for (const { content, write } of decoded(records, orders)) {
    if (!sent.has(content.orderId)) sent.set(content.orderId, write);
  }
  const violations: Violation[] = [];
  for (const { content } of decoded(records, orderEvents)) {
    const { orderId, event } = content;
    for (const { productId, reason } of event.type === 'OrderRejected' ? event.lines : []) {
      if (reason !== 'unknown_product' || (known.get(productId) ?? Infinity) > (sent.get(orderId) ?? 0)) continue;
      violations.push({
        checker,
        subject: orderId,
        what: `${productId} is said to be unknown, and had a stock before`,
      });
    }
  }
  return violations;
}

function checkEnds({ records, restedAt, shop, tasks }: Evidence): Violation[] {
  if (restedAt === undefined) return [];
  const { stockLevels, orderEvents } = shop.topics;
  const rested = records.filter(({ write }) => write <= restedAt);
  const levels = new Map(decoded(rested, stockLevels).map(({ key, content }) => [key, content]));
  const last = new Map(decoded(rested, orderEvents).map(({ key, content }) => [key, content.event.type]));
  const violations: Violation[] = [];
  for (const [subject, { held }] of levels) {
    if (held !== 0) violations.push({ checker, subject, what: `${held} of ${subject} are held past every expiry` });
  }
  for (const [subject, type] of last) {
    if (type === 'OrderCreated' || type === 'OrderReserved')
      violations.push({ checker, subject, what: `${subject} is still open (${type}) past its expiry` });
  }
  for (const { worker, partition, isOwner, entries } of tasks) {
    if (!isOwner) continue;
    for (const key of entries.keys()) {
      const [store = '', rest = ''] = key.split('\0');
      if (lasting.includes(store)) continue;
      const what = `${worker} still remembers ${store} ${rest} of partition ${partition} after the window`;
      violations.push({ checker, subject: rest, what });
    }
  }
  return violations;
}
