// What a task knows of its stock against what the log says of it: the levels that it told, and the ledger of all stock
// changes that it applied. Both are compared as of the snapshot: what came later is left out.
import type { StockEvent, StockLevel } from '../../schemas/types.generated.ts';
import type { StockFact, TaskFacts } from './examine-task.ts';
import { Findings, type FoundPart } from './finding.ts';

/** Whether what a task said is part of its snapshot. `unknown`: it was said at the very moment of the snapshot's commit. */
export type IsIn = 'yes' | 'no' | 'unknown';

/** Of a record that a task wrote at its time `at`; `isEarlier`: it was in the log before the snapshot was taken. */
export function isInSnapshot({ now }: TaskFacts, at: number, isEarlier: boolean): IsIn {
  if (isEarlier || at < now) return 'yes';
  return at > now ? 'no' : 'unknown';
}

interface Known {
  readonly stock: StockFact;
  readonly task: string;
  /** The level of the very version that the task stands at; the last one that was told counts. */
  same?: StockLevel;
  /** The highest version that the log has of what belongs into the snapshot. */
  highest: number;
  isMoving: boolean;
}

/** Takes the levels in the order of the log. */
export class LevelComparer {
  readonly #known = new Map<string, Known>();
  readonly #findings = new Findings();

  constructor(tasks: readonly TaskFacts[]) {
    for (const { task, stocks } of tasks) {
      for (const stock of stocks) this.#known.set(stock.productId, { stock, task, highest: -1, isMoving: false });
    }
  }

  level(level: StockLevel, isIn: IsIn): void {
    const known = this.#known.get(level.productId);
    if (known === undefined) {
      if (isIn !== 'yes') return;
      const check = 'stock-level';
      const expected = 'no level: its task has no such stock';
      this.#findings.checked(check);
      this.#findings.add({ check, subject: level.productId, where: 'the log', expected, found: told(level) });
      return;
    }
    if (level.version === known.stock.version) known.same = level;
    else if (isIn === 'yes') known.highest = Math.max(known.highest, level.version);
    else known.isMoving ||= isIn === 'unknown';
  }

  /** `isWhole`: every level that the log has was given; else only late ones, and those that are missing say nothing. */
  finish(isWhole: boolean): FoundPart {
    for (const { stock, task, same, highest, isMoving } of this.#known.values()) {
      const isAhead = highest > stock.version;
      if (same === undefined && !isAhead && !isWhole) continue;
      // The log may have dropped the very level for a newer one that isn't in the snapshot.
      const isOpen = same === undefined && isMoving && !isAhead;
      this.#findings.checked('stock-level', 1, isOpen ? 1 : 0);
      if (isOpen) continue;
      if (isAhead) this.#find(stock, task, `version ${highest} in the log`);
      else if (same === undefined) this.#find(stock, task, 'no such level in the log');
      else if (told(same) !== told(levelOf(stock))) this.#find(stock, task, told(same));
    }
    return this.#findings.part;
  }

  #find(stock: StockFact, where: string, found: string): void {
    const expected = told(levelOf(stock));
    // Told anew, as it is.
    const repair = { kind: 'correct-stock', ...stock } as const;
    this.#findings.add({ check: 'stock-level', subject: stock.productId, where, expected, found, repair });
  }
}

function levelOf({ warehouses, ...stock }: StockFact): Omit<StockLevel, 'at'> {
  const onHand = warehouses.reduce((sum, each) => sum + each.onHand, 0);
  const held = warehouses.reduce((sum, each) => sum + each.held, 0);
  return { ...stock, warehouses, onHand, held, free: onHand - held };
}

function told(level: Omit<StockLevel, 'at'>): string {
  const { version, onHand, held, free, committed, takenIn, warehouses } = level;
  const places = warehouses.map((each) => `${each.warehouseId} ${each.onHand}/${each.held}`).join(' ');
  return `version ${version}: ${onHand} on hand, ${held} held, ${free} free, ${committed} committed, ${takenIn} taken in (${places})`;
}

interface Account {
  readonly stock: StockFact;
  readonly task: string;
  takenIn: number;
  /** What was added at the very moment of the snapshot, change by change: any first part of it may be in. */
  readonly open: number[];
  readonly changes: Set<string>;
}

/** Takes the answers to stock changes in the order of the log. */
export class LedgerComparer {
  readonly #accounts = new Map<string, Account>();

  constructor(tasks: readonly TaskFacts[]) {
    for (const { task, stocks } of tasks) {
      for (const stock of stocks) {
        this.#accounts.set(stock.productId, { stock, task, takenIn: 0, open: [], changes: new Set() });
      }
    }
  }

  event({ productId, changeId, at, outcome }: StockEvent, isIn: IsIn): void {
    const account = this.#accounts.get(productId);
    if (account === undefined || outcome.type !== 'StockChanged' || isIn === 'no') return;
    // A repeated change is answered by the same event again; one that was forgotten meanwhile is applied anew.
    const change = `${at} ${changeId}`;
    if (account.changes.has(change)) return;
    account.changes.add(change);
    const more = outcome.after - outcome.before;
    if (isIn === 'yes') account.takenIn += more;
    else account.open.push(more);
  }

  finish(): FoundPart {
    const findings = new Findings();
    for (const [productId, { stock, task, takenIn, open }] of this.#accounts) {
      findings.checked('stock-ledger');
      let sum = takenIn;
      const sums = [sum, ...open.map((more) => (sum += more))];
      if (sums.includes(stock.takenIn)) continue;
      const onHand = stock.warehouses.reduce((units, each) => units + each.onHand, 0);
      const isClear = open.length === 0 && stock.committed + onHand === takenIn;
      findings.add({
        check: 'stock-ledger',
        subject: productId,
        where: task,
        expected: `${takenIn} taken in, as its changes add up`,
        found: `${stock.takenIn} taken in, ${stock.committed} committed, ${onHand} on hand`,
        ...(isClear && { repair: { kind: 'correct-stock', ...stock, takenIn } }),
      });
    }
    return findings.part;
  }
}
