// Registering and logging in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import { TestGateway } from './test-gateway.ts';

const password = 'correct horse battery';

describe('accounts', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({
      settings: { registrationsPerMinute: 1_000, loginsPerMinute: 5, decisionWaitMs: 300 },
    });
  });
  after(() => shop.close());

  const register = (payload: object, headers: object = {}) =>
    shop.call('POST', '/v1/users', { payload, headers: { ...headers } });
  const logIn = (payload: object) => shop.call('POST', '/v1/sessions', { payload });

  test('are registered and logged in to; the token works', async () => {
    const made = await register({ email: 'Ada@Example.com', password, name: 'Ada' });
    assert.equal(made.status, 201);
    const { userId, ...rest } = made.body;
    assert.deepEqual(rest, { email: 'ada@example.com', name: 'Ada', role: 'shopper' });
    const session = await logIn({ email: 'ADA@example.COM', password });
    assert.equal(session.status, 200);
    assert.deepEqual([session.body.userId, session.body.role], [userId, 'shopper']);
    assert.ok(Math.abs(session.body.expiresAt - Date.now() - 12 * 3_600_000) < 10_000);
    const headers = { authorization: `Bearer ${session.body.token}` };
    assert.equal((await shop.call('GET', '/v1/orders', { headers })).status, 200);
  });

  test('the password is stored as Argon2id alone', async () => {
    await register({ email: 'hash@demo', password });
    const { fields } = (await shop.documents.get('users', 'hash@demo'))!;
    assert.match(String(fields.passwordHash), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.ok(!JSON.stringify(fields).includes(password));
    assert.equal(fields.name, 'hash');
  });

  test('an address is registered once', async () => {
    const before = await shop.count(topics.users);
    assert.equal((await register({ email: 'once@demo', password })).status, 201);
    const again = await register({ email: 'ONCE@demo', password: 'another password' });
    assert.deepEqual([again.status, again.body.code], [409, 'email_taken']);
    assert.equal(await shop.count(topics.users), before + 1);
  });

  test('of registrations at a time one wins', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => register({ email: 'race@demo', password })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409, 409, 409]);
    const [won] = answers.filter(({ status }) => status === 201);
    assert.equal((await logIn({ email: 'race@demo', password })).body.userId, won?.body.userId);
  });

  test('a repetition with its key finds its own registration, even with its record lost', async () => {
    const app = await shop.another();
    const headers = { 'idempotency-key': 'register' };
    const payload = { email: 'key@demo', password };
    const first = await register(payload, headers);
    const second = await shop.call('POST', '/v1/users', { app, payload, headers });
    assert.deepEqual([second.status, second.body.userId], [201, first.body.userId]);
  });

  test('while the view stands still, the registration is 202', async () => {
    shop.views.pause();
    const { status, body } = await register({ email: 'late@demo', password });
    assert.deepEqual([status, body.email], [202, 'late@demo']);
    shop.views.resume();
  });

  test('sellers and operators are made by operators', async () => {
    const payload = { email: 'seller2@demo', password, role: 'seller' };
    assert.equal((await register(payload)).body.code, 'unauthenticated');
    assert.equal((await register(payload, { authorization: 'Bearer x' })).body.code, 'unauthenticated');
    assert.equal((await register(payload, shop.bearer('s', 'shopper'))).body.code, 'forbidden');
    assert.equal((await register(payload, shop.bearer('s', 'seller'))).body.code, 'forbidden');
    const made = await register(payload, shop.bearer('o', 'operator'));
    assert.deepEqual([made.status, made.body.role], [201, 'seller']);
  });

  for (const [name, payload] of [
    ['no password', { email: 'a@b' }],
    ['a short password', { email: 'a@b', password: 'short' }],
    ['an endless password', { email: 'a@b', password: 'x'.repeat(201) }],
    ['no @', { email: 'ab', password }],
    ['two @', { email: 'a@b@c', password }],
    ['a blank', { email: 'a b@c', password }],
    ['an endless address', { email: `${'a'.repeat(300)}@b`, password }],
    ['a user id', { email: 'a@b', password, userId: 'mine' }],
    ['an unknown role', { email: 'a@b', password, role: 'king' }],
  ] as const) {
    test(`a registration with ${name} is refused`, async () => {
      const { status, body } = await register(payload);
      assert.deepEqual([status, body.code], [400, 'request_invalid']);
    });
  }

  test('a wrong password and an unknown address are refused alike', async () => {
    await register({ email: 'wrong@demo', password });
    const wrong = await logIn({ email: 'wrong@demo', password: 'guess' });
    const unknown = await logIn({ email: 'nobody@demo', password: 'guess' });
    assert.deepEqual([wrong.status, wrong.body.code], [401, 'login_refused']);
    assert.equal(unknown.text, wrong.text);
    const trick = await logIn({ email: 'nobody@demo', password: 'nobody has this password' });
    assert.equal(trick.status, 401);
  });

  test('guessing is limited for each account and address', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 7; guess++) {
      statuses.push(
        (await logIn({ email: guess % 2 ? 'GUESS@demo' : 'guess@demo', password: `guess ${guess}` })).status,
      );
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
    assert.equal((await logIn({ email: 'guess@demo', password })).status, 429, 'by the account, however it is written');
    assert.equal((await logIn({ email: 'other@demo', password })).status, 401);
  });
});
