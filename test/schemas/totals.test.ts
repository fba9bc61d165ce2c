// The pricing function: examples worked out by hand, and the properties that every price has.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { shippingRates, taxBasisPoints } from '../../schemas/rates.ts';
import { equalTotals, largestAmount, type PricedLine, type Terms, totalsOf } from '../../schemas/totals.ts';
import type { Totals } from '../../schemas/types.generated.ts';

const germany: Terms = { country: 'DE', currency: 'EUR' };
const line = (quantity: number, unitPrice: number, weightGrams = 0): PricedLine => ({
  quantity,
  unitPrice,
  weightGrams,
});

function priced(lines: readonly PricedLine[], terms: Terms): Totals {
  const totals = totalsOf(lines, terms);
  assert.ok(typeof totals === 'object', `${totals}`);
  return totals;
}

describe('examples', () => {
  test('goods, a parcel, a price for each begun kilogram, tax on both', () => {
    // 2 x 19.99 + 5.00 = 44.98; 2,001 g ship as 3 kg: 4.90 + 3 x 1.00 = 7.90; 19 % of 52.88 is 10.0472
    const totals = priced([line(2, 1999, 900), line(1, 500, 201)], germany);
    assert.deepEqual(totals, { subtotal: 4498, shipping: 790, tax: 1005, total: 6293 });
  });

  test('tax is rounded half up, once', () => {
    // 2,550 basis points of 10 + 490 are 127.5
    assert.equal(priced([line(1, 10)], { country: 'FI', currency: 'EUR' }).tax, 128);
  });

  test('a country outside the lists ships as the world does, without tax', () => {
    assert.deepEqual(priced([line(1, 100, 1)], { country: 'BR', currency: 'USD' }), {
      subtotal: 100,
      shipping: 2190,
      tax: 0,
      total: 2290,
    });
  });

  test('yen have no cents', () => {
    const totals = priced([line(1, 1500, 500)], { country: 'JP', currency: 'JPY' });
    assert.deepEqual(totals, { subtotal: 1500, shipping: 800, tax: 230, total: 2530 });
  });
});

describe('refusals', () => {
  test('a country or a currency that is none of ours', () => {
    for (const country of ['', 'de', 'DEU', 'D1']) {
      assert.equal(totalsOf([line(1, 1)], { country, currency: 'EUR' }), 'unsupported_country');
    }
    for (const currency of ['', 'eur', 'XXX', 'toString']) {
      assert.equal(totalsOf([line(1, 1)], { country: 'DE', currency }), 'unsupported_currency');
    }
  });

  test('numbers that are no counts, and sums beyond the limit', () => {
    const bad = [line(-1, 1), line(1, -1), line(0.5, 1), line(1, Number.NaN), line(1, 1, -1), line(999, largestAmount)];
    const heavy = line(1, 1, 2 ** 50);
    for (const each of [...bad, heavy]) assert.equal(totalsOf([each], germany), 'amount_out_of_range');
    const half = line(1, largestAmount / 2 + 1);
    assert.equal(totalsOf([half, half], germany), 'amount_out_of_range');
    assert.equal(totalsOf([line(1, largestAmount)], germany), 'amount_out_of_range', 'the tax comes on top');
  });
});

describe('properties', () => {
  const lines = fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 999 }),
      unitPrice: fc.integer({ min: 0, max: 1_000_000 }),
      weightGrams: fc.integer({ min: 0, max: 100_000 }),
    }),
    { minLength: 1, maxLength: 20 },
  );
  const terms = fc.record({
    country: fc.constantFrom(...Object.keys(taxBasisPoints), 'US', 'BR'),
    currency: fc.constantFrom(...Object.keys(shippingRates)),
  });

  test('the total adds up of whole, non-negative parts', () => {
    fc.assert(
      fc.property(lines, terms, (some, where) => {
        const { subtotal, shipping, tax, total } = priced(some, where);
        for (const part of [subtotal, shipping, tax]) assert.ok(Number.isSafeInteger(part) && part >= 0);
        assert.equal(total, subtotal + shipping + tax);
        assert.equal(
          subtotal,
          Number(some.reduce((sum, each) => sum + BigInt(each.quantity) * BigInt(each.unitPrice), 0n)),
        );
      }),
    );
  });

  test('more of a line never costs less', () => {
    fc.assert(
      fc.property(lines, terms, fc.nat(), (some, where, at) => {
        const more = some.map((each, index) =>
          index === at % some.length ? { ...each, quantity: each.quantity + 1 } : each,
        );
        const before = priced(some, where);
        const after = priced(more, where);
        for (const part of ['subtotal', 'shipping', 'tax', 'total'] as const)
          assert.ok(after[part] >= before[part], part);
      }),
    );
  });

  test('the order of lines and the splitting of a line change nothing', () => {
    fc.assert(
      fc.property(lines, terms, (some, where) => {
        const split = some.flatMap((each) => [
          { ...each, quantity: 1 },
          { ...each, quantity: each.quantity - 1 },
        ]);
        assert.ok(equalTotals(priced(some, where), priced(split.reverse(), where)));
      }),
    );
  });

  test('totals that differ in any part are not equal', () => {
    const totals: Totals = { subtotal: 1, shipping: 2, tax: 3, total: 6 };
    for (const part of Object.keys(totals)) assert.ok(!equalTotals(totals, { ...totals, [part]: 0 }), part);
  });
});
