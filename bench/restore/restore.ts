// `stockstream bench restore`: how a worker gets its state. From the changelog, from a checkpoint, and, after it was killed,
// from what it has. One log, one state; each way ends in the same entries, which is checked.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import type { Log } from '../../log/log.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { openDirectoryCheckpoints } from '../../state/checkpoints/directory/directory-checkpoints.ts';
import { TaskKeys } from '../../state/keys.ts';
import { type RestoreCheckpoints, restore } from '../../state/restore.ts';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';
import type { Store } from '../../state/store.ts';
import { openNewestImage, takeImage } from '../../state/store-images.ts';
import { writeCheckpoint } from '../../state/write-checkpoint.ts';
import { taskId, topologyNames } from '../../streams/names.ts';
import { FlagError, orExit, whole } from '../flags.ts';
import { readAgain } from '../peers/kafka-streams.ts';
import { grouped } from '../report.ts';
import { type Timed, timed } from '../timed.ts';
import { killOften } from './kill.ts';
import { type BenchLog, openBenchLog } from './log.ts';
import { appId, benchTopology, items, keyOf, type StateSize, topicsFor, valueAt, writeChangelogs } from './state.ts';

const usage = `stockstream bench restore [options]
  --bytes N        keys and values of the state: 200m, 1g (100m)
  --value-bytes N  of each entry (200)
  --updates N      how often each entry stands in the changelog besides (0)
  --tasks N        that share it (4)
  --brokers LIST   the log in Kafka; without, in this process
  --kafka-streams SCRIPT  a Kafka Streams application beside it, by its run script
  --orders N       that leave the state which it reads again (300000)`;

/** Kills one after the other. */
const kills = 3;

interface RestoreBench extends StateSize {
  readonly brokers: readonly string[] | undefined;
  readonly peer: { readonly script: string; readonly orders: number } | undefined;
}

