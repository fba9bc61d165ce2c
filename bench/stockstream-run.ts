// One contender of the bench: the shop, on the embedded log in this process, or on Kafka in a process of its own. All
// orders at once, or with `--rate` at a steady rate. Prints one line of JSON.
import '../bin/runtime.js';
import { parseArgs } from 'node:util';
import { usualPartitions } from '../schemas/topics.ts';
import { addresses, FlagError, oneOf, orExit, whole } from './flags.ts';
import { printResult, workloadFlags, workloadOf } from './peer-result.ts';
import { runEmbedded } from './run-embedded.ts';
import { runOnKafka } from './run-on-kafka.ts';
import { ordersOf, type SteadyOptions } from './steady.ts';
import type { WorkloadOptions } from './workload.ts';

const usage = `--log embedded|kafka --orders N --products N --load NAME --seed N --lines N|N-N
--partitions N  of the shop's topics (1 embedded, 8 on Kafka)
--paid          orders are paid, to placed; on the embedded log
--profile PATH  of the shop's thread, as PATH.cpuprofile and PATH.svg; on the embedded log
--rate N        a steady rate instead of all orders at once, with --seconds N and --warmup N
--brokers LIST  --threads N  --app-node FLAG   of the application on Kafka; the last may be repeated
--at-least-once  without transactions, to measure what they cost; on Kafka`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      ...workloadFlags,
      log: { type: 'string', default: 'embedded' },
      'at-least-once': { type: 'boolean', default: false },
      partitions: { type: 'string' },
      paid: { type: 'boolean', default: false },
      profile: { type: 'string' },
      rate: { type: 'string' },
      seconds: { type: 'string', default: '20' },
      warmup: { type: 'string', default: '0' },
      brokers: { type: 'string' },
      threads: { type: 'string', default: '1' },
      'app-node': { type: 'string', multiple: true, default: [] },
    },
  });
  const log = oneOf('log', values.log, ['embedded', 'kafka'] as const);
  const { partitions = String(usualPartitions[log]) } = values;
  const options = {
    log,
    workload: { ...workloadOf(values), partitions: whole('partitions', partitions, [1, 1000]) },
    isPaid: values.paid,
    profile: values.profile,
    rate: values.rate === undefined ? undefined : whole('rate', values.rate, [1, 1_000_000]),
    seconds: whole('seconds', values.seconds, [1, 3600]),
    warmup: whole('warmup', values.warmup, [0, 3600]),
    brokers: values.brokers === undefined ? [] : addresses('brokers', values.brokers),
    threads: whole('threads', values.threads, [1, 64]),
    nodeFlags: values['app-node'],
    isAtLeastOnce: values['at-least-once'],
  };
  if (options.log === 'kafka' && options.brokers.length === 0) throw new FlagError('--log kafka needs --brokers');
  if (options.log === 'embedded' && options.isAtLeastOnce) throw new FlagError('--at-least-once is for --log kafka');
  if (options.log === 'kafka' && options.isPaid) throw new FlagError('--paid is for --log embedded');
  return options;
}

const { log, isPaid, profile, rate, seconds, warmup, workload: given, ...kafka } = orExit(usage, readOptions);
const steady: SteadyOptions | undefined = rate === undefined ? undefined : { rate, seconds, warmup };
const { minLines: _least, maxLines: _most, ...likePeer } = given;
const workload: WorkloadOptions = {
  ...(log === 'kafka' ? likePeer : given),
  ...(steady && { orders: ordersOf(steady) }),
  ...(isPaid && { isPaid }),
  ...(log === 'kafka' && { like: 'kafka-streams' }),
};
try {
  const result =
    log === 'kafka' ? await runOnKafka({ workload, steady, kafka }) : await runEmbedded(workload, steady, profile);
  const how = `${isPaid ? ', paid' : ''}${kafka.isAtLeastOnce ? ', at least once' : ''}`;
  printResult(`stockstream ${log}${how}`, workload, result);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
