// The demo's products: made up from a few words, the same every time, for one demo seller.

import { seededRandom } from '../../base/random.ts';
import { newProduct } from '../../schemas/catalog-defaults.ts';
import type { CreateProduct } from '../../schemas/types.generated.ts';

export interface DemoProduct {
  readonly productId: string;
  readonly product: CreateProduct;
  /** Units in each warehouse. */
  readonly stock: { readonly [warehouseId: string]: number };
}

interface Department {
  readonly category: string;
  /** Name, price in euro cents, grams. */
  readonly things: readonly (readonly [string, number, number])[];
  readonly brands: readonly string[];
}

const departments: readonly Department[] = [
  {
    category: 'electronics/audio',
    brands: ['Aurelia', 'Nordton', 'Klangwerk'],
    things: [
      ['Wireless Headphones', 8900, 250],
      ['Bookshelf Speaker', 14900, 3200],
      ['Turntable', 24900, 5400],
      ['Portable Radio', 4900, 900],
    ],
  },
  {
    category: 'electronics/computers',
    brands: ['Lumen', 'Nordton', 'Vertex'],
    things: [
      ['Mechanical Keyboard', 11900, 980],
      ['27-inch Monitor', 28900, 6100],
      ['Vertical Mouse', 5900, 140],
      ['USB-C Dock', 9900, 320],
    ],
  },
  {
    category: 'home/kitchen',
    brands: ['Hestia', 'Alderwood', 'Copper & Co'],
    things: [
      ['Chef Knife', 6900, 260],
      ['Cast Iron Pan', 5400, 2300],
      ['Pour-over Kettle', 4200, 700],
      ['Stand Mixer', 32900, 8200],
    ],
  },
  {
    category: 'home/garden',
    brands: ['Alderwood', 'Fernhill', 'Spade & Sons'],
    things: [
      ['Pruning Shears', 2900, 310],
      ['Watering Can', 2400, 1100],
      ['Garden Bench', 18900, 14500],
      ['Bird Feeder', 1900, 640],
    ],
  },
  {
    category: 'clothing/outdoor',
    brands: ['Fernhill', 'Ridgeline', 'Skerry'],
    things: [
      ['Rain Jacket', 12900, 480],
      ['Merino Sweater', 8400, 390],
      ['Hiking Boots', 15900, 1250],
      ['Wool Hat', 2600, 90],
    ],
  },
  {
    category: 'sports/cycling',
    brands: ['Ridgeline', 'Velomira', 'Skerry'],
    things: [
      ['Bike Helmet', 7900, 330],
      ['Floor Pump', 3900, 1600],
      ['Pannier Bag', 6400, 870],
      ['Bike Light Set', 3400, 160],
    ],
  },
  {
    category: 'toys/building',
    brands: ['Brickwell', 'Alderwood', 'Pico'],
    things: [
      ['Wooden Train Set', 4900, 1800],
      ['Marble Run', 3900, 1500],
      ['Building Blocks', 2900, 1300],
      ['Robot Kit', 6900, 900],
    ],
  },
  {
    category: 'books/crafts',
    brands: ['Harbour Press', 'Inkwell', 'Folio Nine'],
    things: [
      ['Book of Knots', 1800, 420],
      ['Bread Baking at Home', 2400, 880],
      ['The Quiet Garden', 2100, 610],
      ['Drawing for Everyone', 1900, 540],
    ],
  },
];

const colours = ['graphite', 'moss', 'sand', 'signal red'];
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
    const [name, price, weightGrams] = thing;
    const colour = colours[random.int(colours.length)]!;
    const units = () => (index % scarceEvery === scarceEvery - 1 ? 1 : 20 + random.int(400));
    return {
      productId: `demo-${String(index + 1).padStart(4, '0')}`,
      product: {
        ...newProduct,
        title: `${brand} ${name}`,
        description: `${name} by ${brand}, in ${colour}. A demo product: nothing of it is real but its stock.`,
        category: department.category,
        brand,
        price: { amount: price + 100 * random.int(20), currency: 'EUR' },
        attributes: { colour },
        weightGrams,
      },
      stock: Object.fromEntries(warehouses.map((warehouse) => [warehouse, units()])),
    };
  });
}
