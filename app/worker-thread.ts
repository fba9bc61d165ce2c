// What a worker's own thread runs: it opens the adapters for itself, starts a worker and answers calls about it.
import { parentPort, workerData } from 'node:worker_threads';
import { Registry } from 'prom-client';
import { assert } from '../base/assert.ts';
import type { Config } from './config-schema.ts';
import { createLogger } from './logging.ts';
import { topicsOf } from './topics.ts';
import { openLog, useSchemas } from './wire/log.ts';
import { openViewSets } from './wire/views.ts';
import { Worker } from './worker.ts';
import { type Call, failureOf, type Reply } from './worker-calls.ts';

export interface WorkerThreadData {
  readonly config: Config;
  readonly number: number;
  readonly endpoint: string | undefined;
}

const port = parentPort;
assert(port, 'this file runs on a thread of its own');
const { config, number, endpoint } = workerData as WorkerThreadData;
const answer = (reply: Reply) => port.postMessage(reply);
const onFailure = (error: unknown) => answer({ id: undefined, failure: failureOf(error) });

try {
  const logger = createLogger(config).child({ thread: number });
  await useSchemas(config, logger);
  const log = await openLog(config, logger);
  const viewSets = await openViewSets(config, log, logger);
  const topics = await topicsOf(log);
  const metrics = new Registry();
  const worker = await Worker.start({ config, number, endpoint, log, topics, viewSets, metrics, logger, onFailure });
  port.on('message', async ({ id, method, argument }: Call) => {
    try {
      const result = await worker[method](argument as never);
      if (method === 'stop') await viewSets.close().then(() => log.close());
      answer({ id, result });
    } catch (error) {
      answer({ id, failure: failureOf(error) });
    }
  });
} catch (error) {
  onFailure(error);
}
