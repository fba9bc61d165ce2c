// One thread of the application on Kafka. Tells the time at which its first task ran; what makes it fail ends the process.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { sleep, systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { openKafkaLog } from '../log/kafka/kafka-log.ts';
import { openRocksdbStore } from '../state/rocksdb/rocksdb-store.ts';
import { brokeredLimits } from '../streams/stream-thread-options.ts';
import type { ApplicationOptions } from './application-messages.ts';
import { atLeastOnce } from './at-least-once.ts';
import { startShop } from './shop.ts';

const port = parentPort;
assert(port, 'this file runs on a thread of its own');
const { brokers, prefix, directory, partitions, isAtLeastOnce, number } = workerData as ApplicationOptions & {
  number: number;
};

const told = Promise.withResolvers<void>();
port.once('message', told.resolve);

const store = await openRocksdbStore({ directory: join(directory, String(number)) });
const kafka = await openKafkaLog({ clock: systemClock, random: systemRandom, brokers, prefix });
const log = isAtLeastOnce ? atLeastOnce(kafka) : kafka;
const shop = startShop({ log, store, instanceId: String(number), size: { partitions }, limits: brokeredLimits });
while (!shop.tasks.some(({ state }) => state === 'running')) await sleep(systemClock, 1);
port.postMessage(systemClock.now());

await told.promise;
await shop.stop();
await log.close();
await store.close();
port.close();
