// What is planted in a small shop that runs (documents, records past the processors, the provider's books, a worker's
// disk) is found, all of it and nothing else; what can be is set right, and the audit tells of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { orderIdFor } from '../../../schemas/ids.ts';
import { type StoreEntry, storesFor } from '../../../schemas/stores.ts';
import type { OrderEvent, OrderState, StockLevel, StockState } from '../../../schemas/types.generated.ts';
import { catalogChange, count, lampFields, orderOf, stockChange, type Wish } from '../../processors/fixtures.ts';
import { eventually, SmallShop } from './small-shop.ts';

const stores = storesFor();
const placed = orderIdFor('ann', 'placed', 'lamp');
const waiting = orderIdFor('ann', 'waiting', 'lamp');
const overdue = orderIdFor('ann', 'overdue', 'lamp');
const cancelled = orderIdFor('ann', 'cancelled', 'lamp');
/** Orders that never were. */
const ghost = orderIdFor('ghost', 'none', 'lamp');
const never = orderIdFor('bob', 'never', 'lamp');

describe('in a small shop', () => {
  let shop: SmallShop;
  before(async () => {
    shop = await SmallShop.open();
    await fill(shop);
  });
  after(() => shop.close());

  test('nothing is wrong at first, however deep one looks', async () => {
    for (const depth of ['recent', 'full'] as const) {
      const { verdict, findings, notes, checks } = await shop.reconcile(depth);
      assert.deepEqual([verdict, findings, notes], ['clean', [], []], depth);
      for (const { check, checked, unsettled } of checks) {
        assert.equal(unsettled, 0, check);
        if (check !== 'purchase-limits') assert.ok(checked > 0, `${check} looks at something (${depth})`);
      }
    }
  });

  test('an order that has moved to the archive is compared there', async () => {
    await shop.archiveOrder(cancelled);
    const { verdict } = await shop.reconcile();
    assert.equal(verdict, 'clean');
  });

  const planted = [
    `hold-order:rope/${ghost}`,
    `order-overdue:${overdue}`,
    `payment-left:${cancelled}`,
    'stock-held:lamp',
    'stock-level:lamp',
    'stock-level:rope',
    `view:orders/${placed}`,
    'view:products/ghost',
    'view:stock/lamp',
  ];

  test('what is planted is found, all of it and nothing else', async () => {
    await plant(shop);
    const { verdict, findings } = await shop.reconcile();
    assert.equal(verdict, 'wrong');
    assert.deepEqual(findings.map(({ id }) => id).sort(), planted);
    for (const { id, expected, found, where, repair } of findings) {
      assert.ok(expected !== '' && found !== '' && expected !== found && where !== '', id);
      assert.notEqual(repair, null, id);
    }
    const figures = await shop.metrics.metrics();
    assert.match(figures, /reconciliation_findings\{check="view",severity="error"\} 3/);
  });

  test('it is set right on request, and the audit says by whom and why', async () => {
    const first = await repairAll(shop);
    // One repair of a stock leaves the other nothing to do: it is another stock by then.
    const refused = first.filter(({ outcome }) => outcome === 'refused').map(({ id }) => id);
    assert.deepEqual(refused, ['stock-level:lamp']);
    // What others were asked to do takes its time.
    await eventually(async () => ((await shop.reconcile()).verdict === 'clean' ? true : undefined));
    const { entries } = await shop.request('GET', '/v1/admin/audit?limit=200');
    for (const id of planted) {
      const own = entries.filter(({ reason }: { reason: string }) => reason === `${id}: a test`);
      assert.ok(own.length > 0, id);
      for (const { actor } of own) assert.equal(actor, 'olga');
    }
    const page = await shop.request('GET', '/v1/admin/audit?limit=3');
    const rest = await shop.request('GET', `/v1/admin/audit?limit=200&cursor=${page.cursor}`);
    assert.deepEqual([...page.entries, ...rest.entries], entries);
    const corrected = entries.find((entry: { reason: string }) => entry.reason === 'stock-held:lamp: a test');
    assert.equal(corrected.before.warehouses[0].held, corrected.after.warehouses[0].held + 1);
  });

  test('a repair of what is no longer so changes nothing', async () => {
    const findings = ['stock-held:lamp'];
    const { repairs } = await shop.request('POST', '/v1/admin/reconciliation/repair', { findings, reason: 'again' });
    assert.deepEqual(repairs, [
      { id: 'stock-held:lamp', outcome: 'refused', detail: 'the last run has no such finding' },
    ]);
  });

  test('what only a person can mend is found as well, and left', async () => {
    const { event, ...step } = lastStep();
    await shop.append(shop.topics.orderEvents, waiting, { ...step, event });
    await shop.authorize(never, 700);
    const { findings } = await shop.reconcile();
    const wanted = [`order-history:${waiting}`, `payment-unknown:${never}`];
    assert.deepEqual(
      findings.map(({ id, repair }) => [id, repair]).sort(),
      wanted.map((id) => [id, null]),
    );
    const body = { findings: wanted, reason: 'try' };
    const { repairs } = await shop.request('POST', '/v1/admin/reconciliation/repair', body);
    assert.deepEqual(
      repairs.map(({ outcome }: { outcome: string }) => outcome),
      ['refused', 'refused'],
    );
  });
});

