// Replay: doing every commit again from the log alone gives the same bytes. It costs as much as the run itself, so that
// only some seeds are replayed.
import { memoryStore } from '../../../state/memory/memory-store.ts';
import { verifyReplay } from '../../../streams/verify-replay.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { appId } from '../worker.ts';
import type { World } from '../world.ts';

const checker = 'replay gives the same';

/** What clients wrote into the shop's own topics can't come out of its replay. */
export async function checkReplay(
  world: World,
  { records }: Evidence,
  onCommit: () => void = () => {},
): Promise<Violation[]> {
  const { machine, clock, shop } = world;
  const { log } = machine!;
  const options = { log, clock, topology: shop.topology, appId, deadLetters: shop.topics.deadLetters };
  try {
    const { differences } = await world.drive(verifyReplay(options, async () => memoryStore(), onCommit));
    const foreign = records
      .filter(({ isTransactional }) => !isTransactional)
      .map(({ topic, key, timestamp }) => ({ topic: `${topic}: `, record: ` ${key}@${timestamp}#` }));
    const isForeign = (what: string) =>
      what.endsWith('not replayed') &&
      foreign.some(({ topic, record }) => what.startsWith(topic) && what.includes(record));
    return differences.filter((what) => !isForeign(what)).map((what) => ({ checker, what }));
  } catch (error) {
    return [{ checker, what: String(error) }];
  }
}
