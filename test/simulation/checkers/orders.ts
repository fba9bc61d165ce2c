// Every accepted order ends: one OrderCreated, steps counted without a gap, exactly one final state; an order that was
// asked for was acknowledged or repeated by the shop, never invented.
import { leadProductOf } from '../../../schemas/ids.ts';
import type { OrderEvent } from '../../../schemas/types.generated.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { decoded } from '../history.ts';

const checker = 'every accepted order ends';

const life = /^OrderCreated( OrderRejected|( OrderReserved)? OrderCancelled)$/;

export function checkOrders({ records, acks, shop }: Evidence): Violation[] {
  const { orders, orderEvents } = shop.topics;
  const violations: Violation[] = [];
  const find = (what: string, subject: string) => violations.push({ checker, what, subject });
  const events = Map.groupBy(decoded(records, orderEvents), ({ content }) => content.orderId);
  const submitted = new Set<string>();
  for (const { key, content } of decoded(records, orders)) {
    if (key === leadProductOf(content.orderId)) submitted.add(content.orderId);
  }
  for (const [orderId, steps] of events) {
    if (!submitted.has(orderId)) find(`${orderId} was never submitted`, orderId);
    if (steps.some(({ key }) => key !== orderId)) find(`an event of ${orderId} has another key`, orderId);
    checkLife(
      orderId,
      steps.map(({ content }) => content),
      find,
    );
  }
  for (const orderId of submitted)
    if (!events.has(orderId)) find(`${orderId} was submitted and never decided`, orderId);
  const accepted = new Set(acks.flatMap((ack) => orderOf(ack, orders)));
  for (const orderId of accepted) if (!events.has(orderId)) find(`${orderId} was acknowledged and is lost`, orderId);
  return violations;
}

function checkLife(orderId: string, steps: readonly OrderEvent[], find: (what: string, subject: string) => void): void {
  const sequences = steps.map(({ sequence }) => sequence).join(' ');
  const expected = steps.map((_, at) => at + 1).join(' ');
  if (sequences !== expected) find(`the steps of ${orderId} are ${sequences}`, orderId);
  const types = steps.map(({ event }) => event.type).join(' ');
  if (!life.test(types)) find(`the life of ${orderId} is ${types}`, orderId);
  for (const { event } of steps) {
    if (event.type !== 'OrderReserved') continue;
    for (const { productId, quantity, allocations } of event.lines) {
      const units = allocations.reduce((sum, allocation) => sum + allocation.quantity, 0);
      if (units !== quantity) find(`${orderId} was given ${units} of ${productId}, not ${quantity}`, orderId);
    }
  }
}

type Orders = Evidence['shop']['topics']['orders'];

function orderOf(
  { topic, key, value }: { topic: string; key: string | null; value: Buffer | null },
  orders: Orders,
): string[] {
  if (topic !== orders.name || value === null) return [];
  try {
    const { orderId } = orders.serde.decode(value);
    return key === leadProductOf(orderId) ? [orderId] : [];
  } catch {
    return [];
  }
}
