// Sessions: several workers' handles on one embedded log, which hang, die and close apart from each other.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import type { GroupMetadata } from '../../../log/group.ts';
import { TestMember } from '../../conformance/log/test-member.ts';
import { FaultyStorage } from './faulty-storage.ts';
import { pass } from './kit.ts';
import { batchOf, offsetOf, readTexts, t0, withTopic } from './records.ts';

const options = { group: 'g', sessionTimeoutMs: 3000, rebalanceTimeoutMs: 3000 };

async function opened(): Promise<{ log: EmbeddedLog; clock: SteppedClock; storage: FaultyStorage }> {
  const [clock, storage] = [new SteppedClock(), new FaultyStorage()];
  return { log: await withTopic(await openEmbeddedLog({ storage, clock })), clock, storage };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  await setImmediate();
  return settled;
}

describe('a session', { timeout: 10_000 }, () => {
  it('that is killed answers nothing any more, and its work in hand leaves nothing', async () => {
    const { log, clock } = await opened();
    const session = log.session();
    const producer = await session.producer();
    const transactional = await session.transactionalProducer('id');
    const transaction = transactional.begin();
    transaction.append('t', 0, batchOf(0, 'open'));
    const fetcher = session.fetcher();
    fetcher.assign(t0, 0);
    const polled = fetcher.poll({ maxWaitMs: 10, maxBytes: 1 });
    session.kill();
    session.kill();
    const pending = [
      polled,
      transaction.commit(),
      producer.append('t', 0, batchOf(0, 'late')),
      session.admin.describeTopics(),
      session.producer(),
      fetcher.poll({ maxWaitMs: 0, maxBytes: 1 }),
    ];
    await pass(clock, 1000);
    for (const promise of pending) assert.equal(await isSettled(promise), false);
    assert.equal(await offsetOf(log, t0, 'latest'), 0);
    await (await log.producer()).append('t', 0, batchOf(0, 'others go on'));
    assert.deepEqual(await readTexts(log, t0), ['0=others go on']);
    await log.close();
  });

  it('that is killed while its write is in flight may be in the log, and does not learn of it', async () => {
    const { log, storage } = await opened();
    const session = log.session();
    const producer = await session.producer();
    storage.hold();
    const appended = producer.append('t', 0, batchOf(0, 'in flight'));
    await setImmediate();
    session.kill();
    storage.release();
    assert.equal(await isSettled(appended), false);
    assert.deepEqual(await readTexts(log, t0), ['0=in flight']);
    const failing = log.session();
    const another = await failing.producer();
    storage.failingFrom = storage.writes.length;
    const failed = another.append('t', 0, batchOf(0, 'failing'));
    failing.kill();
    assert.equal(await isSettled(failed), false);
    await log.close();
  });

  it("that is killed loses its group members' work to others when their session has ended, not before", async () => {
    const { log, clock } = await opened();
    const session = log.session();
    const [dying, living] = [
      await TestMember.join(session, options, 'dying'),
      await TestMember.join(log, options, 'living'),
    ];
    await pass(clock, 500);
    assert.deepEqual(living.assigned?.names, ['dying', 'living']);
    session.kill();
    await pass(clock, 1500);
    assert.deepEqual(living.assigned?.names, ['dying', 'living']);
    await pass(clock, 3000);
    assert.deepEqual(living.assigned?.names, ['living']);
    assert.ok(!dying.calls.includes('lost'), 'the dead hear of nothing');
    await log.close();
  });

  it('that hangs is fenced: what it commits when it is back is refused, and it joins again', async () => {
    const { log, clock } = await opened();
    const own = new SteppedClock();
    const session = log.session(own);
    const hanging = await TestMember.join(session, options, 'hanging');
    await pass(clock, 100);
    const producer = await session.transactionalProducer('id');
    const transaction = producer.begin();
    transaction.append('t', 0, batchOf(0, 'zombie'));
    transaction.commitOffsets(hanging.metadata, [{ ...t0, offset: 9 }]);
    await pass(clock, 4000);
    await assert.rejects(transaction.commit(), { code: 'LOG_MEMBER_FENCED' });
    const generation = hanging.metadata.generation;
    await pass(own, 2000);
    assert.deepEqual(hanging.calls, ['assigned', 'lost', 'assigned']);
    assert.ok(hanging.metadata.generation > generation);
    assert.deepEqual(await readTexts(log, t0), []);
    await log.close();
  });

  it('that is closed leaves the log open for others; a log that is closed closes every session', async () => {
    const { log } = await opened();
    const [closed, open] = [log.session(), log.session()];
    await closed.close();
    await assert.rejects(closed.producer(), { code: 'LOG_CLOSED' });
    await (await open.producer()).append('t', 0, batchOf(0, 'a'));
    await log.close();
    await assert.rejects(open.producer(), { code: 'LOG_CLOSED' });
    assert.throws(() => log.session(), { code: 'LOG_CLOSED' });
    await assert.rejects(log.compact(), { code: 'LOG_CLOSED' });
    await assert.rejects(log.applyRetention(), { code: 'LOG_CLOSED' });
  });
});

