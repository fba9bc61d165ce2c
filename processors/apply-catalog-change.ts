// Applies a seller's catalogue change, or refuses it with a reason; and tells the product's stock what orders must know.
// A repeated change changes nothing and is answered by the same event again.
import { assert, unreachable } from '../base/assert.ts';
import type {
  CatalogChange,
  CatalogEvent,
  ChangeProduct,
  CreateProduct,
  Offer,
  Product,
  StockLevel,
  StockState,
} from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { catalogRefusal } from './catalog-rules.ts';
import { requireKey } from './require-key.ts';
import { emptyStock, levelOf } from './stock.ts';

interface CatalogWiring {
  readonly stores: { readonly products: Product; readonly stock: StockState; readonly catalogOutcomes: CatalogEvent };
  readonly outputs: {
    readonly products: Product;
    readonly catalogEvents: CatalogEvent;
    readonly stockLevels: StockLevel;
  };
  readonly timers: never;
}

export const applyCatalogChange: Processor<CatalogChange, CatalogWiring> = {
  name: 'apply-catalog-change',

  process(record, context) {
    const { value: change, key } = record;
    requireKey(record, change.productId);
    const { catalogOutcomes } = context.stores;
    const answered = catalogOutcomes.get(outcomeKey(change));
    const event = answered ?? eventFor(change, context.now, apply(context, change));
    if (!answered) catalogOutcomes.put(outcomeKey(change), event);
    context.forward('catalogEvents', key, event);
  },

  prefetch: ({ key, value }) => ({ products: [key], stock: [key], catalogOutcomes: [outcomeKey(value)] }),
};

function apply(context: Context<CatalogWiring>, asked: CatalogChange): CatalogEvent['outcome'] {
  const before = context.stores.products.get(asked.productId);
  const reason = catalogRefusal(asked, before);
  if (reason) return { type: 'CatalogChangeRefused', reason };
  const product = changed(asked, before, context.now);
  context.stores.products.put(product.productId, product);
  context.forward('products', product.productId, product);
  putOffer(context, product);
  return { type: 'ProductChanged', version: product.version };
}

function changed(asked: CatalogChange, before: Product | undefined, now: number): Product {
  const { change } = asked;
  const step = { version: (before?.version ?? 0) + 1, updatedAt: now };
  switch (change.type) {
    case 'CreateProduct':
      return { ...created(asked, change), createdAt: before?.createdAt ?? now, ...step };
    case 'ChangeProduct':
      assert(before, 'the rules let only a known product be changed');
      return { ...before, ...stated(change, before), ...step };
    case 'DeleteProduct':
      assert(before, 'the rules let only a known product be deleted');
      return { ...before, status: 'deleted', ...step };
    default:
      return unreachable(change);
  }
}

function created({ productId, sellerId }: CatalogChange, { type: _, ...fields }: CreateProduct) {
  return { productId, sellerId, ...fields, status: 'active' } as const;
}

/** The fields that a change gives, the others as they were. */
function stated(change: ChangeProduct, before: Product): Partial<Product> {
  const { title, description, category, brand, price, images, attributes, weightGrams, customerLimit } = change;
  const { productType, language, hazardous, variants } = change;
  return {
    title: title ?? before.title,
    description: description ?? before.description,
    category: category ?? before.category,
    brand: brand ?? before.brand,
    price: price ?? before.price,
    images: images ?? before.images,
    attributes: attributes ?? before.attributes,
    weightGrams: weightGrams ?? before.weightGrams,
    customerLimit: customerLimit === 0 ? null : (customerLimit ?? before.customerLimit),
    productType: productType ?? before.productType,
    language: language ?? before.language,
    hazardous: hazardous ?? before.hazardous,
    variants: variants ?? before.variants,
  };
}

/** A new product's stock is told at once: nothing of it, anywhere. */
function putOffer(context: Context<CatalogWiring>, product: Product): void {
  const { productId, sellerId, status, price, weightGrams, customerLimit, version } = product;
  const offer: Offer = { sellerId, status, price, weightGrams, customerLimit, version };
  const before = context.stores.stock.get(productId);
  const stock = before ? { ...before, offer } : emptyStock(offer);
  context.stores.stock.put(productId, stock);
  if (!before) context.forward('stockLevels', productId, levelOf(productId, stock, context.now));
}

function eventFor(change: CatalogChange, at: number, outcome: CatalogEvent['outcome']): CatalogEvent {
  const { changeId, productId, sellerId, importId, importLine } = change;
  return { changeId, productId, sellerId, at, importId, importLine, outcome };
}

function outcomeKey({ productId, changeId }: CatalogChange): string {
  return `${productId}/${changeId}`;
}
