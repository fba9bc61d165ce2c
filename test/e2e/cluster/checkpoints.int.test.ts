// Checkpoints on command with the tasks spread over two worker processes: whichever process is asked, every task's owner takes
// one; while an owner hangs its tasks are told as missed, by the route and by the command's exit code.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addProduct, eventually, type Server } from '../server.ts';
import { appId, Installation } from './installation.ts';

const products = Array.from({ length: 12 }, (_, each) => `p${each}`);

interface Report {
  readonly checkpoints: readonly { readonly task: string; readonly id: string | null; readonly isNew: boolean }[];
  readonly missed?: readonly { readonly task: string; readonly reason: string }[];
}

test('every stream task is checkpointed, whichever process is asked', async (t) => {
  const installation = await Installation.create(t);
  const place = join(installation.directory, 'checkpoints');
  const shared = ['--checkpoints', place, '--checkpoint-every', '0'];
  // Whoever hangs keeps its tasks as long as the test lasts.
  const patient = [...shared, '--session-timeout-ms', '60000'];
  const workers = [
    await installation.startWorker('w1', 'w1', ...patient),
    await installation.startWorker('w2', 'w2', ...patient),
  ];
  const gateway = await installation.startGateway('g1', ...shared);
  const operator = installation.token('olga', 'operator');
  const seller = installation.token('sally', 'seller');
  for (const productId of products) await addProduct(gateway, seller, productId, 10);
  const create = (at: Server) => at.call('POST', '/v1/admin/checkpoints', { token: operator });
  const ownedBy = (worker: Server) => tasksOf(worker, operator);
  await eventually(
    () => Promise.all(workers.map(ownedBy)),
    (owned) => owned.every((tasks) => tasks.length === 4),
    60,
  );

  const first = await eventually(
    () => create(gateway),
    ({ status }) => status === 200,
    30,
  );
  const { checkpoints } = first.body as Report;
  const ofShop = checkpoints.filter(({ task }) => task.startsWith('shop_'));
  assert.equal(ofShop.length, 8);
  for (const { task, id } of ofShop.filter((each) => each.id !== null)) {
    assert.deepEqual(
      readdirSync(join(place, installation.prefix + appId, 'tasks', task)).includes(String(id)),
      true,
      task,
    );
  }
  const withState = ofShop.filter(({ id }) => id !== null).map(({ task }) => task);
  for (const worker of workers) {
    assert.ok(
      (await ownedBy(worker)).some((task) => withState.includes(task)),
      'each worker took some',
    );
  }
  // The command line is one more process, which runs nothing.
  const whole = await installation.command('checkpoint', 'create', '--json', ...shared);
  assert.equal(whole.code, 0, whole.stderr);
  const again = JSON.parse(whole.stdout) as Report;
  assert.equal(again.checkpoints.length, checkpoints.length);

  await assertMissed(installation, { gateway, sleeper: workers[1]!, flags: shared });
});

/** While the sleeper hangs, its tasks alone have none. */
async function assertMissed(
  installation: Installation,
  { gateway, sleeper, flags }: { gateway: Server; sleeper: Server; flags: readonly string[] },
): Promise<void> {
  const token = installation.token('olga', 'operator');
  const asleep = await tasksOf(sleeper, token);
  sleeper.freeze();
  const [partial, command] = await Promise.all([
    gateway.call('POST', '/v1/admin/checkpoints', { token }),
    installation.command('checkpoint', 'create', ...flags),
  ]);
  sleeper.thaw();
  assert.deepEqual([partial.status, partial.body.code], [503, 'checkpoints_incomplete'], JSON.stringify(partial.body));
  const { missed = [], checkpoints } = partial.body as Report;
  const lost = missed.filter(({ task }) => task.startsWith('shop_'));
  assert.ok(lost.length > 0 && lost.every(({ task }) => asleep.includes(task)), JSON.stringify(missed));
  assert.ok(missed.every(({ reason }) => reason === 'unreachable' || reason === 'moving'));
  assert.ok(checkpoints.length > 0);
  assert.equal(command.code, 1, command.stdout);
  // Awake again it does what it was asked for.
  await eventually(
    () => gateway.call('POST', '/v1/admin/checkpoints', { token }),
    ({ status }) => status === 200,
    30,
  );
  assert.match(command.stderr, /^shop_\d: none, it is (unreachable|moving)/m);
}

async function tasksOf(worker: Server, token: string): Promise<readonly string[]> {
  const { body } = await worker.call('POST', '/internal/task-state', { token, body: { store: 'stock', limit: 1 } });
  return (body.answers as { task: string }[]).map(({ task }) => task);
}
