// A run of the shop in this process, on the embedded log: durable (every commit synced), state in RocksDB, one thread.
// Orders that are paid have the effect on the simulated provider beside it, on the same thread. What it takes is this
// whole process', with the feeding and reading of a steady rate.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, systemClock } from '../base/clock.ts';
import { openEmbeddedLog } from '../log/embedded/embedded-log.ts';
import { openRocksdbStore } from '../state/rocksdb/rocksdb-store.ts';
import { checkOutcome } from './check-outcome.ts';
import { Feeder, feedOrders, feedProducts } from './feeder.ts';
import { openPaying } from './paying.ts';
import { type Measured, measuredHere, type Result } from './peer-result.ts';
import { profiled } from './profile.ts';
import { createTopics, drain, startShop, topicsIn } from './shop.ts';
import { runSteady, type SteadyOptions } from './steady.ts';
import { type WorkloadOptions, workload } from './workload.ts';

type Outcome = Measured & Partial<Result> & Pick<Result, 'problems'>;

/** `profile`: where one of the shop's thread goes, without an ending; only of orders all at once. */
export async function runEmbedded(
  options: WorkloadOptions,
  steady: SteadyOptions | undefined,
  profile?: string,
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-bench-'));
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), clock: systemClock });
  const store = await openRocksdbStore({ directory: join(directory, 'state') });
  const start = () => startShop({ log, store, instanceId: '0', size: options });
  await createTopics(log, options);
  const feeder = new Feeder(await log.producer(), topicsIn(options));
  await feedProducts(feeder, options);
  let shop = start();
  await drain(log, options);
  const paying = options.isPaid ? await openPaying(log, directory, options) : undefined;
  let outcome: Outcome;
  if (steady === undefined) {
    await shop.stop();
    await feedOrders(feeder, workload(options));
    await settled();
    outcome = await profiled(profile, async () => {
      const [cpu, started] = [process.cpuUsage(), performance.now()];
      shop = start();
      paying?.start();
      await drain(log, options, paying?.consumers);
      return { ...measuredHere(cpu, started), problems: [] };
    });
  } else {
    paying?.start();
    const [cpu, started] = [process.cpuUsage(), performance.now()];
    const latencies = await runSteady(log, options, steady);
    await drain(log, options, paying?.consumers);
    outcome = { ...measuredHere(cpu, started), ...latencies };
  }
  await shop.stop();
  const problems = [...outcome.problems, ...(await checkOutcome(log, options, paying?.payments.list(0)))];
  await paying?.close();
  await log.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
  return { ...outcome, problems };
}

const lookMs = 500;
const mostLooks = 240;
/** Of one processor. */
const quietShare = 0.05;

/** Until nothing goes on any more in this process: what RocksDB still merges is of what was fed, not of the orders. */
async function settled(): Promise<void> {
  for (let look = 0; look < mostLooks; look++) {
    const before = process.cpuUsage();
    await sleep(systemClock, lookMs);
    const { user, system } = process.cpuUsage(before);
    if (user + system < lookMs * 1000 * quietShare) return;
  }
}
