// Sets findings right, each by the way that things usually go: a question to the task that owns the stock or the order,
// to the payment provider, or the document written anew from the log. Never in silence: the audit tells who asked for
// what and why, before it is done.
import { sleep } from '../../base/clock.ts';
import { isStockstreamError, reasonOf } from '../../base/errors.ts';
import type { RepairOutcome } from '../../gateway/reconciliation.ts';
import type { Log, Producer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Finding, Repair } from '../../processors/reconcile/finding.ts';
import { leadProductOf } from '../../schemas/ids.ts';
import type { TopicEntry, Topics } from '../../schemas/topics.ts';
import type { AuditEntry, PaymentRequest } from '../../schemas/types.generated.ts';
import type { Archive } from '../../views/archive/archive.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { clock } from '../wire/places.ts';
import { forgottenOrders } from './order-documents.ts';
import { readRecords, readStretches } from './read-topic.ts';
import { rewriteDocuments } from './rewrite-documents.ts';

export interface RepairParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly documents: Documents;
  readonly openArchive: () => Promise<Archive>;
  readonly signal: AbortSignal;
}

/** Who asks, why, and under which id the audit has it. */
export interface Order {
  readonly repairId: string;
  readonly actor: string;
  readonly reason: string;
}

type Result = Omit<RepairOutcome, 'id'>;
type Of<Kind extends Repair['kind']> = Extract<Repair, { readonly kind: Kind }>;

/** How long the task of a stock is waited for. */
const answerMs = 10_000;
const lookAgainMs = 50;

export async function repairFinding(parts: RepairParts, finding: Finding, order: Order): Promise<Result> {
  const { repair } = finding;
  if (repair === undefined) return { outcome: 'refused', detail: 'only a person can mend it' };
  const repairer = new Repairer(parts, finding, order, await parts.log.producer());
  try {
    return await repairer.repair(repair);
  } catch (error) {
    if (!isStockstreamError(error)) throw error;
    return { outcome: 'refused', detail: reasonOf(error) };
  } finally {
    await repairer.close();
  }
}

class Repairer {
  readonly #parts: RepairParts;
  readonly #finding: Finding;
  readonly #order: Order;
  readonly #producer: Producer;

  constructor(parts: RepairParts, finding: Finding, order: Order, producer: Producer) {
    this.#parts = parts;
    this.#finding = finding;
    this.#order = order;
    this.#producer = producer;
  }

  repair(repair: Repair): Promise<Result> {
    switch (repair.kind) {
      case 'correct-stock':
        return this.#correctStock(repair);
      case 'release-hold':
        return this.#releaseHold(repair);
      case 'cancel-order':
        return this.#cancelOrder(repair);
      case 'submit-again':
        return this.#submitAgain(repair);
      case 'rewrite-document':
        return this.#rewriteDocument(repair);
      case 'capture-payment': {
        const { paymentReference, amount, currency } = repair;
        return this.#askProvider(repair, { type: 'CapturePayment', paymentReference, amount, currency });
      }
      case 'void-payment':
        return this.#askProvider(repair, { type: 'VoidPayment', amount: repair.amount, currency: repair.currency });
      case 'refund-payment':
        return this.#askProvider(repair, { type: 'RefundPayment', amount: repair.amount, currency: repair.currency });
    }
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  /** The task tells the audit itself, in the same commit in which it does or refuses it. */
  async #correctStock({ kind: _, ...stock }: Of<'correct-stock'>): Promise<Result> {
    const { topics, log } = this.#parts;
    const { repairId, actor, reason } = this.#order;
    const places = placesOf(topics.audit);
    const before = await log.admin.offsets(places, 'latest');
    const at = clock.now();
    await this.#append(topics.repairs, stock.productId, { repairId, actor, reason, at, ...stock });
    const entry = await this.#answerIn(topics.audit, before);
    if (entry === undefined) return { outcome: 'asked', detail: 'the task of the product has not answered yet' };
    return { outcome: entry.outcome === 'done' ? 'done' : 'refused', detail: entry.after };
  }

