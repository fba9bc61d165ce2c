// The archive in SQLite, held to the suite of its port.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteArchive } from '../../../views/archive/sqlite/sqlite-archive.ts';
import { archiveSuite } from '../../conformance/archive.suite.ts';

archiveSuite('SQLite archive', () => {
  const directory = mkdtempSync(join(tmpdir(), 'archive-'));
  const file = join(directory, 'made', 'archive.sqlite');
  return {
    open: async () => openSqliteArchive({ file }),
    remove: async () => rmSync(directory, { recursive: true }),
  };
});
