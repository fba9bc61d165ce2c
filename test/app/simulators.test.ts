// Workers with directories of their own ask one provider and one carrier if they are given one directory for the
// simulators; without it each keeps its own.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../app/config.ts';
import { openCarrier, openPayments } from '../../app/wire/effects.ts';
import { silentLogger as logger } from '../../base/logger.ts';
import { requestOf } from '../effects/shipping/parcels.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulators-'));
after(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();

const orderId = 'AAAAAAAAAAAAAAAAAAAAAA~p1';
const question = { orderId, customerId: 'c1', amount: 1_000, currency: 'EUR' };

async function openWorker(name: string, simulatorData: string | undefined) {
  const flags = { data: join(folder, name), simulatorData, simulatedPaymentMs: 0 };
  const config = readConfig({ flags, parts: ['gateway', 'worker'], env: {} });
  const tell = async () => {};
  const payments = await openPayments(config, { tell, logger });
  const carrier = openCarrier(config, 'simulator', { tell, logger });
  return { payments, carrier, close: () => Promise.all([payments.close(), carrier.close()]) };
}

/** One worker sets money aside and sends a parcel, then another one takes the money. */
async function captureElsewhere(simulatorData: string | undefined): Promise<string> {
  const one = await openWorker('one', simulatorData);
  const other = await openWorker('other', simulatorData);
  const payment = { requestId: `${orderId}/authorize`, method: 'card', token: 'tok_success' };
  const authorized = await one.payments.authorize({ ...question, ...payment }, signal);
  assert.ok(authorized.type === 'PaymentAuthorized');
  await one.carrier.send(requestOf('w1'), signal);
  const { paymentReference } = authorized;
  const requestId = `${orderId}/capture`;
  const { type } = await other.payments.capture({ ...question, requestId, paymentReference }, signal);
  await Promise.all([one.close(), other.close()]);
  return type;
}

test('workers that share the directory of the simulators take what another one set aside', async () => {
  const shared = join(folder, 'shared');
  assert.equal(await captureElsewhere(shared), 'PaymentCaptured');
  for (const file of ['payments.sqlite', 'carrier.sqlite']) {
    assert.ok(existsSync(join(shared, file)));
    assert.ok(!existsSync(join(folder, 'one', file)));
  }
});

test('without it, each has books of its own in its data directory', async () => {
  assert.equal(await captureElsewhere(undefined), 'CaptureRefused');
  assert.ok(existsSync(join(folder, 'one', 'payments.sqlite')) && existsSync(join(folder, 'other', 'payments.sqlite')));
});