/** Two products; orders that are placed, reserved twice, and cancelled. */
async function fill(shop: SmallShop): Promise<void> {
  const { topics } = shop;
  for (const productId of ['lamp', 'rope']) {
    await shop.append(topics.catalogChanges, productId, catalogChange(productId, lampFields));
    await shop.append(topics.stockChanges, productId, stockChange(productId, 'east', count(20)));
  }
  await eventually(() =>
    shop.documents.get('stock', 'rope').then((found) => (found?.fields.free === 20 ? true : undefined)),
  );
  const submit = (orderId: string, wish: Wish, collect: boolean) => {
    const payment = { method: 'card', token: 'tok_success', collect, billingCountry: '', billingPostalCode: '' };
    return shop.append(topics.orders, 'lamp', orderOf(wish, { orderId, payment, placedAt: 1_700_000_000_000 }));
  };
  await submit(placed, { lamp: 2, rope: 1 }, true);
  await submit(waiting, { lamp: 1, rope: 3 }, false);
  await submit(overdue, { lamp: 1 }, false);
  await submit(cancelled, { lamp: 1 }, false);
  const command = { type: 'CancelOrder', reason: 'by_customer' } as const;
  await shop.append(topics.orderCommands, 'lamp', { commandId: 'c', orderId: cancelled, actor: 'ann', at: 1, command });
  const wanted = { [placed]: 'placed', [waiting]: 'reserved', [overdue]: 'reserved', [cancelled]: 'cancelled' };
  for (const [orderId, status] of Object.entries(wanted)) {
    await eventually(async () => {
      const order = await shop.documents.get('orders', orderId);
      return order?.fields.status === status ? order : undefined;
    });
  }
}

/** Everything that the last run found and that can be set right. */
async function repairAll(shop: SmallShop): Promise<{ id: string; outcome: string }[]> {
  const { last } = await shop.request('GET', '/v1/admin/reconciliation');
  const findings = last.findings.map(({ id }: { id: string }) => id);
  const body = { findings, reason: 'a test' };
  return (await shop.request('POST', '/v1/admin/reconciliation/repair', body)).repairs;
}

async function plant(shop: SmallShop): Promise<void> {
  // Into the documents: one that is changed, one that is gone, one that should not be.
  await shop.changeDocument('stock', 'lamp', (fields) => ({ ...fields, free: 99 }));
  await shop.changeDocument('orders', placed, () => undefined);
  await shop.changeDocument('products', 'ghost', () => ({ productId: 'ghost' }));
  // Into the log, past the processors; the view takes it as it comes.
  const rope = (await shop.documents.get('stock', 'rope'))!.fields as unknown as StockLevel;
  await shop.append(shop.topics.stockLevels, 'rope', { ...rope, free: 1 });
  // Into the provider's books.
  await shop.authorize(cancelled, 1_500);
  // Onto the worker's disk.
  await shop.stop();
  await shop.changeState('lamp', [
    { store: stores.stock as StoreEntry<unknown>, key: 'lamp', change: (stock) => withHeld(stock as StockState, 1) },
    { store: stores.orders as StoreEntry<unknown>, key: overdue, change: (state) => late(state as OrderState) },
  ]);
  const phase = { type: 'HoldOpen', allocations: [{ warehouseId: 'east', quantity: 2 }], limited: false } as const;
  await shop.changeState('rope', [
    { store: stores.stock as StoreEntry<unknown>, key: 'rope', change: (stock) => withHeld(stock as StockState, 2) },
    {
      store: stores.holds as StoreEntry<unknown>,
      key: `rope/${ghost}`,
      change: () => ({ line: 2, phase, attempt: 0 }),
    },
  ]);
  await shop.start();
}

function withHeld(stock: StockState, more: number): StockState {
  return { ...stock, warehouses: stock.warehouses.map((each) => ({ ...each, held: each.held + more })) };
}

/** Its timer stays where it was. */
function late({ phase }: OrderState): OrderState {
  if (phase.type !== 'Reserved') throw new Error(`the order is ${phase.type}`);
  return { phase: { ...phase, facts: { ...phase.facts, expiresAt: 1_700_000_000_000 } } };
}

function lastStep(): OrderEvent {
  const event = { type: 'OrderCancelled', reason: 'other' } as const;
  return { orderId: waiting, sequence: 9, customerId: 'ann', at: 1_700_000_000_000, event };
}
