// The command on the real program: a shop that was killed in the middle of its work agrees with itself, running or not;
// what was changed behind its back is found, told and set right.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { collections } from '../../views/collections.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { addProduct, payment, Server, shipTo } from './server.ts';

const launcher = fileURLToPath(new URL('../../bin/stockstream.js', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'stockstream-reconcile-'));
after(() => rmSync(data, { recursive: true, force: true }));

async function stockstream(...words: string[]) {
  const child = spawn(process.execPath, [launcher, ...words, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, output, errors };
}

test('a shop that was killed agrees with itself, and what is planted is found and set right', async () => {
  let server = await Server.start(data);
  const [seller, shopper] = [await server.logIn('seller@demo'), await server.logIn('shopper@demo')];
  for (const productId of ['lamp', 'rope']) await addProduct(server, seller, productId, 50);
  for (let number = 0; number < 20; number++) {
    const lines = [{ productId: 'lamp', quantity: 1 }, ...(number % 2 ? [{ productId: 'rope', quantity: 1 }] : [])];
    const headers = { 'idempotency-key': `order-${number}`, ...(number === 0 && { prefer: 'wait=10' }) };
    const { status, body } = await server.call('POST', '/v1/orders', {
      token: shopper,
      headers,
      body: { lines, shipTo, payment },
    });
    assert.ok([201, 202].includes(status), JSON.stringify(body));
  }
  await server.kill();

  server = await Server.start(data);
  const running = await stockstream('reconcile');
  assert.deepEqual([running.status, running.errors], [0, ''], running.output);
  assert.match(running.output, /stock-held +\d+ +0 +0 +0 .*\n(.*\n)*\nclean: a full look/);
  assert.equal(await server.stop(), 0);
  const stopped = await stockstream('reconcile', '--json');
  assert.equal(stopped.status, 0, stopped.output);
  const { verdict, checks } = JSON.parse(stopped.output) as {
    verdict: string;
    checks: { check: string; checked: number }[];
  };
  assert.equal(verdict, 'clean');
  assert.ok(checks.find(({ check }) => check === 'order-history')!.checked >= 20);

  const documents = openSqliteDocuments({ file: join(data, 'views.sqlite') });
  await documents.open(Object.values(collections));
  await documents.forget('stock', [(await documents.get('stock', 'lamp'))!]);
  await documents.close();
  const found = await stockstream('reconcile');
  assert.equal(found.status, 1);
  assert.match(
    found.output,
    /error view:stock\/lamp \(view stock\)\n {2}expected: a document .*\n {2}found: {4}none\n {2}repair: {3}rewrite-document\n/,
  );
  const repaired = await stockstream('reconcile', '--repair', '--reason', 'a test');
  assert.match(repaired.output, /done: view:stock\/lamp: it is as the log says/);
  assert.equal((await stockstream('reconcile')).status, 0);
  assert.match(
    (await stockstream('audit')).output,
    /command-line +rewrite-document +stock\/lamp +done +view:stock\/lamp: a test/,
  );
});
