// No oversell: after every write of the log, what the shop says of its stock obeys the laws and agrees with a ledger
// that is folded from the answers to sellers and the events of orders alone.
import type { Allocation, OrderEvent, StockEvent, StockLevel } from '../../../schemas/types.generated.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { type Decoded, decoded } from '../history.ts';

const checker = 'no oversell';

type Find = (what: string, subject: string) => void;

export function checkStock({ records, shop }: Evidence): Violation[] {
  const { stockLevels, stockEvents, orderEvents, products } = shop.topics;
  const violations: Violation[] = [];
  const find: Find = (what, subject) => violations.push({ checker, what, subject });
  const limits = new Map(decoded(records, products).map(({ key, content }) => [key, content.customerLimit]));
  const ledger = new Ledger(find, limits);
  const writes = Map.groupBy(records, ({ write }) => write);
  for (const [, written] of writes) {
    for (const event of decoded(written, stockEvents)) ledger.takeStockEvent(event.content);
    for (const event of decoded(written, orderEvents)) ledger.takeOrderEvent(event.content);
    for (const level of decoded(written, stockLevels)) ledger.takeLevel(level);
    ledger.compare();
  }
  return violations;
}

class Ledger {
  readonly #find: Find;
  readonly #limits: ReadonlyMap<string, number | null>;
  readonly #outcomes = new Set<string>();
  readonly #levels = new Map<string, StockLevel>();
  /** By product and warehouse. */
  readonly #onHand = new Map<string, number>();
  /** By product: the sum of all applied changes. */
  readonly #takenIn = new Map<string, number>();
  /** By product and warehouse: what orders that are reserved and haven't ended were given. */
  readonly #promised = new Map<string, number>();
  /** By order: what it was given. */
  readonly #given = new Map<
    string,
    { customerId: string; lines: readonly { productId: string; allocations: readonly Allocation[] }[] }
  >();
  /** By product and customer. */
  readonly #bought = new Map<string, number>();
  /** Products and buyers that the present write says something of. */
  readonly #touched = new Set<string>();
  readonly #buyers = new Set<string>();

  constructor(find: Find, limits: ReadonlyMap<string, number | null>) {
    this.#find = find;
    this.#limits = limits;
  }

  takeStockEvent({ changeId, productId, warehouseId, outcome }: StockEvent): void {
    const change = `${productId}/${changeId}`;
    if (outcome.type !== 'StockChanged' || this.#outcomes.has(change)) return;
    this.#outcomes.add(change);
    this.#touched.add(productId);
    const place = `${productId}/${warehouseId}`;
    const known = this.#onHand.get(place) ?? 0;
    if (outcome.before !== known)
      this.#find(`${changeId} found ${outcome.before} in ${place}, not ${known}`, productId);
    this.#onHand.set(place, outcome.after);
    add(this.#takenIn, productId, outcome.after - outcome.before);
  }

  takeOrderEvent({ orderId, customerId, event }: OrderEvent): void {
    switch (event.type) {
      case 'OrderReserved':
        this.#given.set(orderId, { customerId, lines: event.lines });
        this.#promise(orderId, 1);
        break;
      case 'OrderRejected':
      case 'OrderCancelled':
        this.#promise(orderId, -1);
        this.#given.delete(orderId);
        break;
      default:
        break;
    }
  }

  takeLevel({ key, content: level }: Decoded<StockLevel>): void {
    const { productId, onHand, held, free, committed, takenIn, version, warehouses } = level;
    const before = this.#levels.get(productId);
    const sum = (of: 'onHand' | 'held') => warehouses.reduce((total, warehouse) => total + warehouse[of], 0);
    const laws = [
      [key === productId, `its key is ${key}`],
      [warehouses.every((each) => 0 <= each.held && each.held <= each.onHand), '0 <= held <= onHand'],
      [sum('onHand') === onHand && sum('held') === held, 'sums over warehouses'],
      [free === onHand - held, 'free = onHand - held'],
      [takenIn === committed + onHand, 'takenIn = committed + held + free'],
      [before === undefined || before.version < version, `version ${version} follows ${before?.version}`],
    ] as const;
    for (const [holds, law] of laws) if (!holds) this.#find(`broken law: ${law}: ${JSON.stringify(level)}`, productId);
    this.#levels.set(productId, level);
    this.#touched.add(productId);
  }

  /** Between two writes all of it must agree, for what belongs together is in one transaction. */
  compare(): void {
    for (const productId of this.#touched) this.#compare(productId);
    for (const buyer of this.#buyers) {
      const productId = buyer.slice(0, buyer.indexOf('/'));
      const [bought, limit] = [this.#bought.get(buyer) ?? 0, this.#limits.get(productId) ?? Number.POSITIVE_INFINITY];
      if (bought > limit) this.#find(`${buyer} holds ${bought}, though ${limit} is the limit`, productId);
    }
    this.#touched.clear();
    this.#buyers.clear();
  }

  #compare(productId: string): void {
    const level = this.#levels.get(productId);
    const differ = (what: string, said: number, folded: number) => {
      this.#find(`${what} of ${productId} is ${said}, but the events give ${folded}`, productId);
    };
    const takenIn = this.#takenIn.get(productId) ?? 0;
    if ((level?.takenIn ?? 0) !== takenIn) differ('takenIn', level?.takenIn ?? 0, takenIn);
    for (const { warehouseId, onHand, held } of level?.warehouses ?? []) {
      const place = `${productId}/${warehouseId}`;
      const folded = this.#onHand.get(place) ?? 0;
      if (onHand !== folded) differ(`onHand in ${warehouseId}`, onHand, folded);
      const promised = this.#promised.get(place) ?? 0;
      if (promised > held)
        this.#find(`${promised} of ${place} are promised to open orders, but ${held} held`, productId);
    }
  }

  #promise(orderId: string, sign: 1 | -1): void {
    const given = this.#given.get(orderId);
    for (const { productId, allocations } of given?.lines ?? []) {
      this.#touched.add(productId);
      const customer = `${productId}/${given!.customerId}`;
      for (const { warehouseId, quantity } of allocations) {
        add(this.#promised, `${productId}/${warehouseId}`, sign * quantity);
        add(this.#bought, customer, sign * quantity);
      }
      this.#buyers.add(customer);
    }
  }
}

function add(sums: Map<string, number>, key: string, more: number): void {
  sums.set(key, (sums.get(key) ?? 0) + more);
}
