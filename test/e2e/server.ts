// Starts the real program in a process of its own, on a free port and a directory that is given, and talks to it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const keptOutput = 100_000;
const launcher = fileURLToPath(new URL('../../bin/stockstream.js', import.meta.url));

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly body: any;
}

export class Server {
  url = '';
  /** From spawning the process to its line that says ready, in milliseconds. */
  startedMs = 0;
  /** The end of what it wrote. */
  output = '';
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(data: string, ...flags: string[]): Promise<Server> {
    return Server.run(['start', '--data', data, '--port', '0', '--no-traffic', '--log-level', 'warn', ...flags]);
  }

  /** Runs a verb until it says where it is. */
  static async run(args: readonly string[]): Promise<Server> {
    const began = performance.now();
    const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ready = Promise.withResolvers<Server>();
    const server = new Server(child);
    // Read to the end, for a process whose output nobody takes stops at its next line.
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk) => {
        server.output = `${server.output}${chunk}`.slice(-keptOutput);
        const url = /(?:Shop |Gateway at|metrics at)\s+(http[^\s,]+)/.exec(server.output)?.[1];
        if (server.url !== '' || url === undefined) return;
        server.url = url;
        server.startedMs = performance.now() - began;
        ready.resolve(server);
      });
    }
    child.once('exit', () => ready.reject(new Error(`${args[0]} did not start: ${server.output}`)));
    return await ready.promise;
  }

  async call(
    method: string,
    path: string,
    { token, body, headers = {} }: { token?: string; body?: unknown; headers?: { [name: string]: string } } = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async logIn(email: string): Promise<string> {
    const { status, body } = await this.call('POST', '/v1/sessions', { body: { email, password: 'demo' } });
    assert.equal(status, 200, JSON.stringify(body));
    return body.token;
  }

  /** As a power cut does it to a process. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As a machine that hangs: nothing is closed, nobody is told. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Gives the exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!this.hasEnded) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  }
}

export const shipTo = { name: 'A Name', street: 'A Street 1', city: 'A City', postalCode: '12345', country: 'DE' };
export const payment = { method: 'card', token: 'tok_test' };

/** A product of the demo seller with so many units in one warehouse. */
export async function addProduct(server: Server, seller: string, productId: string, units: number): Promise<void> {
  const product = {
    productId,
    title: productId,
    description: 'A test product',
    category: 'test',
    brand: 'test',
    price: { amount: 1_000, currency: 'EUR' },
    images: [],
    attributes: {},
  };
  const created = await server.call('POST', '/v1/products', { token: seller, body: product });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const change = { changeId: `first-${productId}`, productId, warehouseId: 'w1', delta: units };
  const changed = await server.call('POST', '/v1/stock-changes', { token: seller, body: { changes: [change] } });
  assert.equal(changed.status, 202, JSON.stringify(changed.body));
}

/** What a process says that it waits for, part by part. */
export async function waitingParts(server: Server) {
  const { body } = await server.call('GET', '/health/ready');
  const parts: readonly { readonly name: string; readonly healthy: boolean; readonly detail?: string }[] = body.parts;
  return parts.filter(({ healthy }) => !healthy);
}

export async function eventually<T>(look: () => Promise<T>, isGood: (value: T) => boolean, seconds = 20): Promise<T> {
  for (const until = performance.now() + seconds * 1000; ; ) {
    const value = await look();
    if (isGood(value)) return value;
    assert.ok(performance.now() < until, `after ${seconds} s it is still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
