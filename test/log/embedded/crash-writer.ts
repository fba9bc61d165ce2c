// The process that the crash test kills: several producers commit transactions as fast as they can, while the log is
// compacted and trimmed. It prints a line for each transaction once its commit has resolved.
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../../base/clock.ts';
import { seededRandom } from '../../../base/random.ts';
import { openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import type { GroupMetadata } from '../../../log/group.ts';
import { batchOf } from './records.ts';

export const lanes = 3;
export const partitions = 4;
export const group = 'crash';

const [directory = '', seed = '0', first = '0'] = process.argv.slice(2);
const random = seededRandom(Number(seed));

if (directory !== '') await write();

async function write(): Promise<void> {
  const log = await openEmbeddedLog({ directory, clock: systemClock, offsetGaps: true, activeTailBytes: 1 });
  await log.admin.createTopics([
    { name: 'whole', partitions, cleanup: 'delete' },
    { name: 'latest', partitions: 1, cleanup: 'compact' },
    { name: 'trimmed', partitions: 1, cleanup: 'delete', retentionBytes: 20_000 },
  ]);
  const member = await new Promise<GroupMetadata>((resolve) => {
    void log.join(
      { group, sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 60_000 },
      {
        metadata: () => Buffer.alloc(0),
        assign: () => new Map(),
        onAssignment: async (_, metadata) => resolve(metadata),
        onRebalance: async () => {},
        onLost: async () => {},
      },
    );
  });
  const writing = Array.from({ length: lanes }, (_, lane) => writeLane(lane));
  await Promise.all([...writing, clean()]);

  /** Transaction `n` of a lane puts `lane/n/parts` into so many partitions, once each, and commits offset n + 1. */
  async function writeLane(lane: number): Promise<void> {
    const producer = await log.transactionalProducer(`lane ${lane}`);
    for (let n = Number(first); ; n++) {
      const transaction = producer.begin();
      const parts = 1 + random.int(partitions);
      const filler = 'x'.repeat(random.int(3000));
      for (let part = 0; part < parts; part++) {
        transaction.append('whole', (lane + part) % partitions, batchOf(n, `${lane}/${n}/${parts}`, filler));
      }
      transaction.append('latest', 0, batchOf(n, `${lane}:${n}`));
      transaction.append('trimmed', 0, batchOf(n, `${lane}:${n}`));
      transaction.commitOffsets(member, [{ topic: 'whole', partition: lane, offset: n + 1 }]);
      await transaction.commit();
      writeSync(1, `${lane}/${n}/${parts}\n`);
    }
  }

  async function clean(): Promise<void> {
    for (;;) {
      await log.compact();
      await log.applyRetention();
      await setImmediate();
    }
  }
}
