// The servers that views are written to, and the registry, each away, hanging and slow for a while, under orders: what must
// wait waits and says for what, decisions go on, nothing is lost, and everything recovers by itself.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from '@elastic/elasticsearch';
import { Redis } from 'ioredis';
import { checkOutcome } from '../../../bench/check-outcome.ts';
import { Feeder, feedCatalog, feedOrders } from '../../../bench/feeder.ts';
import { workload } from '../../../bench/workload.ts';
import { type Line, relay } from '../../relay.ts';
import { services } from '../../services.ts';
import { eventually, waitingParts } from '../server.ts';
import { atRest, noOpenTransaction, viewsEqualLog } from './checks.ts';
import { Installation } from './installation.ts';
import { prepare } from './prepare.ts';

const options = { orders: 900, products: 200, load: 'uniform', seed: 11, duplicateShare: 0.05 } as const;
const rate = 10;
const troubleMs = 5_000;

type Neighbour = 'mongo' | 'elasticsearch' | 'redis' | 'registry';

/** What a worker's health says of it while it doesn't answer; nothing where it isn't needed for what is known. */
const waits: { readonly [Name in Neighbour]: RegExp | undefined } = {
  mongo: /^view orders$/,
  elasticsearch: /^view search$/,
  redis: /^view (cache|ranks|expiry)/,
  registry: undefined,
};
const troubles: { readonly [kind: string]: (line: Line) => void } = {
  away: (line) => line.cut(),
  hanging: (line) => line.freeze(),
  slow: (line) => line.slow(300),
};

test('neighbours that are away, hang, or are slow', async (t) => {
  const installation = await Installation.create(t);
  cleanAfter(t, installation);
  await prepare(installation, options.products);
  const { lines, flags } = await linesTo(t, installation);
  const worker = await installation.startWorker('w1', 'w1', ...flags);
  await atRest(installation, 240);

  const feeding = new AbortController();
  t.after(() => feeding.abort());
  const listed = feedListings(installation, feeding.signal);
  const fed = feedOrders(new Feeder(await installation.log.producer()), workload(options), { rate });
  for (const [name, line] of Object.entries(lines) as [Neighbour, Line][]) {
    for (const [kind, begin] of Object.entries(troubles)) {
      begin(line);
      const expected = kind === 'away' ? waits[name] : undefined;
      if (expected !== undefined)
        await eventually(
          () => waitingParts(worker),
          (parts) => parts.some(({ name }) => expected.test(name)),
        );
      await passes(troubleMs);
      line.mend();
      await eventually(
        () => waitingParts(worker),
        (parts) => parts.length === 0,
        60,
      );
      assert.ok(!worker.hasEnded, `${name} ${kind}: ${worker.output}`);
    }
  }
  await fed;
  feeding.abort();
  await listed;
  await atRest(installation, 240);
  assert.deepEqual(await checkOutcome(installation.log, options), []);
  await noOpenTransaction(installation);
  const documents = await viewsEqualLog(installation);
  assert.equal(documents.get('orders'), options.orders);
});

/** New products all the time, for orders alone may change no listing for a while. */
async function feedListings({ log }: Installation, signal: AbortSignal): Promise<void> {
  const producer = await log.producer();
  const feeder = new Feeder(producer);
  for (let product = options.products; !signal.aborted; product++) {
    await feedCatalog(feeder, 1, product);
    await passes(500);
  }
  await producer.close();
}

async function linesTo(t: TestContext, installation: Installation) {
  const [mongo, search, redis, registry] = [
    installation.mongo,
    services.elasticsearch,
    services.redis,
    services.registry,
  ].map((url) => new URL(url)) as [URL, URL, URL, URL];
  const through = async (url: URL, usualPort: number) => {
    const line = await relay(t, Number(url.port || usualPort));
    const instead = new URL(url);
    instead.port = String(line.port);
    return { line, url: String(instead) };
  };
  const to = {
    mongo: await through(mongo, 27017),
    elasticsearch: await through(search, 9200),
    redis: await through(redis, 6379),
    registry: await through(registry, 80),
  };
  const kinds = ['--search', 'elasticsearch', '--cache', 'redis'];
  const urls = Object.entries(to).flatMap(([name, { url }]) => [`--${name}`, url]);
  const lines = Object.fromEntries(Object.entries(to).map(([name, { line }]) => [name, line]));
  return { lines, flags: [...kinds, ...urls, '--payments', 'off', '--carrier', 'off', '--mail', 'off'] };
}

const passes = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function cleanAfter(t: TestContext, { index, prefix }: Installation): void {
  t.after(async () => {
    const search = new Client({ node: services.elasticsearch });
    await search.indices.delete({ index, ignore_unavailable: true });
    await search.close();
    const redis = new Redis(services.redis);
    for await (const keys of redis.scanStream({ match: `${prefix}*` })) if (keys.length > 0) await redis.unlink(keys);
    redis.disconnect();
  });
}
