// The same calls, clock steps and storage give the same bytes: what a simulation stands on.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../base/random.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { TestMember } from '../../conformance/log/test-member.ts';
import { FaultyStorage } from './faulty-storage.ts';
import { pass } from './kit.ts';
import { batchOf, withTopic } from './records.ts';

const options = { group: 'g', sessionTimeoutMs: 3000, rebalanceTimeoutMs: 3000 };

/** A few workers that come, write, hang and die, as `seed` has it; gives everything that was written and called. */
async function run(seed: number): Promise<{ writes: string[]; calls: string[] }> {
  const [random, clock, storage] = [seededRandom(seed), new SteppedClock(), new FaultyStorage()];
  const log = await withTopic(await openEmbeddedLog({ storage, clock, offsetGaps: true, activeTailBytes: 1 }), {
    partitions: 3,
    cleanup: 'compact',
  });
  const members: TestMember[] = [];
  for (let round = 0; round < 12; round++) {
    const session = log.session();
    members.push(await TestMember.join(session, options, `member ${round}`));
    const producer = await session.transactionalProducer(`id ${random.int(4)}`);
    const plain = await session.producer();
    const work = Array.from({ length: 10 }, async (_, index) => {
      await plain.append('t', random.int(3), batchOf(clock.now(), `${random.int(5)}:${index}`));
    });
    const transaction = producer.begin();
    for (let partition = 0; partition < 3; partition++)
      transaction.append('t', partition, batchOf(clock.now(), `${round}:t`));
    await Promise.all([...work, transaction.commit()]);
    await pass(clock, random.int(2000));
    if (random.int(3) === 0) session.kill();
    if (random.int(4) === 0) await log.compact('t');
  }
  await log.close();
  const writes = storage.writes.map((write) =>
    write
      .map(
        (each) => `${each.type} ${each.key.toString('hex')} ${each.type === 'put' ? each.value.toString('hex') : ''}`,
      )
      .join(),
  );
  return { writes, calls: members.map(({ name, calls }) => `${name}: ${calls}`) };
}

describe('the embedded log', { timeout: 10_000 }, () => {
  it('does the same again for the same seed, and something else for another', async () => {
    const [first, second, other] = [await run(1), await run(1), await run(2)];
    assert.deepEqual(second, first);
    assert.notDeepEqual(other.writes, first.writes);
  });
});
