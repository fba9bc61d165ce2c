// The tables, one a question (docs/decisions/0013-archive.md says why): made where they are missing, and refused where
// they aren't what we would have made. Several processes may make them at once.
import type { Client } from 'cassandra-driver';
import { StockstreamError } from '../../../base/errors.ts';

interface Table {
  readonly name: string;
  readonly partition: readonly string[];
  /** All descending. */
  readonly clustering: readonly string[];
  readonly columns: { readonly [column: string]: string };
}

const tables: readonly Table[] = [
  {
    // The orders themselves, where a customer's are read.
    name: 'orders',
    partition: ['customer_id', 'month'],
    clustering: ['placed_at', 'order_id'],
    columns: {
      customer_id: 'text',
      month: 'int',
      placed_at: 'timestamp',
      order_id: 'text',
      status: 'text',
      position: 'bigint',
      content: 'text',
    },
  },
  {
    // Where an order is. Written last: what has a place is whole.
    name: 'places',
    partition: ['order_id'],
    clustering: [],
    columns: {
      order_id: 'text',
      customer_id: 'text',
      placed_at: 'timestamp',
      status: 'text',
      position: 'bigint',
      erased: 'boolean',
    },
  },
  {
    // Which orders the lists of operators and sellers have: hints, which the orders themselves confirm.
    name: 'listed',
    partition: ['scope', 'bucket'],
    clustering: ['placed_at', 'order_id'],
    columns: {
      scope: 'text',
      bucket: 'int',
      placed_at: 'timestamp',
      order_id: 'text',
      customer_id: 'text',
      status: 'text',
    },
  },
  {
    // Which buckets have anything at all, so that none is read in vain and lists come to an end.
    name: 'buckets',
    partition: ['scope'],
    clustering: ['bucket'],
    columns: { scope: 'text', bucket: 'int' },
  },
];

export interface KeyspaceOptions {
  readonly keyspace: string;
  /** Copies by data centre. */
  readonly replication: { readonly [datacenter: string]: number };
  readonly datacenter: string;
}

/** @throws ARCHIVE_REFUSED if something else is there; the driver's errors */
export async function makeSchema(
  client: Client,
  { keyspace, replication, datacenter }: KeyspaceOptions,
): Promise<void> {
  const copies = await replicationOf(client, keyspace);
  if (copies === undefined) {
    const entries = Object.entries({ class: 'NetworkTopologyStrategy', ...replication });
    const text = entries.map(([name, value]) => `'${name}': '${value}'`).join(', ');
    await client.execute(`CREATE KEYSPACE IF NOT EXISTS "${keyspace}" WITH replication = {${text}}`);
  } else if (!isServedBy(copies, datacenter)) {
    throw refused(`keyspace ${keyspace} has no copies in ${datacenter}: ALTER its replication`);
  }
  const found = await columnsOf(client, keyspace);
  for (const table of tables) {
    const columns = found.get(table.name);
    if (columns === undefined) await client.execute(creation(keyspace, table));
    else compare(`${keyspace}.${table.name}`, wantedColumns(table), columns);
  }
}

type Replication = { readonly [key: string]: string };

async function replicationOf(client: Client, keyspace: string): Promise<Replication | undefined> {
  const sql = 'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?';
  return (await client.execute(sql, [keyspace], { prepare: true })).first()?.replication;
}

/** Strategies without data centres (of a test cluster) are the operator's choice. */
function isServedBy(replication: Replication, datacenter: string): boolean {
  return !replication.class?.endsWith('NetworkTopologyStrategy') || Number(replication[datacenter] ?? 0) > 0;
}

function creation(keyspace: string, { name, partition, clustering, columns }: Table): string {
  const fields = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  const key = [`(${partition.join(', ')})`, ...clustering].join(', ');
  const order = clustering.map((column) => `${column} DESC`).join(', ');
  const ordered = order && ` WITH CLUSTERING ORDER BY (${order})`;
  return `CREATE TABLE IF NOT EXISTS "${keyspace}".${name} (${fields.join(', ')}, PRIMARY KEY (${key}))${ordered}`;
}

/** Each column as `type, kind of key, place in it`. */
type Columns = ReadonlyMap<string, string>;

async function columnsOf(client: Client, keyspace: string): Promise<Map<string, Columns>> {
  const sql = `
    SELECT table_name, column_name, type, kind, position, clustering_order
    FROM system_schema.columns WHERE keyspace_name = ?`;
  const { rows } = await client.execute(sql, [keyspace], { prepare: true });
  const byTable = Map.groupBy(rows, (row) => String(row.table_name));
  return new Map(
    [...byTable].map(([name, columns]) => {
      const entries = columns.map((row) => {
        return [String(row.column_name), [row.type, row.kind, row.position, row.clustering_order].join()] as const;
      });
      return [name, new Map(entries)];
    }),
  );
}

function wantedColumns({ partition, clustering, columns }: Table): Columns {
  const kind = (column: string) => {
    if (partition.includes(column)) return ['partition_key', partition.indexOf(column), 'none'];
    if (clustering.includes(column)) return ['clustering', clustering.indexOf(column), 'desc'];
    return ['regular', -1, 'none'];
  };
  return new Map(Object.entries(columns).map(([column, type]) => [column, [type, ...kind(column)].join()]));
}

/** A column that we don't know is a newer version's. */
function compare(table: string, wanted: Columns, found: Columns): void {
  const wrong = [...wanted].filter(([column, form]) => found.get(column) !== form);
  if (wrong.length === 0) return;
  const details = wrong.map(([column, form]) => `${column} is ${found.get(column) ?? 'missing'} instead of ${form}`);
  throw refused(`table ${table} is not ours: ${details.join('; ')}`);
}

function refused(reason: string): StockstreamError {
  return new StockstreamError('ARCHIVE_REFUSED', { reason });
}
