// Which products a feed has no more: those of the runs before that its content doesn't name. What the runs before had is
// read from the view of their lines, which must have all of them, or nothing can be said.
import { StockstreamError } from '../../base/errors.ts';
import type { Import } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { importKey, linesFrom } from '../../views/import-lines.ts';

export interface MissingOf {
  readonly documents: Documents;
  readonly sellerId: string;
  readonly feedId: string;
  /** Names of the runs before, from the oldest on. */
  readonly runs: readonly string[];
  /** What the content names. */
  readonly seen: ReadonlySet<string>;
}

export interface Missing {
  /** In the same order each time. */
  readonly productIds: readonly string[];
  /** How many different products the runs before had. */
  readonly before: number;
}

const pageSize = 1_000;

/** @throws FEED_VIEW_BEHIND if the view hasn't all lines of the runs before */
export async function missingProducts({ documents, sellerId, feedId, runs, seen }: MissingOf): Promise<Missing> {
  const before = new Set<string>();
  for (const importId of runs) {
    const name = { sellerId, importId };
    const found = await documents.get(collections.imports.name, importKey(name));
    const { lines } = (found?.fields ?? { lines: -1 }) as unknown as Pick<Import, 'lines'>;
    let shown = 0;
    for await (const { productId, importLine, status } of linesOf(documents, name)) {
      shown++;
      // Line 0 tells of products that went off sale then.
      if (status === 'applied' && importLine > 0) before.add(productId);
    }
    if (shown !== lines) throw new StockstreamError('FEED_VIEW_BEHIND', { feedId, importId });
  }
  return { productIds: [...before].filter((productId) => !seen.has(productId)), before: before.size };
}

interface LineDocument {
  readonly productId: string;
  readonly importLine: number;
  readonly status: string;
}

async function* linesOf(
  documents: Documents,
  name: Pick<Import, 'sellerId' | 'importId'>,
): AsyncGenerator<LineDocument> {
  const where = { id: { gte: linesFrom(name, 0), lt: `${importKey(name)}0` } };
  const sort = { field: 'id', direction: 'asc' } as const;
  let cursor: string | undefined;
  do {
    const page = await documents.find(collections.catalogChanges.name, { where, sort, limit: pageSize, cursor });
    for (const { fields } of page.documents) yield fields as unknown as LineDocument;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
