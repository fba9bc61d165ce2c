// The effects that a worker performs: which topic is asked of whom, as the settings say. What an adapter hears later by
// itself goes straight into the log.
import { assert } from '../base/assert.ts';
import type { Logger } from '../base/logger.ts';
import { payOrders } from '../effects/payments/pay.ts';
import type { Payments } from '../effects/payments/payments.ts';
import { shipParcels } from '../effects/shipping/ship.ts';
import type { Log, Producer } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type { Topics } from '../schemas/topics.ts';
import type { Topic } from '../streams/api.ts';
import { type EffectTask, effectTask } from '../streams/effect.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { Config } from './config-schema.ts';
import { mailsOf } from './mails.ts';
import { openCarrier, openMail, openPayments } from './wire/effects.ts';
import { clock } from './wire/places.ts';

export interface EffectsParts {
  readonly config: Config;
  readonly log: Log;
  readonly topics: Topics;
  readonly documents: Documents;
  readonly logger: Logger;
}

export interface OpenEffects {
  readonly tasks: readonly EffectTask[];
  /** The provider that is asked, if any is. */
  readonly payments: Payments | undefined;
  /** Nothing is told after it resolves. */
  close(): Promise<void>;
}

/** All effects that there are, whoever performs them. */
export function effectsOf(topics: Topics) {
  return [
    { name: 'pay', topic: topics.paymentRequests },
    { name: 'ship', topic: topics.shipmentRequests },
    { name: 'notify', topic: topics.notifications },
  ] as const;
}

/** Opens the adapters of those that this process performs. @throws PAYMENTS_*, CARRIER_* */
export async function openEffects(parts: EffectsParts): Promise<OpenEffects> {
  const { config, log, topics, documents, logger } = parts;
  const producer = await log.producer();
  const tasks: EffectTask[] = [];
  const open: { close(): Promise<void> }[] = [];
  let payments: Payments | undefined;
  if (config.payments !== 'off') {
    const tell = tellOrder(producer, topics.paymentResults);
    payments = await openPayments(config, { tell, logger });
    tasks.push(effectTask(topics.paymentRequests, payOrders({ payments, topics, clock })));
    open.push(payments);
  }
  if (config.carrier !== 'off') {
    const tell = tellOrder(producer, topics.shipmentUpdates);
    const carrier = openCarrier(config, config.carrier, { tell, logger });
    tasks.push(effectTask(topics.shipmentRequests, shipParcels({ carrier, topics, clock })));
    open.push(carrier);
  }
  if (config.mail !== 'off') {
    const mail = await openMail(config, config.mail);
    const effect = await mailsOf({ config, topics, documents, mail });
    tasks.push(effectTask(topics.notifications, effect));
    open.push(mail);
  }
  return {
    tasks,
    payments,
    async close() {
      await Promise.all(open.map((adapter) => adapter.close()));
      await producer.close();
    },
  };
}

/** Appends news of an order to a topic that is keyed by its lead product. */
function tellOrder<V extends { readonly orderId: string }>(producer: Producer, topic: Topic<V>) {
  return async (news: V): Promise<void> => {
    const key = leadProductOf(news.orderId);
    assert(key !== undefined, 'what is told is of an order');
    const batch = new RecordBatchBuilder().encode(clock.now(), key, news, topic.serde);
    await producer.append(topic.name, partitionOf(key, topic.partitions), batch);
  };
}
