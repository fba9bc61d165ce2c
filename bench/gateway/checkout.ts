// Checkouts over HTTP as a shop's pages send them: many shoppers, each request with a key of its own, one in a hundred sent
// twice. Every answer is checked. The next request of a connection goes out when the last one is answered, so latencies
// are those of as many shoppers as there are connections, and no rate that a shop would be asked at.
import autocannon from 'autocannon';
import { payment, shipTo } from '../../test/e2e/server.ts';
import { rowId } from '../import-rows.ts';
import type { Quantiles } from '../peer-result.ts';
import { quantiles } from '../steady.ts';
import type { WorkloadOrder } from '../workload.ts';

/** Whether the answer says that the order is safe, or waits until its stock is held. */
export const promises = ['safe', 'decided'] as const;
export type Promised = (typeof promises)[number];

export interface CheckoutLoad {
  readonly url: string;
  /** Each is sent once, in this order. */
  readonly orders: readonly WorkloadOrder[];
  /** Before the keys, so that no run repeats another one's orders. */
  readonly run: string;
  readonly promised: Promised;
  readonly connections: number;
  /** Bearer tokens of shoppers. */
  readonly tokens: readonly string[];
}

export interface Checkouts extends Quantiles {
  readonly requestsPerSecond: number;
  readonly problems: readonly string[];
}

interface Sent {
  order?: WorkloadOrder;
}

const waitSeconds = 10;

export async function checkOut({ url, orders, run, promised, connections, tokens }: CheckoutLoad): Promise<Checkouts> {
  const answers = new CheckoutAnswers(promised);
  const latencies: number[] = [];
  let next = 0;
  const [began, result] = [performance.now(), Promise.withResolvers<autocannon.Result>()];
  const instance = autocannon(
    {
      url,
      connections: Math.min(connections, orders.length),
      amount: orders.length,
      timeout: 2 * waitSeconds,
      requests: [
        {
          method: 'POST',
          path: '/v1/orders',
          setupRequest: (request, context: Sent) => {
            // What is over the count is never sent.
            const order = orders[next++ % orders.length]!;
            context.order = order;
            const headers = {
              'content-type': 'application/json',
              authorization: `Bearer ${tokens[order.id % tokens.length]}`,
              'idempotency-key': `${run}-${order.id}`,
              ...(promised === 'decided' && { prefer: `wait=${waitSeconds}` }),
            };
            return { ...request, headers, body: bodyOf(order) };
          },
          onResponse: (status, body, { order }: Sent) => {
            if (order !== undefined) answers.note(order, status, body);
          },
        },
      ],
    },
    (error, done) => (error ? result.reject(error) : result.resolve(done)),
  );
  let endedAt = began;
  instance.on('response', (_client, _status, _bytes, ms) => {
    latencies.push(ms);
    endedAt = performance.now();
  });
  const { errors, timeouts } = await result.promise;
  const failed =
    errors + timeouts === 0 ? [] : [`${errors} requests failed, ${timeouts} of them for want of an answer`];
  return {
    requestsPerSecond: Math.round((latencies.length * 1000) / (endedAt - began)),
    ...quantiles(latencies),
    problems: [...failed, ...answers.problems(orders)],
  };
}

function bodyOf({ lines }: WorkloadOrder): string {
  const asked = lines.map(({ product, quantity }) => ({ productId: rowId(product), quantity }));
  return JSON.stringify({ lines: asked, shipTo, payment });
}

const due = { safe: 202, decided: 201 } as const;

interface OrderAnswer {
  readonly orderId: string;
  readonly status: string;
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
}

/** What was answered, and whether it is right. */
export class CheckoutAnswers {
  readonly #promised: Promised;
  readonly #idOf = new Map<number, string>();
  readonly #problems: string[] = [];
  #count = 0;

  constructor(promised: Promised) {
    this.#promised = promised;
  }

  /** An order that is sent again while its first request is under way is refused as that, and must be known by the other. */
  note(order: WorkloadOrder, status: number, body: string): void {
    this.#count++;
    if (status === 409 && body.includes('idempotency_key_busy')) return;
    const wrong = status === due[this.#promised] ? this.#take(order, body) : `${status} ${body.slice(0, 200)}`;
    if (wrong !== undefined) this.#problems.push(wrong);
  }

  #take({ id, lines }: WorkloadOrder, body: string): string | undefined {
    const order = JSON.parse(body) as OrderAnswer;
    const first = this.#idOf.get(id) ?? order.orderId;
    this.#idOf.set(id, order.orderId);
    const told = order.lines.map(({ productId, quantity }) => `${quantity} ${productId}`).join();
    const asked = lines.map(({ product, quantity }) => `${quantity} ${rowId(product)}`).join();
    if (told !== asked) return `order ${id} is ${told}, not ${asked}`;
    if (this.#promised === 'decided' && order.status !== 'reserved') return `order ${id} is ${order.status}`;
    return first === order.orderId ? undefined : `order ${id} was taken twice: ${first}, ${order.orderId}`;
  }

  problems(orders: readonly WorkloadOrder[]): string[] {
    const expected = new Set(orders.map(({ id }) => id)).size;
    const [known, ids] = [this.#idOf.size, new Set(this.#idOf.values()).size];
    return [
      ...this.#problems,
      ...(this.#count === orders.length ? [] : [`${this.#count} requests were answered, not ${orders.length}`]),
      ...(known === expected && ids === expected ? [] : [`${known} orders have ${ids} ids, not ${expected}`]),
    ].slice(0, 10);
  }
}
