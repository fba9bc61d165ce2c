// The demo's product types: what a shirt, a television, a toy, a book are told by.
import type { AttributeRule, ProductType } from '../../schemas/types.generated.ts';

type Told = Omit<ProductType, 'updatedAt' | 'updatedBy'>;

const plain: AttributeRule = {
  name: '',
  label: '',
  kind: 'text',
  required: false,
  choices: [],
  unit: '',
  min: null,
  max: null,
  maxLength: null,
  facet: false,
};

const text = (name: string, label: string) => ({ ...plain, name, label });
const yesOrNo = (name: string, label: string) => ({ ...plain, name, label, kind: 'boolean', facet: true }) as const;
const choice = (name: string, label: string, choices: readonly string[]) =>
  ({ ...plain, name, label, kind: 'choice', choices, facet: true }) as const;
const number = (name: string, label: string, range: { unit?: string; min: number; max: number }) =>
  ({ ...plain, name, label, kind: 'number', ...range, facet: true }) as const;
const required = (rule: AttributeRule): AttributeRule => ({ ...rule, required: true });

export const colours = ['graphite', 'moss', 'sand', 'signal red'] as const;
export const shirtSizes = ['S', 'M', 'L', 'XL'] as const;

const colour = choice('colour', 'Colour', colours);
const material = { ...text('material', 'Material'), facet: true };
const fabric = { ...text('fabric', 'Fabric'), facet: true };

const attributesOf: { readonly [type: string]: readonly [title: string, ...rules: AttributeRule[]] } = {
  audio: ['Audio', colour, choice('connection', 'Connection', ['Bluetooth', 'jack', 'RCA'])],
  'computer-accessory': ['Computer accessory', colour, choice('connection', 'Connection', ['Bluetooth', 'USB-C'])],
  kitchenware: ['Kitchenware', colour, required(material), yesOrNo('dishwasher-safe', 'Dishwasher safe')],
  garden: ['For the garden', colour, required(material)],
  outdoor: ['Outdoor clothing', colour, required(fabric), yesOrNo('waterproof', 'Waterproof')],
  cycling: ['Cycling', colour, yesOrNo('reflective', 'Reflective')],
  toy: [
    'Toy',
    colour,
    required(number('age-from', 'From age', { unit: 'years', min: 0, max: 18 })),
    number('pieces', 'Pieces', { min: 1, max: 10_000 }),
  ],
  book: [
    'Book',
    required(text('author', 'Author')),
    number('pages', 'Pages', { min: 1, max: 5_000 }),
    choice('binding', 'Binding', ['hardcover', 'paperback']),
  ],
  shirt: ['Shirt', required(choice('size', 'Size', shirtSizes)), required(fabric), required(colour)],
  shoe: ['Shoe', required(number('size', 'Size', { min: 16, max: 50 })), required(material), colour],
  tv: [
    'Television',
    required(number('screen-size', 'Screen size', { unit: 'cm', min: 20, max: 400 })),
    required(choice('technology', 'Technology', ['LED', 'QLED', 'OLED'])),
    required(choice('resolution', 'Resolution', ['Full HD', '4K', '8K'])),
    yesOrNo('smart', 'Smart TV'),
  ],
};

export const demoTypes: readonly Told[] = Object.entries(attributesOf).map(([type, [title, ...attributes]]) => {
  return { type, title, attributes, isDeleted: false };
});
