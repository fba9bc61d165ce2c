// What a seller says of a product, as JSON, held against itself and its type.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import { changedFrom, newProductFrom } from '../../gateway/product-body.ts';
import { typeFrom } from '../../gateway/product-type-body.ts';
import { Refusal } from '../../gateway/refusal.ts';
import type { ProductTypeBody } from '../../gateway/shapes/product-types.ts';
import { newProduct, unchangedProduct } from '../../schemas/catalog-defaults.ts';
import type { Product, ProductType } from '../../schemas/types.generated.ts';

const price = { amount: 900, currency: 'EUR' };

function typeOf(type: string, attributes: ProductTypeBody['attributes']): ProductType {
  return { type, ...typeFrom({ title: type, attributes }), isDeleted: false, updatedAt: 1, updatedBy: 'op' };
}

const types = new Map(
  [
    typeOf('tv', [
      { name: 'screen', kind: 'number', unit: 'cm', min: 10, max: 300, required: true },
      { name: 'smart', kind: 'boolean' },
      { name: 'resolution', kind: 'choice', choices: ['HD', '4K'] },
      { name: 'panel', kind: 'text', maxLength: 10 },
    ]),
    typeOf('shirt', [
      { name: 'size', kind: 'choice', choices: ['S', 'M'], required: true },
      { name: 'fabric', kind: 'text', required: true },
    ]),
  ].map((type) => [type.type, type]),
);

function faults(body: () => unknown): string[] {
  try {
    body();
    return [];
  } catch (error) {
    assert.ok(error instanceof Refusal && isStockstreamError(error));
    return error.faults.map(({ path, message }) => `${path} ${message}`);
  }
}

const create = (more: object) => newProductFrom({ productId: 'p', title: 'P', price, ...more }, types).product;
const tv = (attributes: object) => create({ productType: 'tv', attributes: { screen: 140, ...attributes } });

describe('a new product', () => {
  test('needs little: the rest has defaults', () => {
    assert.deepEqual(newProductFrom({ productId: 'p', title: 'P', price }, types), {
      productId: 'p',
      product: { ...newProduct, title: 'P', price },
    });
  });

  test('of the wrong form is refused with every fault, whatever it is', () => {
    for (const value of [null, 1, [], 'x', {}])
      assert.throws(() => newProductFrom(value, types), { code: 'REQUEST_INVALID' });
    const bad = { productId: 'a b', title: '', price, more: 1, language: 'xx' };
    assert.throws(() => newProductFrom(bad, types), { code: 'REQUEST_INVALID' });
    assert.equal(faults(() => newProductFrom(bad, types)).length, 4);
  });

  test('without a type has any attributes, as text', () => {
    const { attributes } = create({ attributes: { colour: 'red', pages: 120, signed: true, zero: -0, long: 0.1 } });
    assert.deepEqual(attributes, { colour: 'red', pages: '120', signed: 'true', zero: '0', long: '0.1' });
  });

  test('of a type has what that asks for, as text of one form', () => {
    const { attributes } = tv({ screen: '+139.70', smart: true, resolution: '4K', panel: 'OLED' });
    assert.deepEqual(attributes, { screen: '139.7', smart: 'true', resolution: '4K', panel: 'OLED' });
  });

  const refused: readonly (readonly [name: string, attributes: object, fault: string])[] = [
    ['text for a number', { screen: 'wide' }, '/attributes/screen must be a number of cm'],
    ['nothing for a number', { screen: '' }, '/attributes/screen must be a number of cm'],
    ['hexadecimal', { screen: '0x20' }, '/attributes/screen must be a number of cm'],
    ['a boolean for a number', { screen: true }, '/attributes/screen must be a number of cm'],
    ['too small a number', { screen: 9.9 }, '/attributes/screen must be 10 or more'],
    ['too large a number', { screen: '301' }, '/attributes/screen must be 300 or less'],
    ['another word for a boolean', { smart: 'yes' }, '/attributes/smart must be true or false'],
    ['another choice', { resolution: '2K' }, '/attributes/resolution must be one of HD, 4K'],
    ['a long text', { panel: 'x'.repeat(11) }, '/attributes/panel must not have more than 10 characters'],
    ['a blank text', { panel: ' ' }, '/attributes/panel must not be blank'],
    [
      'an unknown name',
      { pannel: 'OLED' },
      '/attributes/pannel is no attribute of the type tv: it has screen, smart, resolution, panel',
    ],
  ];
  for (const [name, attributes, fault] of refused) {
    test(`of a type with ${name} is refused, and told where`, () => {
      assert.deepEqual(
        faults(() => tv(attributes)),
        [fault],
      );
    });
  }

  test('that lacks what its type asks for, or has a type that is none, is refused', () => {
    assert.deepEqual(
      faults(() => create({ productType: 'tv' })),
      ['/attributes/screen is required of the type tv'],
    );
    assert.deepEqual(
      faults(() => create({ productType: 'radio' })),
      ['/productType is no product type: GET /v1/product-types lists them'],
    );
    assert.throws(() => create({ productType: 'tv' }), {
      code: 'PRODUCT_INVALID',
      message: /\/attributes\/screen is required of the type tv/,
    });
  });

  test('has its required attributes as options of its variants, too, and these are held against the type', () => {
    const shirt = (size: unknown) => ({
      productType: 'shirt',
      attributes: { fabric: 'linen' },
      variants: [{ productId: 'p-1', options: { size } }],
    });
    const { variants } = create(shirt('M'));
    assert.deepEqual(variants, [
      { productId: 'p-1', options: { size: 'M' }, price: null, weightGrams: null, image: '' },
    ]);
    assert.deepEqual(
      faults(() => create(shirt('XL'))),
      ['/variants/0/options/size must be one of S, M'],
    );
    assert.deepEqual(
      faults(() => create({ ...shirt('M'), attributes: {} })),
      ['/attributes/fabric is required of the type shirt'],
    );
  });

  test('has no id, nor have its variants, under whose address something else is', () => {
    const message = 'must not be imports, which is an address of its own';
    assert.deepEqual(
      faults(() => create({ productId: 'imports' })),
      [`/productId ${message}`],
    );
    const variants = [{ productId: 'imports', options: { size: 42 } }];
    assert.deepEqual(
      faults(() => create({ variants })),
      [`/variants/0/productId ${message}`],
    );
  });

  test('has variants that are sound among each other', () => {
    const variants = [42, '42'].map((size, at) => ({ productId: `p-${at}`, options: { size } }));
    assert.deepEqual(
      faults(() => create({ variants })),
      ['/variants/1/options are those of another variant'],
    );
  });
});

