// Ranks in the memory of the process that reads them, filled from the beginning of their topic and followed from then on:
// for one machine, or for a gateway without Redis. Nothing is kept on a disk.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { FollowedTopic } from '../../gateway/followed-topic.ts';
import type { Log } from '../../log/log.ts';
import { topics } from '../../schemas/topics.ts';
import { memoryRanks } from '../../views/ranks/memory/memory-ranks.ts';
import { projectRanks } from '../../views/ranks/project-ranks.ts';
import type { Ranks } from '../../views/ranks/ranks.ts';

/** Then it answers with what it has read so far. */
const longestWaitMs = 10_000;

/** Resolves when the ranks are those of now. @throws whatever asking the log for the topic fails with */
export async function openFollowedRanks(parts: { log: Log; clock: Clock; logger: Logger }): Promise<Ranks> {
  const topic = topics.popularity;
  const [{ partitions = topic.partitions } = {}] = await parts.log.admin.describeTopics([topic.name]);
  const ranks = memoryRanks();
  // A product's records come in their order, whatever their offsets.
  let offset = 0;
  const followed = new FollowedTopic({
    ...parts,
    topic,
    partitions: new Map([[topic.name, partitions]]),
    take(key, value) {
      if (value === null) return;
      const place = { topic: topic.name, partition: 0, offset: offset++, timestamp: 0, headers: [] };
      void ranks.apply(projectRanks.project({ ...place, key, value }));
    },
  });
  await followed.start(longestWaitMs);
  return {
    apply: (writes) => ranks.apply(writes),
    flush: () => ranks.flush(),
    top: (query) => ranks.top(query),
    clear: () => ranks.clear(),
    ping: () => ranks.ping(),
    async close() {
      await followed.close();
      await ranks.close();
    },
  };
}

/** For a fold. */
export function emptyRanks(): Ranks {
  return memoryRanks();
}
