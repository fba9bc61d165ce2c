// Applies a seller's stock change, or refuses it with a reason. A repeated change changes nothing and is answered by the
// same event again, so that whoever asks twice hears twice. Should the bodies differ, the first one counts.
import { unreachable } from '../base/assert.ts';
import type { StockChange, StockEvent, StockLevel, StockState } from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { requireKey } from './require-key.ts';
import { levelOf, setOnHand, warehouseOf } from './stock.ts';
import { stockChangeRefusal } from './stock-change-rules.ts';
import { type TallyWiring, tallyImport, tallyReads } from './tally-import.ts';

interface StockChangeWiring {
  readonly stores: TallyWiring['stores'] & { readonly stock: StockState; readonly stockOutcomes: StockEvent };
  readonly outputs: TallyWiring['outputs'] & { readonly stockEvents: StockEvent; readonly stockLevels: StockLevel };
  readonly timers: never;
}

export const applyStockChange: Processor<StockChange, StockChangeWiring> = {
  name: 'apply-stock-change',

  process(record, context) {
    const { value: change, key } = record;
    requireKey(record, change.productId);
    const { stockOutcomes } = context.stores;
    const answered = stockOutcomes.get(outcomeKey(change));
    const event = answered ?? eventFor(change, context.now, apply(context, change));
    if (!answered) {
      stockOutcomes.put(outcomeKey(change), event);
      tallyImport(context, record.partition, event);
    }
    context.forward('stockEvents', key, event);
  },

  prefetch: ({ key, value }) => ({
    stock: [key],
    stockOutcomes: [outcomeKey(value)],
    importTallies: tallyReads(value),
  }),
};

function apply(context: Context<StockChangeWiring>, change: StockChange): StockEvent['outcome'] {
  const { productId, warehouseId } = change;
  const stock = context.stores.stock.get(productId);
  if (stock === undefined) return { type: 'StockChangeRefused', reason: 'unknown_product' };
  const warehouse = warehouseOf(stock, warehouseId) ?? { warehouseId, onHand: 0, held: 0, sequence: null };
  const after = onHandAfter(change.change, warehouse.onHand);
  const reason = stockChangeRefusal({ change, stock, after });
  if (reason) return { type: 'StockChangeRefused', reason };

  const sequence = change.sequence ?? warehouse.sequence;
  const changed = setOnHand(stock, { ...warehouse, onHand: after, sequence });
  context.stores.stock.put(productId, changed);
  context.forward('stockLevels', productId, levelOf(productId, changed, context.now));
  return { type: 'StockChanged', before: warehouse.onHand, after };
}

function onHandAfter(change: StockChange['change'], before: number): number {
  switch (change.type) {
    case 'StockDelta':
      return before + change.delta;
    case 'StockCount':
      return change.count;
    default:
      return unreachable(change);
  }
}

function eventFor(change: StockChange, at: number, outcome: StockEvent['outcome']): StockEvent {
  const { changeId, productId, warehouseId, sellerId, importId, importLine } = change;
  return { changeId, productId, warehouseId, sellerId, at, importId, importLine, outcome };
}

function outcomeKey({ productId, changeId }: StockChange): string {
  return `${productId}/${changeId}`;
}
