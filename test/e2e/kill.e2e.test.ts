// Killed outright at random moments under load, again and again, and started on the same data: nothing acknowledged is
// lost, nothing is done twice, the ledger balances, restarts are quick, and all commits can be done again to the byte.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../base/random.ts';
import { Load, type Ordered } from './load.ts';
import { addProduct, eventually, Server } from './server.ts';

const kills = 8;
const products = 12;
/** Few enough that some orders are refused, however slow the machine is. */
const unitsEach = 15;
const clients = 16;
/** On a machine that isn't busy with other things; on a busy one, in proportion to what a first start takes. */
const restartWithinMs = 3_000;
const restartFactor = 3;
/** Nobody pays: holds run out while the test goes on, so expiries are killed, too. */
const flags = ['--hold-seconds', '3', '--payments', 'off'];

const ownFile = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('kill -9 under load, repeatedly: no order lost or doubled, the ledger balances, restart within 3 seconds', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-e2e-'));
  const random = seededRandom(Date.now() % 1_000_000);
  let server = await Server.start(data, ...flags);
  const bound = Math.max(restartWithinMs, server.startedMs * restartFactor);
  const restarts: number[] = [];
  try {
    const seller = await server.logIn('seller@demo');
    const token = await server.logIn('shopper@demo');
    for (let each = 0; each < products; each++) await addProduct(server, seller, `p${each}`, unitsEach);
    const load = new Load(clients, { server: () => server, token, products, random });
    for (let kill = 0; kill < kills; kill++) {
      await pause(300 + random.int(900));
      await server.kill();
      server = await Server.start(data, ...flags);
      restarts.push(Math.round(server.startedMs));
    }
    await pause(500);
    await load.finish();

    const lives = await endOf(load.sent, server, token);
    const count = (step: string) => lives.filter((life) => life.includes(step)).length;
    assert.ok(count('Reserved') > 0 && count('Rejected') > 0);
    await checkLedger(server);
    const told = `${load.sent.length} orders, ${count('Reserved')} reserved, ${count('Rejected')} rejected`;
    console.log(`${told}, ${kills} kills, restarts in ms: ${restarts.join(' ')}`);
    assert.ok(Math.max(...restarts) < bound, `restarts took ${restarts.join(', ')} ms`);

    assert.equal(await server.stop(), 0);
    checkReplay(data, load.sent.length);
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
});

/** Every hold runs out in the end: an order is rejected, or reserved and then cancelled, each step once. */
async function endOf(sent: readonly Ordered[], server: Server, token: string): Promise<string[]> {
  const lives: string[] = [];
  for (const { orderId } of sent) {
    const { body } = await eventually(
      () => server.call('GET', `/v1/orders/${orderId}`, { token }),
      ({ status, body: order }) => status === 200 && ['rejected', 'cancelled'].includes(order.status),
    );
    const steps: { type: string; sequence: number }[] = body.history;
    const life = steps.map(({ type }) => type).join(' ');
    assert.match(life, /^OrderCreated (OrderRejected|(OrderReserved )?OrderCancelled)$/, orderId);
    assert.deepEqual(
      steps.map(({ sequence }) => sequence),
      steps.map((_, index) => index + 1),
    );
    lives.push(life);
  }
  return lives;
}

async function checkLedger(server: Server): Promise<void> {
  for (let each = 0; each < products; each++) {
    const { body: level } = await eventually(
      () => server.call('GET', `/v1/products/p${each}/stock`),
      ({ body }) => body.held === 0,
    );
    assert.equal(level.onHand, unitsEach);
    assert.equal(level.free, unitsEach);
  }
}

/** With the server stopped, its commits are done again from what it left behind. */
function checkReplay(data: string, orders: number): void {
  const args = [ownFile('bin/stockstream.js'), 'replay', '--data', data, '--json'];
  const report = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  assert.deepEqual(report.differences, []);
  assert.ok(report.records >= orders);
  assert.ok(report.fired > 0, 'expiries are among what was done again');
}
