// The steps of all orders of one customer from now on, for those who look at more than one order. What came before is in
// the list of orders: whoever connects reads it once, and again after each break, for a source that missed something,
// or whose reader is too slow, ends.
import type { OrderEvent } from '../schemas/types.generated.ts';
import { stepOf } from './order-answer.ts';
import type { EventSource, ServerSentEvent } from './server-sent-events.ts';
import type { TopicTail } from './topic-tail.ts';

/** One tail for any number of customers: each event is decoded once, and given to those whose order it is. */
export class OwnOrders {
  readonly #tail: TopicTail<OrderEvent>;
  readonly #mostWaiting: number;
  readonly #sources = new Map<string, Set<OwnOrdersSource>>();
  #unwatch: (() => void) | undefined;

  /** @param mostWaiting how many steps may wait for a reader; one that is further behind is ended */
  constructor(tail: TopicTail<OrderEvent>, mostWaiting: number) {
    this.#tail = tail;
    this.#mostWaiting = mostWaiting;
  }

  /** Nothing that is seen from now on is missing. Close it when its reader is gone. */
  of(customerId: string): OwnOrdersSource {
    const source = new OwnOrdersSource(this.#mostWaiting, () => this.#remove(customerId, source));
    const sources = this.#sources.get(customerId) ?? new Set();
    this.#sources.set(customerId, sources.add(source));
    this.#unwatch ??= this.#tail.watch({
      take: (event) => {
        for (const each of [...(this.#sources.get(event.customerId) ?? [])]) each.take(event);
      },
      lost: () => {
        for (const each of [...this.#sources.values()].flatMap((set) => [...set])) each.end('missed');
      },
    });
    return source;
  }

  #remove(customerId: string, source: OwnOrdersSource): void {
    const sources = this.#sources.get(customerId);
    sources?.delete(source);
    if (sources?.size === 0) this.#sources.delete(customerId);
    if (this.#sources.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}

/** Why a source ended by itself: its reader was too slow, or the gateway missed some events. */
export type EarlyEnd = 'slow' | 'missed';

/** Ids count the steps of this source alone. */
class OwnOrdersSource implements EventSource {
  readonly #mostWaiting: number;
  readonly #onClose: () => void;
  readonly #end = Promise.withResolvers<EarlyEnd>();
  #waiting: ServerSentEvent[] = [];
  #count = 0;
  #isOver = false;
  #wake = () => {};

  constructor(mostWaiting: number, onClose: () => void) {
    this.#mostWaiting = mostWaiting;
    this.#onClose = onClose;
  }

  /** Resolves if it ends by itself. */
  get ended(): Promise<EarlyEnd> {
    return this.#end.promise;
  }

  async next() {
    const events = this.#waiting;
    this.#waiting = [];
    return { events, isOver: this.#isOver };
  }

  changed(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length > 0 || this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  take(event: OrderEvent): void {
    if (this.#waiting.length >= this.#mostWaiting) {
      this.end('slow');
      return;
    }
    const { orderId } = event;
    const step = stepOf(event);
    this.#waiting.push({ id: ++this.#count, name: step.type, data: { orderId, ...step } });
    this.#wake();
  }

  end(why: EarlyEnd): void {
    this.#end.resolve(why);
    this.close();
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onClose();
    this.#wake();
  }
}
