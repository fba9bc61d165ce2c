// What the tables of an index are asked and told, in SQL. Rows are by slot, the number of a listing for good.

import type { SearchDatabase } from './search-database.ts';
import type { NumberedValue } from './values.ts';

/** A listing as it was written last. */
export interface WrittenListing {
  readonly slot: number;
  /** Offset in the log. */
  readonly position: number;
  /** Of the text; -1 once it is removed. */
  readonly hash: number;
  readonly range: number;
}

const pagesInStep = 64;
const mostScattered = 1.25;

export class SearchTables {
  readonly database: SearchDatabase;

  constructor(database: SearchDatabase) {
    this.database = database;
  }

  find(id: string): WrittenListing | undefined {
    const row = this.database.first('SELECT slot, position, hash, range FROM listings WHERE id = ?', id);
    if (row === undefined) return undefined;
    const [slot, position, hash, range] = row.map(Number) as [number, number, number, number];
    return { slot, position, hash, range };
  }

  /** @returns the slot of a new id */
  add(id: string, { position, hash, range }: Omit<WrittenListing, 'slot'>, facts: Uint8Array | null): number {
    const sql = 'INSERT INTO listings (id, position, hash, range, facts) VALUES (?, ?, ?, ?, ?)';
    return this.database.run(sql, id, position, hash, range, facts).row;
  }

  change({ slot, position, hash, range }: WrittenListing, facts: Uint8Array | null): void {
    const sql = 'UPDATE listings SET position = ?, hash = ?, range = ?, facts = ? WHERE slot = ?';
    this.database.run(sql, position, hash, range, facts, slot);
  }

  /** The listing in JSON; null to remove it. */
  putContent(slot: number, content: string | null): void {
    if (content === null) this.database.run('DELETE FROM contents WHERE slot = ?', slot);
    else this.database.run('INSERT OR REPLACE INTO contents (slot, content) VALUES (?, ?)', slot, content);
  }

  /** @param tokens with a space between them */
  addTokens(table: 'texts' | 'called', slot: number, tokens: string): void {
    if (tokens !== '') this.database.run(`INSERT INTO ${table} (rowid, tokens) VALUES (?, ?)`, slot, tokens);
  }

  dropTokens(table: 'texts' | 'called', slot: number): void {
    this.database.run(`DELETE FROM ${table} WHERE rowid = ?`, slot);
  }

  /** @param padded as it is looked for by its trigrams */
  putWord(word: string, padded: string): void {
    const { row, isChanged } = this.database.run('INSERT INTO words (word) VALUES (?) ON CONFLICT DO NOTHING', word);
    if (isChanged) this.database.run('INSERT INTO trigrams (rowid, word) VALUES (?, ?)', row, padded);
  }

  putValue({ number, name, value }: NumberedValue): void {
    this.database.run('INSERT INTO numbered (number, name, value) VALUES (?, ?, ?)', number, name, value);
  }

  dropValue(number: number): void {
    this.database.run('DELETE FROM numbered WHERE number = ?', number);
  }

  values(): NumberedValue[] {
    const rows = this.database.all('SELECT number, name, value FROM numbered');
    return rows.map(([number, name, value]) => ({ number: Number(number), name: String(name), value: String(value) }));
  }

  /** Those that are there, by slot. */
  eachFacts(look: (slot: number, id: string, facts: Uint8Array) => void): void {
    this.database.each('SELECT slot, id, facts FROM listings WHERE facts IS NOT NULL ORDER BY slot', (row) => {
      look(row[0] as number, row[1] as string, row[2] as Uint8Array);
    });
  }

  /** The listing in JSON. */
  contentOf(slot: number): string {
    return String(this.database.first('SELECT content FROM contents WHERE slot = ?', slot)?.[0]);
  }

  /** Undefined if there is none. */
  contentById(id: string): string | undefined {
    const row = this.database.first('SELECT content FROM listings JOIN contents USING (slot) WHERE id = ?', id);
    return row === undefined ? undefined : String(row[0]);
  }

  /** Listings in JSON after `id`, by id. */
  scan(id: string, limit: number): string[] {
    const sql = 'SELECT content FROM listings JOIN contents USING (slot) WHERE id > ? ORDER BY id LIMIT ?';
    return this.database.all(sql, id, limit).map(([content]) => String(content));
  }

  /** The slots of what has an expression of FTS5. As one text: rows one by one take five times as long. */
  slotsOf(table: 'texts' | 'called', expression: string): readonly number[] {
    const row = this.database.first(`SELECT json_group_array(rowid) FROM ${table} WHERE ${table} MATCH ?`, expression);
    return JSON.parse(String(row?.[0]));
  }

  /** How many texts have it, `most` at most. */
  countTexts(expression: string, most: number): number {
    const sql = 'SELECT count(*) FROM (SELECT 1 FROM texts WHERE texts MATCH ? LIMIT ?)';
    return Number(this.database.first(sql, expression, most)?.[0]);
  }

  /** Words that have one of the trigrams, of so many letters. */
  wordsLike(expression: string, shortest: number, longest: number): readonly string[] {
    const row = this.database.first(
      `SELECT json_group_array(words.word) FROM trigrams CROSS JOIN words ON number = trigrams.rowid
       WHERE trigrams MATCH ? AND length(words.word) BETWEEN ? AND ?`,
      ...[expression, shortest, longest],
    );
    return JSON.parse(String(row?.[0]));
  }

  /** Whether a token is looked up in many places: FTS5 writes beside what it has, and joins that bit by bit. */
  isScattered(): boolean {
    const pages = 'SELECT count(*) AS pages FROM texts_idx GROUP BY segid';
    return this.database.first(`SELECT sum(pages) > max(pages) * ? FROM (${pages})`, mostScattered)?.[0] === 1;
  }

  /** A step of some milliseconds towards one place. @returns whether there is more to do */
  join(isFirst: boolean): boolean {
    const before = this.database.changes();
    this.database.run("INSERT INTO texts (texts, rank) VALUES ('merge', ?)", isFirst ? -pagesInStep : pagesInStep);
    // As FTS5 tells it.
    return this.database.changes() - before >= 2;
  }
}
