// Who may use which route: every route with every role, and every kind of bad token.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { UserRole } from '../../schemas/types.generated.ts';
import { jwtSecret, TestGateway } from './test-gateway.ts';

const roles = ['shopper', 'seller', 'operator'] as const;

/** Who may: what isn't listed must not exist. */
const matrix: { readonly [route: string]: 'all' | readonly UserRole[] } = {
  'GET /': 'all',
  'GET /openapi.json': 'all',
  'GET /health/live': 'all',
  'GET /health/ready': 'all',
  'GET /metrics': 'all',
  'POST /v1/users': 'all',
  'GET /v1/users/me': ['shopper', 'seller', 'operator'],
  'PATCH /v1/users/me': ['shopper', 'seller', 'operator'],
  'GET /v1/users/unsubscribe': 'all',
  'POST /v1/users/unsubscribe': 'all',
  'POST /v1/sessions': 'all',
  'GET /v1/outbox': ['shopper', 'seller', 'operator'],
  'POST /v1/images': ['seller'],
  'DELETE /v1/images/:imageId': ['operator'],
  'GET /images/:imageId/:file': 'all',
  'GET /v1/popular': 'all',
  'GET /v1/search': 'all',
  'GET /v1/suggest': 'all',
  'POST /v1/events': 'all',
  'GET /v1/products/:id/reviews': 'all',
  'POST /v1/products/:id/reviews': ['shopper'],
  'GET /v1/products/:id/reviews/mine': ['shopper'],
  'PUT /v1/products/:id/reviews/mine': ['shopper'],
  'DELETE /v1/products/:id/reviews/mine': ['shopper'],
  'PUT /v1/products/:id/reviews/:reviewId/helpful': ['shopper'],
  'DELETE /v1/products/:id/reviews/:reviewId/helpful': ['shopper'],
  'POST /v1/products/:id/reviews/:reviewId/report': ['shopper'],
  'PUT /v1/products/:id/reviews/:reviewId/answer': ['seller'],
  'DELETE /v1/products/:id/reviews/:reviewId/answer': ['seller'],
  'GET /v1/admin/product-reviews': ['operator'],
  'POST /v1/admin/product-reviews/:reviewId': ['operator'],
  'GET /v1/products': 'all',
  'GET /v1/products/:id': 'all',
  'GET /v1/products/:id/delivery': 'all',
  'GET /v1/products/:id/stock': 'all',
  'POST /v1/products': ['seller'],
  'PATCH /v1/products/:id': ['seller'],
  'DELETE /v1/products/:id': ['seller'],
  'GET /v1/product-types': 'all',
  'GET /v1/product-types/:type': 'all',
  'PUT /v1/product-types/:type': ['operator'],
  'DELETE /v1/product-types/:type': ['operator'],
  'POST /v1/stock-changes': ['seller'],
  'GET /v1/stock-changes/:changeId': ['seller', 'operator'],
  'POST /v1/orders': ['shopper'],
  'GET /v1/orders': ['shopper', 'seller', 'operator'],
  'GET /v1/orders/events': ['shopper'],
  'GET /v1/live': ['shopper', 'operator'],
  'GET /v1/orders/:id': ['shopper', 'seller', 'operator'],
  'GET /v1/orders/:id/expiry': ['shopper', 'operator'],
  'GET /v1/orders/:id/events': ['shopper', 'operator'],
  'POST /v1/orders/:id/cancel': ['shopper', 'operator'],
  'POST /v1/orders/:id/return': ['shopper', 'operator'],
  'GET /v1/admin/reviews': ['operator'],
  'POST /v1/admin/orders/:id/review': ['operator'],
  'POST /v1/shipments/webhook': 'all',
  'POST /v1/payments/webhook': 'all',
  'GET /v1/admin/logistics': ['operator'],
  'PUT /v1/admin/logistics': ['operator'],
  'GET /v1/admin/logistics/warehouses/:id': ['operator'],
  'PUT /v1/admin/logistics/warehouses/:id': ['operator'],
  'DELETE /v1/admin/logistics/warehouses/:id': ['operator'],
  'GET /v1/admin/logistics/areas/:id': ['operator'],
  'PUT /v1/admin/logistics/areas/:id': ['operator'],
  'DELETE /v1/admin/logistics/areas/:id': ['operator'],
  'GET /v1/admin/logistics/routes/:id': ['operator'],
  'PUT /v1/admin/logistics/routes/:id': ['operator'],
  'DELETE /v1/admin/logistics/routes/:id': ['operator'],
  'GET /v1/admin/logistics/calendars/:id': ['operator'],
  'PUT /v1/admin/logistics/calendars/:id': ['operator'],
  'GET /v1/admin/logistics/warehouses': ['operator'],
  'GET /v1/admin/logistics/areas': ['operator'],
  'GET /v1/admin/logistics/routes': ['operator'],
  'GET /v1/admin/logistics/calendars': ['operator'],
  'POST /v1/admin/logistics/areas': ['operator'],
  'POST /v1/admin/logistics/routes': ['operator'],
  'GET /v1/admin/topology': ['operator'],
  'GET /v1/admin/tasks': ['operator'],
  'GET /v1/admin/lag': ['operator'],
  'GET /v1/admin/dead-letters': ['operator'],
  'GET /v1/admin/dead-letters/:id': ['operator'],
  'POST /v1/admin/dead-letters/:id/replay': ['operator'],
  'POST /v1/admin/dead-letters/replay': ['operator'],
  'GET /v1/admin/dead-letters/counts': ['operator'],
  'POST /v1/admin/dead-letters/:id/edit': ['operator'],
  'POST /v1/admin/dead-letters/:id/drop': ['operator'],
  'POST /v1/admin/dead-letters/drop': ['operator'],
  'GET /v1/admin/quarantined-keys': ['operator'],
  'GET /v1/admin/quarantined-keys/:topology/:key': ['operator'],
  'POST /v1/admin/quarantined-keys/:topology/:key/replay': ['operator'],
  'POST /v1/admin/quarantined-keys/:topology/:key/edit': ['operator'],
  'POST /v1/admin/quarantined-keys/:topology/:key/drop': ['operator'],
  'POST /v1/admin/views/:name/rebuild': ['operator'],
  'GET /v1/admin/feeds': ['operator'],
  'GET /v1/admin/feeds/:id': ['operator'],
  'GET /v1/admin/feeds/:id/runs': ['operator'],
  'POST /v1/admin/feeds/:id/look': ['operator'],
  'PUT /v1/admin/feeds/:id': ['operator'],
  'DELETE /v1/admin/feeds/:id': ['operator'],
  'POST /v1/products:bulk': ['seller'],
  'GET /v1/products/imports': ['seller'],
  'GET /v1/products/imports/:id': ['seller'],
  'GET /v1/products/imports/:id/lines': ['seller'],
  'GET /v1/admin/views/generations': ['operator'],
  'POST /v1/admin/views/generations': ['operator'],
  'POST /v1/admin/views/generations/:generation/check': ['operator'],
  'POST /v1/admin/views/generations/:generation/activate': ['operator'],
  'DELETE /v1/admin/views/generations/:generation': ['operator'],
  'GET /v1/admin/state/:store': ['operator'],
  'POST /v1/admin/replay': ['operator'],
  'POST /v1/admin/views/:name/check': ['operator'],
  'GET /v1/admin/replay': ['operator'],
  'GET /v1/admin/checkpoints': ['operator'],
  'POST /v1/admin/checkpoints': ['operator'],
  'DELETE /v1/admin/replay/:into': ['operator'],
  'POST /v1/admin/seed': ['operator'],
  'GET /v1/admin/reconciliation': ['operator'],
  'POST /v1/admin/reconciliation': ['operator'],
  'POST /v1/admin/reconciliation/repair': ['operator'],
  'GET /v1/admin/audit': ['operator'],
  'GET /v1/admin/search/settings': ['operator'],
  'PUT /v1/admin/search/settings': ['operator'],
  'GET /v1/admin/search/zero-results': ['operator'],
};

