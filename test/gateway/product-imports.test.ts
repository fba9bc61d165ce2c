// Bulk imports of products: what comes of each line, that a repetition changes nothing, and that a break costs nothing.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const price = { amount: 1_000, currency: 'EUR' };
const product = (productId: string, more: object = {}) => ({
  productId,
  title: `Title of ${productId}`,
  price,
  ...more,
});
const ndjson = (lines: readonly unknown[]) => {
  return lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
};

let shop: TestGateway;
before(async () => {
  shop = await TestGateway.open({ settings: { bulkBytes: 20_000_000 } });
});
after(() => shop.close());

const seller = (userId = 'seller') => shop.bearer(userId, 'seller');

async function send(
  payload: string,
  query: string,
  { type = 'application/x-ndjson', userId = 'seller', key = '' } = {},
) {
  const headers = { ...seller(userId), 'content-type': type, ...(key && { 'idempotency-key': key }) };
  return await shop.call('POST', `/v1/products:bulk${query}`, { headers, payload });
}

const get = (path: string, userId?: string) => shop.call('GET', path, { headers: seller(userId) });

/** The import once all of it is decided. */
function done(importId: string, userId?: string) {
  return eventually(async () => {
    const { body } = await get(`/v1/products/imports/${importId}`, userId);
    return body.status === 'done' ? body : undefined;
  });
}

async function linesOf(importId: string, query = '') {
  const { body } = await get(`/v1/products/imports/${importId}/lines${query}`);
  return body.lines.map(({ line, productId, status, code }: Record<string, unknown>) =>
    [line, productId, status, code].filter((each) => each !== undefined).join(' '),
  );
}

const read = async (productId: string) => (await shop.call('GET', `/v1/products/${productId}`)).body;

