// Brings batches to the leaders of their partitions: several partitions to a request, several requests to a broker at a
// time, in order and once each within a partition whatever fails on the way. What it must know for that stands in
// send-queue.ts; an idempotent producer and each transaction have a sender of their own.
import { reasonOf, StockstreamError } from '../../base/errors.ts';
import type { RecordBatchBuilder } from '../record-batch-builder.ts';
import type { Cluster } from './cluster.ts';
import { isStaleMetadata, kafka, kafkaError, kafkaErrorName, meaningOf } from './error-codes.ts';
import type { LinkSet } from './link-set.ts';
import { Outgoing } from './outgoing.ts';
import { mayPass } from './retry.ts';
import { SendQueue } from './send-queue.ts';
import { decodeProduce, encodeProduce, type ProducedPartition, produceApi } from './wire/produce.ts';
import type { ProducerIdentity } from './wire/transaction.ts';

export interface SenderOptions {
  readonly cluster: Cluster;
  readonly links: LinkSet;
  /** Null for an idempotent producer. */
  readonly transactionalId: string | null;
  /** For how long a batch is tried. */
  readonly patienceMs: number;
  readonly identity: ProducerIdentity;
  /** Another producer to go on as, if the brokers have forgotten this one. A transaction fails instead. */
  readonly renew?: () => Promise<ProducerIdentity>;
}

interface Taken {
  readonly queue: SendQueue;
  readonly batch: Outgoing;
  readonly bytes: Buffer;
}

/** To one broker; it answers them one after the other, but the next is there when it is done with one. */
const maxRequests = 5;
const maxRequestBytes = 4 * 2 ** 20;
const mergeBytes = 64 * 2 ** 10;
/** The leader gives up waiting for replicas before we give up waiting for it. */
const replicasShare = 0.8;

