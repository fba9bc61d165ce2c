// The ways in which shops reserve stock with PostgreSQL, each with prepared statements and in order of product, so that
// two orders never wait for each other in a circle. A connection has the next request on its way while one is answered.
// What an order needs is one function: a client that itself begins, locks, takes and commits needs two trips at least.
import type pg from 'pg';
import type { WorkloadOrder } from '../workload.ts';

export interface Way {
  /** In words, for the table. */
  readonly name: string;
  readonly connections: number;
  /** Requests that a connection has under way at a time. */
  readonly depth: number;
  /** Orders of a request. */
  readonly size: number;
  /** Gives an answer an order. */
  readonly reserve: (client: pg.ClientBase, orders: readonly WorkloadOrder[]) => Promise<readonly unknown[]>;
}

export const ways = {
  update: way('conditional UPDATE, a call an order', one('bench_update')),
  'update-200': {
    ...{ name: 'conditional UPDATE, 200 orders a statement', connections: 1, depth: 2, size: 200 },
    reserve: many,
  },
  'for-update': way('SELECT FOR UPDATE, a call an order', one('bench_for_update')),
} as const satisfies Record<string, Way>;

function way(name: string, reserve: Way['reserve']): Way {
  return { name, connections: 24, depth: 2, size: 1, reserve };
}

function sorted({ lines }: WorkloadOrder) {
  const inTurn = [...lines].sort((a, b) => a.product - b.product);
  return {
    products: inTurn.map(({ product }) => product),
    quantities: inTurn.map(({ quantity }) => quantity),
    lines: inTurn,
  };
}

/** A call of the function is a transaction, in one trip. */
function one(reserving: string): Way['reserve'] {
  return async (client, orders) => {
    const [order] = orders as [WorkloadOrder];
    const { products, quantities, lines } = sorted(order);
    const { rows } = await client.query<{ answer: string }>({
      name: reserving,
      text: `SELECT ${reserving}($1, $2, $3, $4) AS answer`,
      values: [order.id, products, quantities, JSON.stringify(lines)],
    });
    return rows.map(({ answer }) => answer);
  };
}

/** The function for many orders in one statement, which is one transaction. */
async function many(client: pg.ClientBase, orders: readonly WorkloadOrder[]): Promise<readonly unknown[]> {
  const { rows } = await client.query<{ answer: string }>({
    name: 'many',
    text: `
      SELECT bench_update(
        (entry->>'id')::bigint,
        (SELECT array_agg((line->>'product')::int) FROM jsonb_array_elements(entry->'lines') line),
        (SELECT array_agg((line->>'quantity')::int) FROM jsonb_array_elements(entry->'lines') line),
        entry->'lines') AS answer
      FROM jsonb_array_elements($1::jsonb) entry`,
    values: [JSON.stringify(orders.map((order) => ({ id: order.id, lines: sorted(order).lines })))],
  });
  return rows.map(({ answer }) => answer);
}
