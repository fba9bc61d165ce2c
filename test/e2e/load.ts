// Shoppers who go on ordering while the server is killed: each order is sent again with its key until it is answered.
import assert from 'node:assert/strict';
import type { Random } from '../../base/random.ts';
import { type Answer, payment, type Server, shipTo } from './server.ts';

export interface Ordered {
  readonly key: string;
  readonly lines: readonly { productId: string; quantity: number }[];
  orderId?: string;
}

export interface LoadOptions {
  /** The server of the moment; a killed one fails, and the next try takes the next. */
  readonly server: () => Server;
  readonly token: string;
  readonly products: number;
  readonly random: Random;
}

export class Load {
  readonly sent: Ordered[] = [];
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #running = true;

  constructor(clients: number, options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: clients }, (_, number) => this.#client(number));
  }

  /** Lets every client finish the order that it is at. */
  async finish(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients);
  }

  async #client(number: number): Promise<void> {
    const { random, products } = this.#options;
    for (let count = 0; this.#running; count++) {
      const picked = new Set(Array.from({ length: 1 + random.int(3) }, () => `p${random.int(products)}`));
      const lines = [...picked].map((productId) => ({ productId, quantity: 1 + random.int(2) }));
      const order: Ordered = { key: `${number}-${count}`, lines };
      this.sent.push(order);
      while (order.orderId === undefined) await this.#send(order);
    }
  }

  async #send(order: Ordered): Promise<void> {
    const { server, token } = this.#options;
    const headers = { 'idempotency-key': order.key };
    const body = { lines: order.lines, shipTo, payment };
    const answer: Answer | undefined = await server()
      .call('POST', '/v1/orders', { token, headers, body })
      .catch(() => undefined);
    if (answer !== undefined && answer.status < 300) {
      order.orderId = answer.body.orderId;
      return;
    }
    // A key that is busy, or a server that is going down, is tried again; anything else is a fault.
    assert.ok(answer === undefined || answer.status >= 500 || answer.status === 409, JSON.stringify(answer));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
