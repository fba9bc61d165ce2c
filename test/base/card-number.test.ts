// Card numbers are found however they are written, and refused before anything is logged or stored.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import { hasCardNumber, looksLikeCard } from '../../base/card-number.ts';
import { topics } from '../../schemas/topics.ts';
import { orderBody, TestGateway } from '../gateway/test-gateway.ts';

const cards = [
  '4111111111111111',
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  '4111  1111 - 1111\t1111',
  '4111\u00a01111\u20131111\u00a01111',
  '４１１１１１１１１１１１１１１１',
  'my card is 5555 5555 5555 4444, thanks',
  'flat 12 4111 1111 1111 1111',
  '378282246310005',
  '4222222222222',
  '6304000000000000000',
  'x4111111111111111x',
];

const innocent = [
  '4111111111111112',
  '411111111111',
  '12 Main St',
  'tok_visa',
  '10115',
  '12345678901234567890123456789012',
  'b3c2a1f0-1234-4123-8123-411111111116',
  '+49 30 901820',
];

for (const text of cards) {
  test(`${JSON.stringify(text)} is one`, () => assert.equal(looksLikeCard(text), true));
}
for (const text of innocent) {
  test(`${JSON.stringify(text)} is none`, () => assert.equal(looksLikeCard(text), false));
}

test('any number with a right check digit is one, any with a wrong one is none', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 });
  fc.assert(
    fc.property(digits, (body) => {
      const sum = body
        .toReversed()
        .map((digit, index) => (index % 2 === 0 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit))
        .reduce((total, digit) => total + digit, 0);
      const check = (10 - (sum % 10)) % 10;
      for (let last = 0; last < 10; last++) assert.equal(looksLikeCard(`${body.join('')}${last}`), last === check);
    }),
  );
});

test('it is found at any depth, in names of fields, too', () => {
  assert.equal(hasCardNumber({ a: [{ b: { c: 'no' } }, { d: ['4111111111111111'] }] }), true);
  assert.equal(hasCardNumber({ '4111111111111111': 1 }), true);
  assert.equal(hasCardNumber({ a: [1, null, true, 'x'] }), false);
  assert.equal(
    hasCardNumber({ a: { b: '4111111111111111' } }, (path) => path.join('.') === 'a.b'),
    false,
  );
});

describe('an order with a card number', () => {
  const card = '4111 1111 1111 1111';
  const places: [name: string, body: object][] = [
    ['as the token', { payment: { method: 'card', token: card.replaceAll(' ', '') } }],
    ['as the method', { payment: { method: card, token: 'tok' } }],
    ['in the street', { shipTo: { ...orderBody.shipTo, street: `12 ${card}` } }],
    ['in an unknown field', { note: card }],
    ['as an unknown field', { [card]: 1 }],
    ['as a product id', { lines: [{ productId: card.replaceAll(' ', ''), quantity: 1 }] }],
    ['as a bad product id', { lines: [{ productId: card, quantity: 1 }] }],
  ];

  test('is refused, wherever it stands, and leaves no trace', async (t) => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const shop = await TestGateway.open({ deps: { logger: pino({ level: 'trace' }, sink) } });
    for (const [name, body] of places) {
      await t.test(name, async () => {
        const answer = await shop.order({ body, headers: { 'idempotency-key': name.replaceAll(' ', '-') } });
        const isInvalidId = name === 'as a bad product id';
        assert.deepEqual(
          [answer.status, answer.body.code],
          isInvalidId ? [400, 'request_invalid'] : [422, 'card_number_refused'],
        );
        assert.ok(!/4111/.test(answer.text));
      });
    }
    assert.equal(await shop.count(topics.orders), 0);
    assert.ok(!lines.some((line) => line.includes('4111')));
    await shop.close();
  });

  test('that is the id of a product is an order', async () => {
    const shop = await TestGateway.open();
    await shop.offer({ '4111111111111111': 5 });
    const lines = [{ productId: '4111111111111111', quantity: 1 }];
    assert.equal((await shop.order({ lines })).status, 202);
    await shop.close();
  });
});
