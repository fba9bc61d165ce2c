// Reads how imports go on, from the views: how far each was taken, and what its partitions counted. A moment old.
import { topics } from '../schemas/topics.ts';
import type { Import, ImportTally } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Condition, Documents, FindPage } from '../views/documents/documents.ts';
import { importKey, linesFrom } from '../views/import-lines.ts';
import { tallyId } from '../views/imports.ts';
import type { ImportState } from './shapes/product-imports.ts';

type Name = Pick<Import, 'sellerId' | 'importId'>;

export interface LineQuery {
  readonly status?: 'applied' | 'refused' | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export class ImportReader {
  readonly #documents: Documents;
  readonly #partitions: number;

  /** @param partitionsOf of a topic */
  constructor(documents: Documents, partitionsOf: (topic: string) => number) {
    this.#documents = documents;
    this.#partitions = Math.max(partitionsOf(topics.catalogChanges.name), partitionsOf(topics.stockChanges.name));
  }

  /** How far it was taken. */
  async find(name: Name): Promise<Import | undefined> {
    const document = await this.#documents.get(collections.imports.name, importKey(name));
    return document?.fields as unknown as Import | undefined;
  }

  async state(name: Name): Promise<ImportState | undefined> {
    const found = await this.find(name);
    return found && (await this.#withCounts([found]))[0];
  }

  /** The newest first. */
  async list(
    where: { readonly [field: string]: Condition },
    { cursor, limit }: Omit<LineQuery, 'status'>,
  ): Promise<{ imports: ImportState[]; cursor?: string | undefined }> {
    const sort = { field: 'startedAt', direction: 'desc' } as const;
    const page = await this.#documents.find(collections.imports.name, { where, sort, limit, cursor });
    const imports = page.documents.map(({ fields }) => fields as unknown as Import);
    return { imports: await this.#withCounts(imports), cursor: page.cursor };
  }

  /** In the order of the file. */
  lines({ sellerId, importId, content }: Import, { status, cursor, limit }: LineQuery): Promise<FindPage> {
    const collection = content === 'stock' ? collections.stockChanges.name : collections.catalogChanges.name;
    const name = { sellerId, importId };
    // Refused ones are few and have an index; the others are found among all.
    const where: { [field: string]: Condition } =
      status === 'refused'
        ? { refusedIn: importKey(name) }
        : { id: { gte: linesFrom(name, 0), lt: `${importKey(name)}0` }, ...(status && { status }) };
    const sort = { field: 'id', direction: 'asc' } as const;
    return this.#documents.find(collection, { where, sort, limit, cursor });
  }

  async #withCounts(imports: readonly Import[]): Promise<ImportState[]> {
    const partitions = Array.from({ length: this.#partitions }, (_, partition) => partition);
    const ids = imports.flatMap((each) => partitions.map((partition) => tallyId(each, partition)));
    const found = await this.#documents.getMany(collections.importTallies.name, ids);
    return imports.map((each, index) => {
      const own = found.slice(index * partitions.length, (index + 1) * partitions.length);
      return stateOf(
        each,
        own.flatMap((document) => (document ? [document.fields as unknown as ImportTally] : [])),
      );
    });
  }
}

/** The views of both may be at different moments, so what isn't counted yet may seem to be less than nothing. */
function stateOf(found: Import, tallies: readonly ImportTally[]): ImportState {
  const { importId, feedId, content, lines, nextLine, bytes, startedAt } = found;
  const applied = tallies.reduce((sum, tally) => sum + tally.applied, 0);
  const refused = tallies.reduce((sum, tally) => sum + tally.refused, found.refused);
  const pending = Math.max(0, lines - applied - refused);
  return {
    importId,
    ...(feedId !== '' && { feedId }),
    content,
    status: statusOf(found, pending),
    lines,
    applied,
    refused,
    pending,
    nextLine,
    bytes,
    startedAt,
    updatedAt: Math.max(found.updatedAt, ...tallies.map(({ at }) => at)),
  };
}

function statusOf({ status }: Import, pending: number): ImportState['status'] {
  if (status === 'taken') return pending === 0 ? 'done' : 'running';
  return status;
}
