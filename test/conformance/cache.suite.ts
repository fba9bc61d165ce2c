// What every adapter of the cache port must do. Registers its tests when called; an adapter gives an empty cache on a clock,
// and several views of one where it is shared.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../base/clock.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import {
  type Cache,
  type CacheEntry,
  type CacheWrite,
  cacheTimes,
  type Fill,
  type Looked,
} from '../../views/cache/cache.ts';

const none: CacheEntry = { version: 0, value: undefined };

function entry(version: number) {
  return { version, value: { productId: 'lamp', title: `Lamp ${version} "漢" \n`, version } };
}

export function cacheSuite(name: string, open: (clock: SteppedClock) => Promise<Cache>): void {
  const setUp = async (t: TestContext) => {
    // Of today: Redis drops by its own clock what is over.
    const clock = new SteppedClock(systemClock.now());
    const cache = await open(clock);
    t.after(() => cache.close());
    const write = (version: number, more: Partial<CacheWrite> = {}): CacheWrite => {
      return { id: 'lamp', ...entry(version), at: clock.now(), ...more };
    };
    const look = async (id = 'lamp') => (await cache.look([id]))[0]!;
    const lease = async () => leaseIn(await look());
    const fill = (given: string, version: number) => cache.fill([{ id: 'lamp', lease: given, entry: entry(version) }]);
    const put = async (version: number) => fill(await lease(), version);
    return { clock, cache, write, look, lease, fill, put };
  };

  it(`${name}: one who looks fills, the others wait, then all have it`, async (t) => {
    const { look, fill } = await setUp(t);
    const all = await Promise.all(Array.from({ length: 10 }, () => look()));
    const fillers = all.filter(({ kind }) => kind === 'fill');
    assert.equal(fillers.length, 1);
    assert.deepEqual(new Set(all.map(({ kind }) => kind)), new Set(['fill', 'wait']));
    await fill(leaseIn(fillers[0]!), 3);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(3) });
  });

  it(`${name}: what does not exist is known for a moment`, async (t) => {
    const { clock, cache, write, look, lease } = await setUp(t);
    await cache.fill([{ id: 'lamp', lease: await lease(), entry: none }]);
    assert.deepEqual(await look(), { kind: 'hit', entry: none });
    await cache.apply([write(1)]);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(1) });
    const other = leaseIn(await look('other'));
    await cache.fill([{ id: 'other', lease: other, entry: none }]);
    clock.step(cacheTimes.missing);
    assert.equal((await look('other')).kind, 'fill');
  });

  it(`${name}: many are looked for at once, in their order`, async (t) => {
    const { cache, put, look } = await setUp(t);
    await put(2);
    await look('wanted');
    const ids = ['wanted', 'lamp', ...Array.from({ length: 1_200 }, (_, index) => `many-${index}`)];
    const found = await cache.look(ids);
    assert.deepEqual([found[0], found[1]], [{ kind: 'wait' }, { kind: 'hit', entry: entry(2) }]);
    const leases = found.slice(2).map((each, index) => ({ id: ids[index + 2]!, lease: leaseIn(each) }));
    assert.equal(new Set(leases.map(({ lease }) => lease)).size, 1_200);
    await cache.fill(leases.map((each, index) => ({ ...each, entry: entry(index + 1) })));
    assert.deepEqual((await cache.look(ids)).at(-1), { kind: 'hit', entry: entry(1_200) });
    assert.deepEqual(await cache.look([]), []);
  });

  it(`${name}: the race: v1 is read, the stream tells v2, then v1 is filled in, and loses`, async (t) => {
    const { cache, write, look, lease, fill } = await setUp(t);
    const reader = await lease();
    await cache.apply([write(2)]);
    await fill(reader, 1);
    const second = await look();
    assert.deepEqual(second, { kind: 'fill', lease: leaseIn(second), old: undefined });
    await fill(leaseIn(second), 2);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(2) });
  });

  it(`${name}: the race, with v1 here already: v2 stays, and nobody is without`, async (t) => {
    const { clock, cache, write, look, lease, fill, put } = await setUp(t);
    await put(1);
    clock.step(cacheTimes.fresh);
    const reader = await lease();
    await cache.apply([write(2)]);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(2) });
    await fill(reader, 1);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(2) });
  });

  it(`${name}: the race, with a reader who knows more than was told: it wins`, async (t) => {
    const { cache, write, look, lease, fill } = await setUp(t);
    const reader = await lease();
    await cache.apply([write(1, { at: 0 }), write(2)]);
    assert.deepEqual(await look(), { kind: 'wait' });
    await fill(reader, 3);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(3) });
  });

  it(`${name}: the race, the other way: the stream tells v2 first, to a key that is not here`, async (t) => {
    const { clock, cache, write, look, lease, fill } = await setUp(t);
    await cache.apply([write(2)]);
    // The documents are behind: the reader finds v1 in them.
    await fill(await lease(), 1);
    assert.equal((await look()).kind, 'fill', 'v1 was not taken, and nobody waits for it');
    clock.step(cacheTimes.lease);
    await fill(await lease(), 2);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(2) });
  });

  it(`${name}: the race, with what does not exist: it was created meanwhile`, async (t) => {
    const { cache, write, look, lease } = await setUp(t);
    const reader = await lease();
    await cache.apply([write(1)]);
    await cache.fill([{ id: 'lamp', lease: reader, entry: none }]);
    assert.equal((await look()).kind, 'fill');
  });

  it(`${name}: a lease that is over, or was never given, fills nothing`, async (t) => {
    const { clock, look, lease, fill } = await setUp(t);
    const late = await lease();
    await fill('made-up', 9);
    clock.step(cacheTimes.lease);
    await fill(late, 1);
    const second = await look();
    assert.equal(second.kind, 'fill');
    await fill(late, 1);
    assert.deepEqual(await look(), { kind: 'wait' });
    await fill(leaseIn(second), 2);
    await fill(leaseIn(second), 3);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(2) }, 'a lease is good for one fill');
  });

  it(`${name}: a lease that is given back is the next one's`, async (t) => {
    const { cache, look, lease, put, clock } = await setUp(t);
    const given = await lease();
    await cache.release([{ id: 'lamp', lease: 'made-up' }]);
    assert.deepEqual(await look(), { kind: 'wait' });
    await cache.release([{ id: 'lamp', lease: given }]);
    await put(1);
    clock.step(cacheTimes.fresh);
    await cache.release([{ id: 'lamp', lease: await lease() }]);
    assert.deepEqual((await look()).kind, 'fill');
  });

  it(`${name}: what is old is filled by one, while the others have what is there; then it goes`, async (t) => {
    const { clock, look, fill, put } = await setUp(t);
    await put(1);
    clock.step(cacheTimes.fresh - 1);
    assert.equal((await look()).kind, 'hit');
    clock.step(1);
    const first = await look();
    assert.deepEqual(first, { kind: 'fill', lease: leaseIn(first), old: entry(1) });
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(1) });
    await fill(leaseIn(first), 1);
    clock.step(cacheTimes.fresh - 1);
    assert.equal((await look()).kind, 'hit', 'fresh anew');
    clock.step(cacheTimes.kept - cacheTimes.fresh + 1);
    const second = await look();
    assert.deepEqual(second, { kind: 'fill', lease: leaseIn(second), old: undefined });
    assert.deepEqual(await look(), { kind: 'wait' });
  });

  it(`${name}: nothing is given out beyond its time, even while somebody fills`, async (t) => {
    const { clock, look, lease, put } = await setUp(t);
    await put(1);
    clock.step(cacheTimes.kept - 1);
    await lease();
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(1) });
    clock.step(1);
    assert.deepEqual(await look(), { kind: 'wait' });
  });

  it(`${name}: a fill that is behind what is here changes nothing`, async (t) => {
    const { clock, look, lease, fill, put } = await setUp(t);
    await put(5);
    clock.step(cacheTimes.fresh);
    await fill(await lease(), 4);
    const again = await look();
    assert.deepEqual(again, { kind: 'fill', lease: leaseIn(again), old: entry(5) });
  });

  it(`${name}: the stream makes nothing that nobody looked for, and leaves no trace of what is long over`, async (t) => {
    const { clock, cache, write, look } = await setUp(t);
    await cache.apply([write(7)]);
    assert.equal((await look()).kind, 'fill');
    await cache.apply([write(7, { id: 'other', at: clock.now() - cacheTimes.floor })]);
    const other = await look('other');
    await cache.fill([{ id: 'other', lease: leaseIn(other), entry: entry(6) }]);
    assert.deepEqual(await look('other'), { kind: 'hit', entry: entry(6) });
  });

  it(`${name}: a floor stands for its time and no longer`, async (t) => {
    const { clock, cache, write, look, fill, lease } = await setUp(t);
    await cache.apply([write(7)]);
    clock.step(cacheTimes.floor - 1);
    await fill(await lease(), 6);
    assert.equal((await look()).kind, 'fill');
    clock.step(cacheTimes.lease + 1);
    await fill(await lease(), 6);
    assert.equal((await look()).kind, 'hit');
  });

  it(`${name}: takes thousands of writes at once`, async (t) => {
    const { cache, write, look, put } = await setUp(t);
    await put(1);
    const writes = Array.from({ length: 3_000 }, (_, index) => write(index + 2));
    await cache.apply([...writes, ...writes]);
    assert.deepEqual(await look(), { kind: 'hit', entry: entry(3_001) });
    await cache.apply([]);
    await cache.flush();
  });

  it(`${name}: however reads and the stream cross, nothing goes back, nothing older than told is given out`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 30, maxLength: 60 }), async (steps) => {
        const clock = new SteppedClock(systemClock.now());
        const cache = await open(clock);
        await cross(steps, cache, clock).finally(() => cache.close());
      }),
      { numRuns: 100 },
    );
  });

  it(`${name}: answers a ping until it is closed, and nothing after`, async (t) => {
    const { cache, write } = await setUp(t);
    await cache.ping();
    await cache.close();
    await cache.close();
    const unavailable = (error: unknown) => isStockstreamError(error, 'CACHE_UNAVAILABLE');
    await assert.rejects(cache.ping(), unavailable);
    await assert.rejects(cache.look(['lamp']), unavailable);
    await assert.rejects(cache.apply([write(1)]), unavailable);
    await assert.rejects(cache.fill([{ id: 'lamp', lease: 'x', entry: none }]), unavailable);
    await assert.rejects(cache.release([{ id: 'lamp', lease: 'x' }]), unavailable);
  });
}

