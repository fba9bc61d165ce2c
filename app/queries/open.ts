// Queries of state as a process makes and answers them: where its own address is told, and how it asks the others.
import { hostname } from 'node:os';
import type { Logger } from '../../base/logger.ts';
import { taskStatePath } from '../../gateway/routes/task-state.ts';
import type { StateQuery, TaskAnswer } from '../../gateway/state-queries.ts';
import type { Log } from '../../log/log.ts';
import type { Topology } from '../../streams/topology.ts';
import type { Config } from '../config-schema.ts';
import { clock } from '../wire/places.ts';
import type { WorkerHandle } from '../worker-handle.ts';
import { askerOf } from './ask.ts';
import { groupOwners } from './owners.ts';
import { StateReader } from './state-reader.ts';

export interface OpenStateReaderParts {
  readonly config: Config;
  readonly log: Log;
  readonly topologies: readonly Topology[];
  /** Of this process. */
  readonly workers: readonly Pick<WorkerHandle, 'readTasks'>[];
  readonly logger: Logger;
}

/** For an answer; what takes longer is away, or as good as. */
const patienceMs = 3_000;
const anywhere = new Set(['0.0.0.0', '::', '']);

export function openStateReader({ config, log, ...parts }: OpenStateReaderParts): StateReader {
  const owners = groupOwners({ log, appId: config.appId, clock });
  const post = askerOf(config);
  const ask = async (endpoint: string, query: StateQuery) => {
    const answer = await post(endpoint, taskStatePath, query, patienceMs);
    return (answer as { answers: readonly TaskAnswer[] }).answers;
  };
  return new StateReader({ ...parts, owners, ask });
}

/** `host:port` where others find this process, which listens at `url`. */
export function endpointOf({ advertise }: Pick<Config, 'advertise'>, url: string): string {
  const { hostname: host, port } = new URL(url);
  const own = anywhere.has(host.replace(/^\[(.*)\]$/, '$1')) ? hostname() : host;
  if (advertise === undefined) return `${own}:${port}`;
  return /:\d+$/.test(advertise) ? advertise : `${advertise}:${port}`;
}
