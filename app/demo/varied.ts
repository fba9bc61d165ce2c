// The demo's products that come in variants: shirts by size and colour, shoes by size, televisions by screen size.
import type { Random } from '../../base/random.ts';
import { newProduct } from '../../schemas/catalog-defaults.ts';
import type { CreateProduct, Variant } from '../../schemas/types.generated.ts';
import { colours, shirtSizes } from './product-types.ts';

export interface VariedProduct {
  readonly productId: string;
  readonly product: CreateProduct;
}

const eur = (amount: number) => ({ amount, currency: 'EUR' });

export function variedProducts(random: Random): readonly VariedProduct[] {
  const shirts = ['Linen', 'Cotton', 'Flannel'].map((fabric) => shirt(fabric, random));
  const shoes = ['Leather', 'Canvas'].map((material) => shoe(material, random));
  return [...shirts, ...shoes, ...televisions.map(television)];
}

function shirt(fabric: string, random: Random): VariedProduct {
  const productId = `demo-shirt-${fabric.toLowerCase()}`;
  const two = [colours[random.int(2)]!, colours[2 + random.int(2)]!];
  const variants = two.flatMap((colour) =>
    shirtSizes.map((size) => {
      const id = `${productId}-${colour.replace(' ', '-')}-${size.toLowerCase()}`;
      // The largest take more cloth.
      return size === 'XL'
        ? variant(id, { colour, size }, { price: eur(4_400), weightGrams: 290 })
        : variant(id, { colour, size });
    }),
  );
  const words = { title: `Fernhill ${fabric} Shirt`, description: `A shirt of ${fabric.toLowerCase()}, made to last.` };
  const facts = { category: 'clothing/shirts', brand: 'Fernhill', productType: 'shirt', attributes: { fabric } };
  return { productId, product: { ...newProduct, ...words, ...facts, price: eur(3_900), weightGrams: 240, variants } };
}

function shoe(material: string, random: Random): VariedProduct {
  const productId = `demo-shoe-${material.toLowerCase()}`;
  const variants = [38, 39, 40, 41, 42, 43].map((size) => variant(`${productId}-${size}`, { size: String(size) }));
  const words = { title: `Skerry ${material} Shoe`, description: `A shoe of ${material.toLowerCase()} for every day.` };
  const attributes = { material, colour: colours[random.int(colours.length)]! };
  const facts = { category: 'clothing/shoes', brand: 'Skerry', productType: 'shoe', attributes };
  return { productId, product: { ...newProduct, ...words, ...facts, price: eur(8_900), weightGrams: 900, variants } };
}

interface Television {
  readonly name: string;
  readonly attributes: { readonly technology: string; readonly resolution: string; readonly smart: string };
  /** Centimetres, price in cents, grams. */
  readonly sizes: readonly (readonly [number, number, number])[];
}

const televisions: readonly Television[] = [
  {
    name: 'Horizon',
    attributes: { technology: 'OLED', resolution: '4K', smart: 'true' },
    sizes: [
      [122, 99_900, 14_900],
      [139, 129_900, 18_700],
      [165, 179_900, 24_000],
    ],
  },
  {
    name: 'Meridian',
    attributes: { technology: 'LED', resolution: 'Full HD', smart: 'false' },
    sizes: [
      [80, 19_900, 4_200],
      [108, 29_900, 7_800],
    ],
  },
];

function television({ name, attributes, sizes }: Television): VariedProduct {
  const productId = `demo-tv-${name.toLowerCase()}`;
  const variants = sizes.map(([size, price, weightGrams]) =>
    variant(`${productId}-${size}`, { 'screen-size': String(size) }, { price: eur(price), weightGrams }),
  );
  const { technology, resolution } = attributes;
  const words = { title: `Vertex ${name} TV`, description: `A television with ${technology} screen in ${resolution}.` };
  const facts = { category: 'electronics/tv', brand: 'Vertex', productType: 'tv', attributes };
  const [smallest = [0, 0, 0]] = sizes;
  const [, price, weightGrams] = smallest;
  return { productId, product: { ...newProduct, ...words, ...facts, price: eur(price), weightGrams, variants } };
}

function variant(productId: string, options: Variant['options'], own: Partial<Variant> = {}): Variant {
  return { productId, options, price: null, weightGrams: null, image: '', ...own };
}