type Step =
  | { readonly kind: 'change' | 'index' | 'tell' | 'fill' }
  | { readonly kind: 'read'; readonly reader: number }
  | Wait;
type Wait = { readonly kind: 'wait'; readonly milliseconds: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('change' as const, 'index' as const, 'tell' as const, 'fill' as const) }),
  fc.record({ kind: fc.constant('read' as const), reader: fc.nat(1) }),
  fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.constantFrom(500, 3_000, 10_000, 45_000) }),
);

/** A product changes, the documents and the stream's view come after, and two readers fill what they had read. */
async function cross(steps: readonly Step[], cache: Cache, clock: SteppedClock): Promise<void> {
  const readers = new Map<number, Fill>();
  let [current, documents, told, seen] = [1, 1, 0, 0];
  for (const each of steps) {
    if (each.kind === 'change') current++;
    if (each.kind === 'index') documents = Math.min(current, documents + 1);
    if (each.kind === 'fill') await cache.fill([...readers.values()]);
    if (each.kind === 'tell') {
      told = Math.min(current, told + 1);
      await cache.apply([{ id: 'lamp', ...entry(told), at: clock.now() }]);
    }
    if (each.kind === 'wait') {
      clock.step(each.milliseconds);
      // They are behind, but not for longer than a floor stands.
      documents = Math.max(documents, told);
    }
    if (each.kind !== 'read') continue;
    const [looked] = await cache.look(['lamp']);
    if (looked?.kind === 'fill') {
      readers.set(each.reader, { id: 'lamp', lease: looked.lease, entry: entry(documents) });
    }
    const given = looked?.kind === 'hit' ? looked.entry : looked?.kind === 'fill' ? looked.old : undefined;
    if (given === undefined) continue;
    assert.ok(given.version >= seen && given.version >= told, `${given.version} after ${seen}, told ${told}`);
    seen = given.version;
  }
}

function leaseIn(looked: Looked): string {
  assert.equal(looked.kind, 'fill');
  return looked.lease;
}
