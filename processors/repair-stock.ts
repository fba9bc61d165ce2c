// Sets a product's stock right as reconciliation asks, and tells what it was and what it is. Only a stock that stands as
// it was looked at is changed: whatever happened since would be lost otherwise; the same repair a second time therefore
// changes nothing. Units stay what the laws of stock.ts say, or nothing changes.
import type { AuditEntry, StockLevel, StockRepair, StockState } from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { requireKey } from './require-key.ts';
import { levelOf } from './stock.ts';

interface RepairWiring {
  readonly stores: { readonly stock: StockState };
  readonly outputs: { readonly stockLevels: StockLevel; readonly audit: AuditEntry };
  readonly timers: never;
}

export const repairStock: Processor<StockRepair, RepairWiring> = {
  name: 'repair-stock',

  process(record, context) {
    const { value: asked } = record;
    const { productId } = asked;
    requireKey(record, productId);
    const before = context.stores.stock.get(productId);
    const refusal = before === undefined ? 'the product has no stock' : refusalOf(asked, before);
    if (before === undefined || refusal !== undefined) {
      tell(context, asked, { outcome: 'refused', before, after: { reason: refusal } });
      return;
    }
    const stock = repaired(asked, before);
    context.stores.stock.put(productId, stock);
    context.forward('stockLevels', productId, levelOf(productId, stock, context.now));
    tell(context, asked, { outcome: 'done', before, after: unitsOf(stock) });
  },
};

/** Why it can't be applied, or undefined. */
function refusalOf({ version, warehouses, takenIn, committed }: StockRepair, before: StockState): string | undefined {
  if (before.version !== version) return `the stock has changed since: it stands at ${before.version}, not ${version}`;
  const known = before.warehouses.map(({ warehouseId }) => warehouseId).join(' ');
  if (warehouses.map(({ warehouseId }) => warehouseId).join(' ') !== known) return `its warehouses are ${known}`;
  const isSound = warehouses.every(({ held, onHand }) => 0 <= held && held <= onHand);
  const onHand = warehouses.reduce((sum, each) => sum + each.onHand, 0);
  return isSound && takenIn === committed + onHand ? undefined : 'it would break the laws of stock';
}

function repaired({ warehouses, takenIn, committed }: StockRepair, before: StockState): StockState {
  const places = before.warehouses.map((place, index) => {
    const { onHand, held } = warehouses[index] ?? place;
    return { ...place, onHand, held };
  });
  return { ...before, warehouses: places, takenIn, committed, version: before.version + 1 };
}

interface Outcome {
  readonly outcome: AuditEntry['outcome'];
  readonly before: StockState | undefined;
  readonly after: object;
}

function tell(context: Context<RepairWiring>, asked: StockRepair, { outcome, before, after }: Outcome): void {
  const { repairId: auditId, productId: subject, actor, reason } = asked;
  context.forward('audit', subject, {
    auditId,
    at: context.now,
    actor,
    action: 'correct-stock',
    subject,
    reason,
    outcome,
    before: before === undefined ? '' : JSON.stringify(unitsOf(before)),
    after: JSON.stringify(after),
  });
}

function unitsOf({ warehouses, takenIn, committed, version }: StockState) {
  const places = warehouses.map(({ warehouseId, onHand, held }) => ({ warehouseId, onHand, held }));
  return { warehouses: places, takenIn, committed, version };
}
