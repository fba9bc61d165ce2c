// Several that open a new SQLite file in one moment: each gets it, with a write-ahead log.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { keepWriteAheadLog } from '../../base/write-ahead.ts';

const modeOf = (database: DatabaseSync) => database.prepare('PRAGMA journal_mode').get()?.journal_mode;

test('waits for whoever holds the file, where SQLite by itself does not', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'write-ahead-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'x.sqlite');
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const database = new DatabaseSync(file, { timeout: 5_000 });
  let tries = 0;
  const watched = {
    exec: (sql: string) => {
      tries++;
      try {
        database.exec(sql);
      } catch (error) {
        // The other one is done between the try and the wait.
        other.exec('COMMIT');
        throw error;
      }
    },
  };
  keepWriteAheadLog(watched);
  assert.equal(tries, 3);
  assert.equal(modeOf(database), 'wal');
  database.close();
  other.close();
});

test('gives up on what waiting does not mend', () => {
  const broken = new Error('disk I/O error');
  const exec = () => {
    throw broken;
  };
  assert.throws(() => keepWriteAheadLog({ exec }), broken);
});

test('gives up on a file that others never let go', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'write-ahead-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'x.sqlite');
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const database = new DatabaseSync(file, { timeout: 20 });
  assert.throws(() => keepWriteAheadLog(database), /database is locked/);
  database.close();
  other.close();
});
