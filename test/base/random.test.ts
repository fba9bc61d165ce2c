// Randomness: the seeded sequence is a contract (a simulation's seed must mean the same tomorrow), the machine's is in range.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Random, seededRandom, systemRandom } from '../../base/random.ts';

describe('a seeded sequence', () => {
  test('is golden', () => {
    const random = seededRandom(42);
    assert.deepEqual(
      Array.from({ length: 4 }, () => random.next()),
      [0.6011037519201636, 0.44829055899754167, 0.8524657934904099, 0.6697340414393693],
    );
    assert.deepEqual(
      Array.from({ length: 8 }, () => random.int(100)),
      [17, 52, 27, 62, 86, 47, 24, 88],
    );
    assert.equal(random.uuid(), 'b438a907-d090-4402-b802-d7c5700893a3');
  });

  test('is the same for the same seed and another for another', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        assert.deepEqual(draw(seed), draw(seed));
        assert.notDeepEqual(draw(seed), draw(seed + 1));
      }),
    );
  });

  test('is even', () => {
    const random = seededRandom(7);
    const counts = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (let draw = 0; draw < 100_000; draw++) {
      const digit = random.int(10);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, `${counts}`);
  });
});

const sources: Readonly<Record<string, Random>> = { 'the machine': systemRandom, 'a seed': seededRandom(1) };
for (const [name, random] of Object.entries(sources)) {
  test(`${name} gives values in range`, () => {
    for (let draw = 0; draw < 1000; draw++) {
      const next = random.next();
      assert.ok(next >= 0 && next < 1);
      const whole = random.int(3);
      assert.ok(whole === 0 || whole === 1 || whole === 2);
    }
  });

  test(`${name} gives version 4 UUIDs, each another`, () => {
    const uuids = Array.from({ length: 100 }, () => random.uuid());
    for (const uuid of uuids)
      assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(new Set(uuids).size, 100);
  });
}
