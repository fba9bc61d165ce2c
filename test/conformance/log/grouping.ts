// Consumer groups: generations, assignments and user data both ways, leaving, silence, static members, and offsets that
// only a member of the present generation commits.
import assert from 'node:assert/strict';
import type { GroupOptions } from '../../../log/group.ts';
import type { Log } from '../../../log/log.ts';
import { type LogKit, numbers } from './kit.ts';
import { TestMember } from './test-member.ts';

export function grouping(kit: LogKit): void {
  const { sessionTimeoutMs } = kit.features;
  const optionsOf = (group: string): GroupOptions => ({
    group,
    sessionTimeoutMs,
    rebalanceTimeoutMs: sessionTimeoutMs,
  });
  const join = (log: Log, group: string, name: string, more: Partial<GroupOptions> = {}) =>
    kit.passing(TestMember.join(log, { ...optionsOf(group), ...more }, name));
  /** Until these members, and no others, share one generation. */
  const agree = (...members: TestMember[]) =>
    kit.until(`${members.map(({ name }) => name)} form a generation`, () => {
      const names = members.map(({ name }) => name).sort();
      const generation = members[0]?.assigned?.generation;
      return members.every(
        ({ assigned }) => assigned?.generation === generation && assigned?.names.join() === names.join(),
      );
    });

  kit.test('gives a lone member its assignment, with its own metadata', async () => {
    const member = await join(kit.log, kit.name('group'), 'one');
    await agree(member);
    assert.deepEqual(member.calls, ['assigned']);
    assert.equal(member.assigned?.to, 'one');
    assert.equal(member.metadata.generation, member.assigned?.generation);
    assert.equal(member.member?.metadata.memberId, member.metadata.memberId);
    await member.leave();
  });

  kit.test('re-forms for each newcomer; one leader sees the metadata of all', async () => {
    const group = kit.name('group');
    const members: TestMember[] = [];
    for (const index of numbers(3)) {
      const log = index === 0 ? kit.log : (await kit.worker()).log;
      members.push(await join(log, group, `member ${index}`));
      await agree(...members);
    }
    assert.equal(new Set(members.map(({ metadata }) => metadata.memberId)).size, 3);
    for (const { name, assigned } of members) assert.equal(assigned?.to, name);
    assert.deepEqual(members[0]?.calls.slice(0, 3), ['assigned', 'rebalance', 'assigned']);
    await Promise.all(members.map((member) => member.leave()));
  });

  kit.test('passes to others at once what a member leaves', async () => {
    const group = kit.name('group');
    const [first, second] = [await join(kit.log, group, 'first'), await join(kit.log, group, 'second')];
    await agree(first, second);
    const left = kit.features.clock.now();
    await first.leave();
    await agree(second);
    assert.ok(kit.features.clock.now() - left < sessionTimeoutMs, 'nobody waited for the session to end');
    assert.ok(!first.calls.includes('lost'));
    await second.leave();
  });

  kit.test('passes on what a silent member had; it learns of that when it is back, and joins again', async () => {
    const group = kit.name('group');
    const worker = await kit.worker();
    const [silent, other] = [await join(worker.log, group, 'silent'), await join(kit.log, group, 'other')];
    await agree(silent, other);
    const old = silent.metadata;
    worker.clock.pause();
    await agree(other);
    assert.ok(!silent.calls.includes('lost'));
    worker.clock.resume();
    await agree(silent, other);
    assert.ok(silent.calls.includes('lost'));
    assert.ok(silent.metadata.generation > old.generation);
    await Promise.all([silent.leave(), other.leave()]);
    await worker.log.close();
  });

  kit.test('re-forms when a member asks for it with new metadata', async () => {
    const group = kit.name('group');
    const [first, second] = [await join(kit.log, group, 'first'), await join(kit.log, group, 'second')];
    await agree(first, second);
    second.name = 'second, renamed';
    second.member?.rejoin();
    await agree(first, second);
    await Promise.all([first.leave(), second.leave()]);
  });

  kit.test('lets members finish their work before a new generation', async () => {
    const topic = await kit.topic();
    const group = kit.name('group');
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const first = await join(kit.log, group, 'first');
    await agree(first);
    first.onRebalance = async () => {
      const transaction = producer.begin();
      transaction.append(topic, 0, kit.batch('finished'));
      transaction.commitOffsets(first.metadata, [{ topic, partition: 0, offset: 5 }]);
      await transaction.commit();
    };
    const second = await join(kit.log, group, 'second');
    await agree(first, second);
    assert.deepEqual(await kit.values(topic, 1), ['finished']);
    assert.deepEqual(await kit.log.admin.committedOffsets(group, [{ topic, partition: 0 }]), [5]);
    await Promise.all([first.leave(), second.leave(), producer.close()]);
  });

  kit.test('commits offsets with the outputs, or neither', async () => {
    const topic = await kit.topic(2);
    const both = numbers(2).map((partition) => ({ topic, partition }));
    const group = kit.name('group');
    const member = await join(kit.log, group, 'one');
    await agree(member);
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    for (const round of numbers(4)) {
      const transaction = producer.begin();
      transaction.append(topic, 0, kit.batch(round));
      transaction.commitOffsets(member.metadata, [{ topic, partition: 1, offset: 10 + round }]);
      if (round % 2 === 0) await transaction.commit();
      else await transaction.abort();
      const expected = 10 + round - (round % 2);
      assert.deepEqual(await kit.log.admin.committedOffsets(group, both), [undefined, expected]);
    }
    const records = await kit.reader(topic).rest();
    assert.deepEqual(
      records.map(({ value }) => String(value)),
      ['0', '2'],
    );
    await kit.log.admin.commitOffsets(member.metadata, [{ topic, partition: 0, offset: 1 }]);
    assert.deepEqual(await kit.log.admin.committedOffsets(group, both), [1, 12]);
    await Promise.all([member.leave(), producer.close()]);
  });

  kit.test('keeps what is said beside an offset until the next one comes', async () => {
    const topic = await kit.topic(3);
    const [a, b, c] = numbers(3).map((partition) => ({ topic, partition }));
    const group = kit.name('group');
    const member = await join(kit.log, group, 'one');
    await agree(member);
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const text = 'up to here, and 7 '.repeat(50);
    const transaction = producer.begin();
    transaction.commitOffsets(member.metadata, [
      { ...a!, offset: 5, metadata: text },
      { ...b!, offset: 6 },
    ]);
    await transaction.commit();
    const committed = () => kit.log.admin.committed(group, [a!, b!, c!]);
    assert.deepEqual(await committed(), [{ offset: 5, metadata: text }, { offset: 6, metadata: '' }, undefined]);
    await kit.log.admin.commitOffsets(member.metadata, [
      { ...a!, offset: 5 },
      { ...c!, offset: 0, metadata: 'ü' },
    ]);
    const next = [
      { offset: 5, metadata: '' },
      { offset: 6, metadata: '' },
      { offset: 0, metadata: 'ü' },
    ];
    assert.deepEqual(await committed(), next);
    await Promise.all([member.leave(), producer.close()]);
    assert.deepEqual(await committed(), next);
  });

  kit.test('lets nobody wait for offsets that an older producer of the id left open', async () => {
    const topic = await kit.topic();
    const partition = { topic, partition: 0 };
    const group = kit.name('group');
    const member = await join(kit.log, group, 'one');
    await agree(member);
    const id = kit.name('id');
    const older = await kit.log.transactionalProducer(id);
    older.begin().commitOffsets(member.metadata, [{ ...partition, offset: 7 }]);
    const newer = await kit.log.transactionalProducer(id);
    assert.deepEqual(await kit.log.admin.committedOffsets(group, [partition]), [undefined]);
    await Promise.all([member.leave(), older.close(), newer.close()]);
  });

  kit.test('refuses the commits of an older generation, and of an operator while there are members', async () => {
    const topic = await kit.topic();
    const partition = { topic, partition: 0 };
    const group = kit.name('group');
    const first = await join(kit.log, group, 'first');
    await agree(first);
    const stale = first.metadata;
    const second = await join(kit.log, group, 'second');
    await agree(first, second);
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const transaction = producer.begin();
    transaction.append(topic, 0, kit.batch('zombie'));
    transaction.commitOffsets(stale, [{ ...partition, offset: 9 }]);
    await kit.fails('LOG_MEMBER_FENCED', () => transaction.commit());
    const offsets = [{ ...partition, offset: 9 }];
    await kit.fails('LOG_MEMBER_FENCED', () => kit.log.admin.commitOffsets(stale, offsets));
    await kit.fails('LOG_MEMBER_FENCED', () => kit.log.admin.commitOffsets(group, offsets));
    assert.deepEqual(await kit.log.admin.committedOffsets(group, [partition]), [undefined]);
    const next = producer.begin();
    next.append(topic, 0, kit.batch('heir'));
    next.commitOffsets(second.metadata, [{ ...partition, offset: 3 }]);
    await next.commit();
    assert.deepEqual(await kit.log.admin.committedOffsets(group, [partition]), [3]);
    const records = await kit.reader(topic).rest();
    assert.deepEqual(
      records.map(({ value }) => String(value)),
      ['heir'],
    );
    await Promise.all([first.leave(), second.leave(), producer.close()]);
    await kit.log.admin.commitOffsets(group, offsets);
    assert.deepEqual(await kit.log.admin.committedOffsets(group, [partition]), [9]);
  });

  kit.test('keeps the place of a static member that restarts', async () => {
    const group = kit.name('group');
    const [old, other] = [await kit.worker(), await kit.worker()];
    const first = await join(old.log, group, 'first', { instanceId: 'pod-0' });
    const second = await join(other.log, group, 'second', { instanceId: 'pod-1' });
    await agree(first, second);
    const { generation } = first.metadata;
    await old.log.close();
    const successor = await join(kit.log, group, 'first', { instanceId: 'pod-0' });
    await agree(successor, second);
    assert.equal(successor.metadata.generation, generation);
    assert.notEqual(successor.metadata.memberId, first.metadata.memberId);
    assert.ok(!second.calls.slice(-1).includes('rebalance'));
    await Promise.all([successor.leave(), second.leave()]);
    await other.log.close();
  });

  kit.test('drops the members of a log that is closed', async () => {
    const group = kit.name('group');
    const worker = await kit.worker();
    const [leaving, staying] = [await join(worker.log, group, 'leaving'), await join(kit.log, group, 'staying')];
    await agree(leaving, staying);
    await worker.log.close();
    await agree(staying);
    await staying.leave();
  });
}
