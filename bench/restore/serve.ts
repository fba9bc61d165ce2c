// The worker that `bench restore` kills: it opens the state that is there, runs the topology, says when all of its tasks take
// records and how much of the changelog that took, and then gives itself work until it is killed.
import { Registry } from 'prom-client';
import { sleep, systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Log } from '../../log/log.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import { type BenchLog, openBenchLog } from './log.ts';
import { appId, benchTopology, deadLetters, keyOf } from './state.ts';

export interface ServeOptions {
  readonly log: BenchLog;
  readonly state: string;
  readonly tasks: number;
}

export interface Served {
  /** Milliseconds since the process began: all tasks run. */
  readonly ready: number;
  /** Changelog records that were read. */
  readonly restored: number;
}

const { log: place, state, tasks } = JSON.parse(process.argv[2]!) as ServeOptions;
const log = await openBenchLog(place);
const store = await openRocksdbStore({ directory: state });
const metrics = createStreamsMetrics(new Registry());
const fail = (error: unknown) => {
  console.error(error);
  process.exit(1);
};
const thread = new StreamThread({
  ...{ log, store, clock: systemClock, topology: benchTopology(tasks), appId, instanceId: 'bench-0', deadLetters },
  ...{ codeVersion: '', metrics, logger: silentLogger, onFailure: fail },
});
thread.start();
const isRunning = () => thread.isSettled && thread.tasks.every((task) => task.state === 'running');
while (!isRunning() || thread.tasks.length < tasks) await sleep(systemClock, 1);
const { values } = await metrics.restored.get();
const served: Served = { ready: performance.now(), restored: values[0]?.value ?? 0 };
process.stdout.write(`${JSON.stringify(served)}\n`);
await feed(log).catch(fail);

/** Records to each task, as fast as the log takes them, up to some that wait. */
async function feed(to: Log): Promise<never> {
  const producer = await to.producer();
  for (let index = 0; ; ) {
    for (let partition = 0; partition < tasks; partition++) {
      const batch = new RecordBatchBuilder();
      for (; batch.count < 200; index++)
        batch.append(Date.now(), keyOf(index % 100_000), Buffer.alloc(200, String(index)));
      await producer.append('bench-in', partition, batch);
    }
    await sleep(systemClock, 5);
  }
}
