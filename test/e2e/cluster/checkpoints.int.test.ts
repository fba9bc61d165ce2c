// Checkpoints on command with the tasks spread over two worker processes: whichever process is asked, every task's owner takes
// one; tasks of a worker that can't be asked are told as missed, by the route and by the command's exit code, until others have them.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addProduct, eventually, type Server } from '../server.ts';
import { appId, Installation } from './installation.ts';

const products = Array.from({ length: 12 }, (_, each) => `p${each}`);

interface Report {
  readonly checkpoints: readonly { readonly task: string; readonly id: string | null; readonly isNew: boolean }[];
  readonly missed?: readonly { readonly task: string; readonly reason: string; readonly detail: string }[];
}

test('every stream task is checkpointed, whichever process is asked', async (t) => {
  const installation = await Installation.create(t);
  const place = join(installation.directory, 'checkpoints');
  const shared = ['--checkpoints', place, '--checkpoint-every', '0'];
  const workers = [
    await installation.startWorker('w1', 'w1', ...shared),
    await installation.startWorker('w2', 'w2', ...shared),
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

  await assertMissed(installation, { gateway, flags: shared });
});

interface Running {
  readonly gateway: Server;
  readonly flags: readonly string[];
}

/** A worker that has another secret refuses the others: its tasks alone have no checkpoint. */
async function assertMissed(installation: Installation, { gateway, flags }: Running): Promise<void> {
  const token = installation.token('olga', 'operator');
  const create = () => gateway.call('POST', '/v1/admin/checkpoints', { token });
  const secret = ['--jwt-secret', 'another secret than the one that all others have'];
  const stranger = await installation.startWorker('w3', 'w3', ...flags, ...secret);
  const partial = await eventually(create, ({ body }) => isUnreached(body as Report), 60);
  assert.deepEqual([partial.status, partial.body.code], [503, 'checkpoints_incomplete'], JSON.stringify(partial.body));
  const { missed = [], checkpoints } = partial.body as Report;
  assert.ok(
    missed.every(({ detail }) => /answers 401/.test(detail)),
    JSON.stringify(missed),
  );
  assert.ok(checkpoints.length > 0, 'the others are taken all the same');
  const told = [...missed, ...checkpoints].map(({ task }) => task).filter((task) => task.startsWith('shop_'));
  assert.deepEqual(
    told.toSorted(),
    Array.from({ length: 8 }, (_, each) => `shop_${each}`),
  );
  const command = await installation.command('checkpoint', 'create', ...flags);
  assert.equal(command.code, 1, command.stdout);
  assert.match(command.stderr, /^shop_\d: none, it is unreachable: .* answers 401/m);

  // Once others have them, they take them.
  await stranger.kill();
  await eventually(create, ({ status }) => status === 200, 60);
}

/** Not while they still move. */
function isUnreached({ missed = [] }: Report): boolean {
  return missed.length > 0 && missed.every(({ reason }) => reason === 'unreachable');
}

async function tasksOf(worker: Server, token: string): Promise<readonly string[]> {
  const { body } = await worker.call('POST', '/internal/task-state', { token, body: { store: 'stock', limit: 1 } });
  return (body.answers as { task: string }[]).map(({ task }) => task);
}
