// Finds an order wherever it is: an order that was answered with 2xx is found through any gateway, however far the view
// lags, and however long ago it ended. In the usual case that is one read of the view; what that doesn't know is looked
// for in the archive, and only then in the log.
//
// Why nothing is missed: an accepted order is in topic `orders`. If its group hasn't taken it, the search there finds it.
// If it has, the order's events became visible with that, so the search there finds them unless the view has them by then.

import { isStockstreamError } from '../base/errors.ts';
import type { Log, TopicPartition } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import { leadProductOf } from '../schemas/ids.ts';
import { topics } from '../schemas/topics.ts';
import type { OrderEvent, OrderSubmitted } from '../schemas/types.generated.ts';
import type { OrderReader } from '../views/archive/read-orders.ts';
import { type OrderAnswer, orderOf } from '../views/order-document.ts';
import type { EventTail } from './event-tail.ts';
import { Gate } from './gate.ts';
import { orderFromEvents, orderFromSubmission } from './order-answer.ts';
import { readRange } from './read-range.ts';
import { Refusal } from './refusal.ts';

export interface OrderFinderOptions {
  readonly log: Log;
  readonly reader: OrderReader;
  readonly tail: EventTail;
  /** How many partitions each topic really has. */
  readonly partitions: ReadonlyMap<string, number>;
  readonly ordersGroup: string;
  readonly ordersViewGroup: () => string;
  /** A search reads so much of a partition at most; beyond that it says that it doesn't know. */
  readonly searchBytes: number;
}

export class OrderFinder {
  readonly #options: OrderFinderOptions;
  readonly #searches = new Gate(4, 400);

  constructor(options: OrderFinderOptions) {
    this.#options = options;
  }

  /** Undefined if no such order was ever accepted. @throws ORDER_NOT_YET_VISIBLE if the view is too far behind to tell */
  async find(orderId: string): Promise<OrderAnswer | undefined> {
    const lead = leadProductOf(orderId);
    if (lead === undefined) return undefined;
    const seen = orderFromEvents(this.#options.tail.orders.recent(orderId));
    // What all steps are still known of is young, and not in the archive alone.
    const viewed = seen ? await this.#living(orderId) : await this.inView(orderId);
    const known = later(viewed, seen);
    if (known) return known;
    return this.#searches.run(async () => {
      const found = (await this.#inOrders(orderId, lead)) ?? (await this.#inEvents(orderId));
      return found ?? this.inView(orderId);
    });
  }

  async inView(orderId: string): Promise<OrderAnswer | undefined> {
    const document = await this.#options.reader.get(orderId);
    return document && orderOf(document);
  }

  async #living(orderId: string): Promise<OrderAnswer | undefined> {
    const document = await this.#options.reader.living(orderId);
    return document && orderOf(document);
  }

  /** Among the orders that nobody has decided yet. */
  async #inOrders(orderId: string, lead: string): Promise<OrderAnswer | undefined> {
    const place = this.#place(topics.orders.name, lead);
    let found: OrderSubmitted | undefined;
    await this.#search(place, this.#options.ordersGroup, lead, (value) => {
      const submitted = topics.orders.serde.decode(value);
      if (submitted.orderId !== orderId) return false;
      found = submitted;
      return true;
    });
    return found && orderFromSubmission(found);
  }

  /** Among the events that the view hasn't taken yet. */
  async #inEvents(orderId: string): Promise<OrderAnswer | undefined> {
    const events: OrderEvent[] = [];
    const place = this.#place(topics.orderEvents.name, orderId);
    await this.#search(place, this.#options.ordersViewGroup(), orderId, (value) => {
      events.push(topics.orderEvents.serde.decode(value));
      return false;
    });
    return orderFromEvents(events);
  }

  /** Visits the values of `key` that `group` hasn't taken; until `visit` returns true. @throws ORDER_NOT_YET_VISIBLE */
  async #search(place: TopicPartition, group: string, key: string, visit: (value: Buffer) => boolean): Promise<void> {
    const { log, searchBytes: maxBytes } = this.#options;
    // In this order: what moves on meanwhile is then taken, and found in the next step.
    const [committed] = await log.admin.committedOffsets(group, [place]);
    const [earliest = 0] = await log.admin.offsets([place], 'earliest');
    const [to = 0] = await log.admin.offsets([place], 'latest');
    const from = Math.max(earliest, committed ?? earliest);
    let isFound = false;
    const reached = await readRange(log, { ...place, from, to, maxBytes }, (cursor) => {
      const value = cursor.keyText() === key ? cursor.value() : null;
      isFound = value !== null && visitSafely(value, visit);
      return isFound;
    });
    if (!isFound && reached < to) throw new Refusal('ORDER_NOT_YET_VISIBLE', { retryAfter: 5 });
  }

  #place(topic: string, key: string): TopicPartition {
    return { topic, partition: partitionOf(key, this.#options.partitions.get(topic) ?? 1) };
  }
}

/** Of what the view and the tail know the one that knows more: whoever was told of a step finds it from then on. */
function later(viewed: OrderAnswer | undefined, seen: OrderAnswer | undefined): OrderAnswer | undefined {
  if (!viewed || !seen) return viewed ?? seen;
  return seen.history.length > viewed.history.length ? seen : viewed;
}

/**
 * What can't be decoded is a dead letter for whoever processes it, and no order that was ever accepted. But what a newer
 * gateway wrote, with a schema that this one doesn't know, may be the order. @throws ORDER_NOT_YET_VISIBLE
 */
function visitSafely(value: Buffer, visit: (value: Buffer) => boolean): boolean {
  try {
    return visit(value);
  } catch (error) {
    if (isStockstreamError(error, 'SCHEMA_UNKNOWN')) throw new Refusal('ORDER_NOT_YET_VISIBLE', { retryAfter: 5 });
    if (isStockstreamError(error)) return false;
    throw error;
  }
}
