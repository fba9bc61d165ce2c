// A peer of the bench: the same orders on PostgreSQL. It reserves if the stock suffices, never oversells, and is
// idempotent by order id; it has no refusals with reasons, no expiry, no events. `--variant call` sends one function
// call an order over many connections; `--variant batch` sends 200 orders in one statement over one connection.
import pg from 'pg';
import { measuredHere, peerArguments, printResult } from '../peer-result.ts';
import { stockOf, type WorkloadOrder, workload } from '../workload.ts';

const { url, variant, ...options } = peerArguments('postgres://postgres@127.0.0.1:5433/postgres', ['call', 'batch']);
const connections = variant === 'batch' ? 1 : 24;
const batchSize = 200;

const pool = new pg.Pool({ connectionString: url, max: connections });
await pool.query(`
  DROP TABLE IF EXISTS bench_orders;
  DROP TABLE IF EXISTS bench_stock;
  CREATE TABLE bench_stock (product int PRIMARY KEY, quantity bigint NOT NULL CHECK (quantity >= 0)) WITH (fillfactor = 50);
  CREATE TABLE bench_orders (id bigint PRIMARY KEY, status text NOT NULL, lines jsonb NOT NULL);
  CREATE OR REPLACE FUNCTION bench_reserve(order_id bigint, products int[], quantities int[], order_lines jsonb)
  RETURNS text LANGUAGE plpgsql AS $$
  DECLARE changed int;
  BEGIN
    INSERT INTO bench_orders VALUES (order_id, 'reserved', order_lines) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed = 0 THEN RETURN 'duplicate'; END IF;
    BEGIN
      FOR line IN 1..array_length(products, 1) LOOP
        UPDATE bench_stock SET quantity = quantity - quantities[line]
        WHERE product = products[line] AND quantity >= quantities[line];
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed = 0 THEN RAISE EXCEPTION 'sold out'; END IF;
      END LOOP;
    EXCEPTION WHEN raise_exception THEN
      UPDATE bench_orders SET status = 'rejected' WHERE id = order_id;
      RETURN 'rejected';
    END;
    RETURN 'reserved';
  END $$;`);
const products = Array.from({ length: options.products }, (_, product) => product);
await pool.query('INSERT INTO bench_stock SELECT * FROM unnest($1::int[], $2::bigint[])', [
  products,
  products.map(stockOf),
]);
await pool.query('ANALYZE bench_stock');

/** In order of product, so that two orders never wait for each other. */
const sorted = (order: WorkloadOrder) => [...order.lines].sort((a, b) => a.product - b.product);

async function reserveOne(client: pg.PoolClient, order: WorkloadOrder): Promise<void> {
  const lines = sorted(order);
  const values = [
    order.id,
    lines.map(({ product }) => product),
    lines.map(({ quantity }) => quantity),
    JSON.stringify(lines),
  ];
  await client.query({ name: 'reserve', text: 'SELECT bench_reserve($1, $2, $3, $4)', values });
}

async function reserveMany(client: pg.PoolClient, orders: readonly WorkloadOrder[]): Promise<void> {
  const text = `
    SELECT bench_reserve(
      (entry->>'id')::bigint,
      (SELECT array_agg((line->>'product')::int) FROM jsonb_array_elements(entry->'lines') line),
      (SELECT array_agg((line->>'quantity')::int) FROM jsonb_array_elements(entry->'lines') line),
      entry->'lines')
    FROM jsonb_array_elements($1::jsonb) entry`;
  const values = [JSON.stringify(orders.map((order) => ({ id: order.id, lines: sorted(order) })))];
  await client.query({ name: 'reserve-many', text, values });
}

const orders = [...workload(options)];
let next = 0;
const [cpu, started] = [process.cpuUsage(), performance.now()];
await Promise.all(
  Array.from({ length: connections }, async () => {
    const client = await pool.connect();
    while (next < orders.length) {
      const taken = orders.slice(next, next + (variant === 'batch' ? batchSize : 1));
      next += taken.length;
      if (variant === 'batch') await reserveMany(client, taken);
      else await reserveOne(client, taken[0]!);
    }
    client.release();
  }),
);
const measured = measuredHere(cpu, started);

const problems: string[] = [];
const { rows: answered } = await pool.query('SELECT count(*)::int AS orders FROM bench_orders');
if (answered[0].orders !== options.orders)
  problems.push(`${answered[0].orders} orders were answered, not ${options.orders}`);
const { rows: unbalanced } = await pool.query(`
  SELECT stock.product, stock.quantity, coalesce(sold.units, 0)::bigint AS units FROM bench_stock stock
  LEFT JOIN (
    SELECT (line->>'product')::int AS product, sum((line->>'quantity')::int) AS units
    FROM bench_orders, jsonb_array_elements(lines) line WHERE status = 'reserved' GROUP BY 1
  ) sold USING (product)`);
for (const { product, quantity, units } of unbalanced) {
  if (Number(quantity) + Number(units) !== stockOf(product)) problems.push(`product ${product} does not balance`);
}
await pool.end();
printResult(`postgres ${variant}`, options, { ...measured, problems: problems.slice(0, 10) });
