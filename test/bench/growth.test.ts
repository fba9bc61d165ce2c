// What `bench growth` takes on its command line, and what it refuses.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FlagError } from '../../bench/flags.ts';
import { readGrowthOptions } from '../../bench/growth.ts';

test('by products, partitions and threads, each with sizes of its own', () => {
  const sizesBy = (...args: string[]) => readGrowthOptions(args)?.sizes;
  assert.deepEqual(sizesBy(), [10_000, 100_000, 1_000_000]);
  assert.deepEqual(sizesBy('--by', 'partitions'), [1, 8, 64]);
  assert.deepEqual(sizesBy('--by', 'threads'), [1, 2]);
  assert.deepEqual(sizesBy('--by', 'threads', '--sizes', '1,4'), [1, 4]);
  assert.equal(readGrowthOptions(['--help']), undefined);
});

describe('a wrong flag is named:', () => {
  const wrong: [args: string[], message: string][] = [
    [['--by', 'racks'], '--by racks: give one of products, partitions, threads'],
    [['--sizes', '10,x'], '--sizes x: give a whole number from 1 to 10000000'],
    [['--by', 'partitions', '--sizes', '1,1001'], '--sizes 1001: give a whole number from 1 to 1000'],
    [['--by', 'threads', '--sizes', '2,2'], '--sizes 2,2: give each once'],
    [['--products', '10'], '--products: give --sizes'],
    [['--brokers', '127.0.0.1:9092'], '--brokers is for --by threads'],
    [['--by', 'threads', '--brokers', 'here'], '--brokers here: give host:port, several with commas'],
    [['--orders', '10'], '--orders 10: give a whole number from 1000 to 10000000'],
  ];
  for (const [args, message] of wrong) {
    test(args.join(' '), () => {
      assert.throws(() => readGrowthOptions(args), new FlagError(message));
    });
  }
});
