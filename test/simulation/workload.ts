// Which messages go to the shop, in which order: new wishes, repetitions of what was sent before, copies of what the
// shop said to itself, and bytes that are no wish at all. Every message is sent until the log has acknowledged it.
import type { Random } from '../../base/random.ts';
import { leadProductOf } from '../../schemas/ids.ts';
import type { Topic } from '../../streams/api.ts';
import { between, chance, pick, weighted } from './dice.ts';
import type { Shop } from './shop.ts';
import { Wishes } from './wishes.ts';

export interface Message {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Buffer | null;
}

const weights = { order: 40, stock: 20, cancel: 12, repeat: 12, echo: 5, catalog: 3, poison: 3 };

/** Of the last so many messages some are sent again. */
const remembered = 60;

export class Workload {
  readonly #random: Random;
  readonly #wishes: Wishes;
  readonly #shop: Shop;
  readonly #sent: Message[] = [];
  readonly #orders: string[] = [];
  readonly #ahead: Message[] = [];

  constructor(random: Random, shop: Shop, products: number) {
    this.#random = random;
    this.#shop = shop;
    this.#wishes = new Wishes(random, products);
  }

  /** What opens the shop: its products. */
  opening(at: number): Message[] {
    const { catalogChanges } = this.#shop.topics;
    return this.#wishes.creations(at).map((change) => this.#keep(message(catalogChanges, change.productId, change)));
  }

  /** `internal` are messages that the shop sent to itself: one of them may be sent again. */
  next(at: number, internal: readonly Message[]): Message {
    const kind = weighted(this.#random, weights);
    switch (kind) {
      case 'repeat':
        return pick(this.#random, this.#sent);
      case 'echo':
        return internal.length > 0 ? pick(this.#random, internal) : pick(this.#random, this.#sent);
      case 'poison':
        return this.#poison();
      default:
        return this.#keep(this.#wish(kind, at));
    }
  }

  #wish(kind: 'order' | 'stock' | 'cancel' | 'catalog', at: number): Message {
    const { topics } = this.#shop;
    switch (kind) {
      case 'order':
        return this.#order(at);
      case 'stock': {
        const change = this.#wishes.stockChange(at);
        return message(topics.stockChanges, change.productId, change);
      }
      case 'cancel': {
        const orderId = this.#orderToCancel(at);
        return message(topics.orderCommands, leadProductOf(orderId) ?? '', this.#wishes.cancellation(orderId, at));
      }
      case 'catalog': {
        const change = this.#wishes.catalogChange(at);
        return message(topics.catalogChanges, change.productId, change);
      }
    }
  }

  /** A new one, or one whose cancellation was sent before. */
  #order(at: number): Message {
    return this.#ahead.pop() ?? this.#newOrder(at);
  }

  #newOrder(at: number): Message {
    const order = this.#wishes.order(at);
    this.#orders.push(order.orderId);
    return message(this.#shop.topics.orders, leadProductOf(order.orderId) ?? '', order);
  }

  #orderToCancel(at: number): string {
    const random = this.#random;
    if (chance(random, 0.05) || this.#orders.length === 0) return this.#wishes.unknownOrder();
    if (chance(random, 0.1)) this.#ahead.push(this.#newOrder(at));
    return pick(random, this.#orders.slice(-10));
  }

  #keep(sent: Message): Message {
    this.#sent.push(sent);
    if (this.#sent.length > remembered) this.#sent.shift();
    return sent;
  }

  #poison(): Message {
    const random = this.#random;
    const { topic: source } = pick(random, this.#shop.topology.sources);
    const sound = pick(random, this.#sent);
    const value = sound.value ?? Buffer.alloc(5);
    const key = sound.key;
    const topic = source.name;
    switch (weighted(random, { noise: 3, cut: 2, 'wrong key': 3, 'wrong topic': 1, 'no value': 1, 'no schema': 1 })) {
      case 'noise':
        return { topic, key, value: Buffer.from(Array.from({ length: random.int(40) }, () => random.int(256))) };
      case 'cut':
        return { topic: sound.topic, key, value: value.subarray(0, between(random, 0, value.length - 1)) };
      case 'wrong key':
        return { ...sound, key: pick(random, ['', 'elsewhere', null]) };
      case 'wrong topic':
        return { ...sound, topic };
      case 'no value':
        return { topic, key, value: null };
      case 'no schema': {
        const unknown = Buffer.from(value);
        unknown.writeInt32BE(987_654, 1);
        return { topic: sound.topic, key, value: unknown };
      }
    }
  }
}

function message<V>(topic: Topic<V>, key: string, value: V): Message {
  const buffer = Buffer.alloc(4_096);
  const end = topic.serde.encode(value, buffer, 0);
  return { topic: topic.name, key, value: buffer.subarray(0, end) };
}
