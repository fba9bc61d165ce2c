// A shop whose orders a test follows through their lives: the simulated outside takes moments, each order has a product of
// its own, and what is awaited is asked for again and again, up to a deadline.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addProduct, eventually, Server, shipTo } from './server.ts';

const quick = ['--simulated-payment-ms', '50', '--simulated-pack-ms', '100', '--simulated-pick-up-ms', '100'];
const flags = [...quick, '--simulated-delivery-ms', '200', '--simulated-return-ms', '100', '--log-level', 'error'];
/** Registered when the shop opens: an account of today. */
const shopper = { email: 'somebody@shop.example', password: 'correct horse battery' };
/** Of each product; they cost 10 euros. */
export const units = 2_000;

interface Wish {
  readonly token?: string;
  readonly quantity?: number;
  readonly billingAddress?: { readonly country: string; readonly postalCode: string };
}

/** One program on a directory of its own; what a shopper, a seller and an operator ask it. */
export class Shop {
  readonly #data = mkdtempSync(join(tmpdir(), 'stockstream-life-'));
  readonly #flags: readonly string[];
  #server!: Server;
  #tokens = { shopper: '', seller: '', operator: '' };

  constructor(...more: string[]) {
    this.#flags = [...flags, ...more];
  }

  async open(): Promise<void> {
    await this.start();
    const registered = await this.#server.call('POST', '/v1/users', { body: shopper });
    assert.ok(registered.status < 300, JSON.stringify(registered.body));
    const logIn = () => this.#server.call('POST', '/v1/sessions', { body: shopper });
    const session = await eventually(logIn, ({ status }) => status === 200);
    const [seller, operator] = await Promise.all(
      ['seller@demo', 'operator@demo'].map((who) => this.#server.logIn(who)),
    );
    this.#tokens = { shopper: session.body.token, seller: seller!, operator: operator! };
  }

  async close(): Promise<void> {
    await this.#server.kill();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async start(): Promise<void> {
    this.#server = await Server.start(this.#data, ...this.#flags);
  }

  async kill(): Promise<void> {
    await this.#server.kill();
  }

  call(role: 'shopper' | 'seller' | 'operator', method: string, path: string, body?: unknown) {
    return this.#server.call(method, path, { token: this.#tokens[role], body });
  }

  /** An order of its own product, once its stock is there. Gives its id. */
  async order(productId: string, { token = 'tok_success', quantity = 1, billingAddress }: Wish = {}): Promise<string> {
    await addProduct(this.#server, this.#tokens.seller, productId, units);
    await this.stock(productId, { onHand: units, held: 0 });
    const payment = { method: 'card', token, ...(billingAddress && { billingAddress }) };
    const { status, body } = await this.#server.call('POST', '/v1/orders', {
      token: this.#tokens.shopper,
      headers: { 'idempotency-key': `first-${productId}` },
      body: { lines: [{ productId, quantity }], shipTo, payment },
    });
    assert.ok(status < 300, JSON.stringify(body));
    return body.orderId;
  }

  /** The order once it has come so far. */
  async until(orderId: string, status: string) {
    const read = () => this.call('shopper', 'GET', `/v1/orders/${orderId}`);
    return (await eventually(read, (answer) => answer.status === 200 && answer.body.status === status)).body;
  }

  async stock(productId: string, expected: { readonly onHand: number; readonly held: number }): Promise<void> {
    const read = () => this.call('shopper', 'GET', `/v1/products/${productId}/stock`);
    const { onHand, held } = expected;
    await eventually(read, ({ body }) => body.onHand === onHand && body.held === held && body.free === onHand - held);
  }

  /** Resolves when these mails, and no others, were sent about the order. */
  async mails(orderId: string, ...expected: string[]): Promise<void> {
    const read = async () => {
      const { body } = await this.call('operator', 'GET', `/v1/outbox?orderId=${encodeURIComponent(orderId)}`);
      const mails: { kind: string; to: string; status: string }[] = body.mails;
      return mails.map(({ kind, to, status }) => `${kind} ${status} to ${to}`).sort();
    };
    const wanted = expected.map((kind) => {
      return `${kind} sent to ${kind.startsWith('seller') ? 'seller@demo' : shopper.email}`;
    });
    await eventually(read, (found) => JSON.stringify(found) === JSON.stringify(wanted.sort()));
  }

  /** The names of all that is told live until the stream ends by itself. */
  async events(orderId: string): Promise<string[]> {
    const { url } = this.#server;
    const headers = { authorization: `Bearer ${this.#tokens.shopper}` };
    const path = `/v1/orders/${encodeURIComponent(orderId)}/events`;
    const open = () => fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(20_000) });
    const response = await eventually(open, ({ status }) => status === 200);
    return [...(await response.text()).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name!);
  }
}
