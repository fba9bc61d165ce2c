// Nothing that looks like a card number is kept, wherever somebody may have typed one: not in the log, the state, the
// views, the simulated provider's books, the outbox, nor in what the program writes about itself.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server } from './server.ts';

const written = [
  '4111111111111111',
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  '5555555555554444',
  '378282246310005',
];
/** What is allowed leaves this trace, so that a search that finds nothing means something. */
const marker = 'a-street-that-is-looked-for';

const shipTo = { name: 'Ada', street: marker, city: 'Berlin', postalCode: '10115', country: 'DE' };
const order = {
  lines: [{ productId: 'demo-0001', quantity: 1 }],
  shipTo,
  payment: { method: 'card', token: 'tok_success' },
};

/** An order with a card number in each place where text goes. */
function spoilt(number: string) {
  return [
    { ...order, payment: { method: 'card', token: number.replaceAll(' ', '-') } },
    { ...order, payment: { method: number.replaceAll(/\D/g, ''), token: 'tok_success' } },
    { ...order, lines: [{ productId: number.replaceAll(' ', '-'), quantity: 1 }] },
    ...['name', 'street', 'city', 'postalCode'].map((field) => ({ ...order, shipTo: { ...shipTo, [field]: number } })),
  ];
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('card numbers are refused, and nothing of them is kept or logged', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-e2e-'));
  const server = await Server.start(data, '--log-level', 'trace', '--simulated-payment-ms', '0');
  try {
    const token = await server.logIn('shopper@demo');
    let key = 0;
    const post = (path: string, body: unknown) =>
      server.call('POST', path, { token, body, headers: { 'idempotency-key': `key-${++key}`, prefer: 'wait=5' } });
    const sound = await post('/v1/orders', order);
    assert.equal(sound.status, 201, JSON.stringify(sound.body));
    for (const number of written) {
      for (const body of spoilt(number)) {
        const refused = await post('/v1/orders', body);
        assert.ok([400, 422].includes(refused.status), `${JSON.stringify(body)} is answered ${refused.status}`);
        assert.ok(!JSON.stringify(refused.body).includes(number), JSON.stringify(refused.body));
      }
      const reason = `my card is ${number}`;
      assert.equal((await post(`/v1/orders/${sound.body.orderId}/return`, { reason })).status, 422);
      await server.call('GET', `/v1/orders/${number.replaceAll(' ', '')}`, { token });
      const news = { token, body: { reason } };
      await server.call('POST', '/v1/payments/webhook', news);
    }
    await server.stop();
    const found = filesIn(data).flatMap((file) => {
      const bytes = readFileSync(file, 'latin1');
      return [...written, marker].filter((text) => bytes.includes(text)).map((text) => `${text} in ${file}`);
    });
    assert.ok(
      found.some((place) => place.startsWith(marker)),
      'the search finds what is there',
    );
    assert.deepEqual(
      found.filter((place) => !place.startsWith(marker)),
      [],
    );
    for (const text of written) assert.ok(!server.output.includes(text), `${text} is logged`);
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
