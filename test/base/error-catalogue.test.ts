// The catalogue's form. That docs/errors.md lists the same entries is the generated pages' test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCatalogue } from '../../base/error-catalogue.ts';
import { requestErrors } from '../../base/request-errors.ts';
import { loadTree, matches } from '../arch/tree.ts';

/** The first word of a code says whose it is. A new word: add it to its room here. */
const roomOf: Readonly<Record<string, string>> = {
  CONFIG: 'app',
  GATEWAY: 'app',
  IMPORT: 'app',
  FEED: 'inbound',
  OPERATION: 'app',
  RECONCILIATION: 'app',
  LOG: 'log',
  MAIL: 'effects',
  RECORD: 'schemas',
  SCHEMA: 'schemas',
  REGISTRY: 'schemas',
  STATE: 'state',
  PROCESSOR: 'streams',
  QUARANTINE: 'streams',
  EFFECT: 'streams',
  REPLAY: 'streams',
  TOPOLOGY: 'streams',
  DOCUMENTS: 'views',
  ARCHIVE: 'views',
  CHECKPOINT: 'state',
  CHECKPOINTS: 'state',
  EXPIRY: 'views',
  CACHE: 'views',
  IMAGE: 'gateway',
  IMAGES: 'gateway',
  SEARCH: 'views',
  RANKS: 'views',
  CARRIER: 'effects',
  PAYMENTS: 'effects',
};
const dispositions = ['retry', 'deadLetter', 'fenced', 'corruptState', 'refuse', 'fatal'];

test('every code is written once', () => {
  const tree = loadTree();
  const sources = [
    'base/feed-errors.ts',
    'base/delivery-errors.ts',
    'base/product-errors.ts',
    'base/review-errors.ts',
    'base/request-errors.ts',
    'base/storage-errors.ts',
    'base/replay-errors.ts',
    'base/error-catalogue.ts',
  ]
    .map((path) => tree.get(path))
    .join('');
  const written = matches(sources, /^ {2}([A-Z]\w+): \{$/gm).map(({ match }) => match[1]);
  assert.deepEqual(written, Object.keys(errorCatalogue));
});

test('every code is in capitals; it begins with a word of its room, unless it is for callers, who know no rooms', () => {
  for (const code of Object.keys(errorCatalogue)) {
    assert.match(code, /^[A-Z]+(_[A-Z0-9]+)*$/);
    if (code in requestErrors) continue;
    const [word = ''] = code.split('_');
    assert.ok(roomOf[word], `${code}: add ${word} to roomOf in test/base/error-catalogue.test.ts`);
  }
});

test('every entry says what it means, what happens and what to do', () => {
  for (const [code, { message, disposition, remedy }] of Object.entries(errorCatalogue)) {
    assert.match(message, /^[A-Z{].*(\.|:\n\{\w+\})$/s, code);
    assert.match(remedy, /^[A-Z`].*\.$/, code);
    assert.ok(dispositions.includes(disposition), code);
  }
});

test('only what the caller is to mend is answered as the fault of the caller', () => {
  for (const [code, { disposition, status }] of Object.entries(errorCatalogue)) {
    if (disposition === 'refuse') assert.ok(status && status >= 400 && status < 500, `${code}: give a 4xx status`);
    else assert.ok(status === undefined || status >= 500, `${code}: leave the status out, or give a 5xx`);
  }
});
