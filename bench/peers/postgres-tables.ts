// The peer's tables and its stored functions on PostgreSQL, made anew for a run.
import type pg from 'pg';
import { stockOf } from '../workload.ts';

const tables = `
  DROP TABLE IF EXISTS bench_orders;
  DROP TABLE IF EXISTS bench_stock;
  CREATE TABLE bench_stock (
    product int PRIMARY KEY, on_hand bigint NOT NULL, reserved bigint NOT NULL CHECK (reserved BETWEEN 0 AND on_hand)
  ) WITH (fillfactor = 50);
  CREATE TABLE bench_orders (id bigint PRIMARY KEY, status text NOT NULL, lines jsonb NOT NULL);`;

/** Conditional UPDATE, a line each; a line for which there isn't enough takes back those before it. */
const update = `
  CREATE OR REPLACE FUNCTION bench_update(order_id bigint, products int[], quantities int[], order_lines jsonb)
  RETURNS text LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO bench_orders VALUES (order_id, 'reserved', order_lines) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN (SELECT status FROM bench_orders WHERE id = order_id); END IF;
    BEGIN
      FOR line IN 1..array_length(products, 1) LOOP
        UPDATE bench_stock SET reserved = reserved + quantities[line]
        WHERE product = products[line] AND on_hand - reserved >= quantities[line];
        IF NOT FOUND THEN RAISE EXCEPTION 'sold out'; END IF;
      END LOOP;
    EXCEPTION WHEN raise_exception THEN
      UPDATE bench_orders SET status = 'rejected' WHERE id = order_id;
      RETURN 'rejected';
    END;
    RETURN 'reserved';
  END $$;`;

/** Locks all lines, then looks, then takes: nothing is ever taken back. */
const forUpdate = `
  CREATE OR REPLACE FUNCTION bench_for_update(order_id bigint, products int[], quantities int[], order_lines jsonb)
  RETURNS text LANGUAGE plpgsql AS $$
  DECLARE
    answer text;
    short bigint;
  BEGIN
    SELECT count(*) FILTER (WHERE free < quantity) INTO short FROM (
      SELECT on_hand - reserved AS free, line.quantity FROM unnest(products, quantities) line (product, quantity)
      JOIN bench_stock USING (product) ORDER BY product FOR UPDATE OF bench_stock
    ) locked;
    SELECT status INTO answer FROM bench_orders WHERE id = order_id;
    IF FOUND THEN RETURN answer; END IF;
    answer := CASE short WHEN 0 THEN 'reserved' ELSE 'rejected' END;
    IF short = 0 THEN
      UPDATE bench_stock SET reserved = reserved + line.quantity
      FROM unnest(products, quantities) line (product, quantity) WHERE bench_stock.product = line.product;
    END IF;
    INSERT INTO bench_orders VALUES (order_id, answer, order_lines);
    RETURN answer;
  END $$;`;

export async function makeTables(pool: pg.Pool, products: number): Promise<void> {
  await pool.query(tables + update + forUpdate);
  const all = Array.from({ length: products }, (_, product) => product);
  await pool.query(
    'INSERT INTO bench_stock SELECT product, units, 0 FROM unnest($1::int[], $2::bigint[]) s (product, units)',
    [all, all.map(stockOf)],
  );
  await pool.query('VACUUM ANALYZE bench_stock');
}

export async function dropTables(pool: pg.Pool): Promise<void> {
  await pool.query('DROP TABLE bench_orders, bench_stock; DROP FUNCTION bench_update, bench_for_update');
}

/** Units that are reserved, by product. */
export async function reservedUnits(pool: pg.Pool): Promise<Map<number, number>> {
  const { rows } = await pool.query<{ product: number; reserved: string }>('SELECT product, reserved FROM bench_stock');
  return new Map(rows.map(({ product, reserved }) => [product, Number(reserved)]));
}

export async function countOfOrders(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ orders: number }>('SELECT count(*)::int AS orders FROM bench_orders');
  return rows[0]?.orders ?? 0;
}
