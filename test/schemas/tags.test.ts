// The tag that is read from a record's bytes is the one that decoding them finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serdeOf } from '../../schemas/serde.ts';
import { tagReader } from '../../schemas/tags.ts';
import type { OrderEvent } from '../../schemas/types.generated.ts';

const serde = serdeOf('OrderEvent');

function encoded(event: OrderEvent['event'], more: Partial<OrderEvent> = {}): Buffer {
  const target = Buffer.alloc(4_096);
  const value = { orderId: 'o~p', sequence: 1, customerId: 'c', at: 1_700_000_000_000, event, ...more };
  return target.subarray(0, serde.encode(value, target, 0));
}

test('whatever stands before it', () => {
  for (const orderId of ['', 'o~p', 'ö'.repeat(100)]) {
    for (const sequence of [0, 63, 64, 2_000_000_000]) {
      const cancelled = encoded({ type: 'OrderCancelled', reason: 'expired' }, { orderId, sequence });
      assert.equal(serde.tag?.(cancelled), 'OrderCancelled');
      const rejected = encoded({ type: 'OrderRejected', lines: [] }, { orderId, sequence });
      assert.equal(serde.tag?.(rejected), 'OrderRejected');
    }
  }
});

test('undefined where it cannot be told', () => {
  const whole = encoded({ type: 'OrderRejected', lines: [] });
  const foreign = Buffer.from(whole);
  foreign.writeInt32BE(999_999, 1);
  assert.equal(serde.tag?.(foreign), undefined, 'what another version wrote');
  assert.equal(serde.tag?.(Buffer.from('x')), undefined);
  assert.equal(serde.tag?.(whole.subarray(0, 5)), undefined);
  assert.equal(serdeOf('StockLevel').tag?.(whole), undefined, 'a record without a union');
  assert.equal(tagReader({ type: 'record', name: 'R', fields: [{ name: 'a', type: ['null', 'string'] }] }), undefined);
});
