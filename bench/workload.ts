// The orders that every contender of the bench gets: the same for the same seed. Some products run out and some orders
// come twice, for a shop that never sees either proves nothing.
import { type Random, seededRandom } from '../base/random.ts';

export const loads = ['uniform', 'zipf', 'hot'] as const;
type Load = (typeof loads)[number];

export interface WorkloadOptions {
  readonly orders: number;
  readonly products: number;
  /** `uniform`: every product alike; `zipf`: popularity falls with rank, by Zipf; `hot`: half of the lines are one product. */
  readonly load: Load;
  readonly seed: number;
  /** Lines of an order at least; 1 if it isn't said. A product that is drawn twice for an order is one line. */
  readonly minLines?: number;
  /** Lines of an order at most; 3 if it isn't said. */
  readonly maxLines?: number;
  /** How many of the orders are sent again later; 0.01 if it isn't said. */
  readonly duplicateShare?: number;
  /**
   * Lines, stock and addresses as the peer makes them: 1 to 5 lines, 1.99 on average, and of every product as much stock
   * as is expected to be asked for, so that some of it runs out.
   */
  readonly like?: 'kafka-streams';
  /** Of the topics whose count is a matter of size; as the catalogue has them if it isn't said. */
  readonly partitions?: number;
  /** Orders are paid, and so go on from reserved to placed. */
  readonly isPaid?: boolean;
}

export interface WorkloadLine {
  readonly product: number;
  readonly quantity: number;
}

/** `id` repeats for an order that is sent twice. Products of one order are distinct. */
export interface WorkloadOrder {
  readonly id: number;
  readonly lines: readonly WorkloadLine[];
  readonly street?: string;
  readonly isPaid?: boolean;
}

/** Every twentieth product is scarce: it has stock for a small part of what is asked. */
const scarceEvery = 20;
const scarceUnits = 5;
const plentifulUnits = 100_000_000;

export const zipfExponent = 1.1;
export const usualDuplicateShare = 0.01;

export function stockOf(product: number): number {
  return product % scarceEvery === scarceEvery - 1 ? scarceUnits : plentifulUnits;
}

/** How much of each product there is to begin with. */
export function stocksOf(options: WorkloadOptions): (product: number) => number {
  if (options.like === undefined) return stockOf;
  const share = shares(options);
  const meanUnits = 2;
  return (product) => Math.ceil(options.orders * peerLines.mean * meanUnits * share(product));
}

/** Cumulative shares of the orders with one line, two, and so on. */
const peerLines = { upTo: [0.45, 0.73, 0.88, 0.95, 1], mean: 1.99 };
/** An order of ours is then as long as one of the peer's: 281 bytes on average. */
const peerStreet = 'Upper Mill Street 12, '.repeat(7).slice(0, 146);

/** Every count of lines is as likely as the others, or as the peer has it; 1 to 3 units a line. */
export function* workload(options: WorkloadOptions): Generator<WorkloadOrder> {
  const { minLines = 1, maxLines = 3, duplicateShare = usualDuplicateShare, like, isPaid = false } = options;
  const random = seededRandom(options.seed);
  const pick = picker(options, random);
  const recent: WorkloadOrder[] = [];
  for (let id = 1; id <= options.orders; id++) {
    if (recent.length > 0 && random.next() < duplicateShare) yield recent[random.int(recent.length)]!;
    const lines = new Map<number, number>();
    const count = like === undefined ? minLines + random.int(maxLines - minLines + 1) : peerCount(random.next());
    for (let line = 0; line < count; line++) {
      const [product, quantity] = [pick(), 1 + random.int(3)];
      // The peer asks for a product twice, ours once for as much.
      lines.set(product, quantity + (like === undefined ? 0 : (lines.get(product) ?? 0)));
    }
    const order = {
      id,
      lines: [...lines].map(([product, quantity]) => ({ product, quantity })),
      ...(like && { street: peerStreet }),
      ...(isPaid && { isPaid }),
    };
    recent[(id - 1) % 1000] = order;
    yield order;
  }
}

function peerCount(draw: number): number {
  return peerLines.upTo.findIndex((share) => draw < share) + 1;
}

/** A product's share of the lines. */
function shares({ load, products }: WorkloadOptions): (product: number) => number {
  if (load === 'uniform') return () => 1 / products;
  if (load === 'hot') return (product) => (product === 0 ? 0.5 : 0) + 0.5 / products;
  const cumulative = popularity(products);
  const sum = cumulative.at(-1)!;
  return (product) => (cumulative[product]! - (cumulative[product - 1] ?? 0)) / sum;
}

/** Zipf's weights, each with those of all products before it. */
function popularity(products: number): number[] {
  const cumulative: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= products; rank++) {
    sum += 1 / rank ** zipfExponent;
    cumulative.push(sum);
  }
  return cumulative;
}

/** Draws products. */
export function picker({ load, products }: Pick<WorkloadOptions, 'load' | 'products'>, random: Random): () => number {
  if (load === 'uniform') return () => random.int(products);
  if (load === 'hot') return () => (random.next() < 0.5 ? 0 : random.int(products));
  const cumulative = popularity(products);
  const sum = cumulative.at(-1)!;
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
