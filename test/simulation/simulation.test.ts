// The simulation within reach of every test run: some seeds hold all promises under faults that did strike, a seed means
// the same each time, and every planted bug is caught. Hundreds of seeds are `stockstream simulate`'s.
// Seeds run on a thread of their own: the hooks of the test runner make promises slow, and there are millions.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { canaries } from './canaries/list.ts';
import { checkerNames } from './checkers/list.ts';
import { type Counts, count } from './counts.ts';
import { type FaultName, faultNames } from './fault-names.ts';
import { hunt } from './hunt.ts';
import { totalRows } from './report.ts';
import { SeedThread } from './seed-thread.ts';
import type { SeedResult } from './seed-worker.ts';

/** Cheap ones that have each class of faults, and all that is named below, twice at least. */
const seeds = [3, 6, 7, 8, 14, 17, 19, 20, 21, 22, 26, 29, 36, 37, 39, 40, 41, 44, 55];
/** Each found a fault of the engine once, which has a test of its own, too. As seed 8 did, above. */
const knownSeeds: readonly (readonly [seed: number, fault: string])[] = [
  [2132, "one record that was deleted of a changelog was taken for the log's own mark"],
  [114, 'offsets of a transaction that a newer producer had ended were waited for, for ever'],
  [1214, 'a member that was replaced while it joined neither worked nor ended'],
];
const thread = new SeedThread();
after(() => thread.close());

function violationsOf({ seed, violations }: SeedResult): string[] {
  return violations.map(({ checker, what }) => `seed ${seed}: ${checker}: ${what}`);
}

describe('the simulation', () => {
  const totals: Counts = new Map();
  const digests = new Map<number, string>();

  for (const seed of seeds) {
    test(`holds all promises with seed ${seed}`, async () => {
      const result = await thread.run({ seed, replay: seed % 3 === 0 });
      assert.deepEqual(violationsOf(result), []);
      digests.set(seed, result.digest);
      for (const [name, number] of result.numbers) count(totals, name, number);
    });
  }

  for (const [seed, fault] of knownSeeds) {
    test(`holds all promises with seed ${seed}, where ${fault}`, async () => {
      assert.deepEqual(violationsOf(await thread.run({ seed })), []);
    });
  }

  test('had what it names: work, crashes, zombies, rebalances, duplicates, delays and losses', () => {
    const names = totalRows.flatMap(([, ...parts]) => parts.map(([name]) => name));
    assert.deepEqual(
      names.filter((name) => (totals.get(name) ?? 0) === 0),
      [],
    );
  });

  test('had every class of faults', () => {
    assert.deepEqual(
      faultNames.filter((name) => (totals.get(`fault: ${name}`) ?? 0) === 0),
      [],
    );
  });

  test('gives the same bytes for the same seed, told or not, and others for others', async () => {
    const told: string[] = [];
    const again = await thread.run({ seed: 7, verbose: true }, (_, text) => told.push(text));
    assert.equal(again.digest, digests.get(7));
    assert.equal(new Set(digests.values()).size, seeds.length);
    assert.ok(told.length > 0);
  });
});

/** A bug of each kind; `stockstream simulate --canary all` plants all of them. */
const sample: ReadonlySet<string> = new Set([
  'unfenced transactions',
  'state before the log',
  'dead letters dropped',
  'lost store write',
  'wipe at the start',
  'forgetful storage',
  'deletions forgotten at once',
  'damaged values taken for none',
  'damaged checkpoints believed',
  'full disk of a worker unnoticed',
  'impatient view',
  'sold twice',
  'releases forgotten',
  'impure decision',
]);

describe('a planted bug is caught:', () => {
  for (const canary of canaries.filter(({ name }) => sample.has(name))) {
    test(`${canary.name}: ${canary.bug}`, async () => {
      const { caught, seen } = await hunt(canary, thread);
      assert.ok(caught, `${canary.seeds} seeds without the checker that is meant for it, only: ${seen.join(', ')}`);
    });
  }

  test('one at least for each promise, and for each kind of fault', () => {
    const caughtBy = new Set(canaries.flatMap((canary) => canary.caughtBy));
    assert.deepEqual(
      checkerNames.filter((name) => !caughtBy.has(name)),
      [],
    );
    const needed = new Set<string>(canaries.flatMap(({ needs = [] }) => needs));
    const classes: readonly FaultName[] = [
      'kill',
      'kill at a boundary',
      'kill and empty the disk',
      'crash the machine',
      'rebalance during a restore',
      'repeat ends of transactions',
      'fill the disk of the log',
      'fill the disk of a worker',
      'flip bits in the log',
      'flip bits in a store',
      'empty a changelog',
      'flip bits in a checkpoint',
      'kill in a checkpoint',
      'views time out after writing',
      'views are away',
    ];
    assert.deepEqual(
      classes.filter((name) => !needed.has(name)),
      [],
    );
  });

  test('a seed with one breaks the same promises in the same words each time', async () => {
    const task = { seed: 3, canary: 'sold twice' };
    const [first, again] = [await thread.run(task), await thread.run(task)];
    assert.ok(first.violations.length > 0);
    assert.deepEqual(again, first);
  });
});
