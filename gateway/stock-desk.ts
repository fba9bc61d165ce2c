// Takes stock changes of a seller: refuses those of products that the view knows to be another's, appends the rest.
// Whether a change is applied is decided by the streams, which know for certain.
import { unreachable } from '../base/assert.ts';
import { noImport } from '../schemas/catalog-defaults.ts';
import { topics } from '../schemas/topics.ts';
import type { StockChange, StockEvent } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { EventTail } from './event-tail.ts';
import { Expectation } from './expectation.ts';
import type { LogWriter } from './log-writer.ts';
import type { StockChangeShape } from './shapes/stock-changes.ts';
import type { Waiting } from './waiting.ts';

export interface StockDeskOptions {
  readonly documents: Documents;
  readonly writer: LogWriter;
  readonly tail: EventTail;
  readonly waiting: Waiting;
}

/** The outcome as an answer tells it; nothing while it is undecided. */
export interface ChangeOutcome {
  readonly status?: 'applied' | 'refused';
  readonly before?: number;
  readonly after?: number;
  readonly reason?: string;
}

export class StockDesk {
  readonly #options: StockDeskOptions;

  constructor(options: StockDeskOptions) {
    this.#options = options;
  }

  /** For each change whether the view knows its product as another seller's. */
  async othersProducts(sellerId: string, changes: readonly StockChangeShape[]): Promise<boolean[]> {
    const ids = [...new Set(changes.map(({ productId }) => productId))];
    const found = await this.#options.documents.getMany(collections.products.name, ids);
    const others = new Set(ids.filter((_, index) => found[index] && found[index].fields.sellerId !== sellerId));
    return changes.map(({ productId }) => others.has(productId));
  }

  /** Resolves when the log has acknowledged all. */
  async append(sellerId: string, changes: readonly StockChangeShape[]): Promise<void> {
    const { writer, waiting } = this.#options;
    const at = waiting.clock.now();
    await Promise.all(
      changes.map((change) =>
        writer.append(topics.stockChanges, change.productId, stockChangeOf(sellerId, change, at)),
      ),
    );
  }

  /** Appends, and waits for the outcomes; in the order of the changes. */
  async appendAndWait(
    sellerId: string,
    changes: readonly StockChangeShape[],
    waitMs: number,
  ): Promise<readonly ChangeOutcome[]> {
    const { tail, waiting } = this.#options;
    const expected = changes.map(({ productId, changeId }) => {
      const isIt = (event: StockEvent) => event.changeId === changeId && event.sellerId === sellerId;
      return new Expectation(waiting, tail.stock, productId, isIt);
    });
    try {
      await this.append(sellerId, changes);
      const events = await Promise.all(expected.map((each) => each.within(waitMs)));
      return events.map((event) => (event ? outcomeOf(event) : {}));
    } finally {
      for (const each of expected) each.close();
    }
  }
}

/** What is wrong with a change that its schema can't tell, or undefined. */
export function changeFault({ delta, count }: Pick<StockChangeShape, 'delta' | 'count'>): string | undefined {
  return (delta === undefined) === (count === undefined) ? 'must have either delta or count' : undefined;
}

/** As it came alone. */
export function stockChangeOf(sellerId: string, change: StockChangeShape, at: number): StockChange {
  const { changeId, productId, warehouseId, delta, count = 0, sequence = null } = change;
  const what =
    delta === undefined ? ({ type: 'StockCount', count } as const) : ({ type: 'StockDelta', delta } as const);
  return { changeId, productId, warehouseId, sellerId, sequence, at, ...noImport, change: what };
}

function outcomeOf({ outcome }: StockEvent): ChangeOutcome {
  switch (outcome.type) {
    case 'StockChanged':
      return { status: 'applied', before: outcome.before, after: outcome.after };
    case 'StockChangeRefused':
      return { status: 'refused', reason: outcome.reason };
    case 'LineRefused':
      return { status: 'refused', reason: outcome.code };
    default:
      return unreachable(outcome);
  }
}
