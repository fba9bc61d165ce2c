// The views that the simulation keeps: shipped projections into documents, run by shipped view threads on every worker.

import type { ViewSink } from '../../streams/api.ts';
import { type View, view } from '../../streams/view.ts';
import { collections } from '../../views/collections.ts';
import type { DocumentWrite } from '../../views/documents/documents.ts';
import { projectOrders } from '../../views/orders.ts';
import { projectProducts } from '../../views/products.ts';
import { projectStock } from '../../views/stock.ts';
import type { Shop } from './shop.ts';

export const viewNames = ['orders', 'stock', 'products'] as const;
export type ViewName = (typeof viewNames)[number];

export function viewOf(name: ViewName, { topics }: Shop, sink: ViewSink<DocumentWrite>): View<DocumentWrite> {
  const collection = collections[name].name;
  switch (name) {
    case 'orders':
      return view(collection, { topic: topics.orderEvents, projection: projectOrders, sink });
    case 'stock':
      return view(collection, { topic: topics.stockLevels, projection: projectStock, sink });
    case 'products':
      return view(collection, { topic: topics.products, projection: projectProducts, sink });
  }
}
