// Stock: what sellers say is there.
import { applyStockChange } from '../processors/apply-stock-change.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const stock = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  builder.source(topics.stockChanges, applyStockChange, {
    stores: { stock: stores.stock, stockOutcomes: stores.stockOutcomes, importTallies: stores.importTallies },
    outputs: {
      stockEvents: topics.stockEvents,
      stockLevels: topics.stockLevels,
      importTallies: topics.importTallies,
    },
    timers: {},
  });
};
