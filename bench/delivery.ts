// `stockstream bench delivery`: a delivery network as large shops have it, uploaded to a shop of its own. How fast it is
// taken, how fast one change holds, how fast a gateway that starts knows it; and, in this process, how fast the network in
// memory answers. It checks that each line was applied and that a promise is the one that was told.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { routeChange } from '../gateway/network-body.ts';
import type { RouteBody } from '../gateway/shapes/logistics.ts';
import { bestWays } from '../processors/logistics/best-ways.ts';
import type { DeliveryRoute } from '../schemas/types.generated.ts';
import { Server } from '../test/e2e/server.ts';
import { DeliveryNetwork } from '../views/delivery/network.ts';
import { orExit, whole } from './flags.ts';

const usage = `stockstream bench delivery [options]
  --areas N       each with a route from every warehouse (30000)
  --warehouses N  (10)
  --data DIR      where the shop keeps its data (the system's temporary directory)`;

interface DeliveryBench {
  readonly areas: number;
  readonly warehouses: number;
  readonly data: string;
}

const lookups = 1_000_000;

export async function benchDelivery(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  lookUp(options);
  const data = mkdtempSync(join(options.data, 'stockstream-delivery-'));
  try {
    await upload(options, data);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  say(`load average ${loadavg()[0]!.toFixed(1)}`);
}

function readOptions(args: readonly string[]): DeliveryBench | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      areas: { type: 'string', default: '30000' },
      warehouses: { type: 'string', default: '10' },
      data: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    areas: whole('areas', values.areas, [1, 100_000]),
    warehouses: whole('warehouses', values.warehouses, [1, 100]),
    data: values.data,
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const warehouse = { country: 'DE', timeZone: 'Europe/Berlin', cutOff: '14:00' };
const postalCodeOf = (index: number) => String(index).padStart(5, '0');
const areaOf = (index: number) => ({ areaId: `area-${index}`, country: 'DE', postalCodes: [postalCodeOf(index)] });

/** A few dozen kinds, as real networks have; `days` more for a change. */
function routeOf(area: number, from: number, days = 0): RouteBody & { readonly routeId: string } {
  return {
    routeId: `route-${area}-${from}`,
    carrier: `carrier-${(area + from) % 4}`,
    warehouseId: `warehouse-${from}`,
    areaId: `area-${area}`,
    minDays: 1 + ((area + from) % 3),
    maxDays: 3 + ((area + from) % 3) + days,
    maxWeightGrams: from % 2 === 0 ? 31_500 : 20_000,
  };
}

/** In this process: no HTTP, no log. */
function lookUp({ areas, warehouses }: DeliveryBench): void {
  const before = process.memoryUsage().heapUsed;
  const network = new DeliveryNetwork();
  for (let from = 0; from < warehouses; from++) {
    const hours = {
      warehouseId: `warehouse-${from}`,
      name: '',
      country: 'DE',
      postalCode: '',
      timeZone: 'Europe/Berlin',
    };
    const packs = { cutOff: 840, handlingDays: 0, workDays: 31, isClosed: false };
    network.apply(`warehouse/${from}`, { type: 'WarehouseHours', warehouse: { ...hours, ...packs } });
  }
  const began = performance.now();
  for (let index = 0; index < areas; index++) {
    const routes = Array.from({ length: warehouses }, (_, from): DeliveryRoute => {
      const { routeId, ...body } = routeOf(index, from);
      const change = routeChange(routeId, body);
      if (change.type !== 'PutRoute') throw new Error('a route is a route');
      return change.route;
    });
    network.apply('', { type: 'AreaOptions', area: { ...areaOf(index), name: '' }, ways: bestWays(routes) });
  }
  const built = performance.now() - began;
  const heap = (process.memoryUsage().heapUsed - before) / 1e6;
  say(
    `in memory: ${areas} areas by ${warehouses} warehouses, worked out in ${Math.round(built)} ms, ${Math.round(heap)} MB`,
  );
  const now = Date.now();
  const parcel = { weightGrams: 1_000, hazardous: false, cash: false };
  const places = Array.from({ length: 1_000 }, (_, index) => postalCodeOf((index * 7_919) % areas));
  const inStock = ['warehouse-0', `warehouse-${Math.min(3, warehouses - 1)}`];
  timed('ways to a postal code', (index) => network.waysTo({ country: 'DE', postalCode: places[index % 1_000]! }));
  const ways = network.waysTo({ country: 'DE', postalCode: places[0]! });
  timed('arrival of a hit', () => ways?.arrival(inStock, parcel, now));
  timed('options for the filter', () => ways?.options);
}

function timed(what: string, work: (index: number) => unknown): void {
  for (let index = 0; index < 50_000; index++) work(index);
  const began = performance.now();
  for (let index = 0; index < lookups; index++) work(index);
  say(`${what}: ${Math.round(((performance.now() - began) * 1e6) / lookups)} ns`);
}

/** Through the whole program. */
async function upload({ areas, warehouses }: DeliveryBench, data: string): Promise<void> {
  const off = ['--payments', 'off', '--carrier', 'off', '--mail', 'off'];
  let server = await Server.start(data, ...off);
  try {
    const token = await server.logIn('operator@demo');
    for (let from = 0; from < warehouses; from++) {
      await put(server, token, `warehouses/warehouse-${from}`, warehouse);
    }
    await send(server, token, { kind: 'areas', count: areas, lineOf: areaOf });
    const lineOf = (index: number) => routeOf(Math.floor(index / warehouses), index % warehouses);
    await send(server, token, { kind: 'routes', count: areas * warehouses, lineOf });
    const times: number[] = [];
    for (let index = 0; index < 200; index++) {
      const { routeId, ...body } = routeOf((index * 7_919) % areas, 0, 1 + (index % 2));
      const began = performance.now();
      await put(server, token, `routes/${routeId}`, body);
      times.push(performance.now() - began);
    }
    times.sort((one, other) => one - other);
    say(`one route changed, decided and shown: p50 ${times[100]!.toFixed(1)} ms, p99 ${times[198]!.toFixed(1)} ms`);
    await server.stop();
    const began = performance.now();
    server = await Server.start(data, ...off);
    say(`started again, ready with the whole network, in ${Math.round(performance.now() - began)} ms`);
  } finally {
    await server.stop();
  }
}

/** A shop that has just started may take longer than a request waits. */
async function put(server: Server, token: string, path: string, body: object): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    const answer = await server.call('PUT', `/v1/admin/logistics/${path}`, { token, body });
    if (answer.status === 200) return;
    if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
  }
  throw new Error(`${path} is not decided`);
}

