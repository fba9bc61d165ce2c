// How the tools of the command line reach the operator's routes: over HTTP if a process has this data directory in use,
// else through a gateway of their own that doesn't listen. Either way it's the same routes.

import { reasonOf, StockstreamError } from '../base/errors.ts';
import { systemRandom } from '../base/random.ts';
import { allTopologies } from '../topologies/all.ts';
import { checkpointsOf } from './checkpoints.ts';
import type { Config } from './config-schema.ts';
import { openGateway } from './gateway.ts';
import { createLogger } from './logging.ts';
import { operationsOf } from './operations.ts';
import { openStateReader } from './queries/open.ts';
import { readAtRest } from './read-state.ts';
import { openReconciler } from './reconcile/open.ts';
import { checkpointBases } from './replay/bases.ts';
import { findRunning } from './running.ts';
import { tokenSecret } from './secret.ts';
import { tokenIssuer } from './tokens.ts';
import { checkTopics, createTopics } from './topics.ts';
import { openCheckpoints } from './wire/checkpoints.ts';
import { openLog, openStore, useSchemas } from './wire/log.ts';
import { openViewGenerations, openViewSets } from './wire/views.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface Operator {
  /** @throws OPERATION_REFUSED with what the gateway says: all of it is the cause */
  request(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export async function openOperator(config: Config): Promise<Operator> {
  const issue = await tokenIssuer(tokenSecret(config));
  const token = issue({ userId: 'command-line', role: 'operator', email: 'command-line@localhost' });
  const headers = { authorization: `Bearer ${token}` };
  const running = findRunning(config);
  return running === undefined ? await openLocal(config, headers) : remote(running.url, headers);
}

function remote(url: string, headers: { authorization: string }): Operator {
  return {
    async request(method, path, body) {
      try {
        const type = body === undefined ? {} : { 'content-type': 'application/json' };
        const payload = body === undefined ? {} : { body: JSON.stringify(body) };
        const response = await fetch(`${url}${path}`, { method, headers: { ...headers, ...type }, ...payload });
        return answered({ status: response.status, text: await response.text() });
      } catch (error) {
        if (error instanceof StockstreamError) throw error;
        throw new StockstreamError('GATEWAY_UNREACHABLE', { url, reason: reasonOf(error) }, error);
      }
    },
    close: async () => {},
  };
}

async function openLocal(config: Config, headers: { authorization: string }): Promise<Operator> {
  const logger = createLogger({ logLevel: 'warn' });
  await useSchemas(config, logger);
  const log = await openLog(config, logger);
  // On Kafka, topics are made by whoever sizes them, never by a tool that only looks.
  if (config.log === 'embedded') await createTopics(log, config);
  const topics = await checkTopics(log, config, logger);
  const viewSets = await openViewSets(config, log, logger);
  let state: ReturnType<typeof openStore> | undefined;
  const topologies = allTopologies(topics);
  const atRest: Pick<WorkerHandle, 'readTasks'> = {
    async readTasks(query) {
      state ??= openStore(config, 0, logger);
      return await readAtRest(await state, topologies, query);
    },
  };
  const workers = config.log === 'embedded' ? [atRest] : [];
  const reconciler = openReconciler({ config, log, topics, viewSets, workers: [], logger });
  const generations = openViewGenerations({ config, log, topics, viewSets, logger });
  const operations = operationsOf({
    log,
    topics,
    viewSets,
    appId: config.appId,
    workers: [],
    state: openStateReader({ config, log, topologies, workers, logger }),
    reconciliation: reconciler,
    generations,
    checkpoints: checkpointsOf({ config, log, topologies, workers: [] }),
    bases: checkpointBases(() => openCheckpoints(config)),
  });
  const gateway = await openGateway({ config, log, viewSets, operations, logger, random: systemRandom });
  return {
    async request(method, url, payload) {
      const response = await gateway.app.inject({ method, url, headers, ...(payload && { payload }) });
      return answered({ status: response.statusCode, text: response.body });
    },
    async close() {
      await gateway.close();
      await generations.stop();
      await reconciler.stop();
      await viewSets.close();
      await Promise.all([log.close(), state?.then((store) => store.close())]);
    },
  };
}

function answered({ status, text }: Answer): unknown {
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (status < 400) return answer;
  const { code, detail } = answer as { code?: string; detail?: string };
  throw new StockstreamError('OPERATION_REFUSED', { code, detail }, answer);
}