/** An answer without an end: who may have it is tested where it is followed. */
const endless = 'GET /v1/orders/events';

describe('access', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
  });
  after(() => shop.close());

  test('every route is in the table', () => {
    const documented = Object.entries(shop.app.swagger().paths ?? {}).flatMap(([path, methods]) => {
      const url = path.replace(/\{(\w+)\}/g, ':$1');
      return Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${url}`);
    });
    assert.deepEqual(documented.toSorted(), Object.keys(matrix).toSorted());
  });

  for (const [route, allowed] of Object.entries(matrix)) {
    test(`${route} is for ${typeof allowed === 'string' ? allowed : allowed.join(' and ')}`, async () => {
      const [method = '', path = ''] = route.split(' ');
      const url = path.replace(/(?<=\/):\w+/g, 'x');
      const call = async (headers: object) => (await shop.call(method, url, { headers: { ...headers } })).body?.code;
      const anonymous = await call({});
      assert.equal(anonymous === 'unauthenticated', allowed !== 'all');
      for (const role of roles) {
        if (route === endless && allowed.includes(role)) continue;
        const code = await call(shop.bearer(`a ${role}`, role));
        assert.equal(code === 'forbidden', allowed !== 'all' && !allowed.includes(role), `${role}: ${code}`);
        assert.notEqual(code, 'unauthenticated');
      }
    });
  }

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (header: object, payload: object, key = jwtSecret, hash = 'sha256') => {
    const text = `${part(header)}.${part(payload)}`;
    return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
  };
  const exp = Math.floor(Date.now() / 1000) + 60;
  const good = { sub: 'o', role: 'operator', email: 'o@test', exp };
  const hs256 = { alg: 'HS256', typ: 'JWT' };
  const headers: [name: string, authorization: string][] = [
    ['no scheme', token(hs256, good)],
    ['another scheme', `Basic ${token(hs256, good)}`],
    ['nothing behind Bearer', 'Bearer '],
    ['more than a token', `Bearer ${token(hs256, good)} x`],
    ['garbage', 'Bearer a.b.c'],
    ['another key', `Bearer ${token(hs256, good, 'another secret')}`],
    ['another algorithm', `Bearer ${token({ alg: 'HS512' }, good, jwtSecret, 'sha512')}`],
    ['no algorithm', `Bearer ${part({ alg: 'none' })}.${part(good)}.`],
    ['one that has expired', `Bearer ${token(hs256, { ...good, exp: exp - 120 })}`],
    ['one that never expires', `Bearer ${token(hs256, { ...good, exp: undefined })}`],
    ['an unknown role', `Bearer ${token(hs256, { ...good, role: 'admin' })}`],
    ['nobody', `Bearer ${token(hs256, { ...good, sub: undefined })}`],
  ];
  for (const [name, authorization] of headers) {
    test(`a token with ${name} is refused`, async () => {
      const answer = await shop.call('GET', '/v1/orders', { headers: { authorization } });
      assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated']);
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
    });
  }

  test('a good one is taken, whatever the case of the scheme', async () => {
    const authorization = `bearer ${token(hs256, good)}`;
    assert.equal((await shop.call('GET', '/v1/orders', { headers: { authorization } })).status, 200);
  });
});
