// The ranks port in the memory of one process. It forgets all when the process ends; whoever opens it fills it from the log.
import { StockstreamError } from '../../../base/errors.ts';
import { type RankedProduct, type RankQuery, type Ranks, type RankWrite, rankLength, rankWindows } from '../ranks.ts';

/** `length`: how many products a rank keeps. */
export function memoryRanks({ length = rankLength } = {}): Ranks {
  return new MemoryRanks(length);
}

class MemoryRanks implements Ranks {
  readonly #length: number;
  readonly #ranks = new Map<string, Rank>();
  /** The last write of each product. */
  readonly #written = new Map<string, RankWrite>();
  #isClosed = false;

  constructor(length: number) {
    this.#length = length;
  }

  async apply(writes: readonly RankWrite[]): Promise<void> {
    this.#check();
    for (const write of writes) this.#take(write);
  }

  async flush(): Promise<void> {}

  async top({ window, category, limit, after }: RankQuery): Promise<readonly RankedProduct[]> {
    this.#check();
    return this.#ranks.get(keyOf(window, category))?.page(limit, after) ?? [];
  }

  async clear(): Promise<void> {
    this.#check();
    this.#ranks.clear();
    this.#written.clear();
  }

  async ping(): Promise<void> {
    this.#check();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ranks.clear();
    this.#written.clear();
  }

  #take(write: RankWrite): void {
    const { productId, categories, scores } = write;
    const before = this.#written.get(productId);
    if (before !== undefined && before.position.offset >= write.position.offset) return;
    this.#written.set(productId, write);
    for (const window of rankWindows) {
      for (const category of before?.categories ?? []) this.#leave(keyOf(window, category), productId);
      if (scores[window] <= 0) continue;
      for (const category of categories) this.#enter(keyOf(window, category), { productId, score: scores[window] });
    }
  }

  #leave(key: string, productId: string): void {
    const rank = this.#ranks.get(key);
    rank?.leave(productId);
    if (rank?.size === 0) this.#ranks.delete(key);
  }

  #enter(key: string, product: RankedProduct): void {
    const rank = this.#ranks.get(key) ?? new Rank();
    this.#ranks.set(key, rank);
    rank.enter(product, this.#length);
  }

  #check(): void {
    if (this.#isClosed) throw new StockstreamError('RANKS_UNAVAILABLE', { reason: 'they were closed' });
  }
}

class Rank {
  readonly #sorted: RankedProduct[] = [];
  readonly #scores = new Map<string, number>();

  get size(): number {
    return this.#sorted.length;
  }

  page(limit: number, after: RankedProduct | undefined): RankedProduct[] {
    if (after === undefined) return this.#sorted.slice(0, limit);
    const place = this.#placeOf(after);
    const found = this.#sorted[place];
    const from = found !== undefined && inOrder(found, after) === 0 ? place + 1 : place;
    return this.#sorted.slice(from, from + limit);
  }

  leave(productId: string): void {
    const score = this.#scores.get(productId);
    if (score === undefined) return;
    this.#scores.delete(productId);
    this.#sorted.splice(this.#placeOf({ productId, score }), 1);
  }

  enter(product: RankedProduct, length: number): void {
    this.#scores.set(product.productId, product.score);
    this.#sorted.splice(this.#placeOf(product), 0, product);
    if (this.#sorted.length <= length) return;
    const last = this.#sorted.pop();
    if (last !== undefined) this.#scores.delete(last.productId);
  }

  /** Where it stands or would stand. */
  #placeOf(product: RankedProduct): number {
    let [from, to] = [0, this.#sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && inOrder(other, product) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function inOrder(one: RankedProduct, other: RankedProduct): number {
  return other.score - one.score || (one.productId === other.productId ? 0 : one.productId < other.productId ? 1 : -1);
}

function keyOf(window: string, category: string): string {
  return `${window}:${category}`;
}
