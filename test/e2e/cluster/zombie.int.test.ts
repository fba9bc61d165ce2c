// A worker that hangs for longer than its session: the other one takes its tasks over and decides everything. When it
// goes on, in the middle of whatever it was doing, nothing of its old work becomes visible, and it works again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOutcome } from '../../../bench/check-outcome.ts';
import { Feeder, feedOrders } from '../../../bench/feeder.ts';
import { workload } from '../../../bench/workload.ts';
import { eventually } from '../server.ts';
import { atRest, noOpenTransaction, replaysAlike, shopAtRest, viewsEqualLog } from './checks.ts';
import { Installation } from './installation.ts';
import { prepare } from './prepare.ts';

const options = { orders: 400, products: 200, load: 'zipf', seed: 11, maxLines: 5, duplicateShare: 0.05 } as const;
const rate = 100;

test('a worker stopped for longer than its session, and continued: nothing of its old work shows', async (t) => {
  const installation = await Installation.create(t);
  await prepare(installation, options.products);
  const zombie = await installation.startWorker('w1', 'w1', '--standbys', '1');
  await installation.startWorker('w2', 'w2', '--standbys', '1');
  await shopAtRest(installation, 30);

  const producer = await installation.log.producer();
  const [first, second] = halves([...workload(options)]);
  const fed = feedOrders(new Feeder(producer), first, { rate });
  await new Promise((resolve) => setTimeout(resolve, 700));
  zombie.freeze();
  await fed;
  // Only once the zombie's tasks have another owner can all of it be decided. The views, too, must have all of it: FerretDB
  // looks at a document and writes it in two steps, so what both write at the same moment it may take twice.
  await atRest(installation, 120);
  zombie.thaw();
  await feedOrders(new Feeder(producer), second, { rate });
  await atRest(installation, 120);

  assert.deepEqual(await checkOutcome(installation.log, options), []);
  await noOpenTransaction(installation);
  await viewsEqualLog(installation);
  await replaysAlike(installation);
  const health = () => zombie.call('GET', '/health/ready');
  await eventually(health, ({ status }) => status === 200);
});

function halves<Item>(items: readonly Item[]): [Item[], Item[]] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}