  async #releaseHold({ orderId, productId, line, attempt, limited }: Of<'release-hold'>): Promise<Result> {
    const { topics } = this.#parts;
    const leadProductId = leadProductOf(orderId);
    if (leadProductId === undefined) return { outcome: 'refused', detail: 'the id of the order is none' };
    const customerId = await this.#customerOf(orderId);
    if (limited && customerId === undefined) return { outcome: 'refused', detail: 'its customer is not known' };
    return await this.#ask(topics.reservations, productId, {
      orderId,
      productId,
      leadProductId,
      customerId: customerId ?? '',
      line,
      at: clock.now(),
      attempt,
      command: { type: 'ReleaseStock' },
    });
  }

  async #customerOf(orderId: string): Promise<string | undefined> {
    const archive = await this.#parts.openArchive();
    try {
      return (await forgottenOrders({ ...this.#parts, archive }, [orderId])).get(orderId)?.customerId;
    } finally {
      await archive.close();
    }
  }

  async #cancelOrder({ orderId }: Of<'cancel-order'>): Promise<Result> {
    const { repairId: commandId, actor } = this.#order;
    const command = { type: 'CancelOrder', reason: 'expired' } as const;
    return await this.#askOrder(this.#parts.topics.orderCommands, orderId, {
      commandId,
      orderId,
      actor,
      at: clock.now(),
      command,
    });
  }

  /** The record as it was: taking it twice has the effect of once. */
  async #submitAgain({ orderId, partition, offset }: Of<'submit-again'>): Promise<Result> {
    const { log, topics, signal } = this.#parts;
    const topic = topics.orders.name;
    let found: { key: Buffer | null; value: Buffer | null } | undefined;
    const stretches = [{ partition, from: offset, to: offset + 1 }];
    await readStretches({ log, topic, stretches, signal }, (_, { key, value }) => {
      found = { key: key && Buffer.from(key), value: value && Buffer.from(value) };
      return undefined;
    });
    if (found === undefined) return { outcome: 'refused', detail: 'its record is no longer there' };
    await this.#audit('asked', { orderId, partition, offset });
    const batch = new RecordBatchBuilder().append(clock.now(), found.key, found.value, []);
    await this.#producer.append(topic, partition, batch);
    return { outcome: 'asked', detail: 'its record stands in the log again' };
  }

  async #rewriteDocument({ collection, documentId }: Of<'rewrite-document'>): Promise<Result> {
    await this.#audit('asked', { collection, documentId });
    const left = await rewriteDocuments(this.#parts, collection, [documentId]);
    const why = left.get(documentId);
    if (why === undefined) {
      await this.#audit('done', { expected: this.#finding.expected });
      return { outcome: 'done', detail: 'it is as the log says' };
    }
    await this.#audit('refused', { reason: why });
    return { outcome: 'refused', detail: why };
  }

  /** Asked twice with the same sum, the provider does it once. */
  async #askProvider(
    { kind, orderId, customerId, amount }: Of<'capture-payment' | 'void-payment' | 'refund-payment'>,
    command: PaymentRequest['command'],
  ): Promise<Result> {
    const requestId = `${orderId}/${kind}-${amount}`;
    const request = { requestId, orderId, customerId, at: clock.now(), command };
    return await this.#askOrder(this.#parts.topics.paymentRequests, orderId, request);
  }

  async #askOrder<V extends object>(topic: TopicEntry<V>, orderId: string, value: V): Promise<Result> {
    const lead = leadProductOf(orderId);
    if (lead === undefined) return { outcome: 'refused', detail: 'the id of the order is none' };
    return await this.#ask(topic, lead, value);
  }

  async #ask<V extends object>(topic: TopicEntry<V>, key: string, value: V): Promise<Result> {
    await this.#audit('asked', value);
    await this.#append(topic, key, value);
    return { outcome: 'asked', detail: `asked in topic ${topic.name}` };
  }

  async #audit(outcome: AuditEntry['outcome'], after: object): Promise<void> {
    const { subject, found, repair } = this.#finding;
    const { repairId: auditId, actor, reason } = this.#order;
    await this.#append(this.#parts.topics.audit, subject, {
      auditId,
      at: clock.now(),
      actor,
      action: repair?.kind ?? '',
      subject,
      reason,
      outcome,
      before: JSON.stringify({ found }),
      after: JSON.stringify(after),
    });
  }

  async #append<V>(topic: TopicEntry<V>, key: string, value: V): Promise<void> {
    const batch = new RecordBatchBuilder().encode(clock.now(), key, value, topic.serde);
    await this.#producer.append(topic.name, partitionOf(key, topic.partitions), batch);
  }

  /** The audit's entry of this repair, once it stands in the log; undefined if it doesn't in time. */
  async #answerIn(topic: TopicEntry<AuditEntry>, before: readonly number[]): Promise<AuditEntry | undefined> {
    const { log, signal } = this.#parts;
    const places = placesOf(topic);
    const until = clock.monotonic() + answerMs;
    let from = before;
    let answer: AuditEntry | undefined;
    while (answer === undefined && clock.monotonic() < until && !signal.aborted) {
      const ends = await log.admin.offsets(places, 'latest');
      const stretches = places.map(({ partition }) => ({
        partition,
        from: from[partition] ?? 0,
        to: ends[partition] ?? 0,
      }));
      await readRecords({ log, topic, stretches, signal }, ({ value }) => {
        if (value.auditId === this.#order.repairId) answer = value;
      });
      from = ends;
      if (answer === undefined) await sleep(clock, lookAgainMs, signal);
    }
    return answer;
  }
}

function placesOf({ name: topic, partitions }: TopicEntry<unknown>) {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
}
