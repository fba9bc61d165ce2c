// The views that a worker keeps: which topic, through which projection, into the documents.
import type { Topics } from '../schemas/topics.ts';
import { type View, view } from '../streams/view.ts';
import { projectCatalogChanges } from '../views/catalog-changes.ts';
import { collections } from '../views/collections.ts';
import type { Documents, DocumentWrite } from '../views/documents/documents.ts';
import type { ExpiryRecords, ExpiryWrite } from '../views/expiry/expiry-records.ts';
import { projectExpiry } from '../views/expiry/project-expiry.ts';
import { projectMails } from '../views/mails.ts';
import { projectOrders } from '../views/orders.ts';
import { projectProducts } from '../views/products.ts';
import { projectStock } from '../views/stock.ts';
import { projectStockChanges } from '../views/stock-changes.ts';
import { projectUsers } from '../views/users.ts';

/** A view is called as its collection is. */
export function viewsInto(sink: Documents, topics: Topics): View<DocumentWrite>[] {
  return [
    view(collections.orders.name, { topic: topics.orderEvents, projection: projectOrders, sink }),
    view(collections.products.name, { topic: topics.products, projection: projectProducts, sink }),
    view(collections.stock.name, { topic: topics.stockLevels, projection: projectStock, sink }),
    view(collections.users.name, { topic: topics.users, projection: projectUsers, sink }),
    view(collections.outbox.name, { topic: topics.mails, projection: projectMails, sink }),
    view(collections.stockChanges.name, { topic: topics.stockEvents, projection: projectStockChanges, sink }),
    view(collections.catalogChanges.name, { topic: topics.catalogEvents, projection: projectCatalogChanges, sink }),
  ];
}

/** It can't be rebuilt: what it lacks vanishes within minutes, and is read from the order until then. */
export function expiryView(sink: ExpiryRecords, topics: Topics): View<ExpiryWrite> {
  return view(projectExpiry.name, { topic: topics.orderEvents, projection: projectExpiry, sink });
}
