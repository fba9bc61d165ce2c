// A peer of the bench: the same orders on PostgreSQL. It reserves if the stock suffices, never oversells, and is
// idempotent by order id; it has no refusals with reasons, no expiry, no events. `--variant` names one of its ways.
import pg from 'pg';
import { measuredHere, peerArguments, printResult } from '../peer-result.ts';
import { workload } from '../workload.ts';
import { Ledger } from './ledger.ts';
import { countOfOrders, dropTables, makeTables, reservedUnits } from './postgres-tables.ts';
import { type Way, ways } from './postgres-ways.ts';

const variants = Object.keys(ways) as [keyof typeof ways];
const { url, variant, ...options } = peerArguments('postgres://postgres@127.0.0.1:5433/postgres', variants);
const way: Way = ways[variant];

const pool = new pg.Pool({ connectionString: url, max: way.connections, pipeline: true });
await makeTables(pool, options.products);

const orders = [...workload(options)];
const ledger = new Ledger();
let next = 0;

async function sendTo(client: pg.PoolClient): Promise<void> {
  while (next < orders.length) {
    const taken = orders.slice(next, next + way.size);
    next += taken.length;
    const answers = await way.reserve(client, taken);
    for (const [index, order] of taken.entries()) ledger.note(order, answers[index]);
  }
}

const clients = await Promise.all(Array.from({ length: way.connections }, () => pool.connect()));
const [cpu, started] = [process.cpuUsage(), performance.now()];
await Promise.all(clients.flatMap((client) => Array.from({ length: way.depth }, () => sendTo(client))));
const measured = measuredHere(cpu, started);
for (const client of clients) client.release();

const units = await reservedUnits(pool);
const kept = await countOfOrders(pool);
const problems = [
  ...(kept === options.orders ? [] : [`${kept} orders are kept, not ${options.orders}`]),
  ...ledger.problems(options, (product) => units.get(product) ?? 0),
];
await dropTables(pool);
await pool.end();
printResult(`postgres ${way.name}`, options, { ...measured, refused: ledger.refused, problems });
