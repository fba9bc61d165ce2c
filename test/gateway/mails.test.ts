// Which mails a person wants, by the account and by the link in a mail; and the outbox as each role sees it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { unsubscribeTokens } from '../../gateway/unsubscribe-tokens.ts';
import { topics } from '../../schemas/topics.ts';
import type { MailOutcome } from '../../schemas/types.generated.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const password = 'correct horse battery';
let shop: TestGateway;
before(async () => {
  shop = await TestGateway.open({ settings: { registrationsPerMinute: 1_000, decisionWaitMs: 300 } });
});
after(() => shop.close());

/** A new account, and a header with its token. */
async function registered(email: string) {
  const { body } = await shop.call('POST', '/v1/users', { payload: { email, password, name: 'Ada' } });
  const userId: string = body.userId;
  return { userId, headers: shop.bearer(userId, 'shopper') };
}

async function chosen(headers: object): Promise<boolean> {
  return (await shop.call('GET', '/v1/users/me', { headers: { ...headers } })).body.notifications.orderMails;
}

describe('which mails come', () => {
  test('is all, until a person chooses; the account shows it', async () => {
    const { userId, headers } = await registered('choose@demo');
    const account = { userId, email: 'choose@demo', name: 'Ada', role: 'shopper' };
    const own = await shop.call('GET', '/v1/users/me', { headers });
    assert.deepEqual([own.status, own.body], [200, { ...account, notifications: { orderMails: true } }]);
    for (const orderMails of [false, true, false]) {
      const payload = { notifications: { orderMails } };
      const changed = await shop.call('PATCH', '/v1/users/me', { headers, payload });
      assert.deepEqual([changed.status, changed.body], [200, { ...account, ...payload }]);
      assert.equal(await chosen(headers), orderMails);
    }
  });

  test('is safe at once, also while the view is behind', async () => {
    const { headers } = await registered('behind@demo');
    shop.views.pause();
    const payload = { notifications: { orderMails: false } };
    const changed = await shop.call('PATCH', '/v1/users/me', { headers, payload });
    assert.deepEqual([changed.status, changed.body.notifications], [202, { orderMails: false }]);
    // The view says nothing else than what is asked for here: it must not be taken for done.
    const back = { notifications: { orderMails: true } };
    assert.equal((await shop.call('PATCH', '/v1/users/me', { headers, payload: back })).status, 202);
    shop.views.resume();
    const stored = async () => (await shop.documents.get('users', 'behind@demo'))?.fields.orderMails;
    await eventually(async () => ((await stored()) === undefined ? undefined : true));
    await eventually(async () => ((await stored()) === true ? true : undefined));
    assert.equal(await chosen(headers), true);
  });

  test('does not change the login', async () => {
    const { headers } = await registered('login@demo');
    await shop.call('PATCH', '/v1/users/me', { headers, payload: { notifications: { orderMails: false } } });
    const payload = { email: 'login@demo', password };
    assert.equal((await shop.call('POST', '/v1/sessions', { payload })).status, 200);
  });

  test('a repeated key is the choice made once', async () => {
    const { headers } = await registered('key@demo');
    const before = await shop.count(topics.users);
    const request = {
      headers: { ...headers, 'idempotency-key': 'choice' },
      payload: { notifications: { orderMails: false } },
    };
    const first = await shop.call('PATCH', '/v1/users/me', request);
    const again = await shop.call('PATCH', '/v1/users/me', request);
    assert.deepEqual([again.status, again.text], [first.status, first.text]);
    assert.equal(await shop.count(topics.users), before + 1);
  });

  test('needs an account and a whole wish', async () => {
    const payload = { notifications: { orderMails: false } };
    assert.equal((await shop.call('PATCH', '/v1/users/me', { payload })).status, 401);
    const headers = shop.bearer('nobody', 'shopper');
    const unknown = await shop.call('PATCH', '/v1/users/me', { headers, payload });
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'user_not_found']);
    for (const wrong of [
      {},
      { notifications: {} },
      { notifications: { orderMails: 'no' } },
      { ...payload, role: 'operator' },
    ]) {
      const refused = await shop.call('PATCH', '/v1/users/me', { headers, payload: wrong });
      assert.deepEqual([refused.status, refused.body.code], [400, 'request_invalid']);
    }
  });
});

