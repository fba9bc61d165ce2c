// What must hold of orders at rest: each one's events, its money and the stock agree, to the unit. It reads what the log and
// the provider's books say, and knows nothing of how it was decided.
import type { ProviderPayment } from '../../effects/payments/payments.ts';
import type { Log } from '../../log/log.ts';
import type { OrderEvent, StockLevel } from '../../schemas/types.generated.ts';
import type { Topic } from '../../streams/api.ts';

/** Of what no schema knows. */
export const raw = { encode: () => -1, decode: (bytes: Buffer) => bytes };

/** All that a topic holds, in the order of each partition. */
export async function valuesOf<V>(
  log: Log,
  { name: topic, partitions, serde }: Pick<Topic<V>, 'name' | 'partitions' | 'serde'>,
): Promise<V[]> {
  const inputs = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const ends = await log.admin.offsets(inputs, 'latest');
  const fetcher = log.fetcher();
  const left = new Map(inputs.map(({ partition }, at) => [partition, ends[at] ?? 0]));
  for (const input of inputs) fetcher.assign(input, 0);
  for (const [partition, end] of left) if (end === 0) left.delete(partition);
  const values: V[] = [];
  while (left.size > 0) {
    for (const { partition, batches, nextOffset } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 4 << 20 })) {
      for (const batch of batches) {
        for (const cursor = batch.cursor(); cursor.next(); ) {
          const value = cursor.value();
          if (value !== null) values.push(serde.decode(value));
        }
      }
      if (nextOffset >= (left.get(partition) ?? 0)) left.delete(partition);
    }
  }
  await fetcher.close();
  return values;
}

/** Takes a disagreement, in words. */
export type Find = (problem: string) => void;

export function endOf(life: readonly OrderEvent[]): string {
  const types = life.map(({ event }) => event.type);
  if (types.includes('OrderRefunded')) return 'refunded';
  if (types.includes('OrderDelivered')) return types.includes('OrderReinstated') ? 'delivered, paid late' : 'delivered';
  const cancelled = life.findLast(({ event }) => event.type === 'OrderCancelled')?.event;
  if (cancelled?.type === 'OrderCancelled') {
    return `cancelled: ${cancelled.reason}${types.includes('PaymentReturned') ? ', money returned' : ''}`;
  }
  return types.includes('OrderRejected') ? 'rejected' : `open: ${types.at(-1)}`;
}

export function checkLife(orderId: string, life: readonly OrderEvent[], find: Find): void {
  life.forEach(({ sequence }, at) => {
    if (sequence !== at + 1) find(`${orderId} has step ${sequence} where ${at + 1} should be`);
  });
  const times = (type: string) => life.filter(({ event }) => event.type === type).length;
  for (const type of ['OrderCreated', 'OrderPlaced', 'OrderDelivered', 'OrderRefunded']) {
    if (times(type) > 1) find(`${orderId} has ${type} ${times(type)} times`);
  }
  if (endOf(life).startsWith('open'))
    find(`${orderId} has not ended: ${life.map(({ event }) => event.type).join(' ')}`);
}

export function checkMoney(
  orderId: string,
  life: readonly OrderEvent[],
  books: readonly ProviderPayment[],
  find: Find,
): void {
  if (books.length > 1) find(`${orderId} has ${books.length} payments`);
  const [{ status, captured, refunded } = { status: 'none', captured: 0, refunded: 0 }] = books;
  const placed = life.find(({ event }) => event.type === 'OrderPlaced')?.event;
  const isKept = placed?.type === 'OrderPlaced' && !life.some(({ event }) => event.type === 'OrderRefunded');
  const due = isKept ? placed.amount : 0;
  if (captured - refunded !== due)
    find(`${orderId} should have paid ${due}, not ${captured} less ${refunded} (${endOf(life)})`);
  if (status === 'authorized') find(`${orderId} has money set aside at the end (${endOf(life)})`);
}

/**
 * The last level of each product: nothing is held, and what left is what delivered orders have.
 * @param supply the units of each product that were ever taken in
 */
export function checkStock(
  supply: ReadonlyMap<string, number>,
  levels: readonly StockLevel[],
  events: ReadonlyMap<string, readonly OrderEvent[]>,
  find: Find,
): void {
  const gone = new Map<string, number>();
  for (const life of events.values()) {
    const placed = life.find(({ event }) => event.type === 'OrderPlaced')?.event;
    if (placed?.type !== 'OrderPlaced' || life.some(({ event }) => event.type === 'OrderReturned')) continue;
    for (const { productId, quantity } of placed.parcels.flatMap(({ lines }) => lines)) {
      gone.set(productId, (gone.get(productId) ?? 0) + quantity);
    }
  }
  const last = new Map<string, StockLevel>();
  for (const level of levels) {
    const { productId, version } = level;
    if ((last.get(productId)?.version ?? -1) <= version) last.set(productId, level);
    if (level.free < 0 || level.held < 0) find(`${productId} was oversold: ${JSON.stringify(level)}`);
  }
  if (last.size !== supply.size) find(`${last.size} products have a stock, not ${supply.size}`);
  for (const { productId, held, committed, takenIn, onHand } of last.values()) {
    if (held !== 0) find(`${held} of ${productId} are held at the end`);
    if (committed !== (gone.get(productId) ?? 0))
      find(`${committed} of ${productId} left, not ${gone.get(productId) ?? 0}`);
    if (takenIn !== committed + onHand) find(`${productId}: ${takenIn} taken in, ${committed} left, ${onHand} there`);
    if (takenIn !== supply.get(productId)) find(`${takenIn} of ${productId} were taken in`);
  }
}
