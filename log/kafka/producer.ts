// The idempotent producer: appends of one partition are stored once each, in the order of the calls.
import { initProducerIdV5 } from '@platformatic/kafka';
import { assert } from '../../base/assert.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Producer } from '../log.ts';
import type { RecordBatchBuilder } from '../record-batch-builder.ts';
import type { Cluster } from './cluster.ts';
import { checkCode } from './error-codes.ts';
import { LinkSet } from './link-set.ts';
import type { Names } from './names.ts';
import { retrying } from './retry.ts';
import { Sender } from './sender.ts';
import type { ProducerIdentity } from './wire/transaction.ts';

export class KafkaProducer implements Producer {
  readonly #cluster: Cluster;
  readonly #names: Names;
  readonly #links: LinkSet;
  readonly #sender: Sender;
  #isClosed = false;

  private constructor(cluster: Cluster, names: Names, identity: ProducerIdentity) {
    this.#cluster = cluster;
    this.#names = names;
    this.#links = new LinkSet(cluster.brokers);
    const patienceMs = cluster.parts.settings.deliveryTimeoutMs;
    const renew = () => newIdentity(cluster);
    this.#sender = new Sender({ cluster, links: this.#links, transactionalId: null, patienceMs, identity, renew });
  }

  static async open(cluster: Cluster, names: Names): Promise<KafkaProducer> {
    return new KafkaProducer(cluster, names, await newIdentity(cluster));
  }

  async append(topic: string, partition: number, batch: RecordBatchBuilder): Promise<number> {
    this.#cluster.parts.lifetime.check();
    if (this.#isClosed) throw new StockstreamError('LOG_CLOSED');
    checkSize(batch, this.#cluster.parts.settings.maxBatchBytes);
    return this.#sender.append(this.#names.topic(topic), partition, batch);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // What was handed over is still written; whether it succeeded is the business of whoever appended it.
    await this.#sender.idle();
    this.#sender.close();
    this.#links.close();
  }
}

/** @throws LOG_BATCH_TOO_LARGE */
export function checkSize(batch: RecordBatchBuilder, limit: number): void {
  assert(batch.count > 0, 'a batch that is appended has records');
  const bytes = batch.byteLength;
  if (bytes > limit) throw new StockstreamError('LOG_BATCH_TOO_LARGE', { bytes, limit });
}

/** A producer id that nobody had before. */
async function newIdentity({ brokers, parts }: Cluster): Promise<ProducerIdentity> {
  const { deliveryTimeoutMs, transactionTimeoutMs } = parts.settings;
  return await retrying({ ...parts, forMs: deliveryTimeoutMs }, async () => {
    const answer = await brokers.any('admin').call(initProducerIdV5.api, null, transactionTimeoutMs, -1n, -1);
    checkCode(answer.errorCode, { action: 'get a producer id' });
    return { producerId: Number(answer.producerId), epoch: answer.producerEpoch };
  });
}
