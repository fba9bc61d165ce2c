// `stockstream bench freshness`: how long after a decision the search shows it, while others order. A product's last unit is
// ordered, and the search is asked again and again until it hides the product; then a unit comes in, until it is shown again.
// From the decision's own time in the log to the answer that shows it, so that asking counts, too.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { payment, Server, shipTo } from '../test/e2e/server.ts';
import { orExit, whole } from './flags.ts';

const usage = `stockstream bench freshness [options]
  --probes N           products that sell out and come back (200)
  --rate N             other orders a second (100)
  --elasticsearch URL  instead of the engine in the process`;

interface FreshnessBench {
  readonly probes: number;
  readonly rate: number;
  readonly elasticsearch: string | undefined;
}

const loadProducts = 500;
const probesAtOnce = 4;
const pollMs = 10;
const patienceMs = 30_000;

export async function benchFreshness(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const { elasticsearch, rate } = options;
  const data = mkdtempSync(join(tmpdir(), 'stockstream-freshness-'));
  const engine = elasticsearch ? ['--search', 'elasticsearch', '--elasticsearch', elasticsearch] : [];
  const appId = `freshness-${process.pid}`;
  const server = await Server.start(data, '--app-id', appId, '--payments', 'off', '--mail', 'off', ...engine);
  try {
    const shop = await Shop.open(server, options.probes);
    const stop = shop.orderOthers(rate);
    const found = await shop.probe();
    const orders = await stop();
    for (const [what, times] of Object.entries(found)) process.stdout.write(`${what}: ${quantiles(times)}\n`);
    const others = `${orders.placed} other orders, ${orders.perSecond.toFixed(0)}/s`;
    process.stdout.write(`${others}; load average ${loadavg()[0]!.toFixed(1)}\n`);
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
    if (elasticsearch) await dropIndices(elasticsearch, appId);
  }
}

/** By their names, for servers mostly refuse to drop what fits a pattern. */
async function dropIndices(elasticsearch: string, appId: string): Promise<void> {
  const found = await fetch(`${elasticsearch}/_cat/indices/${appId}*?h=index&format=json&expand_wildcards=all`);
  for (const { index } of (await found.json()) as readonly { index: string }[]) {
    await fetch(`${elasticsearch}/${index}`, { method: 'DELETE' });
  }
}

function readOptions(args: readonly string[]): FreshnessBench | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      probes: { type: 'string', default: '200' },
      rate: { type: 'string', default: '100' },
      elasticsearch: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    probes: whole('probes', values.probes, [1, 10_000]),
    rate: whole('rate', values.rate, [0, 10_000]),
    elasticsearch: values.elasticsearch,
  };
}

