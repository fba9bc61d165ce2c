// Three workers on real servers, under orders of one to five lines of which some come twice; one is killed outright and
// replaced by a machine with an empty disk. Nothing is oversold, every order is answered once, the views are the log's
// fold, no transaction stays open, and all commits can be done again to the byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOutcome } from '../../../bench/check-outcome.ts';
import { Feeder, feedOrders } from '../../../bench/feeder.ts';
import { workload } from '../../../bench/workload.ts';
import { atRest, noOpenTransaction, replaysAlike, viewsEqualLog } from './checks.ts';
import { Installation } from './installation.ts';
import { prepare } from './prepare.ts';

const options = { orders: 400, products: 2_000, load: 'zipf', seed: 7, maxLines: 5, duplicateShare: 0.05 } as const;
const rate = 40;

test('three workers, one killed and replaced under load: exactly once all the same', async (t) => {
  const installation = await Installation.create(t);
  await prepare(installation, options.products);
  // The first alone: FerretDB doesn't take two that make the same collections at once.
  const victim = await installation.startWorker('w1');
  await Promise.all(['w2', 'w3'].map((name) => installation.startWorker(name)));
  await atRest(installation, 240);

  const fed = feedOrders(new Feeder(await installation.log.producer()), workload(options), { rate });
  await atShare(0.4);
  await victim.kill();
  const replaced = installation.startWorker('w1', 'another disk');
  await Promise.all([fed, replaced]);
  await atRest(installation, 240);

  assert.deepEqual(await checkOutcome(installation.log, options), []);
  await noOpenTransaction(installation);
  const documents = await viewsEqualLog(installation);
  assert.equal(documents.get('orders'), options.orders);
  const commits = await replaysAlike(installation);
  console.log(`${options.orders} orders in ${commits} commits; documents:`, Object.fromEntries(documents));
});

/** Resolves when so much of the load has been sent. */
function atShare(share: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, (options.orders / rate) * share * 1_000));
}
