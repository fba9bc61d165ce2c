// SQLite under the documents suite.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteDocuments } from '../../../views/documents/sqlite/sqlite-documents.ts';
import { documentsSuite } from '../../conformance/documents.suite.ts';

const makePlace = () => {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-documents-'));
  return {
    open: () => openSqliteDocuments({ file: join(directory, 'views.db') }),
    remove: () => rm(directory, { recursive: true }),
  };
};

documentsSuite('SQLite documents', makePlace);