export class Sender {
  readonly #options: SenderOptions;
  #identity: ProducerIdentity;
  readonly #queues = new Map<string, SendQueue>();
  /** Those that aren't empty; who was served last comes last. */
  readonly #busy = new Set<SendQueue>();
  readonly #renewing = new Set<SendQueue>();
  /** Requests out, by broker. */
  readonly #requests = new Map<number, number>();
  /** A request is out that makes partitions part of the transaction: its coordinator takes one at a time. */
  #isAdding = false;
  /** Why nothing more can be part of the transaction. */
  #failure: unknown;
  #isPumpDue = false;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #onIdle: (() => void)[] = [];
  readonly #forget: readonly (() => void)[];

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#identity = options.identity;
    const { cluster } = options;
    this.#forget = [
      cluster.onChange(() => this.#pumpSoon()),
      cluster.parts.lifetime.onEnd(() => this.failAll(new StockstreamError('LOG_CLOSED'))),
    ];
  }

  /** Resolves with the offset of the batch's first record. */
  append(topic: string, partition: number, builder: RecordBatchBuilder): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const batch = new Outgoing(builder, this.#now + this.#options.patienceMs);
    const queue = this.#queue(topic, partition);
    queue.add(batch);
    this.#busy.add(queue);
    this.#pumpSoon();
    return batch.offset;
  }

  /** Resolves when nothing waits and no request is out. */
  async idle(): Promise<void> {
    while (!this.#isIdle) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Begins anew as this producer; nothing may be under way. */
  renew(identity: ProducerIdentity): void {
    this.#identity = identity;
    this.#failure = undefined;
    for (const queue of this.#queues.values()) queue.renew(identity);
  }

  /** Gives up all that is under way. A transaction takes nothing more until it is renewed. */
  failAll(error: unknown): void {
    if (this.#isTransactional) this.#failure ??= error;
    for (const queue of this.#busy) queue.failAll(error);
    this.#pumpSoon();
  }

  close(): void {
    for (const forget of this.#forget) forget();
    this.#timer?.cancel();
  }

  get #now(): number {
    return this.#options.cluster.parts.clock.monotonic();
  }

  get #isTransactional(): boolean {
    return this.#options.transactionalId !== null;
  }

  get #isIdle(): boolean {
    return this.#busy.size === 0 && [...this.#requests.values()].every((count) => count === 0);
  }

  #queue(topic: string, partition: number): SendQueue {
    const key = keyOf(topic, partition);
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      const { settings, random } = this.#options.cluster.parts;
      const transactional = this.#isTransactional;
      const merging = { mergeBytes: transactional ? 0 : mergeBytes };
      const options = { topic, partition, compression: settings.compression, transactional, ...merging };
      queue = new SendQueue(options, this.#identity, random);
      this.#queues.set(key, queue);
    }
    return queue;
  }

  /** Batches that are handed over in one turn, or for which there is room again, go together. */
  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => this.#pump());
  }

  /** Sends what can be sent now, and sees to it that it runs again when more can. */
  #pump(): void {
    this.#isPumpDue = false;
    const now = this.#now;
    const ready = new Map<number, SendQueue[]>();
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const queue of this.#busy) {
      if (queue.deadline <= now) this.#expire(queue, now);
      if (queue.needsIdentity) this.#renewQueue(queue);
      const broker = this.#destination(queue, now);
      if (broker !== undefined) ready.set(broker, [...(ready.get(broker) ?? []), queue]);
      if (queue.isEmpty) this.#busy.delete(queue);
      else wakeAt = Math.min(wakeAt, queue.deadline, queue.notBefore > now ? queue.notBefore : wakeAt);
    }
    for (const [broker, queues] of ready) this.#serve(broker, queues, now);
    this.#wakeAt(wakeAt, now);
    if (this.#isIdle) for (const resume of this.#onIdle.splice(0)) resume();
  }

  #expire(queue: SendQueue, now: number): void {
    const { topic, partition } = queue.options;
    const action = `store records in ${topic}-${partition}`;
    const error = new StockstreamError('LOG_UNAVAILABLE', { action, reason: queue.trouble });
    if (this.#isTransactional) this.failAll(error);
    else queue.expire(now, error);
  }

  /** The brokers have forgotten the producer: the partition goes on with another one's numbers. */
  #renewQueue(queue: SendQueue): void {
    if (!queue.isIdle || queue.isEmpty || this.#renewing.has(queue)) return;
    this.#renewing.add(queue);
    this.#options
      .renew?.()
      .then(
        (identity) => queue.renew(identity),
        (error: unknown) => queue.failAll(error),
      )
      .finally(() => {
        this.#renewing.delete(queue);
        this.#pumpSoon();
      });
  }

  /** The broker that the queue's next batch should go to now, if any. */
  #destination(queue: SendQueue, now: number): number | undefined {
    if (!queue.isReady(now)) return undefined;
    const located = this.#options.cluster.locate(queue.options);
    if (located.kind === 'failed') {
      if (this.#isTransactional) this.failAll(located.error);
      else queue.failAll(located.error);
    }
    return located.kind === 'leader' && queue.mayGoTo(located.broker) ? located.broker : undefined;
  }

  /** As many requests as the broker may have at a time. */
  #serve(broker: number, queues: readonly SendQueue[], now: number): void {
    while ((this.#requests.get(broker) ?? 0) < maxRequests) {
      const taken: Taken[] = [];
      let bytes = 0;
      for (const queue of queues) {
        const mayJoin = !this.#isTransactional || queue.isAdded || !this.#isAdding;
        const fits = taken.length === 0 || bytes + queue.nextBytes <= maxRequestBytes;
        if (!mayJoin || !fits || !queue.isReady(now)) continue;
        const next = queue.take(broker);
        taken.push({ queue, ...next });
        bytes += next.bytes.length;
      }
      if (taken.length === 0) return;
      this.#send(broker, taken);
    }
  }

  #send(broker: number, taken: readonly Taken[]): void {
    const { transactionalId, cluster, links } = this.#options;
    const adds = this.#isTransactional && taken.some(({ queue }) => !queue.isAdded);
    this.#isAdding ||= adds;
    this.#requests.set(broker, (this.#requests.get(broker) ?? 0) + 1);
    const partitions = taken.map(({ queue: { options }, bytes }) => {
      return { topic: options.topic, partition: options.partition, batch: bytes };
    });
    const timeoutMs = Math.round(cluster.parts.settings.requestTimeoutMs * replicasShare);
    const body = encodeProduce({ transactionalId, timeoutMs, partitions });
    for (const { queue } of taken) {
      this.#busy.delete(queue);
      this.#busy.add(queue);
    }
    links
      .to(broker)
      .request({ api: produceApi, body, decode: decodeProduce })
      .then(
        (answers) => this.#answered(taken, answers),
        (error: unknown) => this.#unanswered(taken, error),
      )
      .finally(() => {
        this.#requests.set(broker, this.#requests.get(broker)! - 1);
        if (adds) this.#isAdding = false;
        this.#pumpSoon();
      });
  }

  #answered(taken: readonly Taken[], answers: readonly ProducedPartition[]): void {
    const found = new Map(answers.map((answer) => [keyOf(answer.topic, answer.partition), answer]));
    for (const { queue, batch } of taken) {
      const { topic, partition } = queue.options;
      const answer = found.get(keyOf(topic, partition));
      if (answer === undefined) this.#retry(queue, batch, 'the broker said nothing about it');
      else if (answer.error === kafka.none) {
        queue.heard(this.#now);
        queue.acknowledged(batch, answer.baseOffset);
      } else this.#refused({ queue, batch }, answer);
    }
  }

  #unanswered(taken: readonly Taken[], error: unknown): void {
    for (const { queue, batch } of taken) {
      if (mayPass(error)) {
        this.#options.cluster.suspect(queue.options.topic);
        this.#retry(queue, batch, reasonOf(error));
      } else if (this.#isTransactional) this.failAll(error);
      else queue.failAll(error);
    }
  }

  #refused({ queue, batch }: Pick<Taken, 'queue' | 'batch'>, { error, message }: ProducedPartition): void {
    const { topic, partition } = queue.options;
    if (error === kafka.duplicateSequence || (isOutOfStep(error) && queue.isStored(batch))) {
      const action = `tell where in ${topic}-${partition} it stored records`;
      const lost = new StockstreamError('LOG_UNAVAILABLE', { action, reason: kafkaErrorName(error) });
      if (this.#isTransactional) this.failAll(lost);
      else queue.misplaced(batch, lost);
      return;
    }
    if (isStaleMetadata(error)) this.#options.cluster.stale(topic);
    const isPassing = isStaleMetadata(error) || meaningOf(error) === 'LOG_UNAVAILABLE';
    const isBehind = isOutOfStep(error) && !queue.isOldest(batch);
    const isForgotten = !this.#isTransactional && (isOutOfStep(error) || error === kafka.invalidProducerEpoch);
    if (isPassing || isBehind || isForgotten) {
      queue.needsIdentity ||= isForgotten && !isBehind;
      this.#retry(queue, batch, kafkaErrorName(error));
      return;
    }
    const { transactionalId } = this.#options;
    const context = { action: `store records in ${topic}-${partition}`, topic, partition };
    const sizes = { bytes: batch.byteLength, limit: `the topic's max.message.bytes` };
    const refusal = kafkaError(error, { ...context, ...sizes, transactionalId: transactionalId ?? 'none' }, message);
    if (this.#isTransactional) this.failAll(refusal);
    else queue.refused(batch, refusal, this.#now);
  }

  #retry(queue: SendQueue, batch: Outgoing, trouble: string): void {
    queue.trouble = trouble;
    queue.failed(batch, this.#now);
  }

  #wakeAt(at: number, now: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at && at !== Number.POSITIVE_INFINITY) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    const cancel = this.#options.cluster.parts.clock.schedule(at - now, () => {
      this.#timer = undefined;
      this.#pumpSoon();
    });
    this.#timer = { at, cancel };
  }
}

/** The broker has lost track of the producer's numbers, or we have. */
function isOutOfStep(code: number): boolean {
  return code === kafka.outOfOrderSequence || code === kafka.unknownProducerId;
}

function keyOf(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}
