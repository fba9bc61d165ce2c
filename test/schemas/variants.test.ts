// What a product's variants may not be, place by place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newProduct } from '../../schemas/catalog-defaults.ts';
import type { Variant } from '../../schemas/types.generated.ts';
import { type VariedProduct, variantFaults } from '../../schemas/variants.ts';

const base = { ...newProduct, productId: 'shirt', title: 'A shirt', price: { amount: 900, currency: 'EUR' } };

function variant(
  productId: string,
  options: { readonly [name: string]: string },
  more: Partial<Variant> = {},
): Variant {
  return { productId, options, price: null, weightGrams: null, image: '', ...more };
}

const small = variant('s', { size: 'S', colour: 'red' });
const large = variant('l', { size: 'L', colour: 'red' });

function faults(variants: readonly Variant[], more: Partial<VariedProduct> = {}): string[] {
  return variantFaults({ ...base, variants, ...more }).map(({ path, message }) => `${path} ${message}`);
}

describe('variants', () => {
  test('that differ in what they name are sound', () => {
    const price = { amount: 1200, currency: 'EUR' };
    assert.deepEqual(faults([]), []);
    assert.deepEqual(faults([small, { ...large, price, weightGrams: 5, image: '/l.jpg' }]), []);
    assert.deepEqual(faults([small, variant('x', { colour: 'red', size: 'L' })]), [], 'in any order');
  });

  const refused: readonly (readonly [name: string, variants: readonly Variant[], fault: RegExp])[] = [
    ['more than 200', Array.from({ length: 201 }, (_, at) => variant(`v${at}`, { size: `${at}` })), /^\/variants must/],
    ['an id that is none', [variant('a b', { size: 'S' })], /^\/variants\/0\/productId must be/],
    ["the product's own id", [small, variant('shirt', large.options)], /^\/variants\/1\/productId must not be/],
    ['an id twice', [small, variant('s', large.options)], /^\/variants\/1\/productId comes twice/],
    ['no options', [variant('s', {})], /^\/variants\/0\/options must name at least one/],
    ['6 options', [variant('s', { a: '', b: '', c: '', d: '', e: '', f: '' })], /^\/variants\/0\/options .* 5 options/],
    ['a strange name', [variant('s', { 'a b': 'c' })], /^\/variants\/0\/options .*"a b"/],
    ['a blank value', [variant('s', { size: ' ' })], /^\/variants\/0\/options must have values/],
    ['a long value', [variant('s', { size: 'x'.repeat(101) })], /^\/variants\/0\/options must have values/],
    ['other names', [small, variant('l', { size: 'L' })], /^\/variants\/1\/options .* first variant: colour, size$/],
    ['the same values', [small, variant('l', { colour: 'red', size: 'S' })], /^\/variants\/1\/options are those/],
    ['a price below 0', [{ ...small, price: { amount: -1, currency: 'EUR' } }], /^\/variants\/0\/price must be 0/],
    ['another currency', [{ ...small, price: { amount: 1, currency: 'CHF' } }], /^\/variants\/0\/price must be in EUR/],
    ['a weight below 0', [{ ...small, weightGrams: -1 }], /^\/variants\/0\/weightGrams/],
    ['a script as image', [{ ...small, image: 'javascript:x' }], /^\/variants\/0\/image/],
  ];
  for (const [name, variants, fault] of refused) {
    test(`with ${name} are refused`, () => {
      const [first = '', ...others] = faults(variants);
      assert.match(first, fault);
      assert.deepEqual(others, []);
    });
  }

  test('whose options are attributes of the product, too, are refused', () => {
    assert.deepEqual(faults([small], { attributes: { size: 'S' } }), ['/attributes/size is an option of the variants']);
  });

  test('with too much text to be copied for each are refused', () => {
    const many = Array.from({ length: 200 }, (_, at) => variant(`v${at}`, { size: `${at}` }));
    assert.deepEqual(faults(many, { description: 'x'.repeat(4_900) }), []);
    assert.match(faults(many, { description: 'x'.repeat(5_000) })[0] ?? '', /^\/variants have copies of 1\d{6}/);
  });
});
