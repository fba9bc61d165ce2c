// A shop in memory with suppliers' feeds: the gateway where they are entered, a thread that takes them in, and a directory
// and an address that they come from. Time is real; files count as at rest when they are old.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Registry } from 'prom-client';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { DirectoryOrigin } from '../../../inbound/feeds/directory/directory-origin.ts';
import { FeedSource } from '../../../inbound/feeds/feed-source.ts';
import { HttpOrigin } from '../../../inbound/feeds/http/http-origin.ts';
import { type TopicEntry, topics } from '../../../schemas/topics.ts';
import type { Feed } from '../../../schemas/types.generated.ts';
import { createSourceMetrics } from '../../../streams/metrics.ts';
import { sourceTask } from '../../../streams/source.ts';
import { SourceThread } from '../../../streams/source-thread.ts';
import { eventually, TestGateway } from '../../gateway/test-gateway.ts';
import { valuesOf } from '../../streams/effect-bench.ts';

export const price = { amount: 1_000, currency: 'EUR' };
export const product = (productId: string, more: object = {}) => ({ productId, title: productId, price, ...more });
export const ndjson = (lines: readonly unknown[]) => {
  return lines.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('');
};

interface Served {
  readonly body: string;
  readonly etag: string;
}

export class FeedShop {
  readonly shop: TestGateway;
  readonly root = mkdtempSync(join(tmpdir(), 'stockstream-feeds-'));
  /** What the address answers; nothing for an error. */
  served: Served | undefined;
  /** Requests that the address answered, by status. */
  readonly answered: number[] = [];
  readonly failures: unknown[] = [];
  #server!: Server;
  #thread: SourceThread | undefined;

  private constructor(shop: TestGateway) {
    this.shop = shop;
  }

  static async open(): Promise<FeedShop> {
    const opened = new FeedShop(await TestGateway.open());
    opened.#server = createServer((request, answer) => {
      const status = !opened.served ? 503 : request.headers['if-none-match'] === opened.served.etag ? 304 : 200;
      opened.answered.push(status);
      answer.writeHead(status, status === 200 ? { etag: opened.served!.etag } : {});
      answer.end(status === 200 ? opened.served!.body : undefined);
    });
    await new Promise<void>((resolve) => opened.#server.listen(0, '127.0.0.1', resolve));
    opened.start();
    return opened;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/catalogue`;
  }

  start(): void {
    const { log, documents } = this.shop;
    const origins = new Map<string, DirectoryOrigin>();
    const source = new FeedSource({
      originOf: async (feed) => this.#originOf(feed, origins),
      types: { get: () => undefined },
      documents,
      topics,
      clock: systemClock,
    });
    this.#thread = new SourceThread({
      log,
      clock: systemClock,
      task: sourceTask({ configs: topics.feeds, positions: topics.feedPositions, source }),
      appId: 'test',
      instanceId: '0',
      metrics: createSourceMetrics(new Registry()),
      logger: silentLogger,
      onFailure: (error) => this.failures.push(error),
    });
    this.#thread.start();
  }

  async stop(): Promise<void> {
    await this.#thread?.stop();
    this.#thread = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#server.closeAllConnections();
    this.#server.close();
    await this.shop.close();
    rmSync(this.root, { recursive: true, force: true });
    assert.deepEqual(this.failures, []);
  }

  /** A file that has been there for an hour. */
  put(path: string, text: string, age = 3_600): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, Date.now() / 1000 - age, Date.now() / 1000 - age);
  }

  async enter(feedId: string, more: object) {
    const payload = { sellerId: 'seller', kind: 'directory', path: feedId, format: 'ndjson', everySeconds: 1, ...more };
    if ('url' in more) Object.assign(payload, { kind: 'http', path: undefined });
    const answer = await this.#call('PUT', `/v1/admin/feeds/${feedId}`, payload);
    assert.ok(answer.status < 300, answer.text);
    return answer;
  }

  async look(feedId: string): Promise<void> {
    assert.equal((await this.#call('POST', `/v1/admin/feeds/${feedId}/look`)).status, 202);
  }

  async read(feedId: string) {
    return (await this.#call('GET', `/v1/admin/feeds/${feedId}`)).body;
  }

  /** The feed once its run of this number is done, and all of its lines are decided. */
  done(feedId: string, run: number) {
    return eventually(async () => {
      const feed = await this.read(feedId);
      const isDone =
        feed.lastRun?.run === run && feed.lastRun.status === 'done' && feed.lastRun.import?.status === 'done';
      return isDone && feed.state === 'idle' ? feed : undefined;
    }, 20_000);
  }

  /** The feed once something holds of it. */
  until(feedId: string, holds: (feed: Awaited<ReturnType<FeedShop['read']>>) => boolean) {
    return eventually(async () => {
      const feed = await this.read(feedId);
      return holds(feed) ? feed : undefined;
    }, 20_000);
  }

  /** Lines of a run as its seller reads them. */
  async lines(importId: string, query = ''): Promise<string[]> {
    const headers = this.shop.bearer('seller', 'seller');
    const { body } = await this.shop.call('GET', `/v1/products/imports/${importId}/lines${query}`, { headers });
    return body.lines.map(({ line, productId, status, code }: Record<string, unknown>) =>
      [line, productId, status, code].filter((each) => each !== undefined).join(' '),
    );
  }

  async product(productId: string) {
    return (await this.shop.call('GET', `/v1/products/${productId}`)).body;
  }

  valuesOf<V>(topic: TopicEntry<V>): Promise<V[]> {
    return valuesOf(this.shop.log, topic);
  }

  #call(method: string, url: string, payload?: object) {
    const headers = this.shop.bearer('operator', 'operator');
    return this.shop.call(method, url, { headers, ...(payload && { payload }) });
  }

  #originOf({ feedId, origin }: Feed, origins: Map<string, DirectoryOrigin>) {
    const mostBytes = 10_000_000;
    if (origin.type === 'HttpOrigin') {
      const place = { directory: join(this.root, 'downloads'), fileName: feedId };
      const patience = { silenceMs: 5_000, timeoutMs: 10_000 };
      const { url } = origin;
      return new HttpOrigin({
        url,
        headers: async () => ({}),
        mayConnect: () => true,
        mostBytes,
        ...place,
        ...patience,
      });
    }
    const options = { ...origin, root: this.root, mostBytes, clock: systemClock, restMs: 200 };
    const known = origins.get(feedId) ?? new DirectoryOrigin(options);
    origins.set(feedId, known);
    return known;
  }
}
