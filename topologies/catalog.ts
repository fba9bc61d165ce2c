// The catalogue: what sellers offer.
import { applyCatalogChange } from '../processors/apply-catalog-change.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const catalog = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  builder
    .source(topics.catalogChanges, applyCatalogChange, {
      stores: {
        products: stores.products,
        stock: stores.stock,
        parentVersions: stores.parentVersions,
        catalogOutcomes: stores.catalogOutcomes,
        importTallies: stores.importTallies,
      },
      outputs: {
        catalogChanges: topics.catalogChanges,
        products: topics.products,
        catalogEvents: topics.catalogEvents,
        stockLevels: topics.stockLevels,
        importTallies: topics.importTallies,
      },
      timers: {},
    })
    .feedback(topics.catalogChanges, 'a change of a product leads to changes of its variants, and a variant has none', {
      hasOtherWriters: true,
    });
};
