// The listings on disk: one SQLite file, of which this process is the only user. A start reads all but `contents`, which
// result pages are made of.
//
//     listings  slot | id | position | hash of the text | facts (JSON; NULL once removed) | words (entries.ts)
//     contents  slot | the ListingDocument (JSON)
//     words     number | word
import { mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { inTransaction } from '../../../base/sqlite-transaction.ts';
import { keepWriteAheadLog } from '../../../base/write-ahead.ts';
import type { Facts } from './facts.ts';
import { searchFailure } from './failures.ts';

/** Of another form nothing is read: the log has it all. */
const form = 1;

const schema = `
  CREATE TABLE IF NOT EXISTS listings (
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    facts TEXT,
    words BLOB NOT NULL
  );
  CREATE TABLE IF NOT EXISTS contents (slot INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS words (number INTEGER PRIMARY KEY, word TEXT NOT NULL);
  PRAGMA user_version = ${form}`;

const statements = {
  listings: 'SELECT slot, id, position, hash, facts, words FROM listings ORDER BY slot',
  words: 'SELECT number, word FROM words',
  wordsOf: 'SELECT words FROM listings WHERE slot = ?',
  contentOf: 'SELECT content FROM contents WHERE slot = ?',
  scan: 'SELECT content FROM listings JOIN contents USING (slot) WHERE id > ? ORDER BY id LIMIT ?',
  putListing: `
    INSERT INTO listings (slot, id, position, hash, facts, words) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (slot) DO UPDATE SET
      position = excluded.position, hash = excluded.hash, facts = excluded.facts, words = excluded.words`,
  putFacts: 'UPDATE listings SET position = ?2, facts = ?3 WHERE slot = ?1',
  putContent: 'INSERT INTO contents (slot, content) VALUES (?, ?) ON CONFLICT DO UPDATE SET content = excluded.content',
  removeContent: 'DELETE FROM contents WHERE slot = ?',
  putWord: 'INSERT INTO words (number, word) VALUES (?, ?)',
  removeWord: 'DELETE FROM words WHERE number = ?',
} as const;

export interface StoredListing {
  readonly slot: number;
  readonly id: string;
  readonly position: number;
  readonly hash: number;
  readonly facts: Facts | undefined;
  readonly words: Uint8Array;
}

export class ListingFile {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws SEARCH_STORAGE_FAILED if the file can't be opened or isn't a database */
  constructor(file: string) {
    this.#file = file;
    try {
      mkdirSync(dirname(file), { recursive: true });
      this.#database = new DatabaseSync(file, { timeout: 2_000 });
      keepWriteAheadLog(this.#database);
      // NORMAL syncs the write-ahead log before it is copied into the file; in between, `flush` does.
      this.#database.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096');
      const version = this.#database.prepare('PRAGMA user_version').get()?.user_version;
      if (version !== 0 && version !== form) this.#dropAll();
      this.#database.exec(schema);
    } catch (error) {
      throw searchFailure(file, 'opened', error);
    }
  }

  /** All of `work` or nothing. @throws SEARCH_UNAVAILABLE if the disk is full, SEARCH_STORAGE_FAILED */
  write(work: () => void): void {
    this.#attempt('written', () => inTransaction(this.#database, work));
  }

  putListing({ slot, id, position, hash, facts, words }: StoredListing): void {
    const text = facts === undefined ? null : JSON.stringify(facts);
    this.#prepared('putListing').run(slot, id, position, hash, text, words);
  }

  putFacts(slot: number, position: number, facts: Facts): void {
    this.#prepared('putFacts').run(slot, position, JSON.stringify(facts));
  }

  putContent(slot: number, content: string): void {
    this.#prepared('putContent').run(slot, content);
  }

  removeContent(slot: number): void {
    this.#prepared('removeContent').run(slot);
  }

  putWord(number: number, word: string): void {
    this.#prepared('putWord').run(number, word);
  }

  removeWord(number: number): void {
    this.#prepared('removeWord').run(number);
  }

  /** In the order of slots. */
  *listings(): Generator<StoredListing> {
    for (const row of this.#prepared('listings').iterate() as Iterable<unknown>) {
      const { slot, id, position, hash, facts, words } = row as Row<'slot' | 'position' | 'hash', 'id', 'words'> & {
        readonly facts: string | null;
      };
      yield { slot, id, position, hash, facts: facts === null ? undefined : JSON.parse(facts), words };
    }
  }

  *words(): Generator<Row<'number', 'word'>> {
    for (const row of this.#prepared('words').iterate() as Iterable<unknown>) yield row as Row<'number', 'word'>;
  }

  wordsOf(slot: number): Uint8Array {
    return this.#attempt('read', () => this.#prepared('wordsOf').get(slot)?.words) as Uint8Array;
  }

  /** The listing in JSON. */
  contentOf(slot: number): string {
    return String(this.#attempt('read', () => this.#prepared('contentOf').get(slot)?.content));
  }

  /** Those after `id`, by id. */
  scan(id: string, limit: number): string[] {
    return this.#attempt('read', () => this.#prepared('scan').all(id, limit)).map(({ content }) => String(content));
  }

  clear(): void {
    this.write(() => this.#dropAll());
    this.#attempt('written', () => this.#database.exec(schema));
  }

  /** Bytes. */
  size(): number {
    const names = [this.#file, `${this.#file}-wal`];
    return names.reduce((sum, name) => sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0), 0);
  }

  /** Makes what was written outlive a power cut; off the thread. */
  async flush(): Promise<void> {
    try {
      const log = await open(`${this.#file}-wal`, 'r+');
      await log.datasync().finally(() => log.close());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw searchFailure(this.#file, 'synced', error);
    }
  }

  close(): void {
    this.#database.close();
  }

  #dropAll(): void {
    this.#statements.clear();
    this.#database.exec(`
      DROP TABLE IF EXISTS listings; DROP TABLE IF EXISTS contents; DROP TABLE IF EXISTS words`);
  }

  #prepared(name: keyof typeof statements): StatementSync {
    let statement = this.#statements.get(name);
    if (statement === undefined) {
      statement = this.#database.prepare(statements[name]);
      this.#statements.set(name, statement);
    }
    return statement;
  }

  #attempt<Result>(action: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw searchFailure(this.#file, action, error);
    }
  }
}

type Row<Numbers extends string, Texts extends string, Bytes extends string = never> = {
  readonly [name in Numbers]: number;
} & { readonly [name in Texts]: string } & { readonly [name in Bytes]: Uint8Array };
