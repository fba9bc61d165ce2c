// The demo's products: made up from a few words, the same every time, for one demo seller.

import { seededRandom } from '../../base/random.ts';
import { newProduct } from '../../schemas/catalog-defaults.ts';
import type { CreateProduct } from '../../schemas/types.generated.ts';
import { colours } from './product-types.ts';
import { type VariedProduct, variedProducts } from './varied.ts';

export interface DemoProduct {
  readonly productId: string;
  readonly product: CreateProduct;
  /** Units in each warehouse. */
  readonly stock: { readonly [warehouseId: string]: number };
}

type Attributes = { readonly [name: string]: string };

interface Department {
  readonly category: string;
  readonly productType: string;
  /** Name, price in euro cents, grams, and what it's told by besides its colour. */
  readonly things: readonly (readonly [string, number, number, Attributes])[];
  readonly brands: readonly string[];
  readonly hasNoColour?: true;
}

const departments: readonly Department[] = [
  {
    category: 'electronics/audio',
    productType: 'audio',
    brands: ['Aurelia', 'Nordton', 'Klangwerk'],
    things: [
      ['Wireless Headphones', 8900, 250, { connection: 'Bluetooth' }],
      ['Bookshelf Speaker', 14900, 3200, { connection: 'RCA' }],
      ['Turntable', 24900, 5400, { connection: 'RCA' }],
      ['Portable Radio', 4900, 900, { connection: 'jack' }],
    ],
  },
  {
    category: 'electronics/computers',
    productType: 'computer-accessory',
    brands: ['Lumen', 'Nordton', 'Vertex'],
    things: [
      ['Mechanical Keyboard', 11900, 980, { connection: 'USB-C' }],
      ['27-inch Monitor', 28900, 6100, { connection: 'USB-C' }],
      ['Vertical Mouse', 5900, 140, { connection: 'Bluetooth' }],
      ['USB-C Dock', 9900, 320, { connection: 'USB-C' }],
    ],
  },
  {
    category: 'home/kitchen',
    productType: 'kitchenware',
    brands: ['Hestia', 'Alderwood', 'Copper & Co'],
    things: [
      ['Chef Knife', 6900, 260, { material: 'steel', 'dishwasher-safe': 'false' }],
      ['Cast Iron Pan', 5400, 2300, { material: 'cast iron', 'dishwasher-safe': 'false' }],
      ['Pour-over Kettle', 4200, 700, { material: 'steel', 'dishwasher-safe': 'true' }],
      ['Stand Mixer', 32900, 8200, { material: 'aluminium' }],
    ],
  },
  {
    category: 'home/garden',
    productType: 'garden',
    brands: ['Alderwood', 'Fernhill', 'Spade & Sons'],
    things: [
      ['Pruning Shears', 2900, 310, { material: 'steel' }],
      ['Watering Can', 2400, 1100, { material: 'zinc' }],
      ['Garden Bench', 18900, 14500, { material: 'oak' }],
      ['Bird Feeder', 1900, 640, { material: 'pine' }],
    ],
  },
  {
    category: 'clothing/outdoor',
    productType: 'outdoor',
    brands: ['Fernhill', 'Ridgeline', 'Skerry'],
    things: [
      ['Rain Jacket', 12900, 480, { fabric: 'nylon', waterproof: 'true' }],
      ['Merino Sweater', 8400, 390, { fabric: 'merino wool' }],
      ['Hiking Boots', 15900, 1250, { fabric: 'leather', waterproof: 'true' }],
      ['Wool Hat', 2600, 90, { fabric: 'wool' }],
    ],
  },
  {
    category: 'sports/cycling',
    productType: 'cycling',
    brands: ['Ridgeline', 'Velomira', 'Skerry'],
    things: [
      ['Bike Helmet', 7900, 330, { reflective: 'true' }],
      ['Floor Pump', 3900, 1600, {}],
      ['Pannier Bag', 6400, 870, { reflective: 'true' }],
      ['Bike Light Set', 3400, 160, {}],
    ],
  },
  {
    category: 'toys/building',
    productType: 'toy',
    brands: ['Brickwell', 'Alderwood', 'Pico'],
    things: [
      ['Wooden Train Set', 4900, 1800, { 'age-from': '3', pieces: '48' }],
      ['Marble Run', 3900, 1500, { 'age-from': '4', pieces: '120' }],
      ['Building Blocks', 2900, 1300, { 'age-from': '2', pieces: '80' }],
      ['Robot Kit', 6900, 900, { 'age-from': '8', pieces: '210' }],
    ],
  },
  {
    category: 'books/crafts',
    productType: 'book',
    hasNoColour: true,
    brands: ['Harbour Press', 'Inkwell', 'Folio Nine'],
    things: [
      ['Book of Knots', 1800, 420, { author: 'M. Halyard', pages: '160', binding: 'paperback' }],
      ['Bread Baking at Home', 2400, 880, { author: 'O. Crumb', pages: '288', binding: 'hardcover' }],
      ['The Quiet Garden', 2100, 610, { author: 'F. Linden', pages: '224', binding: 'hardcover' }],
      ['Drawing for Everyone', 1900, 540, { author: 'P. Graphite', pages: '192', binding: 'paperback' }],
    ],
  },
];

const warehouses = ['berlin', 'rotterdam', 'lyon'];
/** A few products are always nearly sold out, to show what happens then. */
const scarceEvery = 16;

/** 96 products; more than that repeat the words under other numbers. */
export function demoProducts(count = 96): DemoProduct[] {
  const random = seededRandom(20);
  const kinds = departments.flatMap((department) =>
    department.brands.flatMap((brand) => department.things.map((thing) => ({ department, brand, thing }))),
  );
  return Array.from({ length: count }, (_, index) => {
    const { department, brand, thing } = kinds[index % kinds.length]!;
    const [name, price, weightGrams, attributes] = thing;
    const colour = colours[random.int(colours.length)]!;
    const units = () => (index % scarceEvery === scarceEvery - 1 ? 1 : 20 + random.int(400));
    return {
      productId: `demo-${String(index + 1).padStart(4, '0')}`,
      product: {
        ...newProduct,
        title: `${brand} ${name}`,
        description: `${name} by ${brand}${department.hasNoColour ? '' : `, in ${colour}`}. A demo product: nothing of it is real but its stock.`,
        category: department.category,
        brand,
        price: { amount: price + 100 * random.int(20), currency: 'EUR' },
        productType: department.productType,
        attributes: department.hasNoColour ? attributes : { colour, ...attributes },
        weightGrams,
      },
      stock: Object.fromEntries(warehouses.map((warehouse) => [warehouse, units()])),
    };
  });
}

/** Products that come in variants, which have the stock. */
export function demoVaried(): readonly (VariedProduct & {
  readonly stock: readonly Pick<DemoProduct, 'productId' | 'stock'>[];
})[] {
  const random = seededRandom(21);
  return variedProducts(random).map((varied) => ({
    ...varied,
    stock: varied.product.variants.map(({ productId }) => {
      return { productId, stock: Object.fromEntries(warehouses.map((warehouse) => [warehouse, random.int(60)])) };
    }),
  }));
}

/** What shoppers can buy. */
export function demoOffers(): string[] {
  const variants = demoVaried().flatMap(({ stock }) => stock);
  return [...demoProducts(), ...variants].map(({ productId }) => productId);
}
