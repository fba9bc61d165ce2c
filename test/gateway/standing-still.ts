// A topology in which a key stands still: records with an unlucky number fail, the others are told on.
import { topics } from '../../schemas/topics.ts';
import type { SearchMiss, StockChange } from '../../schemas/types.generated.ts';
import type { Processor } from '../../streams/api.ts';
import { topology } from '../../streams/topology.ts';

interface Wiring {
  stores: object;
  outputs: { done: SearchMiss };
  timers: never;
}

const failing: Processor<StockChange, Wiring> = {
  name: 'toy',
  process({ key, value: { sequence } }, { forward }) {
    if (sequence === 13) throw new Error('bad luck');
    forward('done', key, { query: 'q', language: 'en', at: sequence ?? 0 });
  },
};

export const standingStill = topology('shop')
  .source(topics.stockChanges, failing, { stores: {}, outputs: { done: topics.searchMisses }, timers: {} })
  .quarantine(topics.shopQuarantine)
  .build();
