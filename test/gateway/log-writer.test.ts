// Records of many requests share batches, and each learns what became of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../base/clock.ts';
import { LogWriter } from '../../gateway/log-writer.ts';
import type { Producer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { topics } from '../../schemas/topics.ts';
import type { OrderCommand } from '../../schemas/types.generated.ts';

const topic = topics.orderCommands;

function command(commandId: string): OrderCommand {
  return { commandId, orderId: 'o', actor: 'a', at: 1, command: { type: 'CancelOrder', reason: 'by_customer' } };
}

/** Keeps what was appended until it is let go. */
class HeldProducer implements Producer {
  readonly batches: { readonly partition: number; readonly ids: readonly string[]; readonly bytes: number }[] = [];
  readonly flights: PromiseWithResolvers<number>[] = [];
  isClosed = false;

  append(_topic: string, partition: number, builder: Parameters<Producer['append']>[2]): Promise<number> {
    const batch = new RecordBatch(builder.finish(0));
    const ids = [...batch.records()].map(({ value }) => topic.serde.decode(value!).commandId);
    this.batches.push({ partition, ids, bytes: batch.bytes.length });
    const flight = Promise.withResolvers<number>();
    this.flights.push(flight);
    return flight.promise;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled(this.flights.map(({ promise }) => promise));
  }
}

function open() {
  const producer = new HeldProducer();
  const partitions = new Map(Object.values(topics).map(({ name, partitions: count }) => [name, count]));
  return { producer, writer: new LogWriter({ producer, partitions, clock: systemClock }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('records of one turn share a batch; those that come while it is in flight share the next', async () => {
  const { producer, writer } = open();
  const done: string[] = [];
  const append = (id: string) => writer.append(topic, 'p', command(id)).then(() => done.push(id));
  void append('1');
  void append('2');
  await turn();
  void append('3');
  await turn();
  void append('4');
  await turn();
  assert.deepEqual(
    producer.batches.map(({ ids }) => ids),
    [['1', '2']],
  );
  assert.deepEqual(done, []);
  producer.flights[0]?.resolve(0);
  await turn();
  assert.deepEqual(done, ['1', '2']);
  assert.deepEqual(
    producer.batches.map(({ ids }) => ids),
    [
      ['1', '2'],
      ['3', '4'],
    ],
  );
});

test('a batch that fails fails its records alone', async () => {
  const { producer, writer } = open();
  const first = writer.append(topic, 'p', command('1'));
  await turn();
  const second = writer.append(topic, 'p', command('2'));
  producer.flights[0]?.reject(new Error('away'));
  await assert.rejects(first, /away/);
  await turn();
  producer.flights[1]?.resolve(0);
  await second;
});

test('a record that cannot be encoded fails alone', async () => {
  const { producer, writer } = open();
  const good = writer.append(topic, 'p', command('1'));
  const bad = writer.append(topic, 'p', { ...command('2'), at: 'now' as unknown as number });
  const alone = writer.append(topic, 'q', { ...command('3'), at: 'now' as unknown as number });
  await assert.rejects(bad, { code: 'RECORD_INVALID' });
  await assert.rejects(alone, { code: 'RECORD_INVALID' });
  const after = writer.append(topic, 'q', command('4'));
  await turn();
  for (const flight of producer.flights) flight.resolve(0);
  await Promise.all([good, after]);
});

test('a full batch is sent without waiting for the one in flight; too much at a time is refused', async () => {
  const { producer, writer } = open();
  const large = { ...command('x'.repeat(100_000)) };
  const appended = Array.from({ length: 3 }, () => writer.append(topic, 'p', large));
  assert.equal(producer.batches.length, 1);
  assert.ok(producer.batches[0]!.bytes < 1_000_000);
  const more = Array.from({ length: 1_000 }, () => writer.append(topic, 'p', large).catch((error: unknown) => error));
  for (let turns = 0; turns < 5; turns++) {
    await turn();
    for (const flight of producer.flights) flight.resolve(0);
  }
  await Promise.all(appended);
  const refused = (await Promise.all(more)).filter((error) => error !== undefined);
  assert.ok(refused.length > 100 && refused.length < 500);
  assert.ok(refused.every((error) => (error as { code: string }).code === 'OVERLOADED'));
  const later = writer.append(topic, 'p', command('later'));
  await turn();
  for (const flight of producer.flights) flight.resolve(0);
  await later;
});

test('closing sends what is open and waits for it', async () => {
  const { producer, writer } = open();
  const appended = writer.append(topic, 'p', command('1'));
  const closed = writer.close();
  assert.deepEqual(
    producer.batches.map(({ ids }) => ids),
    [['1']],
  );
  producer.flights[0]?.resolve(0);
  await Promise.all([appended, closed]);
  assert.ok(producer.isClosed);
});

test('each record goes once, to the partition of its key, in the order of its coming', async () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), wait: fc.boolean() }), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const { producer, writer } = open();
      const sent: Promise<void>[] = [];
      for (const [index, { key, wait }] of given.entries()) {
        sent.push(writer.append(topic, key, command(String(index))));
        if (wait) await turn();
        if (wait && index % 3 === 0) producer.flights.at(-1)?.resolve(0);
      }
      const closed = writer.close();
      for (let turns = 0; turns < 50; turns++) {
        for (const flight of producer.flights) flight.resolve(0);
        await turn();
      }
      await Promise.all([...sent, closed]);
      for (let partition = 0; partition < topic.partitions; partition++) {
        const ids = producer.batches.filter((batch) => batch.partition === partition).flatMap((batch) => batch.ids);
        const wanted = given.flatMap(({ key }, index) =>
          partitionOf(key, topic.partitions) === partition ? [String(index)] : [],
        );
        assert.deepEqual(ids, wanted);
      }
    }),
    { numRuns: 30 },
  );
});

test('a portion is acknowledged as a whole, in the order of each partition, in batches that every log takes', async () => {
  const { producer, writer } = open();
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const value = { ...command('x'), actor: 'y'.repeat(2_000) };
  const records = Array.from({ length: 1_000 }, (_, index) => {
    return { topic, key: keys[index % keys.length]!, value: { ...value, commandId: String(index) } };
  });
  let isDone = false;
  const portion = writer.appendAll(records as never).then(() => {
    isDone = true;
  });
  await turn();
  assert.ok(producer.batches.length > keys.length && producer.batches.every(({ bytes }) => bytes < 300 * 1024));
  for (const flight of producer.flights.slice(1)) flight.resolve(0);
  await turn();
  assert.equal(isDone, false);
  producer.flights[0]!.resolve(0);
  await portion;
  const ids = producer.batches.flatMap((batch) => batch.ids.map((id) => ({ id: Number(id), ...batch })));
  assert.equal(ids.length, 1_000);
  for (const [partition, found] of Map.groupBy(ids, (each) => each.partition)) {
    const inOrder = found.map(({ id }) => id);
    assert.deepEqual(
      inOrder,
      inOrder.toSorted((one, other) => one - other),
    );
    for (const id of inOrder) assert.equal(partition, partitionOf(keys[id % keys.length]!, topic.partitions));
  }
  const failing = writer.appendAll([records[0]!, records[1]!] as never);
  await turn();
  producer.flights.at(-1)!.reject(new Error('full'));
  for (const flight of producer.flights) flight.resolve(0);
  await assert.rejects(failing, /full/);
});
