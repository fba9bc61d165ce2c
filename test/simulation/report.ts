// What `stockstream simulate` prints: how far it is, a line a violation with the command that shows it again, and the
// totals: what was done and which faults struck.
import { type Counts, count } from './counts.ts';
import { commandOf, type Flags } from './flags.ts';
import type { SeedResult } from './seed-worker.ts';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** So many violations of one seed are shown; the others tend to follow from them. */
const shown = 5;
/** Where the line can't be written over, it is written so seldom. */
const quietMs = 10_000;
const hourMs = 3_600_000;

/** Each row of the totals: what its numbers are called, and what is said of them. */
export const totalRows: readonly (readonly [title: string, ...parts: (readonly [name: string, words: string])[]])[] = [
  ['work', ['orders sent', 'orders sent'], ['orders decided', 'decided'], ['changes sent', 'stock changes sent']],
  ['', ['commits', 'commits'], ['order events', 'order events'], ['dead letters', 'dead letters']],
  ['', ['keys stood still', 'times a broken processor made a key stand still'], ['keys let go on', 'let go on']],
  ['crashes', ['workers killed', 'workers killed'], ['killed inside a commit', 'of them inside a commit']],
  ['', ['machines crashed', 'machines crashed'], ['crashed inside a write', 'of them inside a write']],
  ['zombies', ['zombies', 'woke up after their session'], ['commits fenced', 'commits fenced']],
  ['rebalances', ['rebalances', 'generations of the group'], ['tasks demoted', 'tasks became copies']],
  ['copies', ['standbys promoted', 'standbys promoted'], ['warm-ups done', 'warm-ups done']],
  ['', ['killed while warming up', 'workers killed while warming up']],
  ['checkpoints', ['checkpoints taken', 'taken'], ['checkpoints loaded', 'times state began with one']],
  [
    '',
    ['checkpoints passed over', 'damaged or too old, and passed over'],
    ['checkpoints out of reach', 'out of reach'],
  ],
  ['duplicates', ['orders sent again', 'orders sent again'], ['changes sent again', 'stock changes sent again']],
  ['delays', ['calls late', 'calls far too late']],
  [
    'losses',
    ['group messages lost', 'messages of the group lost'],
    ['log messages lost', 'of the log'],
    ['checkpoints messages lost', 'to checkpoints'],
  ],
  ['', ['commits lost', 'commits lost'], ['commits late', 'late'], ['commits aborted', 'aborted']],
  ['', ['commits without an answer', 'commits that came true without an answer']],
];

export class Report {
  readonly #flags: Flags;
  readonly #output: Output;
  readonly #totals: Counts = new Map();
  readonly #startedAt = performance.now();
  #saidAt = 0;
  #done = 0;
  #broken: number[] = [];

  constructor(flags: Flags, output: Output) {
    this.#flags = flags;
    this.#output = output;
    const { seed, seeds, canary, jobs } = flags;
    const bug = canary === undefined ? '' : `, with a planted bug: ${canary}`;
    this.#say(`seeds ${seed} to ${seed + seeds - 1}, ${jobs} at once${bug}`);
  }

  begun(seed: number): void {
    if (this.#flags.verbose) this.#say(`\nseed ${seed}`);
  }

  told(at: number, text: string): void {
    this.#say(`${(at / 1000).toFixed(3).padStart(12)} s  ${text}`);
  }

  done({ seed, violations, digest, numbers }: SeedResult): void {
    this.#done++;
    for (const [name, number] of numbers) count(this.#totals, name, number);
    if (violations.length > 0) this.#broken.push(seed);
    for (const { checker, what } of violations.slice(0, shown))
      this.#say(`VIOLATION seed ${seed}: ${checker}: ${what}`);
    if (violations.length > shown) this.#say(`  and ${violations.length - shown} more`);
    if (violations.length > 0) this.#say(`  again: ${commandOf(this.#flags, seed)}`);
    if (this.#flags.verbose) this.#say(`seed ${seed} ends with digest ${digest}`);
    else this.#progress();
  }

  /** Whether all promises held. */
  finish(): boolean {
    const { seeds } = this.#flags;
    if (this.#output.isTTY) this.#output.write('\r\x1b[K');
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const hours = Math.round((this.#totals.get('virtual milliseconds') ?? 0) / hourMs).toLocaleString('en');
    const pace = (seeds / seconds).toFixed(1);
    this.#say(`${seeds} seeds in ${seconds.toFixed(1)} s (${pace} a second), ${hours} simulated hours`);
    this.#say(`${this.#total('orders decided')} orders checked, ${this.#total('replayed commits')} commits replayed`);
    for (const [title, ...parts] of totalRows) {
      const words = parts.map(([name, what]) => `${this.#total(name)} ${what}`).join(', ');
      this.#say(`  ${title.padEnd(11)} ${words}`);
    }
    this.#list('faults injected, by class', 'fault: ');
    this.#list('where processes and the machine were hit', 'hit when: ');
    this.#list('what came of it', 'effect: ');
    const broken = this.#broken.length;
    this.#say(broken === 0 ? 'no violations' : `VIOLATIONS in ${broken} of ${seeds} seeds: ${this.#broken.join(' ')}`);
    return broken === 0;
  }

  #list(title: string, prefix: string): void {
    const names = [...this.#totals.keys()].filter((name) => name.startsWith(prefix)).sort();
    if (names.length === 0) return;
    const total = names.reduce((sum, name) => sum + (this.#totals.get(name) ?? 0), 0);
    this.#say(`${title}: ${total.toLocaleString('en')}`);
    for (const name of names) this.#say(`  ${name.slice(prefix.length).padEnd(46)} ${this.#total(name).padStart(8)}`);
  }

  #progress(): void {
    const { seeds } = this.#flags;
    const line = `${this.#done} of ${seeds} seeds, ${this.#total('commits')} commits, ${this.#broken.length} broken`;
    const now = performance.now();
    if (this.#output.isTTY) this.#output.write(`\r\x1b[K${line}`);
    else if (now - this.#saidAt > quietMs) {
      this.#saidAt = now;
      this.#say(line);
    }
  }

  #total(name: string): string {
    return (this.#totals.get(name) ?? 0).toLocaleString('en');
  }

  #say(line: string): void {
    this.#output.write(`${this.#output.isTTY ? '\r\x1b[K' : ''}${line}\n`);
  }
}
