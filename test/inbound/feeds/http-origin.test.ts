// Feeds over HTTP: asked for on condition, from public addresses alone, and never taken in half.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isStockstreamError } from '../../../base/errors.ts';
import { isPublicAddress } from '../../../inbound/feeds/http/addresses.ts';
import { HttpOrigin, type HttpOriginOptions } from '../../../inbound/feeds/http/http-origin.ts';
import { feedOriginSuite, mostBytes, textOf } from '../../conformance/feed-origin.suite.ts';

const nothing = { begun: undefined, digest: '', taken: new Map<string, string>() };
const { signal } = new AbortController();

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-feed-'));
  const url = `http://127.0.0.1:${port}/feed`;
  const origin = (change: Partial<HttpOriginOptions> = {}) =>
    new HttpOrigin({
      url,
      headers: async () => ({}),
      mayConnect: () => true,
      mostBytes,
      directory,
      fileName: 'feed',
      silenceMs: 2_000,
      timeoutMs: 10_000,
      ...change,
    });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true, force: true });
  };
  return { url, port, directory, origin, close };
}

feedOriginSuite('an address', async () => {
  let bytes: Buffer = Buffer.alloc(0);
  let isPacked = false;
  const { origin, close } = await serve((_, answer) => {
    answer.writeHead(200, isPacked ? { 'content-encoding': 'gzip' } : {}).end(bytes);
  });
  const put = async (given: Buffer, { isGzipped = false } = {}) => {
    [bytes, isPacked] = [given, isGzipped];
  };
  return { origin: origin(), put, close };
});

test('it is asked for on condition that it has changed, and left alone if it has not', async () => {
  const asked: IncomingMessage['headers'][] = [];
  const { origin, close, directory } = await serve(({ headers }, answer) => {
    asked.push(headers);
    if (headers['if-none-match'] === '"v1"') answer.writeHead(304).end();
    else answer.writeHead(200, { etag: '"v1"', 'last-modified': 'Sat, 21 Nov 2026 08:00:00 GMT' }).end('one\n');
  });
  const content = (await origin().next(nothing, signal))!;
  await content.close();
  const known = { begun: undefined, digest: content.digest, taken: new Map([[content.name, content.version]]) };
  assert.equal(await origin().next(known, signal), undefined);
  assert.equal(asked[1]?.['if-modified-since'], 'Sat, 21 Nov 2026 08:00:00 GMT');
  const begun = (await origin().next({ ...known, begun: content.name }, signal))!;
  assert.equal(asked[2]?.['if-none-match'], undefined, 'what was begun is needed in any case');
  await begun.close();
  assert.deepEqual(readdirSync(directory), [], 'nothing is left behind');
  await close();
});

test('headers go along, to the same host alone', async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve(({ headers }, answer) => {
    seen.push(headers.authorization, headers.accept);
    answer.end('there');
  });
  const first = await serve(({ url, headers }, answer) => {
    seen.push(headers.authorization);
    if (url === '/feed') answer.writeHead(302, { location: '/moved' }).end();
    else answer.writeHead(307, { location: other.url }).end();
  });
  const headers = async () => ({ authorization: 'Bearer secret' });
  const content = (await first.origin({ headers }).next(nothing, signal))!;
  assert.equal(await textOf(content), 'there');
  assert.deepEqual(seen, ['Bearer secret', 'Bearer secret', undefined, '*/*']);
  await content.close();
  await Promise.all([first.close(), other.close()]);
});

describe('it is an error', () => {
  const cases: [name: string, code: string, listener: RequestListener, reason: RegExp][] = [
    ['404', 'FEED_UNREADABLE', (_, answer) => void answer.writeHead(404).end('no'), /answers 404/],
    ['500', 'FEED_UNREADABLE', (_, answer) => void answer.writeHead(500).end('no'), /answers 500/],
    [
      'sent on for ever',
      'FEED_UNREADABLE',
      (_, answer) => void answer.writeHead(302, { location: '/' }).end(),
      /5 times/,
    ],
    [
      'sent on to a file',
      'FEED_UNREADABLE',
      (_, answer) => void answer.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      /not http/,
    ],
    [
      'broken off in the middle',
      'FEED_UNREADABLE',
      (_, answer) => {
        answer.writeHead(200, { 'content-length': '1000' }).write('half');
        setImmediate(() => answer.destroy());
      },
      /aborted|broke off|hang up/,
    ],
    ['silent', 'FEED_UNREADABLE', () => {}, /nothing came for 300 ms/],
  ];
  for (const [name, code, listener, reason] of cases) {
    test(name, async () => {
      const { origin, close, directory } = await serve(listener);
      await assert.rejects(origin({ silenceMs: 300 }).next(nothing, signal), (error) => {
        assert.ok(isStockstreamError(error), String(error));
        assert.equal(error.code, code);
        assert.match(error.message, reason);
        return true;
      });
      assert.deepEqual(readdirSync(directory), []);
      await close();
    });
  }

  test('nobody there, and its query is not told', async () => {
    const { origin, close } = await serve(() => {});
    await close();
    await assert.rejects(origin({ url: 'http://127.0.0.1:1/feed?key=secret' }).next(nothing, signal), (error) => {
      assert.ok(isStockstreamError(error, 'FEED_UNREADABLE'));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
});

describe('addresses that only some can reach are refused', () => {
  const isRefused = (error: unknown) => isStockstreamError(error, 'FEED_ADDRESS_REFUSED');

  test('as they are, by name, and when they are sent on to', async () => {
    let asked = 0;
    const inner = await serve((_, answer) => {
      asked++;
      answer.end('inside');
    });
    const { port } = inner;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]']) {
      const url = `http://${host}:${port}/feed`;
      await assert.rejects(inner.origin({ url, mayConnect: isPublicAddress }).next(nothing, signal), isRefused, host);
    }
    assert.equal(asked, 0);
    const outer = await serve((_, answer) => {
      answer.writeHead(302, { location: `http://127.0.0.2:${port}/feed` }).end();
    });
    const mayConnect = (address: string) => address === '127.0.0.1';
    await assert.rejects(outer.origin({ mayConnect }).next(nothing, signal), isRefused);
    assert.equal(asked, 0);
    await Promise.all([inner.close(), outer.close()]);
  });

  test('and others are not', () => {
    for (const address of ['93.184.216.34', '8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8']) {
      assert.ok(isPublicAddress(address), address);
    }
    for (const address of [
      ...['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
      ...[
        '224.0.0.1',
        '255.255.255.255',
        '::1',
        '::',
        'fe80::1',
        'fd00::1',
        'ff02::1',
        '64:ff9b::7f00:1',
        '2002:7f00:1::',
      ],
      ...['::ffff:10.0.0.1', '::ffff:7f00:1', '', 'localhost'],
    ]) {
      assert.ok(!isPublicAddress(address), address);
    }
  });
});
