// When a product could be at a shopper's door. What is promised counts from now; an order promises anew.
import { collections } from '../../views/collections.ts';
import type { Arrival } from '../../views/delivery/delivery.ts';
import { productIn } from '../../views/product-document.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { DeliveryQuery, ProductDelivery } from '../shapes/logistics.ts';
import { ProductParams } from '../shapes/products.ts';

interface FreeUnits {
  readonly warehouseId: string;
  readonly free: number;
}

export function deliveryRoutes(app: App, { documents, delivery, clock }: Gateway): void {
  app.get(
    '/v1/products/:id/delivery',
    {
      ...config('public', ['PRODUCT_NOT_FOUND', 'PRODUCT_UNAVAILABLE']),
      schema: {
        ...about(
          'Delivery',
          'When a product could arrive',
          'From the warehouses that have it, by the ways that lead there. A shop that told no delivery network promises no dates.',
        ),
        params: ProductParams,
        querystring: DeliveryQuery,
        response: { 200: ProductDelivery },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { country, postalCode = '', quantity = 1, cash = false } = request.query;
      const [document, stock] = await Promise.all([
        documents.get(collections.products.name, id),
        documents.get(collections.stock.name, id),
      ]);
      if (!document) throw new Refusal('PRODUCT_NOT_FOUND');
      const { status, variants, weightGrams, hazardous } = productIn(document);
      if (status === 'deleted' || variants.length > 0) throw new Refusal('PRODUCT_UNAVAILABLE');
      const places = freeUnits(stock?.fields.warehouses);
      const ways = delivery.waysTo({ country, postalCode });
      const parcel = { weightGrams: weightGrams * quantity, hazardous, cash };
      const reached = ways?.arrivals(namesOf(places), parcel, clock.now());
      const sending = reached ? places.filter(({ warehouseId }) => isAmong(reached, warehouseId)) : places;
      const enough = sending.filter(({ free }) => free >= quantity);
      const chosen = enough.length > 0 ? enough : sending;
      const options = reached?.filter(({ warehouse }) => namesOf(chosen).includes(warehouse)) ?? [];
      const deliverable = sending.reduce((sum, { free }) => sum + free, 0) >= quantity;
      return { deliverable, options: deliverable ? options.map(shownArrival) : [] };
    },
  );
}

/** As anybody may know it: where a shop's warehouses are is nobody's business. */
export function shownArrival({ carrier, from, to, orderBy }: Arrival) {
  return { carrier, from, to, orderBy };
}

function freeUnits(warehouses: unknown): readonly FreeUnits[] {
  const found = (warehouses ?? []) as readonly { warehouseId: string; onHand: number; held: number }[];
  return found
    .map(({ warehouseId, onHand, held }) => ({ warehouseId, free: onHand - held }))
    .filter(({ free }) => free > 0);
}

function namesOf(places: readonly FreeUnits[]): string[] {
  return places.map(({ warehouseId }) => warehouseId);
}

function isAmong(arrivals: readonly Arrival[], warehouseId: string): boolean {
  return arrivals.some(({ warehouse }) => warehouse === warehouseId);
}
