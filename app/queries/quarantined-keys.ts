// Keys that stand still, read out of the state of the tasks that hold them: as any query of state, from their owners.
import type {
  QuarantinedKey as KeyShown,
  Quarantine,
  QuarantinedRecord,
  QuarantineQuery,
} from '../../gateway/quarantined-keys.ts';
import type { StateEntry, StateQueries } from '../../gateway/state-queries.ts';
import { taskId } from '../../streams/names.ts';
import { entryKey, type HeldRecord, type QuarantinedKey, quarantineNames, sourceOf } from '../../streams/quarantine.ts';
import type { Topology } from '../../streams/topology.ts';

export class StateQuarantine implements Quarantine {
  readonly topologies: readonly string[];
  readonly #all: readonly Topology[];
  readonly #state: Pick<StateQueries, 'readTasks'>;

  constructor(topologies: readonly Topology[], state: Pick<StateQueries, 'readTasks'>) {
    this.#all = topologies.filter(({ quarantine }) => quarantine !== undefined);
    this.topologies = this.#all.map(({ name }) => name);
    this.#state = state;
  }

  async list(query: QuarantineQuery): Promise<KeyShown[]> {
    const { topology, after, limit } = query;
    const found: KeyShown[] = [];
    // In the order of the topologies, from that of `after` on.
    const rest = this.#all.slice(after === undefined ? 0 : this.topologies.indexOf(after.topology));
    for (const each of rest.filter(({ name }) => name === (topology ?? name))) {
      if (found.length >= limit) break;
      found.push(...(await this.#ofTopology(each, query)).slice(0, limit - found.length));
    }
    return found;
  }

  async record({ topology, partition, key, place }: KeyShown): Promise<QuarantinedRecord | undefined> {
    const at = { topology, partitions: [partition], limit: 1 };
    const [held] = await this.#entries({ ...at, store: quarantineNames.keys, key });
    const known = held?.value as QuarantinedKey | undefined;
    if (known === undefined || known.place !== place) return undefined;
    const [entry] = await this.#entries({ ...at, store: quarantineNames.queue, key: entryKey(key, known.head) });
    return entry && sourceOf(entry.value as HeldRecord);
  }

  async #ofTopology({ name, partitions }: Topology, query: QuarantineQuery): Promise<KeyShown[]> {
    const { partition, key, limit } = query;
    if (partition !== undefined && partition >= partitions) return [];
    const after = query.after?.topology === name ? query.after : undefined;
    const answers = await this.#state.readTasks({
      store: quarantineNames.keys,
      topology: name,
      key,
      from: after?.key,
      partitions: partition === undefined ? undefined : [partition],
      // Each task may have the key that was the last before.
      limit: limit + 1,
    });
    const found = (answers ?? []).flatMap(({ partition: of, entries }) => {
      return entries.map(({ key: own, value }) => shown(name, { partition: of, key: own }, value as QuarantinedKey));
    });
    return found.filter((each) => after === undefined || inOrder(after, each) < 0).sort(inOrder);
  }

  async #entries(query: Parameters<StateQueries['readTasks']>[0]): Promise<readonly StateEntry[]> {
    return ((await this.#state.readTasks(query)) ?? []).flatMap(({ entries }) => entries);
  }
}

interface Place {
  readonly partition: number;
  readonly key: string;
}

/** As stores have them. */
function inOrder(a: Place, b: Place): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || a.partition - b.partition;
}

function shown(topology: string, { partition, key }: Place, held: QuarantinedKey): KeyShown {
  const { place, since, failure, head, next, isFull } = held;
  return {
    ...{ topology, partition, task: taskId(topology, partition), key, place },
    since: since ?? null,
    failedAt: failure?.at ?? null,
    code: failure?.code ?? null,
    message: failure?.message ?? null,
    processor: failure?.processor ?? null,
    waiting: Math.max(0, next - head - 1),
    isFull,
  };
}
