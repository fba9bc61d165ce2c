// When entries of a task expire and timers are due. Rows of the index live in the store beside the entries and are
// written in the same batch; here is what the store doesn't hold yet, and from when on a look is worth it.
// A row may be stale (the entry was changed or dropped since): whoever acts on a row asks the entry first.
import type { TaskKeys, TimeRow } from './keys.ts';
import type { Store } from './store.ts';

interface Recent {
  readonly transaction: number;
  readonly row: TimeRow;
}

export class TimeIndex {
  readonly #keys: TaskKeys;
  /** Rows of transactions that the store doesn't hold yet. */
  #recent: Recent[] = [];
  /** Rows that such transactions delete. */
  #gone: Recent[] = [];
  /** No row in the store is earlier: a scan that began at zero would wade through deleted rows. */
  #floor = 0;
  #nextAt = 0;

  constructor(keys: TaskKeys) {
    this.#keys = keys;
  }

  /** The earliest time at which something may be due. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** A row was written by a transaction. */
  add(transaction: number, row: TimeRow): void {
    this.#recent.push({ transaction, row });
    this.#nextAt = Math.min(this.#nextAt, row.at);
    this.#floor = Math.min(this.#floor, row.at);
  }

  /** A row is deleted by a transaction. */
  delete(transaction: number, row: TimeRow): void {
    this.#gone.push({ transaction, row });
  }

  /** The store now holds everything up to this transaction. */
  applied(transaction: number): void {
    this.#recent = this.#recent.filter((recent) => recent.transaction > transaction);
    this.#gone = this.#gone.filter((gone) => gone.transaction > transaction);
  }

  /** The first `limit` rows at `now` or before, in order of time, store and key; moves `nextAt` to the row behind them. */
  async due(store: Store, now: number, limit: number): Promise<TimeRow[]> {
    // Taken before the scan starts: rows that are applied during it are then in both, not in neither.
    const recent = this.#recent.map(({ row }) => row);
    const gone = new Set(this.#gone.map(({ row }) => textOf(row)));
    const floorAtStart = this.#floor;
    this.#floor = Number.POSITIVE_INFINITY;
    const most = limit + gone.size;
    const scanned = await store.scan(this.#keys.timesFrom(floorAtStart), { limit: most + 1 });
    const stored = scanned.map(({ key }) => this.#keys.timeOf(key));
    // What the scan left out comes after its last row: of recent rows only those before that have their place yet.
    const last = stored.length > most ? stored.at(-1) : undefined;
    const placed = recent.filter((row) => last === undefined || inOrder(row, last) < 0);
    const rows = sortRows([...stored.filter((row) => !gone.has(textOf(row))), ...placed]);
    const due = rows.slice(0, limit).filter(({ at }) => at <= now);
    // Rows added while the scan ran have lowered the floor; those before it start at the first row or at this moment.
    const added = this.#floor;
    this.#floor = Math.min(added, rows[0]?.at ?? floorAtStart, now);
    this.#nextAt = Math.min(added, rows[due.length]?.at ?? Number.POSITIVE_INFINITY);
    return due;
  }
}

/** In order of time, then of store and key; each row once. */
function sortRows(rows: TimeRow[]): TimeRow[] {
  rows.sort(inOrder);
  return rows.filter((row, index) => index === 0 || inOrder(rows[index - 1]!, row) !== 0);
}

function inOrder(a: TimeRow, b: TimeRow): number {
  return a.at - b.at || Buffer.compare(Buffer.from(`${a.store}\0${a.key}`), Buffer.from(`${b.store}\0${b.key}`));
}

function textOf({ at, store, key }: TimeRow): string {
  return `${at}\0${store}\0${key}`;
}
