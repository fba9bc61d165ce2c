// A seller's edit of the catalogue on its way: appended, waited for, and read back from the view, so that who was
// answered can read what was written.

import { unreachable } from '../base/assert.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import { topics } from '../schemas/topics.ts';
import type { CatalogChange, CatalogEvent, CatalogRefusalReason, Product } from '../schemas/types.generated.ts';
import type { ProductReader } from '../views/cache/product-reader.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import { productIn } from '../views/product-document.ts';
import type { EventTail } from './event-tail.ts';
import { Expectation } from './expectation.ts';
import type { LogWriter } from './log-writer.ts';
import { Refusal } from './refusal.ts';
import { type VariantState, variantStates } from './variants.ts';
import { lookFor, type Waiting } from './waiting.ts';

export interface CatalogDeskOptions {
  readonly documents: Documents;
  readonly products: ProductReader;
  readonly writer: LogWriter;
  readonly tail: EventTail;
  readonly waiting: Waiting;
  /** How long to wait for the decision, and then for the view. Milliseconds. */
  readonly waitMs: number;
}

const refusalCodes: { readonly [Reason in CatalogRefusalReason]?: ErrorCode } = {
  already_exists: 'PRODUCT_EXISTS',
  unknown_product: 'PRODUCT_NOT_FOUND',
  not_owner: 'NOT_OWNER',
};

/** A product, and how its variants stand if it has any. */
export type ShownProduct = Product & { readonly variantStates?: readonly VariantState[] };

export class CatalogDesk {
  readonly #options: CatalogDeskOptions;

  constructor(options: CatalogDeskOptions) {
    this.#options = options;
  }

  /** The product as the view has it, not as the cache does: for those who change it. */
  async find(productId: string): Promise<Product | undefined> {
    const document = await this.#options.documents.get(collections.products.name, productId);
    return document && productIn(document);
  }

  /** The product with how its variants stand, if it has any. */
  async withVariants(product: Product): Promise<ShownProduct> {
    if (product.variants.length === 0) return product;
    return { ...product, variantStates: await variantStates(this.#options.documents, product) };
  }

  /**
   * Appends the change and waits for what is decided.
   * @returns the product's version after it, or undefined if it wasn't decided in time
   * @throws PRODUCT_EXISTS, PRODUCT_NOT_FOUND, PRODUCT_IS_VARIANT, NOT_OWNER, CATALOG_CHANGE_REFUSED
   */
  async change(change: CatalogChange): Promise<number | undefined> {
    const { writer, tail, waiting, waitMs } = this.#options;
    const { productId, changeId } = change;
    const decision = new Expectation(waiting, tail.catalog, productId, (event) => event.changeId === changeId);
    try {
      await writer.append(topics.catalogChanges, productId, change);
      const event = await decision.within(waitMs);
      return event && (await this.#versionIn(event));
    } finally {
      decision.close();
    }
  }

  /**
   * The product once the view has `version` of it and all of its variants, or undefined if it hasn't in time; a variant
   * alone that is late is shown as such.
   */
  async shown(productId: string, version: number): Promise<ShownProduct | undefined> {
    const { waiting, waitMs } = this.#options;
    const product = await lookFor(waiting, waitMs, async () => {
      const found = await this.find(productId);
      return found && found.version >= version ? found : undefined;
    });
    if (product === undefined) return undefined;
    const whole = await lookFor(waiting, waitMs, async () => {
      const shown = await this.withVariants(product);
      return shown.variantStates?.some(({ state }) => state === 'pending') ? undefined : shown;
    });
    // Whoever is answered reads what was written.
    await this.#options.products.refresh([productId, ...product.variants.map((variant) => variant.productId)]);
    return whole ?? this.withVariants(product);
  }

  async #versionIn({ productId, outcome }: CatalogEvent): Promise<number> {
    switch (outcome.type) {
      case 'ProductChanged':
        return outcome.version;
      case 'CatalogChangeRefused':
        if (outcome.reason === 'is_a_variant') throw variantOf(await this.find(productId));
        throw new Refusal(refusalCodes[outcome.reason] ?? 'CATALOG_CHANGE_REFUSED', {
          details: { reason: outcome.reason },
        });
      case 'LineRefused':
        throw new Refusal('CATALOG_CHANGE_REFUSED', { details: { reason: outcome.code } });
      default:
        return unreachable(outcome);
    }
  }
}

/** Refuses a change of a variant; `variant` as far as it is known. */
export function variantOf(variant: Product | undefined): Refusal {
  return new Refusal('PRODUCT_IS_VARIANT', { details: { parent: variant?.variantOf ?? 'another product' } });
}
