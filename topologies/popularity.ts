// Popularity: what shoppers do and buy, counted for the product with which they do it; and what they looked for in vain.
import { countActivity } from '../processors/popularity/count-activity.ts';
import { countOrderEvent } from '../processors/popularity/count-order-event.ts';
import { countSearchMiss, tellZeroResults } from '../processors/popularity/count-search-miss.ts';
import { countShopperEvent } from '../processors/popularity/count-shopper-event.ts';
import { sendActivity } from '../processors/popularity/gather-activity.ts';
import { tellPopularity } from '../processors/popularity/tell-popularity.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const popularity = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  const activity = { productActivity: topics.productActivity };
  const gather = {
    stores: { activityBatches: stores.activityBatches },
    outputs: activity,
    timers: { activity: 'activity' },
  };
  const told = {
    stores: { popularity: stores.popularity, listings: stores.listings },
    outputs: { popularity: topics.popularity },
    timers: { popularity: 'popularity' },
  };
  const misses = {
    stores: { zeroResults: stores.zeroResults },
    outputs: { zeroResults: topics.zeroResults },
    timers: { 'zero-result-windows': 'zero-result-windows' },
  };
  // A shopper's events are only counted: one that is lost is no reason to hold the others back.
  const counted = { isQuarantined: false };
  builder
    .source(
      topics.shopperEvents,
      countShopperEvent,
      {
        ...gather,
        stores: { ...gather.stores, seenEvents: stores.seenEvents },
        outputs: { ...activity, searchMisses: topics.searchMisses },
      },
      counted,
    )
    .source(topics.orderEvents, countOrderEvent, { stores: {}, outputs: activity, timers: {} })
    .source(topics.productActivity, countActivity, {
      ...told,
      stores: { ...told.stores, offers: stores.offers, verifiedPurchases: stores.verifiedPurchases },
      outputs: { ...told.outputs, ...activity },
    })
    .source(topics.searchMisses, countSearchMiss, misses, counted)
    .timer('activity', sendActivity, gather)
    .timer('popularity', tellPopularity, told)
    .timer('zero-result-windows', tellZeroResults, misses)
    .feedback(topics.productActivity, 'what happened with a variant goes to its product, and no further');
};
