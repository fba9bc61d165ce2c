// Transactions: seen whole or not at all, with the offsets that belong to them, by one producer of an id at a time.
import assert from 'node:assert/strict';
import { type LogKit, numbers } from './kit.ts';

export function transacting(kit: LogKit): void {
  kit.test('shows nothing of a transaction before its commit, and all of it after', async () => {
    const topic = await kit.topic(2);
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const reader = kit.reader(topic, 2);
    const transaction = producer.begin();
    transaction.append(topic, 0, kit.batch('a', 'b'));
    transaction.append(topic, 1, kit.batch('c'));
    assert.deepEqual(await reader.rest(), []);
    assert.equal(await kit.offset(topic, 'latest'), 0);
    const appended = await transaction.commit();
    const read = await reader.next(3);
    assert.deepEqual(read.map(({ value }) => String(value)).sort(), ['a', 'b', 'c']);
    assert.deepEqual(
      appended.map(({ topic: name, partition, baseOffset, nextOffset }) => [name, partition, nextOffset - baseOffset]),
      [
        [topic, 0, 2],
        [topic, 1, 1],
      ],
    );
    for (const { partition, baseOffset } of appended) {
      assert.equal(read.find((record) => record.partition === partition)?.offset, baseOffset);
    }
    await producer.close();
  });

  kit.test('tells whether its own mark stands behind a commit', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const commit = async () => {
      const transaction = producer.begin();
      transaction.append(topic, 0, kit.batch('a'));
      return (await transaction.commit())[0]!;
    };
    const [first, second] = [await commit(), await commit()];
    assert.equal(second.baseOffset, first.nextOffset + (first.isMarked ? 1 : 0));
    await producer.close();
  });

  kit.test('leaves nothing of an aborted transaction, and goes on', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    for (const round of numbers(5)) {
      const aborted = producer.begin();
      aborted.append(topic, 0, kit.batch(`aborted ${round}`));
      await aborted.abort();
      await aborted.abort();
      const committed = producer.begin();
      committed.append(topic, 0, kit.batch(`committed ${round}`));
      await committed.commit();
    }
    const records = await kit.reader(topic).rest();
    assert.deepEqual(
      records.map(({ value }) => String(value)),
      numbers(5).map((round) => `committed ${round}`),
    );
    await producer.close();
  });

  kit.test('gives one entry for each append, in order, and keeps order within a partition', async () => {
    const topic = await kit.topic(2);
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const transaction = producer.begin();
    for (const value of numbers(6)) transaction.append(topic, value % 2, kit.batch(value));
    const appended = await transaction.commit();
    assert.deepEqual(
      appended.map(({ partition }) => partition),
      [0, 1, 0, 1, 0, 1],
    );
    const records = await kit.reader(topic, 2).next(6);
    for (const [index, { partition, baseOffset }] of appended.entries()) {
      const record = records.find((each) => each.partition === partition && each.offset === baseOffset);
      assert.equal(String(record?.value), String(index));
    }
    await producer.close();
  });

  kit.test('keeps transactions of many producers whole', async () => {
    const topic = await kit.topic(2);
    const lanes = numbers(4).map(async (who) => {
      const producer = await kit.log.transactionalProducer(kit.name('id'));
      for (const round of numbers(10)) {
        const transaction = producer.begin();
        for (const partition of [0, 1]) transaction.append(topic, partition, kit.batch(`${who}/${round}`));
        if (round % 3 === 2) await transaction.abort();
        else await transaction.commit();
      }
      await producer.close();
    });
    await Promise.all(lanes);
    const records = await kit.reader(topic, 2).rest();
    for (const partition of [0, 1]) {
      for (const who of numbers(4)) {
        const own = records.filter((each) => each.partition === partition && String(each.key).startsWith(`${who}/`));
        const committed = numbers(10).filter((round) => round % 3 !== 2);
        assert.deepEqual(
          own.map(({ value }) => String(value)),
          committed.map((round) => `${who}/${round}`),
        );
      }
    }
  });

  kit.test('fences the older producer of an id', async () => {
    const topic = await kit.topic();
    const id = kit.name('id');
    const older = await kit.log.transactionalProducer(id);
    const open = older.begin();
    open.append(topic, 0, kit.batch('zombie'));
    const newer = await kit.log.transactionalProducer(id);
    await kit.fails('LOG_PRODUCER_FENCED', () => open.commit());
    await kit.fails('LOG_PRODUCER_FENCED', () => {
      const again = older.begin();
      again.append(topic, 0, kit.batch('zombie'));
      return again.commit();
    });
    const transaction = newer.begin();
    transaction.append(topic, 0, kit.batch('heir'));
    await transaction.commit();
    assert.deepEqual(
      (await kit.reader(topic).rest()).map(({ value }) => String(value)),
      ['heir'],
    );
    await Promise.all([older.close(), newer.close()]);
  });

  kit.test('has one transaction at a time, and none twice', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const transaction = producer.begin();
    await kit.fails('LOG_TRANSACTION_STATE', () => producer.begin());
    transaction.append(topic, 0, kit.batch('once'));
    await transaction.commit();
    await kit.fails('LOG_TRANSACTION_STATE', () => transaction.commit());
    await kit.fails('LOG_TRANSACTION_STATE', () => transaction.abort());
    await kit.fails('LOG_TRANSACTION_STATE', () => transaction.append(topic, 0, kit.batch('twice')));
    const empty = producer.begin();
    assert.deepEqual(await empty.commit(), []);
    assert.deepEqual(await kit.values(topic, 1), ['once']);
    await producer.close();
  });

  kit.test('says at commit what was wrong with an append, commits nothing of it, and goes on', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const failed = producer.begin();
    failed.append(topic, 0, kit.batch('half'));
    failed.append(kit.name('missing'), 0, kit.batch('other half'));
    await kit.fails('LOG_UNKNOWN_TOPIC', () => failed.commit());
    await failed.abort();
    const transaction = producer.begin();
    transaction.append(topic, 0, kit.batch('whole'));
    await transaction.commit();
    assert.deepEqual(
      (await kit.reader(topic).rest()).map(({ value }) => String(value)),
      ['whole'],
    );
    await producer.close();
  });

  kit.test('aborts on close what is open', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    producer.begin().append(topic, 0, kit.batch('left open'));
    await producer.close();
    await kit.append(topic, 'next');
    assert.deepEqual(
      (await kit.reader(topic).rest()).map(({ value }) => String(value)),
      ['next'],
    );
  });

  kit.test('mixes with plain producers in one partition', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    for (const round of numbers(4)) {
      const transaction = producer.begin();
      transaction.append(topic, 0, kit.batch(`t${round}`));
      await Promise.all([transaction.commit(), kit.append(topic, `p${round}`)]);
    }
    const values = await kit.values(topic, 8);
    assert.deepEqual([...values].sort(), ['p0', 'p1', 'p2', 'p3', 't0', 't1', 't2', 't3']);
    await producer.close();
  });
}
