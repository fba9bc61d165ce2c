// The whole program: an order over HTTP, sent twice, then the process is killed outright and started again on the same
// data. The order is the same one before and after.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/stockstream.js', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'stockstream-example-'));

async function start(): Promise<{ url: string; child: ChildProcess }> {
  const flags = ['start', '--data', data, '--port', '0', '--no-traffic', '--payments', 'off', '--log-level', 'warn'];
  const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout!) {
    output += chunk;
    const url = /Shop\s+(http\S+)/.exec(output)?.[1];
    if (url !== undefined) return { url, child };
  }
  throw new Error('it did not start');
}

async function call<Answer>(url: string, token: string | undefined, body?: object, headers = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Answer;
}

interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly history: readonly { readonly type: string }[];
}

const say = (text: string) => process.stdout.write(`${text}\n`);

let { url, child } = await start();
const login = { email: 'shopper@demo', password: 'demo' };
const { token } = await call<{ token: string }>(`${url}/v1/sessions`, undefined, login);

const wish = {
  lines: [
    { productId: 'demo-0001', quantity: 2 },
    { productId: 'demo-0002', quantity: 1 },
  ],
  shipTo: { name: 'Ada', street: 'Main Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
  payment: { method: 'card', token: 'tok_example' },
};
const once1 = { 'idempotency-key': 'example', prefer: 'wait=10' };
const first = await call<Order>(`${url}/v1/orders`, token, wish, once1);
say(`The order is ${first.status}.`);
const again = await call<Order>(`${url}/v1/orders`, token, wish, once1);
say(`Sent again, it is ${again.orderId === first.orderId ? 'the same order' : 'another order'}.`);

child.kill('SIGKILL');
await once(child, 'exit');
say('The process was killed.');

({ url, child } = await start());
const after = await call<Order>(`${url}/v1/orders/${encodeURIComponent(first.orderId)}`, token);
say(`Started again, the order is ${after.status}: ${after.history.map(({ type }) => type).join(', ')}.`);
const stock = await call<{ held: number }>(`${url}/v1/products/demo-0001/stock`, token);
say(`Of demo-0001, ${stock.held} are held.`);

child.kill('SIGTERM');
await once(child, 'exit');
rmSync(data, { recursive: true, force: true });
