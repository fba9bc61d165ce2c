// Keys that stand still, as operators see them: what the tasks that hold them say, with the dead letter of each as long as
// that is kept. Letters age out of the log, keys don't: of one that has lost its letter the task's own record is taken.
import type { RecordHeader } from '../log/record-batch.ts';
import { type FoundLetter, heldLetter } from './dead-letter.ts';
import type { DeadLetters } from './dead-letters.ts';
import { Refusal } from './refusal.ts';
import { invalidRequest } from './validation.ts';

export interface QuarantinedKey {
  readonly topology: string;
  readonly partition: number;
  readonly task: string;
  readonly key: string;
  /** Which record or timer it stands still for: `<topic>-<partition>@<offset>`, `<timer>@<time>`. */
  readonly place: string;
  /** When it came to stand still. Null in what older programs wrote, as the four after it. */
  readonly since: number | null;
  /** When that record failed last. */
  readonly failedAt: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly processor: string | null;
  /** Records behind that one. */
  readonly waiting: number;
  /** What comes for it now is set aside. */
  readonly isFull: boolean;
}

/** What a key stands still for, as its task keeps it. The topic is empty for a timer. */
export interface QuarantinedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** Where one is in the list. */
export interface QuarantinedPlace {
  readonly topology: string;
  readonly partition: number;
  readonly key: string;
}

export interface QuarantineQuery {
  /** Default: all. */
  readonly topology?: string | undefined;
  readonly partition?: number | undefined;
  readonly key?: string | undefined;
  /** Behind this one. */
  readonly after?: QuarantinedPlace | undefined;
  readonly limit: number;
}

/** Asks the tasks, wherever they are. The app implements it. */
export interface Quarantine {
  /** Those in which keys can stand still. */
  readonly topologies: readonly string[];
  /** By topology, key and partition. @throws STATE_MOVING, STATE_ELSEWHERE */
  list(query: QuarantineQuery): Promise<readonly QuarantinedKey[]>;
  /** Undefined if the key doesn't stand still for it any more. @throws STATE_MOVING, STATE_ELSEWHERE */
  record(key: QuarantinedKey): Promise<QuarantinedRecord | undefined>;
}

/** `letterId`: of the dead letter; null once that has aged out. */
export type ListedKey = QuarantinedKey & { readonly letterId: string | null };

export interface KeyPage {
  readonly keys: readonly ListedKey[];
  readonly cursor?: string;
}

export class QuarantinedKeys {
  readonly #quarantine: Quarantine;
  readonly #letters: DeadLetters;

  constructor(quarantine: Quarantine, letters: DeadLetters) {
    this.#quarantine = quarantine;
    this.#letters = letters;
  }

  /** @throws TOPOLOGY_NOT_FOUND, STATE_*; REQUEST_INVALID for a made-up cursor */
  async list(query: Omit<QuarantineQuery, 'after'> & { readonly cursor?: string | undefined }): Promise<KeyPage> {
    const { cursor, limit, ...filter } = query;
    this.#check(filter.topology);
    const after = cursor === undefined ? undefined : this.#readCursor(cursor, filter);
    const found = await this.#quarantine.list({ ...filter, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const letters = await this.#letters.ofKeys(page);
    const keys = page.map((key) => ({ ...key, letterId: letters.get(key)?.letter.id ?? null }));
    const last = page.at(-1);
    return { keys, ...(last && found.length > limit && { cursor: cursorOf(last) }) };
  }

  /**
   * The letter of one, or what would stand in it if it had been kept.
   * @throws QUARANTINED_KEY_NOT_FOUND, TOPOLOGY_NOT_FOUND, STATE_*; REQUEST_INVALID if several tasks have such a key
   */
  async find(place: {
    readonly topology: string;
    readonly key: string;
    readonly partition?: number | undefined;
  }): Promise<{ readonly key: ListedKey; readonly found: FoundLetter }> {
    const { topology, key: name } = place;
    this.#check(topology);
    const [key, ...others] = await this.#quarantine.list({ ...place, limit: 2 });
    if (key === undefined) throw new Refusal('QUARANTINED_KEY_NOT_FOUND', { details: { topology, key: name } });
    if (others.length > 0) {
      const message = `is needed: the key stands still in ${[key, ...others].map(({ task }) => task).join(', ')}`;
      throw invalidRequest([{ path: 'partition', message }]);
    }
    const kept = (await this.#letters.ofKeys([key])).get(key);
    const record = await this.#quarantine.record(key);
    if (record === undefined) throw new Refusal('QUARANTINED_KEY_NOT_FOUND', { details: { topology, key: name } });
    const found = heldLetter(key, record, kept);
    return { key: { ...key, letterId: kept?.letter.id ?? null }, found };
  }

  #check(topology: string | undefined): void {
    if (topology === undefined || this.#quarantine.topologies.includes(topology)) return;
    throw new Refusal('TOPOLOGY_NOT_FOUND', { details: { topology } });
  }

  #readCursor(cursor: string, { topology }: Pick<QuarantineQuery, 'topology'>): QuarantinedPlace {
    const [of, partition, key, ...more] = parsed(cursor);
    const isKnown = typeof of === 'string' && this.#quarantine.topologies.includes(of);
    const isPlace = isKnown && Number.isInteger(partition) && typeof key === 'string' && more.length === 0;
    if (!isPlace || of !== (topology ?? of)) {
      throw invalidRequest([{ path: 'cursor', message: 'is not one of a page before' }]);
    }
    return { topology: of, partition: partition as number, key };
  }
}

function cursorOf({ topology, partition, key }: QuarantinedPlace): string {
  return Buffer.from(JSON.stringify([topology, partition, key])).toString('base64url');
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
