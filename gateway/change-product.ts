// A seller's edit of the catalogue on its way: appended, waited for, and read back from the view, so that who was
// answered can read what was written.

import { unreachable } from '../base/assert.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import { topics } from '../schemas/topics.ts';
import type { CatalogChange, CatalogEvent, CatalogRefusalReason, Product } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { EventTail } from './event-tail.ts';
import { Expectation } from './expectation.ts';
import type { LogWriter } from './log-writer.ts';
import { Refusal } from './refusal.ts';
import { lookFor, type Waiting } from './waiting.ts';

export interface CatalogDeskOptions {
  readonly documents: Documents;
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

export class CatalogDesk {
  readonly #options: CatalogDeskOptions;

  constructor(options: CatalogDeskOptions) {
    this.#options = options;
  }

  /** The product as the view has it. */
  async find(productId: string): Promise<Product | undefined> {
    const document = await this.#options.documents.get(collections.products.name, productId);
    return document?.fields as unknown as Product | undefined;
  }

  /**
   * Appends the change and waits for what is decided.
   * @returns the product's version after it, or undefined if it wasn't decided in time
   * @throws PRODUCT_EXISTS, PRODUCT_NOT_FOUND, NOT_OWNER, CATALOG_CHANGE_REFUSED
   */
  async change(change: CatalogChange): Promise<number | undefined> {
    const { writer, tail, waiting, waitMs } = this.#options;
    const { productId, changeId } = change;
    const decision = new Expectation(waiting, tail.catalog, productId, (event) => event.changeId === changeId);
    try {
      await writer.append(topics.catalogChanges, productId, change);
      const event = await decision.within(waitMs);
      return event && versionIn(event);
    } finally {
      decision.close();
    }
  }

  /** The product once the view has `version` of it, or undefined if it hasn't in time. */
  shown(productId: string, version: number): Promise<Product | undefined> {
    const { waiting, waitMs } = this.#options;
    return lookFor(waiting, waitMs, async () => {
      const product = await this.find(productId);
      return product && product.version >= version ? product : undefined;
    });
  }
}

function versionIn({ outcome }: CatalogEvent): number {
  switch (outcome.type) {
    case 'ProductChanged':
      return outcome.version;
    case 'CatalogChangeRefused':
      throw new Refusal(refusalCodes[outcome.reason] ?? 'CATALOG_CHANGE_REFUSED', {
        details: { reason: outcome.reason },
      });
    case 'LineRefused':
      throw new Refusal('CATALOG_CHANGE_REFUSED', { details: { reason: outcome.code } });
    default:
      return unreachable(outcome);
  }
}
