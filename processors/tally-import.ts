// Counts what became of the changes of an import, in the task that decides them: each once, since a repeated change is
// answered without being decided again. A count of one partition; whoever reads adds them up.
import type { CatalogEvent, ImportTally, StockEvent } from '../schemas/types.generated.ts';
import type { Context } from '../streams/api.ts';

export interface TallyWiring {
  readonly stores: { readonly importTallies: ImportTally };
  readonly outputs: { readonly importTallies: ImportTally };
  readonly timers: never;
}

interface Imported {
  readonly sellerId: string;
  readonly importId: string;
}

/** Counts a change that was just decided; one that came alone isn't counted. */
export function tallyImport(
  context: Context<TallyWiring>,
  partition: number,
  { sellerId, importId, outcome }: CatalogEvent | StockEvent,
): void {
  if (importId === '') return;
  const { importTallies } = context.stores;
  const key = tallyKey({ sellerId, importId });
  const isApplied = outcome.type === 'ProductChanged' || outcome.type === 'StockChanged';
  const { applied, refused } = importTallies.get(key) ?? { applied: 0, refused: 0 };
  const tally: ImportTally = {
    importId,
    sellerId,
    partition,
    applied: isApplied ? applied + 1 : applied,
    refused: isApplied ? refused : refused + 1,
    at: context.now,
  };
  importTallies.put(key, tally);
  context.forward('importTallies', `${key}/${partition}`, tally);
}

/** What a change of an import will read, to be fetched with the rest. */
export function tallyReads(change: Imported): readonly string[] {
  return change.importId === '' ? [] : [tallyKey(change)];
}

function tallyKey({ sellerId, importId }: Imported): string {
  return `${sellerId}/${importId}`;
}