describe('a change of a product', () => {
  const before: Product = {
    ...create({ productType: 'tv', attributes: { screen: 140 } }),
    productId: 'p',
    sellerId: 's',
    variantOf: null,
    options: {},
    status: 'active',
    version: 1,
    createdAt: 1,
    updatedAt: 1,
  };
  /** What an operator has asked for since. */
  const stale: Product = { ...before, attributes: { screen: '140', panel: 'a name that is too long now' } };
  const change = (patch: object, known: Product | undefined = before) => changedFrom(patch, known, types);

  test('says what it says, and nothing else', () => {
    assert.deepEqual(change({ title: 'Q' }), { ...unchangedProduct, title: 'Q' });
    assert.deepEqual(change({ attributes: { screen: '1e2' } }), { ...unchangedProduct, attributes: { screen: '100' } });
  });

  test('is held against the type with what the product is', () => {
    assert.deepEqual(
      faults(() => change({ attributes: { smart: true } })),
      ['/attributes/screen is required of the type tv'],
    );
    assert.deepEqual(faults(() => change({ productType: 'shirt' })).slice(0, 1), [
      '/attributes/screen is no attribute of the type shirt: it has size, fabric',
    ]);
    assert.deepEqual(change({ productType: '' }), { ...unchangedProduct, productType: '' });
    assert.equal(change({ productType: 'shirt', attributes: { size: 'S', fabric: 'wool' } }).productType, 'shirt');
  });

  test('of a product that does not fit any more must mend it, unless it is one of price, weight or limit', () => {
    const commercial = { price, weightGrams: 5, customerLimit: 3 };
    assert.deepEqual(change(commercial, stale), { ...unchangedProduct, ...commercial });
    assert.deepEqual(
      faults(() => change({ title: 'Q' }, stale)),
      ['/attributes/panel must not have more than 10 characters'],
    );
  });

  test('is held against the variants that the product has', () => {
    const variants = [{ productId: 'v', options: { panel: 'OLED' }, price, weightGrams: null, image: '' }];
    const varied = { ...before, variants };
    const dear = { price: { amount: 1, currency: 'CHF' } };
    assert.deepEqual(
      faults(() => change(dear, varied)),
      ["/variants/0/price must be in CHF, as the product's is"],
    );
    assert.deepEqual(change({ ...dear, variants: [] }, varied).variants, []);
  });

  test('of a product that is not known here yet is taken as it is', () => {
    assert.deepEqual(changedFrom({ attributes: { any: 1 } }, undefined, types).attributes, { any: '1' });
  });
});

describe('a product type', () => {
  const rule = { name: 'size', kind: 'choice', choices: ['S', 'M'] } as const;
  const refused: readonly (readonly [name: string, rules: readonly object[], fault: string])[] = [
    ['a name twice', [rule, rule], '/attributes/1/name comes twice'],
    ['a choice of nothing', [{ name: 'a', kind: 'choice' }], '/attributes/0/choices must be given for a choice'],
    ['a choice twice', [{ ...rule, choices: ['S', 'S'] }], '/attributes/0/choices must not name a value twice'],
    ['choices of a text', [{ ...rule, kind: 'text' }], '/attributes/0/choices is for the kind choice alone'],
    ['a unit of a text', [{ name: 'a', kind: 'text', unit: 'cm' }], '/attributes/0/unit is for the kind number alone'],
    ['a least boolean', [{ name: 'a', kind: 'boolean', min: 0 }], '/attributes/0/min is for the kind number alone'],
    [
      'a length of numbers',
      [{ name: 'a', kind: 'number', maxLength: 1 }],
      '/attributes/0/maxLength is for the kind text alone',
    ],
    [
      'no numbers between',
      [{ name: 'a', kind: 'number', min: 2, max: 1 }],
      '/attributes/0/min must not be more than max',
    ],
  ];
  for (const [name, attributes, fault] of refused) {
    test(`with ${name} is refused, and told where`, () => {
      assert.deepEqual(
        faults(() => typeFrom({ title: 'T', attributes } as unknown as ProductTypeBody)),
        [fault],
      );
    });
  }
});
