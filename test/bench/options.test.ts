// The bench's command line: what it takes, what it refuses, and how it says so.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FlagError } from '../../bench/flags.ts';
import { readOptions } from '../../bench/options.ts';

test('without flags it is the embedded log, three rounds of 100,000 orders', () => {
  const options = readOptions([]);
  assert.deepEqual(options?.workload, {
    orders: 100_000,
    products: 10_000,
    load: 'uniform',
    seed: 1,
    minLines: 1,
    maxLines: 3,
  });
  assert.deepEqual([options.log, options.rounds], ['embedded', 3]);
  assert.deepEqual(options.steady, { rates: ['half'], seconds: 15, warmup: 0 });
});

test('orders have as many lines as is said', () => {
  const linesOf = (text: string) => readOptions(['--lines', text])?.workload;
  assert.partialDeepStrictEqual(linesOf('5'), { minLines: 5, maxLines: 5 });
  assert.partialDeepStrictEqual(linesOf('2-4'), { minLines: 2, maxLines: 4 });
});

test('latency runs at several rates', () => {
  assert.deepEqual(readOptions(['--rate', '500,half'])?.steady.rates, [500, 'half']);
});

test('on Kafka the latency run has a warm-up', () => {
  const options = readOptions(['--log', 'kafka', '--brokers', '127.0.0.1:9092,[::1]:9093', '--threads', '2']);
  assert.ok(options?.log === 'kafka');
  assert.deepEqual(options.brokers, ['127.0.0.1:9092', '[::1]:9093']);
  assert.deepEqual([options.threads, options.kafkaStreams], [2, undefined]);
  assert.deepEqual(options.steady, { rates: [1000], seconds: 20, warmup: 10 });
});

describe('a wrong flag is named:', () => {
  const wrong: [args: string[], message: string][] = [
    [['--orders', 'abc'], '--orders abc: give a whole number from 1 to 2147483647'],
    [['--orders', '0'], '--orders 0: give a whole number from 1 to 2147483647'],
    [['--rounds', '1.5'], '--rounds 1.5: give a whole number from 1 to 1000'],
    [['--rate', '1e9'], '--rate 1e9: give a whole number from 1 to 1000000'],
    [['--rate', '1000,third'], '--rate third: give a whole number from 1 to 1000000'],
    [['--load', 'flat'], '--load flat: give one of uniform, zipf, hot'],
    [['--log', 'pulsar'], '--log pulsar: give one of embedded, kafka'],
    [['--redis', 'here'], '--redis here: give an address like redis://host:port'],
    [['--postgres', 'redis://here'], '--postgres redis://here: give an address like postgres://host:port'],
    [['--lines', '0'], '--lines 0: give a whole number from 1 to 5, or two of them like 1-5'],
    [['--lines', '3-1'], '--lines 3-1: give a whole number from 1 to 5, or two of them like 1-5'],
    [['--lines', '2-6'], '--lines 2-6: give a whole number from 1 to 5, or two of them like 1-5'],
    [['--lines', '1-2-3'], '--lines 1-2-3: give a whole number from 1 to 5, or two of them like 1-5'],
    [['--log', 'kafka', '--lines', '1'], '--lines is for --log embedded'],
    [['--threads', '2'], '--threads is for --log kafka'],
    [['--log', 'kafka', '--redis', 'redis://here'], '--redis is for --log embedded'],
    [['--log', 'kafka', '--brokers', 'here'], '--brokers here: give host:port, several with commas'],
    [
      ['--log', 'kafka', '--kafka-streams', 'no/such/run'],
      '--kafka-streams no/such/run: there is no program that can be run',
    ],
  ];
  for (const [args, message] of wrong) {
    test(args.join(' '), () => {
      assert.throws(() => readOptions(args), new FlagError(message));
    });
  }
});

describe('the program ends with 2 and its usage:', () => {
  const run = (file: string, ...args: string[]) => {
    const path = fileURLToPath(new URL(`../../bench/${file}`, import.meta.url));
    return spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  };
  const wrong: [file: string, args: string[], message: RegExp][] = [
    ['bench.ts', ['--orders', 'abc'], /^--orders abc: .*\n\nstockstream bench /],
    ['bench.ts', ['--nope'], /^Unknown option '--nope'\n\nstockstream bench /],
    ['stockstream-run.ts', ['--log', 'kafka'], /^--log kafka needs --brokers\n\n/],
    [
      'stockstream-run.ts',
      ['--log', 'kafka', '--brokers', '127.0.0.1:1', '--paid'],
      /^--paid is for --log embedded\n\n/,
    ],
    ['stockstream-run.ts', ['--at-least-once'], /^--at-least-once is for --log kafka\n\n/],
    ['stockstream-run.ts', ['--partitions', '0'], /^--partitions 0: .*\n\n/],
    ['peers/redis.ts', ['--variant', 'never'], /^--variant never: .*\n\n/],
  ];
  for (const [file, args, message] of wrong) {
    test(`${file} ${args.join(' ')}`, () => {
      const { status, stderr, stdout } = run(file, ...args);
      assert.match(stderr, message);
      assert.deepEqual([status, stdout], [2, '']);
    });
  }
});
