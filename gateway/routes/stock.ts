// What of a product is there: read from the view, for anybody.
import { collections } from '../../views/collections.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { ProductParams, Stock } from '../shapes/products.ts';

interface Warehouse {
  readonly warehouseId: string;
  readonly onHand: number;
  readonly held: number;
}

export function stockRoutes(app: App, { documents }: Gateway): void {
  app.get(
    '/v1/products/:id/stock',
    {
      ...config('public', ['PRODUCT_NOT_FOUND']),
      schema: {
        ...about('Stock', "Read a product's stock"),
        params: ProductParams,
        response: { 200: Stock },
      },
    },
    async (request) => {
      const { id } = request.params;
      const stock = await documents.get(collections.stock.name, id);
      if (!stock) {
        // Known, but its stock hasn't come to the view yet: there can't be any.
        if (await documents.get(collections.products.name, id)) return none(id);
        throw new Refusal('PRODUCT_NOT_FOUND');
      }
      const warehouses = stock.fields.warehouses as unknown as readonly Warehouse[];
      return { ...stock.fields, warehouses: warehouses.map((each) => ({ ...each, free: each.onHand - each.held })) };
    },
  );
}

function none(productId: string) {
  return { productId, onHand: 0, held: 0, free: 0, warehouses: [] };
}
