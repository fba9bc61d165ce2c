// Payments beside the shop of the bench, as a worker has them: the effect on the simulated provider, which answers at
// once and keeps its books on the disk. No carrier and no mail.
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { readConfig } from '../app/config.ts';
import { openEffects } from '../app/effects.ts';
import { openDocuments } from '../app/wire/views.ts';
import { assert } from '../base/assert.ts';
import { systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import type { Payments } from '../effects/payments/payments.ts';
import type { Log } from '../log/log.ts';
import { EffectThread } from '../streams/effect-thread.ts';
import { createEffectMetrics } from '../streams/metrics.ts';
import { appId, type Consumer, type ShopSize, topicsIn } from './shop.ts';

export interface Paying {
  /** What its effects read. */
  readonly consumers: readonly Consumer[];
  /** Whose books are to be looked at. */
  readonly payments: Payments;
  start(): void;
  /** Its books, too. */
  close(): Promise<void>;
}

/** `directory` is the run's own. What makes it fail ends the process. */
export async function openPaying(log: Log, directory: string, size: ShopSize): Promise<Paying> {
  const topics = topicsIn(size);
  const flags = { data: join(directory, 'effects'), payments: 'simulator', carrier: 'off', mail: 'off' };
  const config = readConfig({ flags: { ...flags, simulatedPaymentMs: 0 }, parts: [], env: {} });
  const documents = await openDocuments(config, silentLogger);
  const effects = await openEffects({ config, log, topics, documents, logger: silentLogger });
  const { payments, tasks } = effects;
  assert(payments, 'the settings above ask for a provider');
  const metrics = createEffectMetrics(new Registry());
  const threads = tasks.map((task) => {
    return new EffectThread({
      log,
      clock: systemClock,
      random: systemRandom,
      task,
      appId,
      instanceId: '0',
      deadLetters: topics.deadLetters,
      codeVersion: 'bench',
      metrics,
      logger: silentLogger,
      onFailure: (error) => {
        throw error;
      },
    });
  });
  return {
    consumers: threads.map(({ group, topic }) => ({ group, inputs: [topic] })),
    payments,
    start() {
      for (const thread of threads) thread.start();
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.stop()));
      await effects.close();
      await documents.close();
    },
  };
}
