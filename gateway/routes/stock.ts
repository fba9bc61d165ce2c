// What of a product is there, for anybody: from the view, which may be a moment old; or from the state of the task that decides
// over it, or a copy of that.
import { partitionOf } from '../../log/partitioner.ts';
import { storesFor } from '../../schemas/stores.ts';
import { topics } from '../../schemas/topics.ts';
import type { StockState } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { ProductParams, Stock, StockQuery } from '../shapes/products.ts';
import type { StateQuery } from '../state-queries.ts';

interface Warehouse {
  readonly warehouseId: string;
  readonly onHand: number;
  readonly held: number;
}

const store = storesFor().stock.name;

export function stockRoutes(app: App, gateway: Gateway): void {
  app.get(
    '/v1/products/:id/stock',
    {
      ...config('public', ['PRODUCT_NOT_FOUND', 'STATE_MOVING', 'STATE_ELSEWHERE']),
      schema: {
        ...about(
          'Stock',
          "Read a product's stock",
          'From the view unless told otherwise. `consistency=strong`: as the task that decides over the product has it by ' +
            'now; while that moves to another worker it is 503 for a moment. `stale`: from any copy of its state, with its lag.',
        ),
        params: ProductParams,
        querystring: StockQuery,
        response: { 200: Stock },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { consistency = 'view', maxLagMs } = request.query;
      const found =
        consistency === 'view' ? await fromView(gateway, id) : await fromState(gateway, id, { consistency, maxLagMs });
      return found ?? (await none(gateway, id));
    },
  );
}

async function fromView({ documents }: Gateway, id: string) {
  const stock = await documents.get(collections.stock.name, id);
  if (!stock) return undefined;
  const warehouses = stock.fields.warehouses as unknown as readonly Warehouse[];
  return { ...stock.fields, warehouses: warehouses.map(shown) };
}

/** @throws STATE_MOVING, STATE_ELSEWHERE */
async function fromState(
  { operations, writer }: Gateway,
  productId: string,
  asked: Pick<StateQuery, 'consistency' | 'maxLagMs'>,
) {
  const partitions = [partitionOf(productId, writer.partitionsOf(topics.stockChanges.name))];
  const found = await operations.state.read({ ...asked, store, key: productId, partitions, limit: 1 });
  const entry = found?.entries[0];
  if (found === undefined || entry === undefined) return undefined;
  const { warehouses } = entry.value as StockState;
  const sum = (of: 'onHand' | 'held') => warehouses.reduce((all, each) => all + each[of], 0);
  const [onHand, held] = [sum('onHand'), sum('held')];
  const { lag } = found;
  return { productId, onHand, held, free: onHand - held, warehouses: warehouses.map(shown), lag };
}

function shown({ warehouseId, onHand, held }: Warehouse) {
  return { warehouseId, onHand, held, free: onHand - held };
}

/** Known, but nothing of it has come yet: there can't be any. */
async function none({ documents }: Gateway, productId: string) {
  if (await documents.get(collections.products.name, productId)) {
    return { productId, onHand: 0, held: 0, free: 0, warehouses: [] };
  }
  throw new Refusal('PRODUCT_NOT_FOUND');
}