interface Upload {
  readonly kind: 'areas' | 'routes';
  readonly count: number;
  readonly lineOf: (index: number) => object;
}

async function send(server: Server, token: string, { kind, count, lineOf }: Upload): Promise<void> {
  function* lines() {
    for (let index = 0; index < count; index += 500) {
      const some = Array.from({ length: Math.min(500, count - index) }, (_, at) => JSON.stringify(lineOf(index + at)));
      yield `${some.join('\n')}\n`;
    }
  }
  const cpuBefore = await cpuSeconds(server);
  const began = performance.now();
  const response = await fetch(`${server.url}/v1/admin/logistics/${kind}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: Readable.toWeb(Readable.from(lines())) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  const report = (await response.json()) as { applied: number };
  const seconds = (performance.now() - began) / 1000;
  if (report.applied !== count) throw new Error(`of ${count} ${kind}: ${JSON.stringify(report).slice(0, 500)}`);
  const cpu = (await cpuSeconds(server)) - cpuBefore;
  const rate = Math.round(count / seconds);
  say(`${count} ${kind} uploaded and decided in ${seconds.toFixed(1)} s, ${rate}/s, ${cpu.toFixed(1)} CPU s`);
}

async function cpuSeconds(server: Server): Promise<number> {
  const figures = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)/m.exec(figures)?.[1]);
}
