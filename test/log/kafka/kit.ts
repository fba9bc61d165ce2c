// What the tests on a real Kafka share: where it is, and logs on it that end with the test file, topics and all.
import { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { systemRandom } from '../../../base/random.ts';
import { type KafkaLog, openKafkaLog } from '../../../log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../../../log/kafka/options.ts';
import type { LogFeatures } from '../../conformance/log.suite.ts';
import { services } from '../../services.ts';

/** The first brokers to ask. */
export const brokers = services.brokers.split(',');

const opened: KafkaLog[] = [];
after(async () => {
  try {
    await deleteTopics();
  } finally {
    await Promise.all(opened.map((log) => log.close()));
  }
});

/** A log on the real server, closed when the test file is done. */
export async function openLog(settings: Partial<KafkaSettings> = {}, clock: Clock = systemClock): Promise<KafkaLog> {
  const log = await openKafkaLog({ clock, random: systemRandom, brokers, ...settings });
  opened.push(log);
  return log;
}

const maxBatchBytes = 2 ** 20;

/** Names of a run are its own, so that runs can share a cluster. */
export const runSettings = { prefix: `test-${systemRandom.uuid().slice(0, 8)}-`, maxBatchBytes };

/** What this run made: the cluster is left as it was. */
async function deleteTopics(): Promise<void> {
  const { admin } = await openLog(runSettings);
  const topics = await admin.describeTopics();
  await admin.deleteTopics(topics.map(({ name }) => name));
}

export const features: LogFeatures = {
  clock: systemClock,
  pass: (milliseconds) => wait(milliseconds),
  timeoutMs: 60_000,
  quietMs: 500,
  // The least that brokers take unless they are told otherwise.
  sessionTimeoutMs: 6_000,
  maxBatchBytes,
};
