// Product types as operators write them and everybody reads them.
import { type Static, Type } from 'typebox';
import { attributeNamePattern, productLimits as limits, productTypePattern } from '../../schemas/product-limits.ts';
import { Cursor, Limit, NextCursor, oneOf, strict, Time, text } from './common.ts';

const kinds = ['text', 'number', 'boolean', 'choice'] as const;
const most = 1_000_000_000_000_000;

const AttributeRule = strict({
  name: Type.String({ pattern: attributeNamePattern, description: 'As products have it.', examples: ['screen-size'] }),
  label: Type.Optional(text(100, 'The name for people.')),
  kind: oneOf(kinds, { description: 'What its values are.' }),
  required: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Every product of the type has it, as an attribute or as an option of its variants.',
    }),
  ),
  choices: Type.Optional(
    Type.Array(text(limits.optionValue, 'A value.'), {
      minItems: 1,
      maxItems: 500,
      description: 'Of a choice: all values, in the order to show them.',
    }),
  ),
  unit: Type.Optional(text(20, 'Of a number, such as `cm`.')),
  min: Type.Optional(Type.Number({ minimum: -most, maximum: most, description: 'Of a number: the smallest.' })),
  max: Type.Optional(Type.Number({ minimum: -most, maximum: most, description: 'Of a number: the largest.' })),
  maxLength: Type.Optional(
    Type.Integer({ minimum: 1, maximum: limits.attributeValue, description: 'Of a text: in characters.' }),
  ),
  facet: Type.Optional(Type.Boolean({ default: false, description: 'Shoppers filter by it.' })),
});
export type AttributeRuleBody = Static<typeof AttributeRule>;

const fields = {
  title: text(limits.brand, 'The name for people.'),
  attributes: Type.Array(AttributeRule, { maxItems: limits.attributes, description: 'In the order to show them.' }),
};

export const ProductTypeBody = strict(fields, {
  examples: [
    {
      title: 'Television',
      attributes: [
        { name: 'screen-size', label: 'Screen size', kind: 'number', unit: 'cm', min: 10, max: 1_000, required: true },
        { name: 'resolution', kind: 'choice', choices: ['HD', '4K', '8K'], facet: true },
        { name: 'smart', kind: 'boolean' },
      ],
    },
  ],
});
export type ProductTypeBody = Static<typeof ProductTypeBody>;

export const ProductTypeParams = Type.Object({
  type: Type.String({ pattern: productTypePattern, description: 'The name of the type.', examples: ['tv'] }),
});

export const ProductTypeShape = Type.Object(
  { type: Type.String(), ...fields, updatedAt: Time },
  { description: 'Which attributes products of the type have.' },
);

export const ProductTypeQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });

export const ProductTypePage = Type.Object(
  { types: Type.Array(ProductTypeShape), cursor: NextCursor },
  { description: 'By name.' },
);
