// Queries of state as a process makes and answers them: where its own address is told, and how it asks the others.
import { hostname } from 'node:os';
import type { Logger } from '../../base/logger.ts';
import { taskStatePath } from '../../gateway/routes/task-state.ts';
import type { StateQuery, TaskAnswer } from '../../gateway/state-queries.ts';
import type { Log } from '../../log/log.ts';
import type { Topology } from '../../streams/topology.ts';
import type { Config } from '../config-schema.ts';
import { tokenSecret } from '../secret.ts';
import { tokenIssuer } from '../tokens.ts';
import { clock } from '../wire/places.ts';
import type { WorkerHandle } from '../worker-handle.ts';
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
  return new StateReader({ ...parts, owners, ask: asker(config) });
}

/** `host:port` where others find this process, which listens at `url`. */
export function endpointOf({ advertise }: Pick<Config, 'advertise'>, url: string): string {
  const { hostname: host, port } = new URL(url);
  const own = anywhere.has(host.replace(/^\[(.*)\]$/, '$1')) ? hostname() : host;
  if (advertise === undefined) return `${own}:${port}`;
  return /:\d+$/.test(advertise) ? advertise : `${advertise}:${port}`;
}

/** Processes of an application share its secret: with it each shows the others that it is one of them. */
function asker(config: Config) {
  let issuer: ReturnType<typeof tokenIssuer> | undefined;
  return async (endpoint: string, query: StateQuery): Promise<readonly TaskAnswer[]> => {
    issuer ??= tokenIssuer(tokenSecret(config));
    const token = (await issuer)({ userId: 'state-query', role: 'operator', email: 'state-query@localhost' });
    const response = await fetch(`http://${endpoint}${taskStatePath}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(query),
      signal: AbortSignal.timeout(patienceMs),
    });
    if (!response.ok) throw new Error(`${endpoint} answers ${response.status}: ${await response.text()}`);
    return ((await response.json()) as { answers: readonly TaskAnswer[] }).answers;
  };
}