function quantiles(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!)} ms`;
  return `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, most ${at(1)} of ${times.length}`;
}

/** Words that stem to nothing else and are nobody's typo of another. */
const wordOf = (index: number) => `zq${index}x`;
const probeOf = (index: number) => `probe-${index}`;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class Shop {
  readonly #server: Server;
  readonly #probes: number;
  readonly #seller: string;
  readonly #shopper: string;

  private constructor(server: Server, probes: number, tokens: { seller: string; shopper: string }) {
    this.#server = server;
    this.#probes = probes;
    this.#seller = tokens.seller;
    this.#shopper = tokens.shopper;
  }

  static async open(server: Server, probes: number): Promise<Shop> {
    const tokens = { seller: await server.logIn('seller@demo'), shopper: await server.logIn('shopper@demo') };
    const shop = new Shop(server, probes, tokens);
    const others = Array.from({ length: loadProducts }, (_, index) => ({
      productId: `load-${index}`,
      title: `Load ${index}`,
    }));
    const own = Array.from({ length: probes }, (_, index) => ({
      productId: probeOf(index),
      title: `Lamp ${wordOf(index)}`,
    }));
    for (const { productId, title } of [...others, ...own]) {
      const body = { productId, title, price: { amount: 1_000, currency: 'EUR' }, weightGrams: 100 };
      await shop.#post('/v1/products', tokens.seller, body);
    }
    await shop.#take(
      others.map(({ productId }) => productId),
      1_000_000,
    );
    await shop.#take(
      own.map(({ productId }) => productId),
      1,
    );
    for (let index = 0; index < probes; index++) await shop.#seen(index, true, 0);
    return shop;
  }

  /** Orders single units of other products until it is stopped. */
  orderOthers(rate: number): () => Promise<{ placed: number; perSecond: number }> {
    let isStopped = false;
    let placed = 0;
    const began = performance.now();
    const run = async () => {
      const open = new Set<Promise<unknown>>();
      for (let count = 0; !isStopped; count++) {
        const productId = `load-${(count * 7_919) % loadProducts}`;
        const order = this.#order(productId, {}).then(
          () => placed++,
          () => {},
        );
        open.add(order);
        void order.finally(() => open.delete(order));
        if (open.size > 200) await Promise.race(open);
        const due = began + ((count + 1) * 1_000) / rate;
        await pause(Math.max(0, due - performance.now()));
      }
      await Promise.all(open);
    };
    const running = rate === 0 ? Promise.resolve() : run();
    return async () => {
      isStopped = true;
      await running;
      return { placed, perSecond: (placed * 1_000) / (performance.now() - began) };
    };
  }

  async probe(): Promise<{ 'sold out to hidden': number[]; 'taken in to shown': number[] }> {
    const hidden: number[] = [];
    const shown: number[] = [];
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < this.#probes; index = next++) {
        const order = await this.#order(probeOf(index), { prefer: 'wait=20' });
        const { at } = order.history.find(({ type }: { type: string }) => type === 'OrderReserved');
        hidden.push(await this.#seen(index, false, at));
        const [change] = await this.#take([probeOf(index)], 2);
        shown.push(await this.#seen(index, true, change.at));
      }
    };
    await Promise.all(Array.from({ length: probesAtOnce }, lane));
    return { 'sold out to hidden': hidden, 'taken in to shown': shown };
  }

  /** Milliseconds from `since` to the first answer that shows the probe, or doesn't. */
  async #seen(index: number, isShown: boolean, since: number): Promise<number> {
    const until = Date.now() + patienceMs;
    while (Date.now() < until) {
      const { status, body } = await this.#server.call('GET', `/v1/search?q=${wordOf(index)}`);
      if (status === 200 && body.total > 0 === isShown) return Date.now() - since;
      await pause(pollMs);
    }
    throw new Error(`${probeOf(index)} is ${isShown ? 'not shown' : 'still shown'} after ${patienceMs} ms`);
  }

  async #order(productId: string, headers: { [name: string]: string }) {
    const body = { lines: [{ productId, quantity: 1 }], shipTo, payment };
    const key = { 'idempotency-key': `${productId}-${Math.random()}`, ...headers };
    return await this.#post('/v1/orders', this.#shopper, body, key);
  }

  /** Sets what is there, and gives each change with the time of its decision. */
  async #take(ids: readonly string[], count: number) {
    const changes = ids.map((productId) => ({ changeId: `to-${count}`, productId, warehouseId: 'bench', count }));
    await this.#post('/v1/stock-changes', this.#seller, { changes }, { prefer: 'wait=20' });
    return await Promise.all(
      changes.slice(0, 1).map(async ({ changeId, productId }) => {
        const path = `/v1/stock-changes/${changeId}?productId=${productId}`;
        for (;;) {
          const { status, body } = await this.#server.call('GET', path, { token: this.#seller });
          if (status === 200) return body;
          await pause(pollMs);
        }
      }),
    );
  }

  async #post(path: string, token: string, body: object, headers: { [name: string]: string } = {}) {
    const answer = await this.#server.call('POST', path, { token, body, headers });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
