// Moves orders that have ended from the documents to the archive, some time after their last news, and brings what comes
// later up to date there. Each step may be the last, and several movers may do the same at once:
//
//   1. put the document into the archive, which keeps the newest state
//   2. look whether the archive has it, at that position or a newer one
//   3. forget the document, if nothing was written to it since it was read
//
// A rebuild of the view makes documents of archived orders again; they go the same way.
import { type Clock, sleep } from '../../base/clock.ts';
import { isStockstreamError, reasonOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { collections } from '../collections.ts';
import type { Documents, FindQuery, StoredDocument } from '../documents/documents.ts';
import type { Archive } from './archive.ts';
import { isWhole, withLateChanges } from './late-changes.ts';

export interface MoverOptions {
  readonly documents: Documents;
  readonly archive: Archive;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long an order stays where it is after its last news, in milliseconds. */
  readonly archiveAfterMs: number;
  /** How long to wait between two sweeps, in milliseconds. */
  readonly intervalMs: number;
  /** Whose orders to move: others leave the rest. Moving what another moves, too, does no harm. */
  readonly owns: (orderId: string) => boolean;
  readonly figures: MoverFigures;
  /** Called once, if it can't go on. */
  readonly onFailure: (error: unknown) => void;
}

export interface MoverFigures {
  /** Orders that left the documents. */
  moved(orders: number): void;
  /** How long the order that waits longest should have been moved before, in milliseconds. */
  lag(milliseconds: number): void;
  /** Late changes that fit no order of the archive: it lost the order, or the view a step. */
  orphans(documents: number): void;
}

const collection = collections.orders.name;
const pageSize = 200;
/** Nothing is expected after these. What comes nevertheless is a late change. */
const endings = ['rejected', 'cancelled', 'refunded', 'delivered'] as const;

export class OrderMover {
  readonly #options: MoverOptions;
  readonly #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #waitingFor: string | undefined;

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  /** Why nothing moves, or undefined if it does. */
  get waitingFor(): string | undefined {
    return this.#waitingFor;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Resolves when what was begun is done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { clock, logger, intervalMs, onFailure } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.sweep();
        this.#waitingFor = undefined;
      } catch (error) {
        this.#waitingFor = reasonOf(error);
        if (!isStockstreamError(error) || error.disposition !== 'retry') {
          logger.error({ err: error }, 'moving orders to the archive failed');
          onFailure(error);
          return;
        }
        logger.warn({ err: error }, 'moving orders to the archive waits');
      }
      await sleep(clock, intervalMs, this.#stopping.signal);
    }
  }

  /** Moves all that is due. */
  async sweep(): Promise<void> {
    const { clock, archiveAfterMs, figures } = this.#options;
    const before = clock.now() - archiveAfterMs;
    let oldest = before;
    for (const status of endings) {
      const query = {
        where: { status, updatedAt: { lt: before } },
        sort: { field: 'updatedAt', direction: 'asc' },
      } as const;
      await this.#eachPage(query, async (documents) => {
        const due = documents.filter((document) => isWhole(document) && isAtRest(document));
        oldest = Math.min(oldest, ...due.map(({ fields }) => Number(fields.updatedAt)));
        await this.#move(due);
      });
    }
    figures.lag(before - oldest);
    await this.#keepLateChanges();
  }

  async #keepLateChanges(): Promise<void> {
    const { archive, documents, figures } = this.#options;
    let orphans = 0;
    const query = { where: { placedAt: null }, sort: { field: 'id', direction: 'asc' } } as const;
    await this.#eachPage(query, async (page) => {
      const archived = await archive.find(page.map(({ id }) => id));
      const pairs = page.map((late, index) => ({ late, order: archived[index] }));
      await documents.forget(
        collection,
        pairs.flatMap(({ late, order }) => (order === 'erased' ? [late] : [])),
      );
      const changed = pairs.flatMap(({ late, order }) => {
        return order === undefined || order === 'erased' ? [] : (withLateChanges(order, late) ?? []);
      });
      orphans += pairs.filter(({ order }) => order !== 'erased').length - changed.length;
      await archive.put(changed);
      const ids = new Set(changed.map(({ id }) => id));
      await this.#forgetKept(page.filter(({ id }) => ids.has(id)));
    });
    figures.orphans(orphans);
  }

  async #move(orders: readonly StoredDocument[]): Promise<void> {
    if (orders.length === 0) return;
    await this.#options.archive.put(orders);
    this.#options.figures.moved(await this.#forgetKept(orders));
  }

  /** Of the documents that the archive has as they are, or knows better. Gives how many those are. */
  async #forgetKept(documents: readonly StoredDocument[]): Promise<number> {
    const archived = await this.#options.archive.find(documents.map(({ id }) => id));
    const kept = documents.filter(({ position }, index) => {
      const order = archived[index];
      return order === 'erased' || (order !== undefined && order.position >= position);
    });
    await this.#options.documents.forget(collection, kept);
    return kept.length;
  }

  /** Own documents alone. Stops between two pages if it is to stop. */
  async #eachPage(
    query: Omit<FindQuery, 'limit'>,
    work: (documents: readonly StoredDocument[]) => Promise<void>,
  ): Promise<void> {
    const { documents, owns } = this.#options;
    let cursor: string | undefined;
    do {
      if (this.#stopping.signal.aborted) return;
      const page = await documents.find(collection, { ...query, limit: pageSize, cursor });
      const own = page.documents.filter(({ id }) => owns(id));
      if (own.length > 0) await work(own);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}

/** A cancelled order may still have money to give back. */
function isAtRest({ fields: { status, paid } }: StoredDocument): boolean {
  return status !== 'cancelled' || typeof paid !== 'number' || paid === 0;
}
