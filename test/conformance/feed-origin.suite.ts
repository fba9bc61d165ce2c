// What each origin of feeds must do: give content that wasn't taken, whole, unpacked, and the same when it is asked again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isStockstreamError } from '../../base/errors.ts';
import type { FeedContent, FeedOrigin, KnownContent } from '../../inbound/feeds/origin.ts';

export interface OriginPlace {
  readonly origin: FeedOrigin;
  /** Puts content there in place of what was there, so that it is at rest. */
  put(bytes: Buffer, options?: { readonly isGzipped?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** Of content, unpacked. */
export const mostBytes = 100_000;

const nothing: KnownContent = { begun: undefined, digest: '', taken: new Map() };
const { signal } = new AbortController();

export async function textOf(content: FeedContent): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function takenOf({ name, version, digest }: FeedContent): KnownContent {
  return { begun: undefined, digest, taken: new Map([[name, version]]) };
}

type Check = (title: string, run: (place: OriginPlace) => Promise<void>) => void;

export function feedOriginSuite(name: string, open: () => Promise<OriginPlace>): void {
  describe(`feeds from ${name}`, () => {
    const check: Check = (title, run) => {
      test(title, async () => {
        const place = await open();
        try {
          await run(place);
        } finally {
          await place.close();
        }
      });
    };
    checkWhatIsNew(check);
    checkBytes(check);
  });
}

async function next({ origin }: OriginPlace, known = nothing): Promise<FeedContent> {
  const content = await origin.next(known, signal);
  assert.ok(content, 'there is content');
  return content;
}

function checkWhatIsNew(check: Check): void {
  check('are given whole, as often as they are asked for', async (place) => {
    await place.put(Buffer.from('one\ntwo\n'));
    const first = await next(place);
    assert.equal(first.digest, createHash('sha256').update('one\ntwo\n').digest('hex'));
    assert.deepEqual([await textOf(first), await textOf(first)], ['one\ntwo\n', 'one\ntwo\n']);
    await first.close();
    const again = await next(place);
    assert.deepEqual([again.name, again.digest, await textOf(again)], [first.name, first.digest, 'one\ntwo\n']);
    await again.close();
  });

  check('are nothing new once they were taken, until they change', async (place) => {
    await place.put(Buffer.from('one\n'));
    const first = await next(place);
    await first.close();
    const known = takenOf(first);
    assert.equal(await place.origin.next(known, signal), undefined);
    assert.deepEqual([...(await place.origin.still(known.taken)).keys()], [first.name]);
    await place.put(Buffer.from('two, and more\n'));
    const second = await next(place, known);
    assert.notEqual(second.digest, first.digest);
    assert.equal(await textOf(second), 'two, and more\n');
    await second.close();
  });

  check('are given again while they were begun and not ended', async (place) => {
    await place.put(Buffer.from('one\n'));
    const first = await next(place);
    await first.close();
    const again = await next(place, { ...nothing, begun: first.name });
    assert.deepEqual([again.name, again.digest], [first.name, first.digest]);
    await again.close();
  });
}

function checkBytes(check: Check): void {
  check('are unpacked', async (place) => {
    await place.put(gzipSync('one\ntwo\n'), { isGzipped: true });
    const content = await next(place);
    assert.equal(await textOf(content), 'one\ntwo\n');
    await content.close();
  });

  check('that are too large, packed or not, are refused', async (place) => {
    const attempt = async () => {
      const content = await next(place);
      try {
        await textOf(content);
      } finally {
        await content.close();
      }
    };
    await place.put(Buffer.alloc(mostBytes + 1, 'x'));
    await assert.rejects(attempt(), (error) => isStockstreamError(error, 'FEED_TOO_LARGE'));
    await place.put(gzipSync(Buffer.alloc(50 * mostBytes, 'x')), { isGzipped: true });
    await assert.rejects(attempt(), (error) => isStockstreamError(error, 'FEED_TOO_LARGE'));
    await place.put(Buffer.alloc(mostBytes, 'x'));
    await attempt();
  });

  check('that are not what they say they are cannot be read', async (place) => {
    await place.put(Buffer.from('this is not packed'), { isGzipped: true });
    const content = await next(place);
    await assert.rejects(textOf(content), (error) => isStockstreamError(error, 'FEED_UNREADABLE'));
    await content.close();
  });
}
