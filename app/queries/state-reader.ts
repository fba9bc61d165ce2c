// Reads the state of tasks from whoever has them: this process first, then others, one hop away. What nobody answers for is
// asked once more, where the group says that it is by then, or, if a copy does, of every process; after that it is on its way,
// and the caller may try again.
import { StockstreamError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Refusal } from '../../gateway/refusal.ts';
import type { StateAnswer, StateQueries, StateQuery, TaskAnswer } from '../../gateway/state-queries.ts';
import type { TaskAddresses } from '../../streams/member-metadata.ts';
import { storesOf } from '../../streams/names.ts';
import type { Topology } from '../../streams/topology.ts';
import type { Owners } from './owners.ts';

export interface StateReaderParts {
  readonly topologies: readonly Topology[];
  /** Those of this process. */
  readonly workers: readonly { readTasks(query: StateQuery): Promise<readonly TaskAnswer[] | undefined> }[];
  /** Undefined where there are no others. */
  readonly owners: Owners | undefined;
  /** Asks another process. @throws whatever comes between */
  readonly ask: (endpoint: string, query: StateQuery) => Promise<readonly TaskAnswer[]>;
  readonly logger: Logger;
}

const usualMaxLagMs = 60_000;
const tries = 2;
const retryAfter = 1;

export class StateReader implements StateQueries {
  readonly #parts: StateReaderParts;
  /** Of each topology, as last told: while a group re-forms it tells of none. */
  readonly #processes = new Map<string, readonly string[]>();

  constructor(parts: StateReaderParts) {
    this.#parts = parts;
  }

  async read(query: StateQuery): Promise<StateAnswer | undefined> {
    const answers = await this.readTasks(query);
    return answers && merged(answers, query.limit);
  }

  async readTasks(query: StateQuery): Promise<readonly TaskAnswer[] | undefined> {
    const { topologies, workers, owners } = this.#parts;
    const { store } = query;
    const topology = topologies.find((each) => storeOf(each, query));
    if (topology === undefined) return undefined;
    if (workers.length === 0 && owners === undefined) throw new StockstreamError('STATE_ELSEWHERE', { store });
    const all = Array.from({ length: topology.partitions }, (_, partition) => partition);
    const wanted = new Set(query.partitions ?? all);
    const answers: TaskAnswer[] = [];
    const take = (found: readonly TaskAnswer[]) => {
      for (const answer of found) if (isGood(answer, query) && wanted.delete(answer.partition)) answers.push(answer);
    };
    for (let attempt = 0; attempt < tries && wanted.size > 0; attempt++) {
      take((await this.readHere({ ...query, partitions: [...wanted] })) ?? []);
      if (wanted.size > 0) await this.#askOthers({ topology, query, wanted, attempt }, take);
    }
    if (wanted.size > 0) {
      const tasks = [...wanted].map((partition) => `${topology.name}_${partition}`).join(', ');
      throw new Refusal('STATE_MOVING', { details: { tasks }, retryAfter });
    }
    return answers;
  }

  readHere(query: StateQuery): Promise<readonly TaskAnswer[] | undefined> {
    return readHere(this.#parts.workers, query);
  }

  async #askOthers(
    { topology, query, wanted, attempt }: Asking,
    take: (found: readonly TaskAnswer[]) => void,
  ): Promise<void> {
    const { owners, logger } = this.#parts;
    const addresses = await owners?.of(topology.name, attempt > 0).catch((error: unknown) => {
      logger.warn({ err: error, topology: topology.name }, 'who has the tasks is not known now');
      return undefined;
    });
    const processes = this.#noteProcesses(topology.name, addresses);
    const byEndpoint = new Map<string, number[]>();
    for (const partition of wanted) {
      const isAnyones = query.consistency === 'stale' && attempt > 0;
      for (const endpoint of isAnyones ? processes : endpointOf(addresses?.get(partition), query)) {
        byEndpoint.set(endpoint, [...(byEndpoint.get(endpoint) ?? []), partition]);
      }
    }
    const done = Promise.withResolvers<void>();
    const asked = [...byEndpoint].map(async ([endpoint, partitions]) => {
      try {
        take(await this.#parts.ask(endpoint, { ...query, partitions }));
        // Who hangs has nothing to add.
        if (wanted.size === 0) done.resolve();
      } catch (error) {
        logger.debug({ err: error, endpoint }, 'a process did not answer for its state');
      }
    });
    await Promise.race([done.promise, Promise.all(asked)]);
  }

  #noteProcesses(topology: string, addresses: ReadonlyMap<number, TaskAddresses> = new Map()): readonly string[] {
    const places = [...addresses.values()].flatMap(({ owner, standbys }) => [...standbys, owner ?? []].flat());
    if (places.length > 0) this.#processes.set(topology, [...new Set(places)]);
    return this.#processes.get(topology) ?? [];
  }
}

/** The topology's store that a query is of, perhaps beside others'. */
export function storeOf(topology: Topology, { store, topology: wanted = topology.name }: StateQuery) {
  return wanted === topology.name ? storesOf(topology).find(({ name }) => name === store) : undefined;
}

/** What the workers of this process can answer. Undefined if there is no such store. */
export async function readHere(
  workers: StateReaderParts['workers'],
  query: StateQuery,
): Promise<readonly TaskAnswer[] | undefined> {
  const found = await Promise.all(workers.map((worker) => worker.readTasks(query)));
  if (found.length > 0 && found.every((each) => each === undefined)) return undefined;
  return found.flatMap((each) => each ?? []);
}

interface Asking {
  readonly topology: Topology;
  readonly query: StateQuery;
  readonly wanted: ReadonlySet<number>;
  readonly attempt: number;
}

/** A copy for what may be stale: the owner has other work. None if nothing is known. */
function endpointOf(addresses: TaskAddresses | undefined, { consistency }: StateQuery): readonly string[] {
  const { owner, standbys = [] } = addresses ?? {};
  const [endpoint = owner] = consistency === 'stale' ? standbys : [];
  return endpoint === undefined ? [] : [endpoint];
}

function isGood({ lag }: TaskAnswer, { consistency, maxLagMs = usualMaxLagMs }: StateQuery): boolean {
  return consistency !== 'stale' || lag.milliseconds <= maxLagMs;
}

function merged(answers: readonly TaskAnswer[], limit: number): StateAnswer {
  const sorted = [...answers].sort((a, b) => (a.task < b.task ? -1 : 1));
  const most = (of: 'records' | 'milliseconds') => Math.max(0, ...answers.map(({ lag }) => lag[of]));
  const lag = { records: most('records'), milliseconds: most('milliseconds') };
  return { entries: sorted.flatMap(({ entries }) => entries).slice(0, limit), lag };
}
