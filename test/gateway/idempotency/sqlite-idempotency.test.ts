// The SQLite adapter keeps the idempotency contract, in a file that is opened again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Clock } from '../../../base/clock.ts';
import { systemRandom } from '../../../base/random.ts';
import { openSqliteIdempotency } from '../../../gateway/idempotency/sqlite/sqlite-idempotency.ts';
import { idempotencySuite } from '../../conformance/idempotency.suite.ts';

const directory = mkdtempSync(join(tmpdir(), 'idempotency-'));
let file = 0;
const reopen = async (clock: Clock, windowMs: number) =>
  openSqliteIdempotency({ file: join(directory, 'made', `${file}.db`), clock, random: systemRandom, windowMs });
const open = (clock: Clock, windowMs: number) => {
  file++;
  return reopen(clock, windowMs);
};

idempotencySuite('SQLite', { open, reopen });
after(() => rmSync(directory, { recursive: true }));
