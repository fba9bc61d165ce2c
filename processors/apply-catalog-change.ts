// Applies a change of the catalogue, or refuses it with a reason; tells the product's stock what orders must know, and the
// product's variants what they are from now on. A repeated change changes nothing and is answered by the same event again.
import { assert, unreachable } from '../base/assert.ts';
import { sameValue } from '../base/same-value.ts';
import { noImport } from '../schemas/catalog-defaults.ts';
import type {
  CatalogChange,
  CatalogEvent,
  CatalogRefusalReason,
  ChangeProduct,
  Offer,
  ParentVersion,
  Product,
  StockLevel,
  StockState,
} from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { catalogRefusal } from './catalog-rules.ts';
import { requireKey } from './require-key.ts';
import { emptyStock, levelOf } from './stock.ts';
import { type TallyWiring, tallyImport, tallyReads } from './tally-import.ts';
import { isOfAParent, type ParentsWord, type VariantChange, variantChangeId, variantChanges } from './variants.ts';

interface CatalogWiring {
  readonly stores: TallyWiring['stores'] & {
    readonly products: Product;
    readonly stock: StockState;
    readonly parentVersions: ParentVersion;
    readonly catalogOutcomes: CatalogEvent;
  };
  readonly outputs: TallyWiring['outputs'] & {
    readonly catalogChanges: CatalogChange;
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
    if (!answered) {
      catalogOutcomes.put(outcomeKey(change), event);
      tallyImport(context, record.partition, event);
    }
    context.forward('catalogEvents', key, event);
  },

  prefetch({ key, value }) {
    const { change } = value;
    const parentVersions = isOfAParent(change) ? [parentKey(key, change)] : [];
    const importTallies = tallyReads(value);
    return { products: [key], stock: [key], parentVersions, catalogOutcomes: [outcomeKey(value)], importTallies };
  },
};

function apply(context: Context<CatalogWiring>, asked: CatalogChange): CatalogEvent['outcome'] {
  const { productId, change } = asked;
  if (isOfAParent(change) && !isNews(context, productId, change)) return refused('superseded');
  const before = context.stores.products.get(productId);
  const reason = catalogRefusal(asked, before);
  if (reason) return refused(reason);
  const product = changed(asked, before, context.now);
  // A product tells its variants all of it each time, and a catalogue is sent whole: mostly it's what they are.
  if (before && isWhole(change) && isTheSame(before, product)) return done(before);
  context.stores.products.put(productId, product);
  context.forward('products', productId, product);
  putOffer(context, product);
  for (const each of variantChanges(before, product)) sendVariant(context, asked, each);
  return done(product);
}

/** Remembers, whatever comes of it: an older word counts no more, though a newer one was refused. */
function isNews({ stores }: Context<CatalogWiring>, variantId: string, change: ParentsWord): boolean {
  const key = parentKey(variantId, change);
  const { version } = stores.parentVersions.get(key) ?? { version: 0 };
  if (change.parentVersion <= version) return false;
  stores.parentVersions.put(key, { version: change.parentVersion });
  return true;
}

function sendVariant(
  context: Context<CatalogWiring>,
  asked: CatalogChange,
  { variantId, change }: VariantChange,
): void {
  const changeId = variantChangeId(asked);
  const { sellerId, at } = asked;
  const derived = { changeId, productId: variantId, sellerId, at, ...noImport, change };
  context.forward('catalogChanges', variantId, derived);
}

function refused(reason: CatalogRefusalReason): CatalogEvent['outcome'] {
  return { type: 'CatalogChangeRefused', reason };
}

function done({ version }: Product): CatalogEvent['outcome'] {
  return { type: 'ProductChanged', version };
}

function isWhole(change: CatalogChange['change']): boolean {
  return isOfAParent(change) || (change.type === 'CreateProduct' && change.replaces);
}

function isTheSame(before: Product, { version: _, updatedAt: __, ...after }: Product): boolean {
  return sameValue({ ...before, ...after }, before);
}

function changed(asked: CatalogChange, before: Product | undefined, now: number): Product {
  const { productId, sellerId, change } = asked;
  const step = { version: (before?.version ?? 0) + 1, updatedAt: now };
  const whole = { productId, sellerId, status: 'active', createdAt: before?.createdAt ?? now, ...step } as const;
  switch (change.type) {
    case 'CreateProduct': {
      const { type: _, replaces: __, ...fields } = change;
      return { ...fields, variantOf: null, options: {}, ...whole };
    }
    case 'PutVariant': {
      const { type: _, parentVersion: __, ...fields } = change;
      return { ...fields, variants: [], ...whole };
    }
    case 'ChangeProduct':
      assert(before, 'the rules let only a known product be changed');
      return { ...before, ...stated(change, before), ...step };
    case 'DeleteProduct':
    case 'DropVariant':
      assert(before, 'the rules let only a known product be deleted');
      return { ...before, status: 'deleted', ...step };
    default:
      return unreachable(change);
  }
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
  const { productId, sellerId, status, price, weightGrams, customerLimit, version, variants } = product;
  const hasVariants = variants.length > 0;
  const offer: Offer = { sellerId, status, price, weightGrams, customerLimit, version, hasVariants };
  const before = context.stores.stock.get(productId);
  const stock = before ? { ...before, offer } : emptyStock(offer);
  context.stores.stock.put(productId, stock);
  if (!before) context.forward('stockLevels', productId, levelOf(productId, stock, context.now));
}

function eventFor(change: CatalogChange, at: number, outcome: CatalogEvent['outcome']): CatalogEvent {
  const { changeId, productId, sellerId, importId, importLine } = change;
  return { changeId, productId, sellerId, at, importId, importLine, outcome };
}

function parentKey(variantId: string, { variantOf }: ParentsWord): string {
  return `${variantId}/${variantOf}`;
}

function outcomeKey({ productId, changeId }: CatalogChange): string {
  return `${productId}/${changeId}`;
}
