// Orders as readers see them, for comparing: of those that have moved to the archive, what the archive has, with what
// came late for them.
import type { Archive } from '../../views/archive/archive.ts';
import { isWhole, withLateChanges } from '../../views/archive/late-changes.ts';
import { collections } from '../../views/collections.ts';
import type { Documents, StoredDocument } from '../../views/documents/documents.ts';

/** A document, and whether it was put together from the archive; or one that was erased there. */
export type Whole =
  | { readonly document: StoredDocument | undefined; readonly isArchived: boolean }
  | { readonly isErased: true };

/** In the order of `ids`; `found`: what the documents had of each, read before this is asked. */
export async function wholeOrders(
  { documents, archive }: { readonly documents: Documents; readonly archive: Archive },
  ids: readonly string[],
  found: readonly (StoredDocument | undefined)[],
): Promise<Whole[]> {
  const lacking = ids.filter((_, index) => !isComplete(found[index]));
  if (lacking.length === 0) return found.map((document) => ({ document, isArchived: false }));
  const archived = await archive.find(lacking);
  // What neither had may have come to the documents meanwhile.
  const again = await documents.getMany(collections.orders.name, lacking);
  const kept = new Map(lacking.map((id, index) => [id, { archived: archived[index], again: again[index] }]));
  return ids.map((id, index): Whole => {
    const document = found[index];
    const elsewhere = kept.get(id);
    if (elsewhere === undefined) return { document, isArchived: false };
    if (elsewhere.archived === 'erased') return { isErased: true };
    if (elsewhere.archived === undefined) return { document: elsewhere.again ?? document, isArchived: false };
    const together = document && withLateChanges(elsewhere.archived, document);
    return { document: document === undefined ? elsewhere.archived : (together ?? document), isArchived: true };
  });
}

function isComplete(document: StoredDocument | undefined): boolean {
  return document !== undefined && isWhole(document);
}
