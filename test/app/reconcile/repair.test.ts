// Each repair asks for what it should, in the words of the topic that is asked, once the audit has it; and one that can't
// be asked for is refused with its reason.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readRecords } from '../../../app/reconcile/read-topic.ts';
import { type RepairParts, repairFinding } from '../../../app/reconcile/repair.ts';
import { systemClock } from '../../../base/clock.ts';
import { openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import type { Log } from '../../../log/log.ts';
import { partitionOf } from '../../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import type { Finding, Repair } from '../../../processors/reconcile/finding.ts';
import { orderIdFor } from '../../../schemas/ids.ts';
import { type TopicEntry, topics } from '../../../schemas/topics.ts';
import { openSqliteArchive } from '../../../views/archive/sqlite/sqlite-archive.ts';
import { collections } from '../../../views/collections.ts';
import type { Documents } from '../../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../../views/documents/sqlite/sqlite-documents.ts';
import { orderOf } from '../../processors/fixtures.ts';

const orderId = orderIdFor('ann', 'key', 'lamp');
const money = { orderId, customerId: 'ann', amount: 900, currency: 'EUR' };
const order = { repairId: 'r1', actor: 'olga', reason: 'a test' };

const asked: readonly (readonly [Repair, TopicEntry<unknown>, key: string, value: object])[] = [
  [
    { kind: 'cancel-order', orderId },
    topics.orderCommands,
    'lamp',
    { commandId: 'r1', orderId, actor: 'olga', command: { type: 'CancelOrder', reason: 'expired' } },
  ],
  [
    { kind: 'release-hold', orderId, productId: 'rope', line: 2, attempt: 1, limited: false },
    topics.reservations,
    'rope',
    { orderId, productId: 'rope', leadProductId: 'lamp', line: 2, attempt: 1, command: { type: 'ReleaseStock' } },
  ],
  [
    { kind: 'void-payment', ...money },
    topics.paymentRequests,
    'lamp',
    { requestId: `${orderId}/void-payment-900`, command: { type: 'VoidPayment', amount: 900, currency: 'EUR' } },
  ],
  [
    { kind: 'refund-payment', ...money },
    topics.paymentRequests,
    'lamp',
    { requestId: `${orderId}/refund-payment-900`, command: { type: 'RefundPayment', amount: 900, currency: 'EUR' } },
  ],
  [
    { kind: 'capture-payment', ...money, paymentReference: 'p' },
    topics.paymentRequests,
    'lamp',
    {
      requestId: `${orderId}/capture-payment-900`,
      customerId: 'ann',
      command: { type: 'CapturePayment', paymentReference: 'p', amount: 900, currency: 'EUR' },
    },
  ],
];

describe('a repair', () => {
  let log: Log;
  let documents: Documents;
  let parts: RepairParts;
  before(async () => {
    log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
    await log.admin.createTopics(Object.values(topics));
    documents = openSqliteDocuments({ file: ':memory:' });
    await documents.open(Object.values(collections));
    const openArchive = async () => openSqliteArchive({ file: ':memory:' });
    parts = { log, topics, documents, openArchive, signal: new AbortController().signal };
  });
  after(() => Promise.all([log.close(), documents.close()]));

  async function valuesOf<V>(topic: TopicEntry<V>): Promise<{ key: string; value: V }[]> {
    const places = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
    const ends = await log.admin.offsets(places, 'latest');
    const found: { key: string; value: V }[] = [];
    const stretches = ends.map((to, partition) => ({ partition, from: 0, to }));
    await readRecords(
      { log, topic, stretches, signal: parts.signal },
      ({ key, value }) => void found.push({ key, value }),
    );
    return found;
  }

  const repairOf = (repair: Repair | undefined, subject = orderId) => {
    const finding = { id: `order-decided:${subject}`, check: 'order-decided', severity: 'error', subject } as const;
    const whole: Finding = { ...finding, where: 'here', expected: 'one', found: 'other', ...(repair && { repair }) };
    return repairFinding(parts, whole, order);
  };

  for (const [repair, topic, key, value] of asked) {
    test(`${repair.kind} asks in ${topic.name}, and the audit has it`, async () => {
      const before = (await valuesOf(topics.audit)).length;
      assert.equal((await repairOf(repair)).outcome, 'asked');
      const last = (await valuesOf(topic)).at(-1);
      assert.equal(last?.key, key);
      assert.partialDeepStrictEqual(last?.value, value);
      const entries = (await valuesOf(topics.audit)).slice(before).map((entry) => entry.value);
      assert.equal(entries.length, 1);
      assert.partialDeepStrictEqual(entries[0], {
        auditId: 'r1',
        actor: 'olga',
        action: repair.kind,
        subject: orderId,
        reason: 'a test',
        outcome: 'asked',
        before: '{"found":"other"}',
      });
      assert.partialDeepStrictEqual(JSON.parse(entries[0]?.after ?? ''), value);
    });
  }

  test('submit-again writes the record as it was, byte for byte', async () => {
    const submitted = orderOf({ lamp: 1 }, { orderId });
    const producer = await log.producer();
    const batch = new RecordBatchBuilder().encode(5, 'lamp', submitted, topics.orders.serde);
    const partition = partitionOf('lamp', topics.orders.partitions);
    const offset = await producer.append(topics.orders.name, partition, batch);
    await producer.close();
    assert.equal((await repairOf({ kind: 'submit-again', orderId, partition, offset })).outcome, 'asked');
    const [first, second, ...others] = await valuesOf(topics.orders);
    assert.deepEqual([second, others], [first, []]);
    const gone = await repairOf({ kind: 'submit-again', orderId, partition, offset: 99 });
    assert.deepEqual(gone.outcome, 'refused');
    assert.match(gone.detail, /^Offset 99 of orders-\d+ is outside 0 to 2/);
  });

  test('a hold that counts against a limit is released for its customer, who must be known', async () => {
    const held = { kind: 'release-hold', orderId, productId: 'rope', line: 2, attempt: 0, limited: true } as const;
    assert.deepEqual(await repairOf(held), { outcome: 'refused', detail: 'its customer is not known' });
    const set = { customerId: 'ann', placedAt: 1, status: 'cancelled', lines: [], reserved: [], refused: [] };
    const fields = { ...set, total: { amount: 1, currency: 'EUR' }, payment: { method: 'card' }, paid: 0 };
    const position = { topic: 't', partition: 0, offset: 0 };
    await documents.apply([{ kind: 'upsert', collection: 'orders', id: orderId, position, set: fields }]);
    assert.equal((await repairOf(held)).outcome, 'asked');
    assert.equal((await valuesOf(topics.reservations)).at(-1)?.value.customerId, 'ann');
  });

  test('what has none is left to a person, and so is a document of no view', async () => {
    const count = (await valuesOf(topics.audit)).length;
    assert.deepEqual(await repairOf(undefined), { outcome: 'refused', detail: 'only a person can mend it' });
    assert.equal((await valuesOf(topics.audit)).length, count);
    const rewrite = { kind: 'rewrite-document', collection: 'nothing', documentId: 'x' } as const;
    assert.deepEqual(await repairOf(rewrite), { outcome: 'refused', detail: 'there is no view nothing' });
    const outcomes = (await valuesOf(topics.audit)).slice(count).map(({ value }) => value.outcome);
    assert.deepEqual(outcomes, ['asked', 'refused']);
  });
});
