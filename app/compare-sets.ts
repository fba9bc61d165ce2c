// Holds one set of views against another that was filled from the same log: each thing in both, as often as news of it may
// still be under way to one of them. What stays different is told.
import { type Clock, sleep } from '../base/clock.ts';
import { sameValue } from '../base/same-value.ts';
import type { Archive } from '../views/archive/archive.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { Search } from '../views/search/search.ts';
import type { ViewSet } from './view-sets.ts';

export interface SetDifference {
  /** `products/lamp` */
  readonly subject: string;
  /** As JSON; empty for nothing. */
  readonly expected: string;
  readonly found: string;
}

export interface SetComparison {
  readonly compared: number;
  readonly differences: number;
  /** The first of them. */
  readonly examples: readonly SetDifference[];
}

/** Something that is listed by id and read by id, in both sets. */
interface Shelf {
  readonly name: string;
  /** All ids, a page at a time. */
  pages(): AsyncGenerator<readonly string[]>;
  getMany(ids: readonly string[]): Promise<readonly unknown[]>;
}

export interface ComparisonParts {
  readonly archive: Archive;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told now and then how many were compared. */
  readonly onProgress: (compared: number) => void;
}

const pageSize = 500;
const mostExamples = 20;
const looks = 12;
const lookAgainMs = 250;

/** Holds `standby` against `active`. It may take minutes; both are filled meanwhile. */
export async function compareSets(active: ViewSet, standby: ViewSet, parts: ComparisonParts): Promise<SetComparison> {
  const pairs = shelvesOf(active).map((shelf, index) => ({ shelf, other: shelvesOf(standby)[index]! }));
  const comparison = new Comparison(parts);
  for (const { shelf, other } of pairs) await comparison.compare(shelf, other);
  return comparison.result;
}

class Comparison {
  readonly #parts: ComparisonParts;
  readonly #examples: SetDifference[] = [];
  #compared = 0;
  #differences = 0;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  get result(): SetComparison {
    return { compared: this.#compared, differences: this.#differences, examples: this.#examples };
  }

  /** All that the one has, then what the other has beyond that. */
  async compare(one: Shelf, other: Shelf): Promise<void> {
    for await (const ids of one.pages()) {
      if (this.#parts.signal.aborted) return;
      this.#compared += ids.length;
      await this.#settle(one, other, ids);
    }
    for await (const ids of other.pages()) {
      if (this.#parts.signal.aborted) return;
      const known = await one.getMany(ids);
      const beyond = ids.filter((_, index) => known[index] === undefined);
      await this.#settle(one, other, beyond);
    }
  }

  async #settle(one: Shelf, other: Shelf, ids: readonly string[]): Promise<void> {
    const { clock, signal, onProgress } = this.#parts;
    let open = ids;
    for (let look = 0; look < looks && open.length > 0; look++) {
      if (look > 0) await sleep(clock, lookAgainMs, signal);
      const [expected, found] = [await one.getMany(open), await other.getMany(open)];
      open = open.filter((_, index) => !sameValue(expected[index], found[index]));
    }
    const archived = one.name === collections.orders.name ? await this.#archived(open) : new Set<string>();
    await this.#tell(
      one,
      other,
      open.filter((id) => !archived.has(id)),
    );
    onProgress(this.#compared);
  }

  /** Orders that moved to the archive are in a new set until they move from there as well. */
  async #archived(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const found = await this.#parts.archive.find(ids);
    return new Set(ids.filter((_, index) => found[index] !== undefined));
  }

  async #tell(one: Shelf, other: Shelf, ids: readonly string[]): Promise<void> {
    this.#differences += ids.length;
    const some = ids.slice(0, mostExamples - this.#examples.length);
    const [expected, found] = [await one.getMany(some), await other.getMany(some)];
    some.forEach((id, index) => {
      this.#examples.push({
        subject: `${one.name}/${id}`,
        expected: textOf(expected[index]),
        found: textOf(found[index]),
      });
    });
  }
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value).slice(0, 1_000);
}

function shelvesOf({ documents, search }: ViewSet): Shelf[] {
  const ofDocuments = Object.values(collections).map(({ name }) => shelfOfDocuments(documents, name));
  return search === undefined ? ofDocuments : [...ofDocuments, shelfOfListings(search)];
}

function shelfOfListings(search: Search): Shelf {
  return {
    name: 'listings',
    async *pages() {
      for (let after: string | undefined; ; ) {
        const ids = (await search.scan(after, pageSize)).map(({ id }) => id);
        if (ids.length === 0) return;
        yield ids;
        after = ids.at(-1);
      }
    },
    getMany: (ids) => search.getMany(ids),
  };
}

function shelfOfDocuments(documents: Documents, name: string): Shelf {
  return {
    name,
    async *pages() {
      const query = { where: {}, sort: { field: 'id', direction: 'asc' }, limit: pageSize } as const;
      for (let cursor: string | undefined; ; ) {
        const page = await documents.find(name, { ...query, cursor });
        yield page.documents.map(({ id }) => id);
        cursor = page.cursor;
        if (cursor === undefined) return;
      }
    },
    getMany: async (ids) => (await documents.getMany(name, ids)).map((document) => document?.fields),
  };
}
