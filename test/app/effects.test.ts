// The effects of a process: which ones the settings ask for, and that what adapters hear later reaches the log.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../app/config.ts';
import { effectsOf, openEffects } from '../../app/effects.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { topics } from '../../schemas/topics.ts';
import type { ShipmentRequest, ShipmentUpdate } from '../../schemas/types.generated.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';

const data = mkdtempSync(join(tmpdir(), 'stockstream-effects-'));
after(() => rmSync(data, { recursive: true, force: true }));

async function open(flags: { [name: string]: string } = {}) {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  await log.admin.createTopics(Object.values(topics));
  const documents = openSqliteDocuments({ file: ':memory:' });
  const config = readConfig({ flags: { data, ...flags }, env: {}, parts: ['gateway', 'worker'] });
  const effects = await openEffects({ config, log, topics, documents, logger: silentLogger });
  const close = async () => {
    await effects.close();
    await Promise.all([log.close(), documents.close()]);
  };
  return { log, ...effects, close };
}

test('all effects are performed unless the settings say otherwise', async () => {
  const { tasks, close } = await open();
  const names = tasks.map(({ effect, topic }) => ({ name: effect.name, topic }));
  assert.deepEqual(names, effectsOf(topics));
  await close();
});

for (const [setting, name] of Object.entries({ payments: 'pay', carrier: 'ship', mail: 'notify' })) {
  test(`without ${setting} the others are performed`, async () => {
    const { tasks, close } = await open({ [setting]: 'off' });
    const others = effectsOf(topics).filter((each) => each.name !== name);
    assert.deepEqual(
      tasks.map(({ effect }) => effect.name),
      others.map((each) => each.name),
    );
    await close();
  });
}

test('what a carrier tells later goes to the partition of the order', async () => {
  const { log, tasks, close } = await open({ simulatedPackMs: '0', simulatedPickUpMs: '0', simulatedDeliveryMs: '0' });
  const key = 'lamp';
  const orderId = `${'o'.repeat(22)}~${key}`;
  const request: ShipmentRequest = {
    requestId: `${orderId}/w1/send`,
    shipmentId: `${orderId}/w1`,
    orderId,
    at: 0,
    warehouseId: 'w1',
    carrier: 'post',
    shipTo: { name: '', street: '', city: '', postalCode: '', country: 'DE' },
    weightGrams: 1,
    lines: [],
    command: { type: 'SendParcel' },
  };
  const record = { topic: '', partition: 0, offset: 0, key, value: request, timestamp: 0, headers: [] };
  const ship = tasks.find(({ effect }) => effect.name === 'ship')!;
  await ship.effect.perform(record, new AbortController().signal);

  const { name, partitions, serde } = topics.shipmentUpdates;
  const fetcher = log.fetcher();
  fetcher.assign({ topic: name, partition: partitionOf(key, partitions) }, 0);
  const updates: ShipmentUpdate[] = [];
  while (updates.length < 3) {
    for (const { batches } of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 1 << 20 })) {
      for (const batch of batches)
        for (const cursor = batch.cursor(); cursor.next(); ) updates.push(serde.decode(cursor.value()!));
    }
  }
  assert.deepEqual(
    updates.map(({ status }) => status),
    ['packed', 'in_transit', 'delivered'],
  );
  await fetcher.close();
  await close();
});
