// A paid order's parcels: on their way in any order of news, delivered, and back again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Effect, Happening, Phase } from '../../../processors/saga/saga.ts';
import { next } from '../../../processors/saga/table.ts';
import type { OrderFacts, ParcelStatus } from '../../../schemas/types.generated.ts';

const day = 86_400_000;
const lines = ['lamp', 'desk'].map((productId, at) => {
  return { line: at + 1, productId, quantity: 3, weightGrams: 20_000, sellerId: 'sally' };
});
const facts: OrderFacts = {
  customerId: 'ann',
  sequence: 2,
  expiresAt: 0,
  lines,
  limited: false,
  attempt: 0,
  checkout: {
    method: 'card',
    token: 't',
    amount: 500,
    currency: 'EUR',
    email: 'ann@example.com',
    shipTo: { name: 'Ann', street: 'Way 1', city: 'Town', postalCode: '1', country: 'DE' },
    warehouses: [],
    promises: [],
    notFrom: [],
    holdMillis: 900_000,
    billingCountry: '',
    billingPostalCode: '',
    customerSince: 0,
  },
};
const reserved = [
  {
    line: 1,
    productId: 'lamp',
    quantity: 3,
    allocations: [
      { warehouseId: 'east', quantity: 1 },
      { warehouseId: 'west', quantity: 2 },
    ],
  },
  { line: 2, productId: 'desk', quantity: 3, allocations: [{ warehouseId: 'west', quantity: 3 }] },
];
const capturing: Phase = { type: 'Capturing', facts, reserved, paymentReference: 'pay', tries: 0 };

class Life {
  phase: Phase = capturing;
  now = 1_000;
  effects: readonly Effect[] = [];

  happens(happening: Happening): this {
    const step = next(this.phase, happening, { orderId: 'o~lamp', now: this.now });
    this.effects = step?.effects ?? [];
    this.phase = step?.phase ?? this.phase;
    return this;
  }

  news(warehouseId: string, status: ParcelStatus, trackingCode = ''): this {
    return this.happens({ type: 'ParcelNews', shipmentId: `o~lamp/${warehouseId}`, status, carrier: '', trackingCode });
  }

  get told(): string[] {
    return this.effects.flatMap((each) => (each.effect === 'tell' ? [each.event.type] : []));
  }
}

const paid = () => new Life().happens({ type: 'Captured', reference: 'pay', amount: 500 });
const delivered = () => paid().news('east', 'delivered').news('west', 'delivered');

describe('when the money is taken', () => {
  test('then each warehouse sends one parcel with all that it holds', () => {
    const life = paid();
    assert.ok(life.phase.type === 'Placed');
    assert.deepEqual(
      life.phase.parcels.map(({ shipmentId, carrier, lines: inside }) => [shipmentId, carrier, inside]),
      [
        ['o~lamp/east', 'parcel-post', [{ productId: 'lamp', quantity: 1 }]],
        [
          'o~lamp/west',
          'freight',
          [
            { productId: 'lamp', quantity: 2 },
            { productId: 'desk', quantity: 3 },
          ],
        ],
      ],
    );
    assert.deepEqual(
      life.effects.map(({ effect }) => effect),
      ['keepForGood', 'commit', 'tell', 'sendParcels'],
    );
  });
});

test('a warehouse sends by the carrier that was promised', () => {
  const promise = { warehouseId: 'west', carrier: 'express', fromDay: 1, toDay: 2, notLines: [] };
  const checkout = facts.checkout && { ...facts.checkout, promises: [promise] };
  const life = new Life();
  life.phase = { ...capturing, facts: { ...facts, checkout } };
  const { phase } = life.happens({ type: 'Captured', reference: 'pay', amount: 500 });
  const carriers = phase.type === 'Placed' && phase.parcels.map(({ carrier }) => carrier);
  assert.deepEqual(carriers, ['parcel-post', 'express']);
});

describe('parcels on their way', () => {
  test('the order is in transit with the first and delivered with the last', () => {
    const life = paid();
    assert.deepEqual(life.news('east', 'packed').told, ['ParcelMoved']);
    assert.deepEqual(life.news('east', 'in_transit', 'T1').told, ['OrderInTransit']);
    assert.deepEqual(life.news('east', 'delivered').told, ['ParcelMoved']);
    assert.deepEqual(life.news('west', 'in_transit').told, ['ParcelMoved']);
    assert.deepEqual(life.news('west', 'delivered').told, ['OrderDelivered']);
    assert.ok(life.phase.type === 'Delivered');
    assert.equal(life.phase.parcels[0]?.trackingCode, 'T1');
  });

  test('the same news twice, older news, and news of no parcel of the order change nothing', () => {
    const life = paid().news('east', 'in_transit', 'T1');
    const before = life.phase;
    for (const status of ['requested', 'packed', 'in_transit'] as const) life.news('east', status, 'T2');
    life.news('north', 'delivered');
    assert.equal(life.phase, before);
  });

  test('that a parcel is on its way back before it arrived says nothing yet', () => {
    const life = paid().news('east', 'in_transit');
    const before = life.phase;
    assert.equal(life.news('east', 'returning').phase, before);
  });

  test('a tracking code may come after what it is for', () => {
    const life = paid().news('east', 'in_transit').news('east', 'packed', 'T1');
    assert.ok(life.phase.type === 'InTransit');
    assert.deepEqual([life.phase.parcels[0]?.status, life.phase.parcels[0]?.trackingCode], ['in_transit', 'T1']);
  });

  test('what nobody takes comes back by itself, and the money goes back', () => {
    const life = paid().news('east', 'returned').news('west', 'returned');
    assert.equal(life.phase.type, 'Refunding');
    assert.deepEqual(
      life.effects.map(({ effect }) => effect),
      ['restock', 'tell', 'ask'],
    );
  });

  test('it cannot be cancelled, nor can it expire', () => {
    const life = paid();
    const before = life.phase;
    life.happens({ type: 'CancelAsked', reason: 'by_customer' }).happens({ type: 'HoldExpired' });
    assert.equal(life.phase, before);
  });
});

describe('a delivered order that is sent back', () => {
  test('is fetched, put in stock again, and paid back, once', () => {
    const life = delivered().happens({ type: 'ReturnAsked', reason: 'too small' });
    assert.deepEqual(life.told, ['ReturnRequested']);
    assert.deepEqual(life.effects.at(-1), {
      effect: 'fetchParcels',
      parcels: 'parcels' in life.phase && life.phase.parcels,
    });
    assert.deepEqual(life.happens({ type: 'ReturnAsked', reason: 'again' }).effects, []);
    assert.deepEqual(life.news('west', 'returned').told, ['ParcelMoved']);
    assert.deepEqual(
      life.news('east', 'returned').effects.map(({ effect }) => effect),
      ['restock', 'tell', 'ask'],
    );
    assert.deepEqual(life.happens({ type: 'Unanswered', verb: 'refund' }).effects, [{ effect: 'askLater', tries: 0 }]);
    assert.deepEqual(life.happens({ type: 'RetryDue' }).effects, [{ effect: 'ask', verb: 'refund' }]);
    assert.deepEqual(life.happens({ type: 'Refunded', amount: 500 }).told, ['OrderRefunded']);
    assert.deepEqual(life.happens({ type: 'Refunded', amount: 500 }).effects, []);
    assert.equal(life.phase.type, 'Refunded');
  });

  test('is too late 30 days after', () => {
    const life = delivered();
    life.now += 30 * day + 1;
    assert.deepEqual(life.happens({ type: 'ReturnAsked', reason: 'late' }).effects, []);
    assert.equal(life.phase.type, 'Delivered');
  });
});
