// How the line of an import stands in the collection of what became of it: under an id that keeps the lines of one import
// together and in order, so that listing them needs no index.
import { unreachable } from '../base/assert.ts';
import type { CatalogEvent, StockEvent } from '../schemas/types.generated.ts';
import type { Record } from '../streams/api.ts';
import { positionOf } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

type Imported = Pick<CatalogEvent, 'sellerId' | 'importId'>;

/** Lines beyond this would stand in the wrong order. */
const digits = 10;

/** What tells an import from all others; an import's id has no slash. */
export function importKey({ sellerId, importId }: Imported): string {
  return `${sellerId}/${importId}`;
}

/** Where the ids of an import's lines from `line` on begin. */
export function linesFrom(of: Imported, line: number): string {
  return `${importKey(of)}/${String(line).padStart(digits, '0')}`;
}

/** A line that was mended and sent again is told as it ended. */
export function writeLine(collection: string, record: Record<CatalogEvent | StockEvent>): DocumentWrite {
  const { outcome, ...event } = record.value;
  const { importId, importLine, productId, sellerId, changeId, at } = event;
  const { code, message } = refusalOf(outcome);
  return {
    kind: 'upsert',
    collection,
    // With the product, for it decides which partition tells of the line.
    id: `${linesFrom(event, importLine)}/${productId}`,
    position: positionOf(record),
    set: {
      importId,
      importLine,
      productId,
      sellerId,
      changeId,
      at,
      status: code === null ? 'applied' : 'refused',
      code,
      message,
      // By this refused lines are found among all.
      refusedIn: code === null ? null : importKey(event),
    },
  };
}

interface LineRefusal {
  /** Null if the line was applied. */
  readonly code: string | null;
  readonly message: string | null;
}

function refusalOf(outcome: CatalogEvent['outcome'] | StockEvent['outcome']): LineRefusal {
  switch (outcome.type) {
    case 'ProductChanged':
    case 'StockChanged':
      return { code: null, message: null };
    case 'CatalogChangeRefused':
    case 'StockChangeRefused':
      return { code: outcome.reason, message: null };
    case 'LineRefused':
      return { code: outcome.code, message: outcome.message };
    default:
      return unreachable(outcome);
  }
}
