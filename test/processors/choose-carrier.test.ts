// The choice of a carrier: each limit at its edge, and an answer for anything.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { carrierFor } from '../../processors/choose-carrier.ts';

describe('a parcel', () => {
  const cases: readonly (readonly [weightGrams: number, country: string, carrier: string])[] = [
    [0, 'DE', 'letter-post'],
    [1_000, 'DE', 'letter-post'],
    [1_000, 'IN', 'letter-post'],
    [1_000, 'BR', 'letter-post'],
    [1_001, 'DE', 'parcel-post'],
    [1_001, 'US', 'parcel-post'],
    [1_001, 'IN', 'air-parcel'],
    [1_001, 'BR', 'air-parcel'],
    [31_500, 'DE', 'parcel-post'],
    [31_501, 'DE', 'freight'],
    [20_000, 'JP', 'air-parcel'],
    [20_001, 'JP', 'freight'],
    [20_001, 'AU', 'freight'],
  ];
  for (const [weightGrams, country, carrier] of cases) {
    test(`of ${weightGrams} g to ${country} goes by ${carrier}`, () => {
      assert.equal(carrierFor({ country, weightGrams }), carrier);
    });
  }

  test('of any weight to anywhere has a carrier, and a heavier one never goes by a lighter way', () => {
    const ways = ['letter-post', 'parcel-post', 'air-parcel', 'freight'];
    fc.assert(
      fc.property(fc.string(), fc.nat(100_000), fc.nat(100_000), (country, weightGrams, more) => {
        const light = ways.indexOf(carrierFor({ country, weightGrams }));
        const heavy = ways.indexOf(carrierFor({ country, weightGrams: weightGrams + more }));
        assert.ok(light >= 0 && heavy >= light);
      }),
    );
  });
});
