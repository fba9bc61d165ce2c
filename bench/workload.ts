// The orders that every contender of the bench gets: the same for the same seed. Some products run out and some orders
// come twice, for a shop that never sees either proves nothing.
import { type Random, seededRandom } from '../base/random.ts';

export type Load = 'uniform' | 'zipf' | 'hot';

export interface WorkloadOptions {
  readonly orders: number;
  readonly products: number;
  /** `uniform`: every product alike; `zipf`: popularity falls with rank to the power 1.1; `hot`: half of the lines are one product. */
  readonly load: Load;
  readonly seed: number;
  /** Lines of an order at most; 3 if it isn't said. */
  readonly maxLines?: number;
  /** How many of the orders are sent again later; 0.01 if it isn't said. */
  readonly duplicateShare?: number;
}

export interface WorkloadLine {
  readonly product: number;
  readonly quantity: number;
}

/** `id` repeats for an order that is sent twice. Products of one order are distinct. */
export interface WorkloadOrder {
  readonly id: number;
  readonly lines: readonly WorkloadLine[];
}

/** Every twentieth product is scarce: it has stock for a small part of what is asked. */
const scarceEvery = 20;
const scarceUnits = 5;
const plentifulUnits = 100_000_000;

export function stockOf(product: number): number {
  return product % scarceEvery === scarceEvery - 1 ? scarceUnits : plentifulUnits;
}

/** Every count of lines is as likely as the others; 1 to 3 units a line. */
export function* workload(options: WorkloadOptions): Generator<WorkloadOrder> {
  const { maxLines = 3, duplicateShare = 0.01 } = options;
  const random = seededRandom(options.seed);
  const pick = picker(options, random);
  const recent: WorkloadOrder[] = [];
  for (let id = 1; id <= options.orders; id++) {
    if (recent.length > 0 && random.next() < duplicateShare) yield recent[random.int(recent.length)]!;
    const lines = new Map<number, number>();
    for (let count = 1 + random.int(maxLines); count > 0; count--) lines.set(pick(), 1 + random.int(3));
    const order = { id, lines: [...lines].map(([product, quantity]) => ({ product, quantity })) };
    recent[(id - 1) % 1000] = order;
    yield order;
  }
}

function picker({ load, products }: WorkloadOptions, random: Random): () => number {
  if (load === 'uniform') return () => random.int(products);
  if (load === 'hot') return () => (random.next() < 0.5 ? 0 : random.int(products));
  const cumulative: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= products; rank++) {
    sum += 1 / rank ** 1.1;
    cumulative.push(sum);
  }
  return () => {
    const target = random.next() * sum;
    let [low, high] = [0, products - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
