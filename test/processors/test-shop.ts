// The product-keyed topology as a model: tasks that own partitions, one FIFO queue a topic and partition between them,
// and a clock that the test moves. Which queue goes on next is for the test to choose, so every interleaving is possible.
import { partitionOf } from '../../log/partitioner.ts';
import { acceptOrder } from '../../processors/accept-order.ts';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import { applyOrderCommand } from '../../processors/apply-order-command.ts';
import { applyPaymentResult } from '../../processors/apply-payment-result.ts';
import { applyRiskVerdict } from '../../processors/apply-risk-verdict.ts';
import { applyShipmentUpdate } from '../../processors/apply-shipment-update.ts';
import { applyStockChange } from '../../processors/apply-stock-change.ts';
import { assessRisk } from '../../processors/assess-risk.ts';
import { expireHolds } from '../../processors/expire-holds.ts';
import { reserveStock } from '../../processors/reserve-stock.ts';
import { retryPayment } from '../../processors/retry-payment.ts';
import { settleOrder } from '../../processors/settle-order.ts';
import type { Processor } from '../../streams/api.ts';
import { type Message, TestTask, type TestWiring, type TopicName, type TopicValue } from './test-task.ts';

type AnyProcessor = Pick<Processor<never, TestWiring>, 'process'>;
export type Processors = { readonly [Name in TopicName]?: AnyProcessor };

export const realProcessors = {
  orders: acceptOrder,
  orderCommands: applyOrderCommand,
  stockChanges: applyStockChange,
  reservations: reserveStock,
  reservationReplies: settleOrder,
  catalogChanges: applyCatalogChange,
  riskChecks: assessRisk,
  riskVerdicts: applyRiskVerdict,
  paymentResults: applyPaymentResult,
  shipmentUpdates: applyShipmentUpdate,
} as unknown as Processors;

export class TestShop {
  readonly tasks: readonly TestTask[];
  /** Everything that was ever sent out, in order. */
  readonly sent: Message[] = [];
  readonly #processors: Processors;
  readonly #queues = new Map<string, Message[]>();
  readonly #delivered: Message[] = [];

  constructor(partitions: number, processors: Processors = realProcessors) {
    this.tasks = Array.from({ length: partitions }, (_, partition) => {
      return new TestTask(undefined, (key) => partitionOf(key, partitions) === partition);
    });
    this.#processors = processors;
  }

  ownerOf(productId: string): TestTask {
    return this.tasks[partitionOf(productId, this.tasks.length)]!;
  }

  /** Puts a record at the end of its queue. */
  send<Name extends TopicName>(topic: Name, key: string, value: TopicValue<Name>): void {
    this.#enqueue({ topic, key, value });
  }

  /** Processes the first record of one of the queues that aren't empty, chosen by `pick`; false if all are. */
  deliver(pick: number): boolean {
    const waiting = [...this.#queues.values()].filter((queue) => queue.length > 0);
    const message = waiting[pick % waiting.length]?.shift();
    if (message === undefined) return false;
    this.#delivered.push(message);
    const task = this.ownerOf(message.key);
    task.process(this.#processors[message.topic] as never, message.key, message.value as never);
    this.#collect(task);
    return true;
  }

  /** Sends a record again that was processed before, chosen by `pick`. */
  repeat(pick: number): void {
    const message = this.#delivered[pick % this.#delivered.length];
    if (message) this.#enqueue(message);
  }

  /** Puts the first record of one of the queues, chosen by `pick`, behind the others: as one that was set aside and replayed. */
  postpone(pick: number): void {
    const waiting = [...this.#queues.values()].filter((queue) => queue.length > 0);
    const queue = waiting[pick % waiting.length];
    const message = queue?.shift();
    if (message) queue?.push(message);
  }

  drain(): void {
    while (this.deliver(0));
  }

  /** Time passes; holds that are due expire, and ended entries vanish. */
  advance(milliseconds: number): void {
    for (const task of this.tasks) {
      task.now += milliseconds;
      task.fireDue(expireHolds as never);
      task.fireDue(retryPayment as never, task.paymentRetry);
      task.expireStores();
      this.#collect(task);
    }
  }

  #collect(task: TestTask): void {
    for (const message of task.take()) {
      this.sent.push(message);
      if (this.#processors[message.topic]) this.#enqueue(message);
    }
  }

  #enqueue(message: Message): void {
    const name = `${message.topic}-${partitionOf(message.key, this.tasks.length)}`;
    const queue = this.#queues.get(name) ?? [];
    queue.push(message);
    this.#queues.set(name, queue);
  }
}
