// The shipping effect: which carrier call a request becomes, and what it tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StockstreamError } from '../../../base/errors.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { Carrier, ShipmentRequest } from '../../../effects/shipping/carrier.ts';
import { shipParcels } from '../../../effects/shipping/ship.ts';
import { leadProductOf } from '../../../schemas/ids.ts';
import { topics } from '../../../schemas/topics.ts';
import type { Record } from '../../../streams/api.ts';
import { requestOf } from './parcels.ts';

const { signal } = new AbortController();

function recordOf(value: ShipmentRequest): Record<ShipmentRequest> {
  const { name: topic } = topics.shipmentRequests;
  const key = leadProductOf(value.orderId) ?? '';
  return { topic, partition: 0, offset: 0, key, value, timestamp: 0, headers: [] };
}

function carrierThat(take: (verb: string, parcel: ShipmentRequest) => string): Carrier {
  return {
    send: async (parcel) => ({ trackingCode: take('send', parcel) }),
    fetch: async (parcel) => ({ trackingCode: take('fetch', parcel) }),
    close: async () => {},
  };
}

for (const [type, verb, status] of [
  ['SendParcel', 'send', 'requested'],
  ['FetchParcel', 'fetch', 'returning'],
] as const) {
  test(`${type} is ${verb} at the carrier, whose tracking code is told as ${status}`, async () => {
    const asked: unknown[] = [];
    const carrier = carrierThat((...call) => {
      asked.push(call);
      return 'T-1';
    });
    const clock = new SteppedClock();
    const request = requestOf('w1', type);
    const effect = shipParcels({ carrier, topics, clock });
    const [told, ...rest] = await effect.perform(recordOf(request), signal);
    assert.deepEqual(asked, [[verb, request]]);
    assert.deepEqual(rest, []);
    const { shipmentId, orderId, carrier: name } = request;
    const updateId = `${shipmentId}/${status}`;
    const value = { updateId, shipmentId, orderId, at: clock.now(), carrier: name, trackingCode: 'T-1', status };
    assert.equal(told?.topic, topics.shipmentUpdates);
    assert.equal(told?.key, 'tv-55');
    assert.deepEqual(told?.value, value);
    const bytes = Buffer.alloc(1_000);
    const end = topics.shipmentUpdates.serde.encode(value, bytes, 0);
    assert.deepEqual(topics.shipmentUpdates.serde.decode(bytes.subarray(0, end)), value);
    clock.step(1);
    const [again] = await effect.perform(recordOf(request), signal);
    assert.deepEqual(again?.value, { ...value, at: clock.now() });
  });
}

test("the carrier's failure is the effect's; it never gives up", async () => {
  const error = new StockstreamError('CARRIER_UNAVAILABLE', { request: 'r', reason: 'it answered 503' });
  const carrier = carrierThat(() => {
    throw error;
  });
  const effect = shipParcels({ carrier, topics, clock: new SteppedClock() });
  const record = recordOf(requestOf('w1'));
  await assert.rejects(effect.perform(record, signal), error);
  assert.equal(effect.giveUp(record, error), undefined);
});
