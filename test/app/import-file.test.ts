// Uploading a file: from the line that the gateway asks for, through breaks and refusals, up to the last decision.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type ImportFile, type ImportProgress, importFile, refusedLines } from '../../app/import-file.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';

/** Time that passes at once whenever somebody waits for it. */
class HastyClock extends SteppedClock {
  override schedule(milliseconds: number, callback: () => void): () => void {
    setImmediate(() => this.step(milliseconds));
    return super.schedule(milliseconds, callback);
  }
}

interface Sent {
  readonly query: string;
  readonly body: string;
}

/** What a gateway answers; the next in each list, then the last again. */
interface Script {
  readonly states: readonly { status: number; body?: object }[];
  readonly uploads: readonly { status: number; body?: object; breaksOff?: boolean }[];
}

async function open(script: Script, file: { name: string; content: string }) {
  const sent: Sent[] = [];
  const next = <T>(list: readonly T[], count: number) => list[Math.min(count, list.length - 1)]!;
  let [states, uploads] = [0, 0];
  const server = createServer(async (request, answer) => {
    const step = request.method === 'POST' ? next(script.uploads, uploads++) : next(script.states, states++);
    if (request.method === 'POST') sent.push({ query: queryOf(request), body: await text(request).catch(() => '') });
    if ('breaksOff' in step && step.breaksOff) return void answer.destroy();
    answer.writeHead(step.status, { 'content-type': 'application/json' }).end(JSON.stringify(step.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-upload-'));
  const path = join(directory, file.name);
  writeFileSync(path, file.content);
  const progress: ImportProgress[] = [];
  const work: ImportFile = {
    file: path,
    format: file.name.endsWith('.csv') ? 'csv' : 'ndjson',
    mode: 'upsert',
    importId: 'i',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 't',
    clock: new HastyClock(),
    onProgress: (each) => progress.push(each),
  };
  const close = () => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true });
  };
  return { work, sent, progress, close };
}

const queryOf = ({ url = '' }: IncomingMessage) => url.slice(url.indexOf('?') + 1);
const state = (status: string, nextLine: number) => {
  return { status: 200, body: { status, nextLine, lines: nextLine - 1, applied: 0, refused: 0, pending: 0 } };
};
const unknown = { status: 404, body: { code: 'import_not_found' } };
const taken = { status: 202 };

test('a new file is sent whole; what comes back is waited for until it is done', async () => {
  const script = { states: [unknown, state('running', 4), { status: 503 }, state('done', 4)], uploads: [taken] };
  const { work, sent, progress, close } = await open(script, { name: 'a.ndjson', content: 'one\ntwo\nthree' });
  assert.equal((await importFile(work)).status, 'done');
  assert.deepEqual(sent, [{ query: 'import=i&mode=upsert', body: 'one\ntwo\nthree' }]);
  assert.ok(progress.some(({ sentBytes }) => sentBytes === 13));
  close();
});

test('after a break the rest is sent, of CSV under its header again', async () => {
  const script = {
    states: [unknown, state('interrupted', 3), state('done', 5)],
    uploads: [{ status: 0, breaksOff: true }, taken],
  };
  const content = '\na,b\n1,2\n3,4\n5,6\n';
  const { work, sent, progress, close } = await open(script, { name: 'a.csv', content });
  await importFile(work);
  assert.deepEqual(sent.at(-1), { query: 'import=i&mode=upsert&fromLine=3', body: 'a,b\n1,2\n3,4\n5,6\n' });
  assert.equal(progress.filter(({ problem }) => problem !== undefined).length, 1);
  close();
});

test('too much at once is followed by the rest', async () => {
  const script = { states: [unknown, state('interrupted', 3), state('done', 4)], uploads: [{ status: 413 }, taken] };
  const { work, sent, close } = await open(script, { name: 'a.ndjson', content: '1\n2\n3\n' });
  await importFile(work);
  assert.equal(sent.at(-1)?.body, '3\n');
  close();
});

test('what the gateway refuses as a whole ends it; one that never answers, too, after a while', async () => {
  const refusing = {
    states: [unknown],
    uploads: [{ status: 400, body: { code: 'bulk_header_invalid', detail: 'no' } }],
  };
  const first = await open(refusing, { name: 'a.csv', content: 'x\n' });
  await assert.rejects(importFile(first.work), (error) => isStockstreamError(error, 'OPERATION_REFUSED'));
  assert.equal(first.sent.length, 1);
  first.close();
  const silent = await open({ states: [{ status: 503 }], uploads: [] }, { name: 'a.csv', content: 'x\n' });
  await assert.rejects(importFile(silent.work), (error) => isStockstreamError(error, 'GATEWAY_UNREACHABLE'));
  assert.equal(silent.progress.length, 9);
  silent.close();
});

test('refused lines come page by page', async () => {
  const line = (number: number) => ({ line: number, productId: '', code: 'c' });
  const script = {
    states: [
      { status: 200, body: { lines: [line(1), line(2)], cursor: 'more' } },
      { status: 200, body: { lines: [line(3)] } },
    ],
    uploads: [],
  };
  const { work, close } = await open(script, { name: 'a.csv', content: '' });
  const found: number[] = [];
  for await (const lines of refusedLines(work)) found.push(...lines.map((each) => each.line));
  assert.deepEqual(found, [1, 2, 3]);
  close();
});
