// The command line of `stockstream bench gateway`.
import { parseArgs } from 'node:util';
import { oneOf, whole, wholes } from '../flags.ts';
import { loads, type WorkloadOptions } from '../workload.ts';
import type { StockImport } from './stock-import.ts';

export const usage = `stockstream bench gateway [options]
  --orders N          checkouts of a run (10000)    --products N  (1000)
  --connections LIST  of the load, a run each (4,64)
  --load NAME         uniform, zipf or hot (uniform)
  --rows N            changes of stock that are imported, at least one a product (50000)
  --rounds N          (2)                           --json
  --write             what came out into docs/performance.md`;

export interface GatewayOptions extends StockImport {
  readonly orders: number;
  readonly load: WorkloadOptions['load'];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly json: boolean;
  readonly isWritten: boolean;
}

/** Undefined if only help is asked for. @throws FlagError, or as parseArgs does */
export function readGatewayOptions(args: readonly string[]): GatewayOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string', default: '10000' },
      products: { type: 'string', default: '1000' },
      connections: { type: 'string', default: '4,64' },
      load: { type: 'string', default: 'uniform' },
      rows: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const products = whole('products', values.products, [1, 100_000]);
  return {
    orders: whole('orders', values.orders, [1, 1_000_000]),
    products,
    connections: wholes('connections', values.connections, [1, 1_000]),
    load: oneOf('load', values.load, loads),
    rows: whole('rows', values.rows, [products, 10_000_000]),
    rounds: whole('rounds', values.rounds, [1, 100]),
    json: values.json,
    isWritten: values.write,
  };
}