describe('an import', () => {
  test('takes lines one by one and tells what became of each', async () => {
    await shop.offer({ theirs: 1 }, {});
    await send(ndjson([product('taken')]), '?import=first', { userId: 'other' });
    await done('first', 'other');
    const { status, body, headers } = await send(
      ndjson([
        product('i1'),
        '{"productId":',
        '',
        product('i2', { price: { amount: 0.5, currency: 'EUR' } }),
        product('i3', { colour: 'red' }),
        product('taken'),
        product('i4', { attributes: { color: 'red' } }),
        '"text"',
        product('i5', { productType: 'nothing' }),
      ]),
      '?import=mixed',
    );
    assert.equal(status, 202, JSON.stringify(body));
    assert.equal(headers.location, '/v1/products/imports/mixed');
    assert.deepEqual([body.importId, body.accepted, body.refused, body.nextLine], ['mixed', 3, 5, 10]);
    assert.deepEqual(
      body.errors.map(({ line, code }: { line: number; code: string }) => [line, code]),
      [
        [2, 'bulk_line_invalid'],
        [4, 'request_invalid'],
        [5, 'request_invalid'],
        [8, 'request_invalid'],
        [9, 'product_invalid'],
      ],
    );
    const state = await done('mixed');
    assert.deepEqual(
      [state.lines, state.applied, state.refused, state.pending, state.nextLine, state.content],
      [8, 2, 6, 0, 10, 'products'],
    );
    assert.ok(state.startedAt <= state.updatedAt);
    await eventually(async () => (await linesOf('mixed')).length === 8 || undefined);
    assert.deepEqual(await linesOf('mixed'), [
      '1 i1 applied',
      '2  refused bulk_line_invalid',
      '4 i2 refused request_invalid',
      '5 i3 refused request_invalid',
      '6 taken refused not_owner',
      '7 i4 applied',
      '8  refused request_invalid',
      '9 i5 refused product_invalid',
    ]);
    assert.deepEqual(await linesOf('mixed', '?status=applied'), ['1 i1 applied', '7 i4 applied']);
    const { body: page } = await get('/v1/products/imports/mixed/lines?status=refused&limit=2');
    assert.match(page.lines[1].message, /amount must be integer/);
    const rest = await get(`/v1/products/imports/mixed/lines?status=refused&limit=9&cursor=${page.cursor}`);
    assert.deepEqual(
      rest.body.lines.map(({ line }: { line: number }) => line),
      [5, 6, 8, 9],
    );
    assert.equal((await read('i4')).attributes.color, 'red');
  });

  test('as CSV has a column for each field, and one for each attribute', async () => {
    const csv = [
      '\ufeffproductId,title,price,currency,description,images,attr.color,attr.size,weightGrams,hazardous,customerLimit',
      'c1,"A lamp, red",1999,EUR,"Two',
      'lines, and ""more""",/a.jpg https://x.example/b.jpg|/c.jpg,red,,500,yes,3',
      'c2,Plain,5,USD,,,,,,,',
      'c3,No price,,EUR,,,,,,,',
      'c4,Half,0.5,EUR,,,,,,,',
      'c5,Few cells,1',
      'c6,Last,1,EUR,,,,XL,,false,',
    ].join('\r\n');
    const { body } = await send(csv, '?import=csv', { type: 'text/csv; charset=utf-8' });
    assert.deepEqual([body.accepted, body.refused, body.nextLine], [3, 3, 9], JSON.stringify(body));
    await done('csv');
    await eventually(async () => (await read('c6')).productId);
    const { title, description, images, attributes, weightGrams, hazardous, customerLimit } = await read('c1');
    assert.deepEqual(
      { title, description, images, attributes, weightGrams, hazardous, customerLimit },
      {
        title: 'A lamp, red',
        description: 'Two\nlines, and "more"',
        images: ['/a.jpg', 'https://x.example/b.jpg', '/c.jpg'],
        attributes: { color: 'red' },
        weightGrams: 500,
        hazardous: true,
        customerLimit: 3,
      },
    );
    assert.deepEqual((await read('c2')).price, { amount: 5, currency: 'USD' });
    assert.deepEqual(await linesOf('csv', '?status=refused'), [
      '5 c3 refused request_invalid',
      '6 c4 refused request_invalid',
      '7  refused bulk_line_invalid',
    ]);
  });

  test('under columns that nobody knows is refused as a whole', async () => {
    for (const header of ['productId,title,price', 'productId,title,price,currency,colour', 'a', 'attr.,productId']) {
      const { status, body } = await send(`${header}\n1,2,3,4\n`, '?import=wrong', { type: 'text/csv' });
      assert.deepEqual([status, body.code], [400, 'bulk_header_invalid'], header);
    }
    const { body } = await get('/v1/products/imports/wrong');
    assert.deepEqual([body.status, body.lines], ['interrupted', 0]);
  });

  test('with variants makes each a product of its own', async () => {
    const csv = 'productId,title,price,currency,variants\n';
    const variants = JSON.stringify([{ productId: 'v-m', options: { size: 'M' } }]).replaceAll('"', '""');
    const { body } = await send(`${csv}v1,Shirt,100,EUR,"${variants}"\nv2,Shirt,100,EUR,{}\n`, '?import=varied', {
      type: 'text/csv',
    });
    assert.deepEqual([body.accepted, body.refused], [1, 1]);
    assert.equal((await done('varied')).applied, 1, 'variants are no lines');
    await eventually(async () => (await read('v-m')).variantOf === 'v1' || undefined);
  });

  test('changes what is there to what it says; with mode=create it leaves it', async () => {
    await send(ndjson([product('u1', { brand: 'Old', attributes: { a: 'b' } })]), '?import=u-first');
    await done('u-first');
    await send(ndjson([product('u1', { title: 'New' })]), '?import=u-second');
    await done('u-second');
    const after = await eventually(async () => {
      const found = await read('u1');
      return found.version === 2 ? found : undefined;
    });
    assert.deepEqual([after.title, after.brand, after.attributes], ['New', '', {}]);
    await send(ndjson([product('u1', { title: 'Newer' }), product('u2')]), '?import=u-third&mode=create');
    assert.deepEqual([(await done('u-third')).applied, (await done('u-third')).refused], [1, 1]);
    assert.deepEqual(await linesOf('u-third', '?status=refused'), ['1 u1 refused already_exists']);
    await send(ndjson([product('u1', { title: 'New' })]), '?import=u-fourth');
    assert.equal((await done('u-fourth')).applied, 1);
    assert.equal((await read('u1')).version, 2, 'to say the same again changes nothing');
  });

  test('that is sent twice has the effect of once, whole or from a line on', async () => {
    const lines = ndjson([product('t1'), 'broken', product('t2'), product('t1', { title: 'Last' }), product('t1')]);
    const first = await send(lines, '?import=twice');
    const before = await done('twice');
    assert.deepEqual([before.lines, before.applied, before.refused], [5, 4, 1]);
    const again = await send(lines, '?import=twice');
    assert.deepEqual([again.status, again.body], [202, first.body]);
    const rest = await send(lines.split('\n').slice(3).join('\n'), '?import=twice&fromLine=4');
    assert.deepEqual([rest.body.accepted, rest.body.nextLine], [2, 6]);
    const { updatedAt: _, bytes: __, ...state } = await done('twice');
    const { updatedAt: ___, bytes: ____, ...was } = before;
    assert.deepEqual(state, was);
    assert.equal((await read('t1')).version, 3, 'a line that says what an earlier one said counts all the same');
  });

  test('is named by the idempotency key, too, or by chance', async () => {
    const one = await send(ndjson([product('k1')]), '', { key: 'a key' });
    assert.equal(one.status, 400);
    const first = await send(ndjson([product('k1')]), '', { key: 'a-key' });
    const second = await send(ndjson([product('k1')]), '', { key: 'a-key' });
    assert.equal(first.body.importId, second.body.importId);
    const other = await send(ndjson([product('k1')]), '');
    assert.notEqual(first.body.importId, other.body.importId);
    assert.equal((await done(other.body.importId)).applied, 1);
  });

  test('that does not go on where it ended is refused, with the line to go on from', async () => {
    await send(ndjson([product('g1'), product('g2')]), '?import=gap');
    await done('gap');
    const { status, body } = await send(ndjson([product('g9')]), '?import=gap&fromLine=9');
    assert.deepEqual([status, body.code], [409, 'import_lines_missing']);
    assert.match(body.detail, /up to 3/);
    const fresh = await send(ndjson([product('g9')]), '?import=fresh&fromLine=2');
    assert.equal(fresh.status, 409);
  });

  test("is its seller's alone", async () => {
    await send(ndjson([product('o1')]), '?import=own');
    await done('own');
    for (const path of ['', '/lines']) {
      const answer = await get(`/v1/products/imports/own${path}`, 'other');
      assert.deepEqual([answer.status, answer.body.code], [404, 'import_not_found']);
    }
    const { body } = await get('/v1/products/imports', 'nobody');
    assert.deepEqual(body.imports, []);
    assert.equal((await shop.call('GET', '/v1/products/imports')).status, 401);
    assert.equal(
      (await shop.call('GET', '/v1/products/imports', { headers: shop.bearer('s', 'shopper') })).status,
      403,
    );
  });

  test('is listed, the newest first, by pages', async () => {
    for (const name of ['l1', 'l2', 'l3']) {
      await send(ndjson([product(name)]), `?import=${name}`, { userId: 'lister' });
      await done(name, 'lister');
    }
    const ids = (body: { imports: { importId: string }[] }) => body.imports.map(({ importId }) => importId);
    const { body: page } = await get('/v1/products/imports?limit=2', 'lister');
    assert.deepEqual(ids(page), ['l3', 'l2']);
    const { body: last } = await get(`/v1/products/imports?limit=2&cursor=${page.cursor}`, 'lister');
    assert.deepEqual([ids(last), last.cursor], [['l1'], undefined]);
  });

  test('that is too large is 413; what came before is taken, and the rest may follow', async () => {
    const line = `${JSON.stringify(product('big', { description: 'x'.repeat(19_000) }))}\n`;
    const { status, body } = await send(line.repeat(1_100), '?import=big');
    assert.deepEqual([status, body.code], [413, 'body_too_large']);
    const { body: state } = await get('/v1/products/imports/big');
    assert.equal(state.status, 'interrupted');
  });

  test('a line may be as long as a product may be, not longer', async () => {
    const long = product('long', { description: 'ü'.repeat(20_000), images: Array(20).fill(`/${'x'.repeat(1_990)}`) });
    const { body } = await send(ndjson([long, 'x'.repeat(1_100_000), product('short')]), '?import=long');
    assert.deepEqual([body.accepted, body.refused, body.errors[0].code], [2, 1, 'bulk_line_too_long']);
  });

  test('in another form, or in none, is refused', async () => {
    for (const type of ['application/json', 'text/plain', 'application/xml']) {
      const { status, body } = await send('{}', '?import=form', { type });
      assert.deepEqual([status, body.code], [415, 'content_type_unsupported'], type);
    }
    const none = await shop.call('POST', '/v1/products:bulk', { headers: seller() });
    assert.deepEqual([none.status, none.body.code], [415, 'content_type_unsupported']);
  });

  test('nothing at all is an import, too', async () => {
    for (const type of ['application/x-ndjson', 'text/csv']) {
      assert.deepEqual((await send('', '?import=nothing', { type })).body.accepted, 0);
    }
    assert.equal((await done('nothing')).lines, 0);
  });
});

