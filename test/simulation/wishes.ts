// What sellers and shoppers of the simulation ask for: values of the contracts, sound and unsound, over few products
// and little stock. Chosen by chance alone; it knows nothing of how the shop decides.

import type { Random } from '../../base/random.ts';
import { newProduct, noImport, unchangedProduct } from '../../schemas/catalog-defaults.ts';
import { orderIdFor } from '../../schemas/ids.ts';
import { totalsOf } from '../../schemas/totals.ts';
import type {
  CatalogChange,
  ChangeProduct,
  OrderCommand,
  OrderSubmitted,
  StockChange,
  Variant,
} from '../../schemas/types.generated.ts';
import { between, chance, pick, weighted } from './dice.ts';

const warehouses = ['east', 'north', 'west'];
const customers = ['ann', 'bob', 'cem', 'dot', 'eve'];
const currency = 'EUR';
const shipTo = { name: 'Ann', street: 'Way 1', city: 'Town', postalCode: '12345', country: 'DE' };

interface Offered {
  readonly productId: string;
  readonly sellerId: string;
  readonly price: number;
  readonly weightGrams: number;
  readonly customerLimit: number | null;
}

/** A product that comes in some of these, now in more of them, now in fewer. */
const varied = 'shirt';
export const sizes = ['shirt-s', 'shirt-m', 'shirt-l'] as const;

export class Wishes {
  readonly #random: Random;
  readonly #products: readonly Offered[];
  readonly #varied: Offered;
  readonly #sizes: readonly Offered[];
  #count = 0;

