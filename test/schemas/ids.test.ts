// Ids: the same order for the same wish, the right owner, and nothing else accepted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOrderId, isProductId, leadProductOf, orderIdFor } from '../../schemas/ids.ts';

const productId = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);

test('an order id names its owner and is the same for every retry', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), productId, (customer, key, lead) => {
      const orderId = orderIdFor(customer, key, lead);
      assert.equal(orderIdFor(customer, key, lead), orderId);
      assert.ok(isOrderId(orderId));
      assert.equal(leadProductOf(orderId), lead);
    }),
  );
});

test('other customers and other keys get other orders', () => {
  const ids = [
    ['ab', 'c'],
    ['a', 'bc'],
    ['', 'abc'],
    ['1:a', 'bc'],
    ['ab', 'd'],
  ].map(([customer, key]) => orderIdFor(customer!, key!, 'p'));
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(orderIdFor('ann', 'k1', 'shirt'), `${orderIdFor('ann', 'k1', 'lamp').split('~')[0]}~shirt`);
});

test('an order id does not change from release to release', () => {
  assert.equal(orderIdFor('ann', 'k1', 'lamp'), '64VTS3z0lY9zY2mk5e0DCA~lamp');
});

test('product ids are 1 to 64 letters, digits, dots, underscores and hyphens', () => {
  for (const good of ['a', 'A.b_c-9', 'x'.repeat(64)]) assert.ok(isProductId(good), good);
  for (const bad of ['', 'a b', 'a/b', 'a~b', 'ä', 'x'.repeat(65), 'a\n']) assert.ok(!isProductId(bad), bad);
});

test('what is not an order id has no owner', () => {
  const id = orderIdFor('ann', 'k1', 'lamp');
  for (const bad of ['', 'lamp', '~lamp', id.slice(1), `${id}/x`, `${id}\n`, id.replace('~', '/')]) {
    assert.equal(leadProductOf(bad), undefined, bad);
  }
});