test('a connection that breaks off loses nothing: the import says where to go on', async () => {
  if (!shop.app.server.listening) await shop.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = shop.app.server.address() as AddressInfo;
  const lines = Array.from({ length: 10_000 }, (_, index) => JSON.stringify(product(`b${index}`)));
  const sent = request({
    port,
    host: '127.0.0.1',
    path: '/v1/products:bulk?import=broken',
    method: 'POST',
    headers: { ...seller(), 'content-type': 'application/x-ndjson' },
  });
  sent.on('error', () => {});
  sent.write(`${lines.slice(0, 8_500).join('\n')}\n${lines[8_500]?.slice(0, 10)}`);
  const taken = await eventually(async () => {
    const { body } = await get('/v1/products/imports/broken');
    return body.nextLine > 1 ? body : undefined;
  }, 30_000);
  assert.equal(taken.status, 'running');
  sent.destroy();
  const broken = await eventually(async () => {
    const { body } = await get('/v1/products/imports/broken');
    return body.status === 'interrupted' ? body : undefined;
  }, 30_000);
  assert.ok(broken.nextLine > 1 && broken.nextLine <= 8_501);
  assert.equal(broken.lines, broken.nextLine - 1);
  const rest = lines.slice(broken.nextLine - 1).join('\n');
  const { body } = await send(rest, `?import=broken&fromLine=${broken.nextLine}`);
  assert.deepEqual([body.nextLine, body.accepted], [10_001, 10_001 - broken.nextLine]);
  const state = await eventually(async () => {
    const found = (await get('/v1/products/imports/broken')).body;
    return found.status === 'done' ? found : undefined;
  }, 30_000);
  assert.deepEqual([state.lines, state.applied, state.refused], [10_000, 10_000, 0]);
  assert.ok((await shop.count(topics.catalogChanges)) > 0);
});
