// `stockstream bench gateway`: a started program (`stockstream start`, embedded, all of it in one process) asked over HTTP: how
// many changes of stock and how many checkouts a second it takes, and how long a shopper waits. Load and program share
// the machine. It checks every answer, and at the end that the stock held is what the orders have.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenIssuer } from '../../app/tokens.ts';
import { systemRandom } from '../../base/random.ts';
import { eventually, Server } from '../../test/e2e/server.ts';
import { orExit } from '../flags.ts';
import { rowId, rowsOf } from '../import-rows.ts';
import { machineNow } from '../machine.ts';
import { figuresOf, quiet } from '../server-figures.ts';
import { upload } from '../upload.ts';
import { type WorkloadOrder, workload } from '../workload.ts';
import { type CheckoutLoad, checkOut, promises } from './checkout.ts';
import { type GatewayOptions, readGatewayOptions, usage } from './options.ts';
import { type CheckoutRun, type GatewayRun, lineOfCheckouts, lineOfImport, writeGateway } from './report.ts';
import { importStock, linesOfProduct, unitsOfLine } from './stock-import.ts';

const shoppers = 500;
const warmUp = 500;

export async function benchGateway(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readGatewayOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const before = machineNow();
  const runs: GatewayRun[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const run = await measure(options);
    runs.push(run);
    if (options.json) continue;
    process.stdout.write(`round ${round}: ${lineOfImport(run.stockImport)}\n`);
    for (const each of run.checkouts) process.stdout.write(`round ${round}: ${lineOfCheckouts(each)}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(runs)}\n`);
  const problems = runs.flatMap((run) => run.problems);
  for (const problem of problems) process.stderr.write(`WRONG: ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
  if (options.isWritten && problems.length === 0) writeGateway(runs, options, [before, machineNow()]);
}

async function measure(options: GatewayOptions): Promise<GatewayRun> {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-gateway-'));
  const secret = `${systemRandom.uuid()}${systemRandom.uuid()}`;
  const flags = ['--jwt-secret', secret, '--payments', 'off', '--carrier', 'off', '--mail', 'off'];
  const server = await Server.start(data, ...flags);
  try {
    return await run(server, secret, options);
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function run(server: Server, secret: string, options: GatewayOptions): Promise<GatewayRun> {
  const issue = await tokenIssuer(secret);
  const tokens = Array.from({ length: shoppers }, (_, shopper) => {
    return issue({ userId: `shopper-${shopper}`, email: `shopper-${shopper}@shop.example`, role: 'shopper' });
  });
  const seller = issue({ userId: 'bench-seller', email: 'seller@shop.example', role: 'seller' });
  await addProducts(server, seller, options.products);
  const { stockImport, problems } = await measureImport(server, seller, options);
  const held = new Map<number, number>();
  const load = async (
    name: string,
    orders: readonly WorkloadOrder[],
    more: Pick<CheckoutLoad, 'promised' | 'connections'>,
  ) => {
    hold(held, orders);
    return await checkOut({ url: server.url, orders, run: name, tokens, ...more });
  };
  const { orders: count, products, load: popularity } = options;
  const ordersOf = (seed: number, orders = count) => [...workload({ orders, products, load: popularity, seed })];
  const warmed = await load('warm-up', ordersOf(0, Math.min(warmUp, count)), { promised: 'decided', connections: 8 });
  problems.push(...warmed.problems);
  const checkouts: CheckoutRun[] = [];
  for (const connections of options.connections) {
    for (const promised of promises) {
      const orders = ordersOf(checkouts.length + 1);
      await quiet(server);
      const before = await figuresOf(server);
      const done = await load(`run-${checkouts.length}`, orders, { promised, connections });
      await quiet(server);
      const after = await figuresOf(server);
      problems.push(...done.problems);
      const cpuMs = ((after.cpuSeconds - before.cpuSeconds) * 1000) / orders.length;
      checkouts.push({ ...done, promised, connections, cpuMs, rssMb: after.rssMb });
    }
  }
  problems.push(...(await wrongStock(server, held, options)));
  return { stockImport, checkouts, problems };
}

async function addProducts(server: Server, token: string, products: number): Promise<void> {
  await upload(server, { path: '/v1/products:bulk?import=bench', token, lines: rowsOf(products) });
  const state = () => server.call('GET', '/v1/products/imports/bench', { token });
  await eventually(state, ({ status, body }) => status === 200 && body.status === 'done', 300);
  await quiet(server);
}

async function measureImport(server: Server, seller: string, options: GatewayOptions) {
  const { cpuSeconds } = await figuresOf(server);
  const began = performance.now();
  const problems = await importStock(server, seller, options);
  const takenAt = performance.now();
  await quiet(server);
  const shownAt = performance.now();
  const { rows } = options;
  const rate = (at: number) => Math.round((rows * 1000) / (at - began));
  const cpuMicros = Math.round((((await figuresOf(server)).cpuSeconds - cpuSeconds) * 1e6) / rows);
  return { stockImport: { rows, taken: rate(takenAt), shown: rate(shownAt), cpuMicros }, problems };
}

/** Counts each order once, however often it is sent. */
function hold(held: Map<number, number>, orders: readonly WorkloadOrder[]): void {
  for (const { lines } of new Map(orders.map((order) => [order.id, order])).values()) {
    for (const { product, quantity } of lines) held.set(product, (held.get(product) ?? 0) + quantity);
  }
}

/** Of every product all that came is there, and its orders' units are held. */
async function wrongStock(server: Server, held: ReadonlyMap<number, number>, given: GatewayOptions): Promise<string[]> {
  const problems: string[] = [];
  for (let product = 0; product < given.products; product++) {
    const { status, body } = await server.call('GET', `/v1/products/${rowId(product)}/stock`);
    const due = { onHand: linesOfProduct(product, given) * unitsOfLine, held: held.get(product) ?? 0 };
    if (status !== 200) problems.push(`stock of ${rowId(product)}: ${status}`);
    else if (body.onHand !== due.onHand) problems.push(`${rowId(product)}: ${body.onHand} on hand, not ${due.onHand}`);
    else if (body.held !== due.held) problems.push(`${rowId(product)}: ${body.held} held, not ${due.held}`);
  }
  return problems.slice(0, 10);
}
