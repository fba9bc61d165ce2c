// Makes an SQLite file keep a write-ahead log, while others may open the same new file to do the same. Just for this switch
// SQLite doesn't wait for others, whatever the busy timeout: one of several that start together would fail.

interface Database {
  exec(sql: string): void;
}

const busy = 5;
const mostTries = 20;

/**
 * For a file that much is written to and that a flush syncs, not each commit: NORMAL syncs the log before it is copied into
 * the file. It is copied at 32 MB, not at 4, for pages that change again until then are copied once.
 */
export function keepBulkWriteAheadLog(database: Database): void {
  keepWriteAheadLog(database);
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -65536');
}

/** @throws what the database throws, SQLITE_BUSY only if others are in the way for longer than its busy timeout */
export function keepWriteAheadLog(database: Database): void {
  for (let tries = 1; ; tries++) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      const isBusy = error instanceof Error && 'errcode' in error && error.errcode === busy;
      if (!isBusy || tries === mostTries) throw error;
      // For the beginning of a transaction it does wait: whoever was in the way is done then.
      database.exec('BEGIN IMMEDIATE; ROLLBACK');
    }
  }
}
