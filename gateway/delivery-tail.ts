// The delivery network as this gateway knows it, from the topic of delivery options. Until it has caught up, it answers as
// if there were no network: better a date less than an order refused.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { DeliveryEntry, StockedWarehouse } from '../schemas/types.generated.ts';
import type { Delivery, Destination, Ways } from '../views/delivery/delivery.ts';
import { DeliveryNetwork } from '../views/delivery/network.ts';
import { FollowedTopic } from './followed-topic.ts';
import type { PartHealth } from './operations.ts';

export interface DeliveryTailOptions {
  readonly log: Log;
  readonly partitions: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A gateway starts without the network rather than not at all. */
const longestStartMs = 30_000;

export class DeliveryTail implements Delivery {
  readonly network = new DeliveryNetwork();
  readonly #followed: FollowedTopic<DeliveryEntry>;
  readonly #stocked: FollowedTopic<StockedWarehouse>;

  constructor(options: DeliveryTailOptions) {
    this.#followed = new FollowedTopic({
      ...options,
      topic: topics.deliveryOptions,
      take: (key, value) => this.network.apply(key, value?.entry ?? { type: 'EntryGone' }),
    });
    this.#stocked = new FollowedTopic({
      ...options,
      topic: topics.stockedWarehouses,
      take: (warehouseId) => this.network.stocked(warehouseId),
    });
  }

  async start(): Promise<void> {
    await Promise.all([this.#stocked.start(longestStartMs), this.#followed.start(longestStartMs)]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#stocked.close(), this.#followed.close()]);
  }

  get warehouses(): ReadonlySet<string> {
    return this.network.warehouses;
  }

  waysTo(destination: Destination): Ways | undefined {
    return this.#followed.isCaughtUp ? this.network.waysTo(destination) : undefined;
  }

  health(): PartHealth {
    const name = 'delivery network';
    const { isCaughtUp } = this.#followed;
    const failure = this.#followed.failure ?? this.#stocked.failure;
    if (failure !== undefined) return { name, healthy: false, detail: failure };
    return isCaughtUp ? { name, healthy: true } : { name, healthy: false, detail: 'it is being read' };
  }
}