export async function benchRestore(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-restore-'));
  const { brokers, tasks } = options;
  const place: BenchLog = brokers
    ? { kind: 'kafka', brokers, prefix: `bench-restore-${process.pid}-` }
    : { kind: 'embedded', directory: join(directory, 'log') };
  let log = await openBenchLog(place);
  try {
    const state = await new Bench(options, log, directory).run();
    // The embedded log is one process's.
    await log.close();
    for (const { seconds, restored } of await killOften({ log: place, state, tasks }, kills)) {
      say(`killed while it worked: serving again after ${seconds.toFixed(2)} s, ${restored} records read again`);
    }
    if (options.peer !== undefined) await comparePeer(options.peer);
    say(`load average ${loadavg()[0]!.toFixed(1)} at the end`);
    log = await openBenchLog(place);
  } finally {
    await log.admin.deleteTopics(topicsFor(tasks).map(({ name }) => name));
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function readOptions(args: readonly string[]): RestoreBench | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      bytes: { type: 'string', default: '100m' },
      'value-bytes': { type: 'string', default: '200' },
      updates: { type: 'string', default: '0' },
      tasks: { type: 'string', default: '4' },
      brokers: { type: 'string' },
      'kafka-streams': { type: 'string' },
      orders: { type: 'string', default: '300000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const script = values['kafka-streams'];
  return {
    bytes: sizeOf(values.bytes),
    valueBytes: whole('value-bytes', values['value-bytes'], [16, 100_000]),
    updates: whole('updates', values.updates, [0, 100]),
    tasks: whole('tasks', values.tasks, [1, 64]),
    brokers: values.brokers?.split(','),
    peer: script === undefined ? undefined : { script, orders: whole('orders', values.orders, [1_000, 10_000_000]) },
  };
}

function sizeOf(text: string): number {
  const [, count, unit = ''] = /^(\d+)([kmg]?)$/.exec(text) ?? [];
  if (count === undefined) throw new FlagError(`--bytes ${text}: give a number, with k, m or g behind it`);
  return Number(count) * { '': 1, k: 1e3, m: 1e6, g: 1e9 }[unit as '' | 'k' | 'm' | 'g'];
}

async function comparePeer({ script, orders }: { readonly script: string; readonly orders: number }): Promise<void> {
  const line = await readAgain(script, orders);
  if (!line.check.ok) throw new Error('the peer has not what it had before');
  const size = `${line.records} records, ${((line.recordMB * 1e6) / line.records).toFixed(0)} bytes each`;
  const took = `${line.seconds.toFixed(2)} s, ${line.recordMBPerSec.toFixed(0)} MB/s`;
  const whole = `launch to running ${line.launchToRunningSec.toFixed(2)} s, ${line.appCpuSec.toFixed(2)} s of processor`;
  say(
    `Kafka Streams, from its changelogs: ${took}, ${perSecond(line.records, line.seconds)} records/s (${size}; ${whole})`,
  );
}

type Took = Pick<Timed<unknown>, 'seconds' | 'cpu'>;

class Bench {
  readonly #options: RestoreBench;
  readonly #log: Log;
  readonly #directory: string;
  readonly #random = randomBytes(4 << 20);
  readonly #names = topologyNames(appId, 'bench');
  #entries = 0;

  constructor(options: RestoreBench, log: Log, directory: string) {
    this.#options = options;
    this.#log = log;
    this.#directory = directory;
  }

  /** Gives the directory of a state that is up to date. */
  async run(): Promise<string> {
    const { tasks, valueBytes, updates } = this.#options;
    const { result, seconds } = await timed(() => writeChangelogs(this.#log, this.#options, this.#random));
    this.#entries = result.entries;
    say(
      `${result.entries} entries of ${valueBytes} bytes in ${tasks} tasks, ${updates} updates each, ${this.#log.kind} log`,
    );
    say(`written in ${seconds.toFixed(1)} s; load average ${loadavg()[0]!.toFixed(1)}\n`);
    const first = await this.#restore('first', undefined);
    say(`from the changelog:  ${this.#line(first)}, ${perSecond(result.records, first.seconds)} records/s`);
    const checkpoints = await openDirectoryCheckpoints(join(this.#directory, 'checkpoints'));
    await this.#take(first.store, checkpoints);
    const parts = {
      checkpoints,
      clock: systemClock,
      random: systemRandom,
      thread: 'bench-0',
      codeVersion: '',
      keepMs: 3_600_000,
    };
    const copy = await timed(() => takeImage({ ...parts, store: first.store }));
    say(`files copied:        ${copy.seconds.toFixed(2)} s`);
    await first.store.close();
    rmSync(join(this.#directory, 'first'), { recursive: true });
    const second = await this.#restore('second', { checkpoints });
    say(`from the checkpoint: ${this.#line(second)}; ${(first.seconds / second.seconds).toFixed(1)} times as fast`);
    await second.store.close();
    const third = await this.#fromCopy(checkpoints);
    say(`from copied files:   ${this.#line(third)}; ${(first.seconds / third.seconds).toFixed(0)} times as fast\n`);
    return join(this.#directory, 'third');
  }

  #line({ seconds, cpu }: Took): string {
    const rate = (this.#options.bytes / 1e6 / seconds).toFixed(0);
    return `${seconds.toFixed(2)} s, ${rate} MB/s, ${cpu.toFixed(2)} s of processor`;
  }

  async #restore(name: string, checkpoints: RestoreCheckpoints | undefined): Promise<Took & { store: Store }> {
    const store = await openRocksdbStore({ directory: join(this.#directory, name) });
    const took = await timed(() => this.#restoreAll(store, checkpoints));
    await this.#check(store);
    return { store, ...took };
  }

  /** As a thread starts that finds no state and a copy. */
  async #fromCopy(checkpoints: CheckpointStore): Promise<Took> {
    const directory = join(this.#directory, 'third');
    const took = await timed(async () => {
      const open = () => openRocksdbStore({ directory });
      const found = await openNewestImage(checkpoints, {
        thread: 'bench-0',
        directory,
        open,
        onPassedOver: console.error,
      });
      await this.#restoreAll(found!.opened, undefined);
      return found!.opened;
    });
    await this.#check(took.result);
    await took.result.close();
    return took;
  }

  async #restoreAll(store: Store, checkpoints: RestoreCheckpoints | undefined): Promise<void> {
    const partitions = Array.from({ length: this.#options.tasks }, (_, partition) => partition);
    await Promise.all(partitions.map((partition) => this.#restoreTask(store, partition, checkpoints)));
  }

  #restoreTask(store: Store, partition: number, checkpoints: RestoreCheckpoints | undefined) {
    return restore({
      ...{ log: this.#log, store, clock: systemClock, task: taskId('bench', partition), checkpoints },
      changelog: { topic: this.#names.changelog, partition },
      specs: benchTopology(this.#options.tasks).stores,
      maxAgeMs: 3_600_000,
      signal: new AbortController().signal,
    });
  }

  async #take(store: Store, checkpoints: CheckpointStore): Promise<void> {
    let bytes = 0;
    const took = await timed(async () => {
      for (let partition = 0; partition < this.#options.tasks; partition++) {
        const about = {
          application: appId,
          topology: 'bench',
          partition,
          task: taskId('bench', partition),
          codeVersion: '',
        };
        const { signal } = new AbortController();
        const ends = () => this.#log.admin.offsets([{ topic: this.#names.changelog, partition }], 'latest');
        const changelogEnd = async () => (await ends())[0]!;
        const manifest = await writeCheckpoint(about, {
          ...{ checkpoints, store, clock: systemClock, random: systemRandom, changelogEnd, signal },
        });
        bytes += manifest!.files.reduce((sum, file) => sum + file.bytes, 0);
      }
    });
    say(`checkpoint taken:    ${this.#line(took)}; ${(bytes / 1e6).toFixed(0)} MB are kept`);
  }

  /** Some entries of each task, from first to last. */
  async #check(store: Store): Promise<void> {
    const { tasks, valueBytes, updates } = this.#options;
    for (let index = 0; index < this.#entries; index += Math.ceil(this.#entries / 997)) {
      const keys = new TaskKeys(taskId('bench', index % tasks));
      const [value] = await store.getMany([keys.entry(items.name, keyOf(index))]);
      if (!value?.equals(valueAt(this.#random, index + updates, valueBytes)))
        throw new Error(`entry ${index} is not what it was`);
    }
  }
}

function perSecond(count: number, seconds: number): string {
  return grouped(Math.round(count / seconds));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
