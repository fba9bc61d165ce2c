// When a product could be at a shopper's door. What is promised counts from now; an order promises anew.
import { collections } from '../../views/collections.ts';
import type { Arrival } from '../../views/delivery/delivery.ts';
import { type FreeUnits, freeUnits } from '../free-units.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { DeliveryQuery, ProductDelivery } from '../shapes/logistics.ts';
import { ProductParams } from '../shapes/products.ts';

export function deliveryRoutes(app: App, { documents, products, delivery, clock }: Gateway): void {
  app.get(
    '/v1/products/:id/delivery',
    {
      ...config('public', ['PRODUCT_NOT_FOUND', 'PRODUCT_UNAVAILABLE']),
      schema: {
        ...about(
          'Delivery',
          'When a product could arrive',
          'From the warehouses that have it, by the ways that lead there. A shop that told no delivery network promises no dates, nor does a warehouse that the network does not know.',
        ),
        params: ProductParams,
        querystring: DeliveryQuery,
        response: { 200: ProductDelivery },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { country, postalCode = '', quantity = 1, cash = false } = request.query;
      const [product, stock] = await Promise.all([products.get(id), documents.get(collections.stock.name, id)]);
      if (!product) throw new Refusal('PRODUCT_NOT_FOUND');
      const { status, variants, weightGrams, hazardous } = product;
      if (status === 'deleted' || variants.length > 0) throw new Refusal('PRODUCT_UNAVAILABLE');
      const places = freeUnits(stock);
      const ways = delivery.waysTo({ country, postalCode });
      const parcel = { weightGrams: weightGrams * quantity, hazardous, cash };
      const reached = ways?.arrivals(namesOf(places), parcel, clock.now());
      const isAble = (id: string) => !delivery.warehouses.has(id) || reached?.some(({ warehouse }) => warehouse === id);
      const sending = ways ? places.filter(({ warehouseId }) => isAble(warehouseId)) : places;
      const enough = sending.filter(({ free }) => free >= quantity);
      const chosen = namesOf(enough.length > 0 ? enough : sending);
      const deliverable = sending.reduce((sum, { free }) => sum + free, 0) >= quantity;
      const options = deliverable ? reached?.filter(({ warehouse }) => chosen.includes(warehouse)) : [];
      return { deliverable, options: options?.map(shownArrival) ?? [] };
    },
  );
}

function shownArrival({ warehouse: warehouseId, carrier, from, to, orderBy }: Arrival) {
  return { warehouseId, carrier, from, to, orderBy };
}

function namesOf(places: readonly FreeUnits[]): string[] {
  return places.map(({ warehouseId }) => warehouseId);
}
