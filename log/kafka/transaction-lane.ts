// One transactional id and what its coordinator is asked: who speaks for it, which offsets go with the transaction, how it
// ends. With transaction version 2 each end gives a new epoch, so nothing of an old transaction can reach a new one.
import { initProducerIdV5 } from '@platformatic/kafka';
import { StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata } from '../group.ts';
import type { PartitionOffset } from '../log.ts';
import type { RecordBatchBuilder } from '../record-batch-builder.ts';
import type { Cluster } from './cluster.ts';
import type { Coordinators } from './coordinator.ts';
import { checkCode } from './error-codes.ts';
import type { Link } from './link.ts';
import { LinkSet } from './link-set.ts';
import type { Names } from './names.ts';
import { mayPass } from './retry.ts';
import { Sender } from './sender.ts';
import {
  decodeEndTxn,
  decodeTxnOffsetCommit,
  encodeEndTxn,
  encodeTxnOffsetCommit,
  endTxnApi,
  type ProducerIdentity,
  txnOffsetCommitApi,
} from './wire/transaction.ts';

/** What all transactional producers of a log share. */
export interface TransactionParts {
  readonly cluster: Cluster;
  readonly coordinators: Coordinators;
  readonly names: Names;
}

/** The lines of one transactional producer: each asks others of the brokers, so that none waits for another. */
export class TransactionLinks {
  readonly produce: LinkSet;
  readonly offsets: LinkSet;
  readonly end: LinkSet;

  constructor({ cluster }: TransactionParts) {
    this.produce = new LinkSet(cluster.brokers);
    this.offsets = new LinkSet(cluster.brokers);
    this.end = new LinkSet(cluster.brokers);
  }

  close(): void {
    for (const links of [this.produce, this.offsets, this.end]) links.close();
  }
}

export class TransactionLane {
  /** As the cluster knows it. */
  readonly transactionalId: string;
  readonly #parts: TransactionParts;
  readonly #links: TransactionLinks;
  readonly #sender: Sender;
  #identity: ProducerIdentity;

  private constructor(lane: LaneOptions, identity: ProducerIdentity) {
    this.transactionalId = lane.transactionalId;
    this.#parts = lane.parts;
    this.#links = lane.links;
    this.#identity = identity;
    const { cluster } = lane.parts;
    this.#sender = new Sender({
      cluster,
      links: lane.links.produce,
      transactionalId: lane.transactionalId,
      patienceMs: cluster.parts.settings.transactionTimeoutMs,
      identity,
    });
  }

  /** Takes the id over: what an older producer left open is aborted, and it can do nothing more. */
  static async open(lane: LaneOptions): Promise<TransactionLane> {
    const { transactionalId, parts, links } = lane;
    const { deliveryTimeoutMs, transactionTimeoutMs } = parts.cluster.parts.settings;
    const ask = parts.coordinators.of('transaction', transactionalId);
    const identity = await ask.ask(
      deliveryTimeoutMs,
      async (link) => {
        // No id and no epoch of our own: whatever there was ends.
        const answer = await link.call(initProducerIdV5.api, transactionalId, transactionTimeoutMs, -1n, -1);
        checkCode(answer.errorCode, { action: `take over ${transactionalId}`, transactionalId });
        return { producerId: Number(answer.producerId), epoch: answer.producerEpoch };
      },
      (broker) => links.end.to(broker),
    );
    return new TransactionLane(lane, identity);
  }

  /** Resolves with the base offset. Rejects with what makes the transaction fail. */
  append(topic: string, partition: number, batch: RecordBatchBuilder): Promise<number> {
    return this.#sender.append(topic, partition, batch);
  }

  /** Adds a group's offsets, fenced by the member's generation. */
  async commitOffsets(
    { group, memberId, generation }: GroupMetadata,
    offsets: readonly PartitionOffset[],
  ): Promise<void> {
    const { names, coordinators, cluster } = this.#parts;
    const { transactionalId } = this;
    const request = {
      transactionalId,
      group: names.group(group),
      identity: this.#identity,
      generation,
      memberId,
      offsets: offsets.map((each) => ({ ...each, topic: names.topic(each.topic) })),
    };
    const context = { action: `commit offsets of ${group}`, transactionalId, group, memberId, generation };
    await coordinators.of('group', request.group).ask(
      cluster.parts.settings.transactionTimeoutMs,
      async (link) => {
        const body = encodeTxnOffsetCommit(request);
        const codes = await link.request({ api: txnOffsetCommitApi, body, decode: decodeTxnOffsetCommit });
        for (const code of codes) checkCode(code, { ...context, ...offsets[0] });
      },
      (broker) => this.#links.offsets.to(broker),
    );
  }

  /** Commits or aborts. @throws LOG_OUTCOME_UNKNOWN if it is not known which came true */
  async end(committed: boolean): Promise<void> {
    const { coordinators, cluster } = this.#parts;
    const { transactionalId } = this;
    const { deliveryTimeoutMs, transactionTimeoutMs } = cluster.parts.settings;
    // After its time the coordinator aborts by itself.
    const patienceMs = committed ? deliveryTimeoutMs : transactionTimeoutMs;
    // A coordinator that has done it answers the same request with success again.
    const ask = async (link: Link) => {
      const body = encodeEndTxn({ transactionalId, identity: this.#identity, committed });
      const answer = await link.request({ api: endTxnApi, body, decode: decodeEndTxn });
      checkCode(answer.error, { action: `${committed ? 'commit' : 'abort'} for ${transactionalId}`, transactionalId });
      return answer.identity;
    };
    try {
      const coordinator = coordinators.of('transaction', transactionalId);
      this.#identity = await coordinator.ask(patienceMs, ask, (broker) => this.#links.end.to(broker));
      this.#sender.renew(this.#identity);
    } catch (error) {
      throw mayPass(error) ? outcomeUnknown(transactionalId, error) : error;
    }
  }

  /** Nothing more is tried, and nothing is on its way any more. */
  async halt(reason: unknown): Promise<void> {
    this.#sender.failAll(reason);
    await this.#sender.idle();
  }

  close(): void {
    this.#sender.close();
  }
}

export interface LaneOptions {
  readonly transactionalId: string;
  readonly parts: TransactionParts;
  readonly links: TransactionLinks;
}

function outcomeUnknown(transactionalId: string, error: StockstreamError): StockstreamError {
  return new StockstreamError('LOG_OUTCOME_UNKNOWN', { transactionalId, reason: error.message }, error);
}
