// Repairs: what reconciliation found wrong in a stock, set right by the task that owns it.
import { repairStock } from '../processors/repair-stock.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const repairs = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  builder.source(topics.repairs, repairStock, {
    stores: { stock: stores.stock },
    outputs: { stockLevels: topics.stockLevels, audit: topics.audit },
    timers: {},
  });
};