describe('the link in a mail', () => {
  const linkOf = (userId: string) =>
    `/v1/users/unsubscribe?token=${encodeURIComponent(unsubscribeTokens(shop.app).issue(userId))}`;

  test('asks when it is opened, and takes effect when it is posted', async () => {
    const { userId, headers } = await registered('link@demo');
    const asked = await shop.call('GET', linkOf(userId));
    assert.equal(asked.status, 200);
    assert.match(asked.headers['content-type'] ?? '', /^text\/html/);
    assert.match(asked.text, /<form method="post">/);
    assert.equal(asked.headers['cache-control'], 'no-store');
    assert.equal(asked.headers['referrer-policy'], 'no-referrer');
    assert.equal(await chosen(headers), true, 'mail programs open links by themselves');
    const browser = { accept: 'text/html,*/*', 'content-type': 'application/x-www-form-urlencoded' };
    const done = await shop.call('POST', linkOf(userId), { headers: browser, payload: '' });
    assert.deepEqual([done.status, done.text.includes('<form')], [200, false]);
    assert.match(done.headers['content-type'] ?? '', /^text\/html/);
    assert.equal(await chosen(headers), false);
  });

  const multipart = '--x\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
  for (const [type, payload] of [
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    ['multipart/form-data; boundary=x', multipart],
  ] as const) {
    test(`takes the one click of mail programs: ${type}`, async () => {
      const { userId, headers } = await registered(`${type.slice(0, 9).replace('/', '-')}@demo`);
      const done = await shop.call('POST', linkOf(userId), { headers: { 'content-type': type }, payload });
      assert.deepEqual([done.status, done.body], [200, { orderMails: false }]);
      assert.equal(await chosen(headers), false);
      assert.equal((await shop.call('POST', linkOf(userId))).status, 200, 'and once more');
    });
  }

  test('is the same for a user every time, and tells no address', async () => {
    const { userId } = await registered('same@demo');
    assert.equal(linkOf(userId), linkOf(userId));
    const [, payload = ''] = linkOf(userId).split('.');
    assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64url').toString()), { sub: userId, aud: 'unsubscribe' });
  });

  test('that is not ours does nothing; a login is no link and a link no login', async () => {
    const { userId, headers } = await registered('forged@demo');
    const token = unsubscribeTokens(shop.app).issue(userId);
    const login = headers.authorization.slice('Bearer '.length);
    const elsewhere = shop.app.jwt.sign({ sub: userId, aud: 'something-else' });
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    for (const wrong of [login, elsewhere, unsigned, token.slice(0, -2), 'x', '']) {
      for (const method of ['GET', 'POST']) {
        const refused = await shop.call(method, `/v1/users/unsubscribe?token=${wrong}`);
        assert.deepEqual([refused.status, refused.body.code], [400, 'unsubscribe_link_invalid'], `${method} ${wrong}`);
      }
    }
    assert.equal(await chosen(headers), true);
    assert.equal(
      (await shop.call('GET', '/v1/users/me', { headers: { authorization: `Bearer ${token}` } })).status,
      401,
    );
    const gone = await shop.call('POST', linkOf('nobody'));
    assert.deepEqual([gone.status, gone.body.code], [404, 'user_not_found']);
  });
});

describe('the outbox', () => {
  const mail = (
    userId: string,
    sequence: number,
    outcome: MailOutcome['outcome'] = { type: 'MailSent' },
  ): MailOutcome => ({
    notificationId: `o${sequence % 3}/${sequence}/${userId}`,
    orderId: `o${sequence % 3}`,
    userId,
    to: `${userId}@example.com`,
    kind: 'order_placed',
    subject: `Mail ${sequence}`,
    text: 'Hello,\n',
    at: 1_000 + sequence,
    outcome,
  });
  const refused = { type: 'MailRefused', reason: '550 no such user' } as const;
  before(async () => {
    for (let sequence = 0; sequence < 7; sequence++) await shop.append(topics.mails, 'ann', mail('ann', sequence));
    await shop.append(topics.mails, 'sam', mail('sam', 7, refused));
    // Performed again after a crash: the first outcome stays.
    await shop.append(topics.mails, 'ann', mail('ann', 6, { type: 'MailSuppressed' }));
    await shop.append(topics.mails, 'sam', mail('sam', 8, { type: 'MailWithoutAddress' }));
    await eventually(async () => ((await shop.documents.count('outbox')) === 9 ? true : undefined));
  });
  const list = (query: string, userId: string, role: 'shopper' | 'seller' | 'operator') =>
    shop.call('GET', `/v1/outbox${query}`, { headers: shop.bearer(userId, role) });
  const subjects = ({ body }: { body: { mails: { subject: string }[] } }) => body.mails.map(({ subject }) => subject);

  test('is for everybody their own, the newest first', async () => {
    const own = await list('', 'ann', 'shopper');
    assert.deepEqual(
      subjects(own),
      [6, 5, 4, 3, 2, 1, 0].map((each) => `Mail ${each}`),
    );
    const { outcome: _, ...sixth } = mail('ann', 6);
    assert.deepEqual(own.body.mails[0], { ...sixth, status: 'sent' });
    assert.deepEqual(subjects(await list('', 'sam', 'seller')), ['Mail 8', 'Mail 7']);
    assert.deepEqual(
      subjects(await list('?userId=ann', 'sam', 'seller')),
      ['Mail 8', 'Mail 7'],
      "another's stay hidden",
    );
    assert.deepEqual(subjects(await list('', 'nobody', 'shopper')), []);
  });

  test('is whole for an operator, who may look closer', async () => {
    assert.equal((await list('', 'op', 'operator')).body.mails.length, 9);
    assert.deepEqual(subjects(await list('?orderId=o1', 'op', 'operator')), ['Mail 7', 'Mail 4', 'Mail 1']);
    assert.deepEqual(subjects(await list('?orderId=o1&userId=ann', 'op', 'operator')), ['Mail 4', 'Mail 1']);
    const { body } = await list('?status=refused', 'op', 'operator');
    assert.deepEqual(
      body.mails.map((each: { status: string; reason: string }) => [each.status, each.reason]),
      [['refused', '550 no such user']],
    );
    assert.deepEqual(subjects(await list('?status=no_address', 'op', 'operator')), ['Mail 8']);
    assert.deepEqual(subjects(await list('?status=suppressed', 'op', 'operator')), []);
  });

  test('comes page by page', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await list(`?limit=3${cursor}`, 'ann', 'shopper');
      seen.push(...subjects(page));
      cursor = page.body.cursor === undefined ? '' : `&cursor=${encodeURIComponent(page.body.cursor)}`;
    } while (cursor !== '');
    assert.deepEqual(
      seen,
      [6, 5, 4, 3, 2, 1, 0].map((each) => `Mail ${each}`),
    );
  });

  test('refuses what it does not know', async () => {
    for (const query of ['?status=lost', '?limit=0', '?orderid=o1']) {
      assert.equal((await list(query, 'op', 'operator')).body.code, 'request_invalid', query);
    }
    assert.equal((await list('?cursor=x', 'op', 'operator')).body.code, 'documents_cursor_invalid');
    assert.equal((await shop.call('GET', '/v1/outbox')).status, 401);
  });
});
