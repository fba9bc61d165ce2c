// `import`: a file of products, uploaded to the gateway that runs. The same command again goes on where it was broken off.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { reasonOf, StockstreamError } from '../../base/errors.ts';
import { importModes } from '../../gateway/import-products.ts';
import { readConfig } from '../config.ts';
import type { Config } from '../config-schema.ts';
import { addSettings } from '../flags.ts';
import {
  type ImportFile,
  type ImportProgress,
  type ImportState,
  importFile,
  type RefusedLine,
  refusedLines,
} from '../import-file.ts';
import { print, printJson, table } from '../output.ts';
import { findRunning } from '../running.ts';
import { tokenSecret } from '../secret.ts';
import { tokenIssuer } from '../tokens.ts';
import { clock } from '../wire/places.ts';
import type { Flags } from './operator-verb.ts';

const showEveryMs = 250;

export function addImport(program: Command): void {
  addSettings(program.command('import <file>'), ['Process', 'Gateway'])
    .description('Upload products, NDJSON or CSV. Ends with 1 if a line was refused; goes on if it is run again.')
    .option('--seller <id>', 'Whose products they are: a user id', 'demo-seller')
    .option('--import <id>', "What the import is called; by default the file's name, size and time say")
    .addOption(new Option('--mode <name>', 'Whether products that exist are changed').choices(importModes))
    .addOption(new Option('--format <name>', "By default the file's ending says").choices(['csv', 'ndjson']))
    .option('--url <url>', 'Of the gateway; by default that of the process which uses this data directory')
    .option('--show <n>', 'Print at most so many refused lines', '1000')
    .option('--json', 'Print JSON')
    .action(run);
}

async function run(file: string, flags: Flags): Promise<void> {
  const { seller, import: named, mode = 'upsert', format, url, show, json, ...settings } = flags;
  const config = readConfig({ flags: settings, parts: [] });
  const token = (await tokenIssuer(tokenSecret(config)))({
    userId: String(seller),
    role: 'seller',
    email: 'command-line@localhost',
  });
  const work: ImportFile = {
    file,
    format: format === undefined ? formatOf(file) : (format as 'csv' | 'ndjson'),
    mode: String(mode),
    importId: named === undefined ? nameOf(file) : String(named),
    url: url === undefined ? runningAt(config) : String(url).replace(/\/$/, ''),
    token,
    clock,
    onProgress: progressLine(sizeOf(file)),
  };
  const state = await importFile(work);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (state.refused > 0) process.exitCode = 1;
  const refused = await firstRefused(work, Number(show));
  if (json === true) return printJson({ importId: work.importId, ...state, refusedLines: refused });
  if (refused.length > 0)
    print(table(refused.map(({ line, productId, code, message = '' }) => ({ line, productId, code, message }))));
  if (state.refused > refused.length) {
    print(`The others: GET /v1/products/imports/${work.importId}/lines?status=refused`);
  }
  print(`Import ${work.importId}: ${state.lines} lines, ${state.applied} applied, ${state.refused} refused.`);
}

async function firstRefused(work: ImportFile, most: number) {
  const found: RefusedLine[] = [];
  for await (const lines of refusedLines(work)) {
    found.push(...lines);
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}

/** A line that is written over on a terminal; elsewhere only what goes wrong. */
function progressLine(size: number): (progress: ImportProgress) => void {
  let [shownAt, sent] = [0, 0];
  let state: ImportState | undefined;
  return (progress) => {
    if (progress.problem !== undefined) process.stderr.write(`Broken off (${progress.problem}), going on\n`);
    sent = progress.sentBytes ?? sent;
    state = progress.state ?? state;
    if (!process.stderr.isTTY || clock.monotonic() - shownAt < showEveryMs) return;
    shownAt = clock.monotonic();
    const share = size === 0 ? 100 : Math.floor((sent * 100) / size);
    const counts = state ? `, ${state.applied} applied, ${state.refused} refused, ${state.pending} to decide` : '';
    process.stderr.write(`\r\x1b[KSent ${share} %${counts}`);
  };
}

/** @throws IMPORT_FILE_UNREADABLE */
function sizeOf(file: string): number {
  return statOf(file).size;
}

/** The same as long as the file is: so the same command goes on. @throws IMPORT_FILE_UNREADABLE */
function nameOf(file: string): string {
  const { size, mtimeMs } = statOf(file);
  const digest = createHash('sha256')
    .update(`${basename(file)}/${size}/${mtimeMs}`)
    .digest('hex')
    .slice(0, 10);
  const name = basename(file).replaceAll(/[^A-Za-z0-9._-]/g, '-');
  return `${name.slice(0, 50)}-${digest}`;
}

function statOf(file: string) {
  try {
    return statSync(file);
  } catch (error) {
    throw new StockstreamError('IMPORT_FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
}

/** @throws IMPORT_FILE_UNREADABLE if the ending says nothing */
function formatOf(file: string): 'csv' | 'ndjson' {
  if (/\.csv$/i.test(file)) return 'csv';
  if (/\.(ndjson|jsonl|json)$/i.test(file)) return 'ndjson';
  const reason = 'its ending does not say whether it is CSV or NDJSON: add --format';
  throw new StockstreamError('IMPORT_FILE_UNREADABLE', { file, reason });
}

/** @throws GATEWAY_NOT_RUNNING */
function runningAt(config: Config): string {
  const running = findRunning(config);
  if (running === undefined) throw new StockstreamError('GATEWAY_NOT_RUNNING', { data: config.data });
  return running.url;
}
