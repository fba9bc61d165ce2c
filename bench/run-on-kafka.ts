// A run of the shop on Kafka, as the Kafka Streams peer runs: the application is a process of its own, this one feeds it
// and reads its answers. Topics are the run's own, and deleted when it ends, however it ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { openKafkaLog } from '../log/kafka/kafka-log.ts';
import type { Log } from '../log/log.ts';
import { Answers } from './answers.ts';
import { Application } from './application.ts';
import { checkOutcome } from './check-outcome.ts';
import { Feeder, feedOrders, feedProducts } from './feeder.ts';
import type { Measured, Result } from './peer-result.ts';
import { createTopics, drain, topicsIn } from './shop.ts';
import { runSteady, type SteadyOptions } from './steady.ts';
import { type WorkloadOptions, workload } from './workload.ts';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** Of the application. */
  readonly threads: number;
  /** What exactly-once is measured against. */
  readonly isAtLeastOnce: boolean;
  /** Of the application's Node, such as `--cpu-prof`. */
  readonly nodeFlags: readonly string[];
}

export interface KafkaRun {
  readonly workload: WorkloadOptions;
  readonly steady: SteadyOptions | undefined;
  readonly kafka: KafkaOptions;
}

type Outcome = Measured & Partial<Result> & Pick<Result, 'problems'>;

const patienceMs = 60_000;
/** A poll of the answers at most every so often while the shop catches up: the processor is the shop's. */
const restMs = 25;

export async function runOnKafka(run: KafkaRun): Promise<Outcome> {
  const prefix = `bench-${systemRandom.uuid().slice(0, 8)}-`;
  const { brokers } = run.kafka;
  const log = await openKafkaLog({ clock: systemClock, random: systemRandom, brokers, prefix, clientId: 'bench' });
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-bench-'));
  const application = new Application({ ...run.kafka, partitions: run.workload.partitions, prefix, directory });
  const stopped = interrupted();
  try {
    // To its end in any case, so that all of them are known when they are deleted.
    await createTopics(log, run.workload);
    return await Promise.race([stopped, application.failed, runWith(log, application, run)]);
  } finally {
    await application.stop();
    const ours = await log.admin.describeTopics();
    await log.admin.deleteTopics(ours.map(({ name }) => name));
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runWith(log: Log, application: Application, run: KafkaRun): Promise<Outcome> {
  const { workload: options, steady, kafka } = run;
  const producer = await log.producer();
  const feeder = new Feeder(producer, topicsIn(options));
  await feedProducts(feeder, options);
  if (steady === undefined) await feedOrders(feeder, workload(options));
  await producer.close();
  const outcome =
    steady === undefined ? await catchUp(log, application, options) : await keepUp(log, application, options, steady);
  await drain(log, options);
  // At least once may do a thing twice; that each order is answered was seen.
  const wrong = kafka.isAtLeastOnce ? [] : await checkOutcome(log, options);
  return { ...outcome, problems: [...outcome.problems, ...wrong] };
}

/**
 * Everything waits in the log when the application starts, products and stock too. The clock runs from its first running
 * task to the last answer that is seen; its processor time is of its whole life, and apart from that since then.
 */
async function catchUp(log: Log, application: Application, options: WorkloadOptions): Promise<Outcome> {
  const answers = await Answers.follow(log, { restMs, partitions: options.partitions });
  const running = await application.start();
  const isComplete = await answers.reach(options.orders, patienceMs);
  const used = await application.used();
  await answers.stop();
  return {
    seconds: (performance.timeOrigin + answers.lastAt - running.at) / 1000,
    cpuSeconds: used.cpuSeconds,
    peakRssMb: used.peakRssMb,
    ordersPerCpuSecondRunning: Math.round(options.orders / (used.cpuSeconds - running.cpuSeconds)),
    refused: answers.refused / options.orders,
    problems: isComplete ? [] : [`only ${answers.count} of ${options.orders} orders were answered`],
  };
}

async function keepUp(
  log: Log,
  application: Application,
  options: WorkloadOptions,
  steady: SteadyOptions,
): Promise<Outcome> {
  await application.start();
  await drain(log, options);
  const before = await application.used();
  const started = performance.now();
  const latencies = await runSteady(log, options, steady);
  const used = await application.used();
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: used.cpuSeconds - before.cpuSeconds,
    peakRssMb: used.peakRssMb,
    ...latencies,
  };
}

/** Rejects when the program is asked to end, so that it clears up first. */
function interrupted(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
  }
  return promise;
}