  constructor(random: Random, products: number) {
    this.#random = random;
    this.#products = Array.from({ length: products }, (_, index) => ({
      productId: `p${index + 1}`,
      sellerId: pick(random, ['sal', 'sue']),
      price: between(random, 1, 5_000),
      weightGrams: between(random, 1, 3_000),
      customerLimit: chance(random, 0.2) ? between(random, 2, 6) : null,
    }));
    const sold = { sellerId: 'sal', weightGrams: 200, customerLimit: null };
    this.#varied = { productId: varied, price: 900, ...sold };
    this.#sizes = sizes.map((productId, index) => ({ productId, price: 900 + 100 * index, ...sold }));
  }

  /** The first change of each product. */
  creations(at: number): CatalogChange[] {
    const whole = { ...this.#create(this.#varied), variants: this.#variants(this.#sizes) };
    return [
      ...this.#products.map((product) =>
        this.#catalog(product, `create-${product.productId}`, this.#create(product), at),
      ),
      this.#catalog(this.#varied, `create-${varied}`, whole, at),
    ];
  }

  catalogChange(at: number): CatalogChange {
    if (chance(this.#random, 0.4)) return this.#changeOfVaried(at);
    const product = pick(this.#random, this.#products);
    const change = {
      create: () => this.#create(product),
      change: () => this.#edit(),
      delete: () => ({ type: 'DeleteProduct' }) as const,
    }[weighted(this.#random, { create: 3, change: 6, delete: 1 })]();
    return this.#catalog(product, this.#id('catalog'), change, at);
  }

  /** Mostly the product says anew what it comes in; now and then its seller tries to change a variant itself. */
  #changeOfVaried(at: number): CatalogChange {
    const random = this.#random;
    const some = this.#variants(this.#sizes.filter(() => chance(random, 0.7)));
    const product = chance(random, 0.1) ? pick(random, this.#sizes) : this.#varied;
    const change = {
      create: () => ({ ...this.#create(product), variants: product === this.#varied ? some : [] }),
      vary: () => ({ ...this.#edit(), variants: product === this.#varied ? some : null }),
      change: () => this.#edit(),
      delete: () => ({ type: 'DeleteProduct' }) as const,
    }[weighted(random, { create: 3, vary: 6, change: 3, delete: 2 })]();
    return this.#catalog(product, this.#id('catalog'), change, at);
  }

  /** Each has its own price, so that an order knows what it costs. */
  #variants(chosen: readonly Offered[]): Variant[] {
    return chosen.map(({ productId, price, weightGrams }) => {
      return { productId, options: { size: productId }, price: { amount: price, currency }, weightGrams, image: '' };
    });
  }

  stockChange(at: number): StockChange {
    const random = this.#random;
    const product = pick(random, this.#everything);
    const change = chance(random, 0.7)
      ? ({ type: 'StockDelta', delta: between(random, -4, 10) } as const)
      : ({ type: 'StockCount', count: between(random, 0, 12) } as const);
    return {
      changeId: this.#id('stock'),
      productId: chance(random, 0.03) ? 'nothing' : product.productId,
      warehouseId: pick(random, warehouses),
      sellerId: chance(random, 0.05) ? 'mallory' : product.sellerId,
      sequence: chance(random, 0.3) ? between(random, 1, 50) : null,
      at,
      ...noImport,
      change,
    };
  }

  order(at: number): OrderSubmitted {
    const random = this.#random;
    const chosen = Array.from({ length: pick(random, [1, 1, 1, 2, 2, 3, 5]) }, () => pick(random, this.#everything));
    const lines = chosen.map(({ productId, price, weightGrams }, index) => {
      const unitPrice = chance(random, 0.02) ? price + 1 : price;
      const quantity = chance(random, 0.02) ? 0 : between(random, 1, 3);
      return { line: index + 1, productId, quantity, unitPrice, productVersion: 1, weightGrams, sellerId: '' };
    });
    const totals = totalsOf(lines, { country: shipTo.country, currency });
    const customerId = pick(random, customers);
    return {
      orderId: orderIdFor(customerId, this.#id('order'), lines[0]!.productId),
      customerId,
      currency,
      lines,
      shipTo,
      payment: { method: 'card', token: 'token', collect: false, billingCountry: '', billingPostalCode: '' },
      totals: typeof totals === 'string' ? { subtotal: 0, shipping: 0, tax: 0, total: 0 } : totals,
      warehouses: chance(random, 0.5) ? [pick(random, warehouses)] : [],
      promises: [],
      notFrom: [],
      holdMillis: chance(random, 0.02) ? 0 : pick(random, [1, 100, 1_000, 5_000, 20_000]),
      placedAt: at,
      email: '',
      customerSince: 0,
    };
  }

  get #everything(): readonly Offered[] {
    return [...this.#products, ...this.#sizes, this.#varied];
  }

  cancellation(orderId: string, at: number): OrderCommand {
    const command = chance(this.#random, 0.95)
      ? ({ type: 'CancelOrder', reason: 'by_customer' } as const)
      : ({ type: 'RequestReturn', reason: 'too small' } as const);
    return { commandId: this.#id('command'), orderId, actor: 'ann', at, command };
  }

  /** An order that nobody will ever send. */
  unknownOrder(): string {
    return orderIdFor('nobody', this.#id('order'), pick(this.#random, this.#products).productId);
  }

  #id(kind: string): string {
    return `${kind}-${++this.#count}`;
  }

  #catalog(
    { productId, sellerId }: Offered,
    changeId: string,
    change: CatalogChange['change'],
    at: number,
  ): CatalogChange {
    return {
      changeId,
      productId,
      sellerId: chance(this.#random, 0.03) ? 'mallory' : sellerId,
      at,
      ...noImport,
      change,
    };
  }

  /** A product's limit never changes, so that checkers can hold it against all orders. */
  #create({ productId, price, weightGrams, customerLimit }: Offered) {
    return {
      ...newProduct,
      title: `The ${productId}`,
      category: 'things',
      price: { amount: price, currency },
      weightGrams,
      customerLimit,
    } as const;
  }

  #edit(): ChangeProduct {
    const amount = between(this.#random, 1, 5_000);
    const price = chance(this.#random, 0.5) ? { amount, currency } : null;
    return { ...unchangedProduct, description: 'better', price };
  }
}
