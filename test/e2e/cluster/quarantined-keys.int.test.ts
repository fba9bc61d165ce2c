// Keys that stand still in the tasks of two worker processes on Kafka: a gateway that runs neither lists them all, by pages and
// with their letters, and lets one go on whose letter is gone; so does the command line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedKey } from '../../../gateway/quarantined-keys.ts';
import { partitionOf } from '../../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { topics } from '../../../schemas/topics.ts';
import type { ReservationCommand } from '../../../schemas/types.generated.ts';
import { eventually, type Server } from '../server.ts';
import { Installation } from './installation.ts';

const partitions = 8;
const products = Array.from({ length: 12 }, (_, each) => `p${each}`);
const path = '/v1/admin/quarantined-keys';

/** Of stock that nobody holds: its processor fails. */
async function breakKeys({ log }: Installation, productIds: readonly string[], orderId: string): Promise<void> {
  const producer = await log.producer();
  const { name, serde } = topics.reservations;
  for (const productId of productIds) {
    const about = { orderId: `${orderId}~${productId}`, productId, leadProductId: productId, customerId: 'c', line: 1 };
    const command: ReservationCommand = { ...about, at: 1, attempt: 1, command: { type: 'CommitStock' } };
    const batch = new RecordBatchBuilder().encode(1, productId, command, serde);
    await producer.append(name, partitionOf(productId, partitions), batch);
  }
  await producer.close();
}

test('keys that stand still are listed and let go on, whichever process has them', async (t) => {
  const installation = await Installation.create(t);
  const workers = [await installation.startWorker('w1'), await installation.startWorker('w2')];
  const gateway = await installation.startGateway('g1');
  const token = installation.token('olga', 'operator');
  const list = (query = '') => gateway.call('GET', `${path}${query}`, { token });
  const keysOf = ({ body }: Awaited<ReturnType<typeof list>>) => body.keys as readonly ListedKey[];
  await breakKeys(installation, products, 'first');
  await breakKeys(installation, ['p3'], 'second');
  await eventually(
    list,
    (answer) =>
      answer.status === 200 && keysOf(answer).length === 12 && keysOf(answer).some(({ waiting }) => waiting === 1),
    60,
  );
  await eventually(
    () => Promise.all(workers.map((worker) => ownTasks(worker, token))),
    (owned) => owned.every((count) => count === 4),
    60,
  );

  const seen: ListedKey[] = [];
  let query = '?limit=5';
  for (let pages = 0; query && pages < 9; pages++) {
    const answer = await list(query);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    seen.push(...keysOf(answer));
    query = answer.body.cursor ? `?limit=5&cursor=${answer.body.cursor}` : '';
  }
  assert.deepEqual(
    seen.map(({ key }) => key),
    products.toSorted(),
  );
  for (const { key, task, code, letterId, waiting } of seen) {
    assert.deepEqual(
      [task, code, waiting],
      [`shop_${partitionOf(key, partitions)}`, 'PROCESSOR_FAILED', key === 'p3' ? 1 : 0],
    );
    const { body } = await gateway.call('GET', `/v1/admin/dead-letters/${letterId}`, { token });
    assert.deepEqual([body.key, body.quarantined], [key, true]);
  }
  assert.equal((await gateway.call('GET', path)).status, 401);
  assert.equal((await list('?cursor=x')).body.code, 'request_invalid');

  // As after ninety days: the letters are gone, the keys aren't.
  const letters = { topic: topics.deadLetters.name, partition: 0 };
  const [end = 0] = await installation.log.admin.offsets([letters], 'latest');
  await installation.log.admin.deleteRecords(letters, end);
  const lost = await gateway.call('GET', `${path}/shop/p3`, { token });
  assert.deepEqual([lost.body.key.letterId, lost.body.deadLetter.value.orderId], [null, 'first~p3']);
  const drop = () => gateway.call('POST', `${path}/shop/p3/drop`, { token, body: { reason: 'nobody holds it' } });
  assert.equal((await drop()).status, 202);
  const next = await eventually(
    () => gateway.call('GET', `${path}/shop/p3`, { token }),
    ({ body }) => body.deadLetter?.value.orderId === 'second~p3',
    30,
  );
  assert.notEqual(next.body.key.letterId, null, 'what waited failed, too, and has a letter of its own');

  const dropped = await installation.command('dead-letters', 'keys', 'drop', 'shop', 'p3', '--reason', 'nor that');
  assert.match(dropped.stdout, /^shop_\d is told to drop reservations-\d@\d+/, dropped.stderr);
  await eventually(list, (answer) => keysOf(answer).length === 11, 30);
  const told = await installation.command('dead-letters', 'keys', 'list', '--topology', 'shop', '--json');
  assert.equal(JSON.parse(told.stdout).keys.length, 11, told.stderr);
  assert.equal((await installation.command('dead-letters', 'keys', 'list', '--topology', 'moon')).code, 1);
});

async function ownTasks(worker: Server, token: string): Promise<number> {
  const { body } = await worker.call('POST', '/internal/task-state', { token, body: { store: 'stock', limit: 1 } });
  return (body.answers as readonly object[]).length;
}
