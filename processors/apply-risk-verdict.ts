// How much an order looks like fraud, to its saga: it goes on to payment, or a person looks at it first.
import { leadProductOf } from '../schemas/ids.ts';
import type { RiskVerdict } from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { type OrderWiring, prefetchOrder } from './order-state.ts';
import { requireKey } from './require-key.ts';
import { happen } from './saga/perform.ts';

export const applyRiskVerdict: Processor<RiskVerdict, OrderWiring> = {
  name: 'apply-risk-verdict',

  process(record, context) {
    const { orderId, score, findings } = record.value;
    requireKey(record, leadProductOf(orderId));
    happen(context, orderId, { type: 'RiskAssessed', score, findings });
  },

  prefetch: prefetchOrder,
};
