// Listings, their words and what has changed since the last image, as they are kept in the database.
import type { Facts } from './facts.ts';
import type { SearchDatabase } from './search-database.ts';

export interface StoredListing {
  readonly slot: number;
  readonly id: string;
  /** Offset in the log. */
  readonly position: number;
  /** Of the text. */
  readonly hash: number;
  /** Undefined once it is removed. */
  readonly facts: Facts | undefined;
  readonly words: Uint8Array;
}

/** A listing as it is now, and its words in the image if they were others. */
export interface ChangedListing extends StoredListing {
  readonly before: Uint8Array | undefined;
}

export interface ImageNote {
  readonly number: number;
  /** Slots that the image has. */
  readonly slots: number;
}

const columns = 'slot, id, position, hash, facts, listings.words';

export class ListingFile {
  readonly database: SearchDatabase;
  #image: ImageNote;

  constructor(database: SearchDatabase) {
    this.database = database;
    const [number, slots] = database.first('SELECT number, slots FROM image') ?? [0, 0];
    this.#image = { number: Number(number), slots: Number(slots) };
  }

  /** The last image; number 0 if there is none. */
  get image(): ImageNote {
    return this.#image;
  }

  /** A new one, or one whose words have changed. */
  putListing({ slot, id, position, hash, facts, words }: StoredListing): void {
    const text = facts === undefined ? null : JSON.stringify(facts);
    this.database.run(
      `INSERT INTO listings (slot, id, position, hash, facts, words) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET
         position = excluded.position, hash = excluded.hash, facts = excluded.facts, words = excluded.words`,
      ...[slot, id, position, hash, text, words],
    );
  }

  putFacts(slot: number, position: number, facts: Facts): void {
    const sql = 'UPDATE listings SET position = ?, facts = ? WHERE slot = ?';
    this.database.run(sql, position, JSON.stringify(facts), slot);
  }

  putContent(slot: number, content: string): void {
    const sql =
      'INSERT INTO contents (slot, content) VALUES (?, ?) ON CONFLICT DO UPDATE SET content = excluded.content';
    this.database.run(sql, slot, content);
  }

  removeContent(slot: number): void {
    this.database.run('DELETE FROM contents WHERE slot = ?', slot);
  }

  putWord(number: number, word: string): void {
    this.database.run('INSERT INTO words (number, word) VALUES (?, ?)', number, word);
    if (this.#image.number === 0) return;
    this.database.run('INSERT INTO new_words (number, word) VALUES (?, ?)', number, word);
  }

  /** Words that nobody has. The image has them: it is of no use any more. */
  forget(words: readonly number[]): void {
    if (words.length === 0) return;
    this.noteImage({ number: 0, slots: 0 });
    this.database.write(() => {
      for (const number of words) this.database.run('DELETE FROM words WHERE number = ?', number);
    });
  }

  /** Notes that a listing isn't what it is in the image; `words` if they aren't either. */
  noteChange(slot: number, words: Uint8Array | undefined): void {
    if (slot >= this.#image.slots) return;
    if (words === undefined) this.database.run('INSERT INTO changed (slot) VALUES (?) ON CONFLICT DO NOTHING', slot);
    else {
      this.database.run(
        `INSERT INTO changed (slot, words) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET words = excluded.words WHERE words IS NULL`,
        ...[slot, words],
      );
    }
  }

  /** Notes that an image has all that there is now. */
  noteImage(image: ImageNote): void {
    this.database.write(() => {
      for (const table of ['image', 'changed', 'new_words']) this.database.run(`DELETE FROM ${table}`);
      this.database.run('INSERT INTO image (number, slots) VALUES (?, ?)', image.number, image.slots);
    });
    this.#image = image;
  }

  /** Of those that the image has. */
  countChanged(): number {
    return Number(this.database.first('SELECT count(*) FROM changed')?.[0]);
  }

  /** All from a slot on, in the order of slots. */
  eachListing(from: number, look: (listing: StoredListing) => void): void {
    this.database.each(`SELECT ${columns} FROM listings WHERE slot >= ? ORDER BY slot`, [from], (row) => {
      look(listingOf(row));
    });
  }

  /** Those that aren't what they are in the image. */
  eachChanged(look: (listing: ChangedListing) => void): void {
    const sql = `SELECT ${columns}, changed.words FROM changed JOIN listings USING (slot)`;
    this.database.each(sql, [], (row) => {
      const before = row[6] as Uint8Array | null;
      look({ ...listingOf(row), before: before ?? undefined });
    });
  }

  /** All, or those that the image hasn't. */
  eachWord(which: 'all' | 'new', look: (number: number, word: string) => void): void {
    const table = which === 'all' ? 'words' : 'new_words';
    this.database.each(`SELECT number, word FROM ${table}`, [], ([number, word]) => look(Number(number), String(word)));
  }

  wordsOf(slot: number): Uint8Array {
    return this.database.first('SELECT words FROM listings WHERE slot = ?', slot)?.[0] as Uint8Array;
  }

  /** The listing in JSON. */
  contentOf(slot: number): string {
    return String(this.database.first('SELECT content FROM contents WHERE slot = ?', slot)?.[0]);
  }

  /** Those after `id`, by id. */
  scan(id: string, limit: number): string[] {
    const sql = 'SELECT content FROM listings JOIN contents USING (slot) WHERE id > ? ORDER BY id LIMIT ?';
    return this.database.all(sql, id, limit).map(([content]) => String(content));
  }

  clear(): void {
    this.database.clear();
    this.#image = { number: 0, slots: 0 };
  }
}

function listingOf([slot, id, position, hash, facts, words]: readonly unknown[]): StoredListing {
  return {
    slot: slot as number,
    id: id as string,
    position: position as number,
    hash: hash as number,
    facts: facts === null ? undefined : JSON.parse(facts as string),
    words: words as Uint8Array,
  };
}