describe('a log that is killed', { timeout: 10_000 }, () => {
  it('writes nothing more but what is in flight, and leaves its storage to the next', async () => {
    const { log, clock, storage } = await opened();
    const session = log.session();
    const producer = await session.producer();
    await TestMember.join(session, options, 'member');
    storage.hold();
    const inFlight = producer.append('t', 0, batchOf(0, 'in flight'));
    await setImmediate();
    const waiting = producer.append('t', 0, batchOf(0, 'waiting'));
    log.kill();
    storage.release();
    await pass(clock, 200_000);
    assert.deepEqual([await isSettled(inFlight), await isSettled(waiting)], [false, false]);
    assert.equal(clock.nextTimerAt(), undefined);
    const next = await openEmbeddedLog({ storage, clock });
    assert.deepEqual(await readTexts(next, t0), ['0=in flight']);
    await next.close();
  });
});

describe('committed offsets', { timeout: 10_000 }, () => {
  async function withOpenTransaction() {
    const { log, clock } = await opened();
    const member = await TestMember.join(log, options, 'member');
    await pass(clock, 100);
    const producer = await log.transactionalProducer('id');
    const begin = (metadata: GroupMetadata, offset: number) => {
      const transaction = producer.begin();
      transaction.commitOffsets(metadata, [{ ...t0, offset }]);
      return transaction;
    };
    return { log, clock, member, begin, asked: () => log.admin.committedOffsets('g', [t0]) };
  }

  it('wait for an open transaction that may still change them', async () => {
    const { log, member, begin, asked } = await withOpenTransaction();
    const first = begin(member.metadata, 5);
    const waiting = asked();
    assert.equal(await isSettled(waiting), false);
    assert.deepEqual(await log.admin.committedOffsets('another', [t0]), [undefined]);
    await first.commit();
    assert.deepEqual(await waiting, [5]);
    const second = begin(member.metadata, 6);
    const again = asked();
    assert.equal(await isSettled(again), false);
    await second.abort();
    assert.deepEqual(await again, [5]);
    await log.close();
  });

  it('do not wait for one that can no longer commit', async () => {
    const { log, clock, member, begin, asked } = await withOpenTransaction();
    begin(member.metadata, 5);
    const waiting = asked();
    assert.equal(await isSettled(waiting), false);
    const other = await TestMember.join(log, options, 'other');
    await pass(clock, 500);
    assert.deepEqual(await waiting, [undefined]);
    assert.deepEqual(other.assigned?.names, ['member', 'other']);
    await log.transactionalProducer('id');
    await log.close();
  });

  it('end with LOG_CLOSED when the log is closed', async () => {
    const { log, member, begin, asked } = await withOpenTransaction();
    begin(member.metadata, 5);
    const waiting = assert.rejects(asked(), { code: 'LOG_CLOSED' });
    await setImmediate();
    await log.close();
    await waiting;
  });
});
