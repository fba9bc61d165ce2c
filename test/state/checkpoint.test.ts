// Checkpoints of a task: whatever was committed before and after one, a store that starts with it and reads the changelog's
// tail has what the task has; whatever is damaged is found, and the one before it taken, then the changelog.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StockstreamError } from '../../base/errors.ts';
import { seededRandom } from '../../base/random.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { type CheckpointManifest, checkpointId, timeOfId } from '../../state/checkpoint-manifest.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { type CheckpointFiles, memoryCheckpoints } from '../../state/checkpoints/memory/memory-checkpoints.ts';
import { TaskKeys } from '../../state/keys.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { listCheckpoints, readManifest, verifyCheckpoint } from '../../state/read-checkpoint.ts';
import { restore } from '../../state/restore.ts';
import type { Store } from '../../state/store.ts';
import type { StoreSpec } from '../../state/store-spec.ts';
import { jsonSerde, progressKey, progressStore } from '../../state/task-state.ts';
import { writeCheckpoint } from '../../state/write-checkpoint.ts';
import { type Change, changelog, ToyChangelog } from './toy-changelog.ts';

interface Item {
  readonly until?: number;
}

const hour = 3_600_000;
const maxAgeMs = 12 * hour;
const items: StoreSpec<Item> = { name: 'items', serde: jsonSerde(), expiresAt: ({ until }) => until };
const specs = [items, { name: 'z', serde: jsonSerde() }] as StoreSpec<unknown>[];
const task = { application: 'app', topology: 'toy', partition: 0, task: 'toy_0', codeVersion: '1.0.0' };

/** A task's changelog, its running state, and what its checkpoints are kept in. */
class World {
  readonly clock = new SteppedClock();
  readonly random = seededRandom(1);
  readonly files: CheckpointFiles = new Map();
  readonly changelog = new ToyChangelog();
  readonly passedOver: string[] = [];
  readonly loaded: string[] = [];
  readonly store = memoryStore(new MemoryDisk());
  checkpoints: CheckpointStore = memoryCheckpoints(this.files);
  #commit = 0;

  /** Appends a commit; the state has it once it was restored. */
  async commit(changes: readonly Change[]): Promise<void> {
    const progress = JSON.stringify({ commit: ++this.#commit, now: this.clock.now(), inputs: { in: this.#commit } });
    this.changelog.append(this.clock.now(), [...changes, [progressStore.name, progressKey, progress]]);
    await this.restoreTo(this.store, false);
  }

  restoreTo(store: Store, withCheckpoints = true, signal = new AbortController().signal) {
    const { clock } = this;
    const checkpoints = withCheckpoints
      ? {
          checkpoints: this.checkpoints,
          onLoaded: ({ id }: CheckpointManifest) => this.loaded.push(id),
          onPassedOver: ({ message }: Error) => this.passedOver.push(message),
        }
      : undefined;
    const { log } = this.changelog;
    return restore({ log, store, clock, task: task.task, changelog, specs, maxAgeMs, signal, checkpoints });
  }

  checkpoint(options: { known?: number; blockBytes?: number; signal?: AbortSignal; store?: Store } = {}) {
    const { checkpoints, store, clock, random } = this;
    const changelogEnd = async () => this.changelog.end;
    const { signal } = new AbortController();
    return writeCheckpoint(task, { checkpoints, store, clock, random, changelogEnd, signal, ...options });
  }
}

/** Entries and live rows of the time index; stale rows may differ. */
async function contentOf(store: Store): Promise<string[]> {
  const keys = new TaskKeys(task.task);
  const all = await store.scan(keys.all, { limit: 10_000 });
  const entries = all.filter(({ key }) => keys.isEntry(key));
  const values = new Map(entries.map(({ key, value }) => [key.toString('latin1'), value.toString()]));
  const rows = all
    .filter(({ key }) => !keys.isEntry(key) && !key.equals(keys.position))
    .map(({ key }) => keys.timeOf(key));
  const live = rows.filter(({ at, store: name, key }) => {
    const value = values.get(keys.entry(name, key).toString('latin1'));
    return value !== undefined && (JSON.parse(value) as Item).until === at;
  });
  return [...[...values].map(([key, value]) => `${key}=${value}`), ...live.map(({ at, key }) => `${at} ${key}`)].sort();
}

const anyChange = fc.record({
  store: fc.constantFrom('items', 'z'),
  key: fc.constantFrom('a', 'b', 'c', 'ä', 'a/1'),
  value: fc.option(fc.record({ until: fc.integer({ min: 1, max: 5 }) }, { requiredKeys: [] })),
});
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('commit' as const), changes: fc.array(anyChange, { maxLength: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('checkpoint' as const), block: fc.integer({ min: 1, max: 200 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact' as const) }) },
);

test('a checkpoint and the tail are the state, whatever was committed, waited and compacted', async () => {
  let loads = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
      const world = new World();
      for (const step of steps) {
        if (step.type === 'commit') {
          const changes = step.changes.map(
            ({ store, key, value }): Change => [store, key, value && JSON.stringify(value)],
          );
          await world.commit(changes);
        } else if (step.type === 'checkpoint') await world.checkpoint({ blockBytes: step.block });
        else if (step.type === 'wait') world.clock.step(step.hours * hour);
        else world.changelog.compact(world.clock.now() - 24 * hour);
      }
      const store = memoryStore();
      await world.restoreTo(store);
      loads += world.loaded.length;
      assert.deepEqual(await contentOf(store), await contentOf(world.store));
    }),
    { numRuns: 300 },
  );
  assert.ok(loads > 50, `only ${loads} runs began with a checkpoint`);
});

/** Three commits, a checkpoint after each but the last. */
async function threeCommits() {
  const world = new World();
  await world.commit([
    ['items', 'a', '{}'],
    ['items', 'b', '{"until":3}'],
    ['z', 'c', '{}'],
  ]);
  const first = await world.checkpoint({ blockBytes: 60 });
  world.clock.step(1000);
  await world.commit([
    ['items', 'a', null],
    ['items', 'd', '{"until":5}'],
  ]);
  const second = await world.checkpoint({ blockBytes: 60 });
  world.clock.step(1000);
  await world.commit([['z', 'c', '{"until":1}']]);
  assert.ok(first && second);
  const restored = async () => {
    const store = memoryStore();
    await world.restoreTo(store);
    assert.deepEqual(await contentOf(store), await contentOf(world.store));
    return { loaded: world.loaded.splice(0), passedOver: world.passedOver.splice(0) };
  };
  return { world, first, second, restored };
}

describe('damage', () => {
  test('a flipped bit anywhere in a checkpoint is found, and the one before it is taken', async () => {
    const { world, first, second, restored } = await threeCommits();
    const keys = [...world.files.keys()].filter((key) => key.includes(second.id));
    assert.ok(keys.length > 2, 'several files');
    for (const key of keys) {
      const whole = world.files.get(key)!;
      for (let at = 0; at < whole.length; at++) {
        const flipped = Buffer.from(whole);
        flipped[at]! ^= 1 << (at % 8);
        world.files.set(key, flipped);
        // The line end behind a manifest says nothing.
        const isSpace = /^\s$/.test(String.fromCharCode(whole[at]!)) && /^\s$/.test(String.fromCharCode(flipped[at]!));
        const { loaded, passedOver } = await restored();
        if (isSpace) continue;
        assert.deepEqual(loaded, [first.id], `${key}, byte ${at}`);
        assert.match(passedOver.join(), new RegExp(`${second.id} cannot be used`));
      }
      world.files.set(key, whole);
    }
  });

  test('so is a file that is cut off, longer, empty or missing', async () => {
    const { world, first, second, restored } = await threeCommits();
    for (const key of [...world.files.keys()].filter((each) => each.includes(second.id))) {
      const whole = world.files.get(key)!;
      const broken = [...whole.keys()].map((length) => whole.subarray(0, length));
      for (const bytes of [...broken.slice(0, -1), Buffer.concat([whole, Buffer.from('x')]), undefined]) {
        if (bytes === undefined) world.files.delete(key);
        else world.files.set(key, bytes);
        assert.deepEqual((await restored()).loaded, [first.id], `${key}, ${bytes?.length} bytes`);
      }
      world.files.set(key, whole);
    }
  });

  test('one that lies in the place of another is not taken for it', async () => {
    const { world, first, second, restored } = await threeCommits();
    for (const [key, bytes] of [...world.files]) {
      if (key.includes(first.id)) world.files.set(key.replace(first.id, second.id), bytes);
    }
    const { loaded, passedOver } = await restored();
    assert.deepEqual(loaded, [first.id]);
    assert.match(passedOver.join(), /it lies where toy_0\/\S+ should be/);
  });

  test('if none is whole, or none can be reached, the changelog is read', async () => {
    const { world, restored } = await threeCommits();
    for (const key of world.files.keys()) if (key.includes('data')) world.files.set(key, Buffer.from('junk'));
    const { loaded, passedOver } = await restored();
    assert.deepEqual([loaded.length, passedOver.length], [0, 2]);
    await world.checkpoints.close();
    assert.match((await restored()).passedOver.join(), /cannot be reached now/);
  });

  test('of a load that broke off nothing remains, with a checkpoint later or without', async () => {
    const { second } = await threeCommits();
    for (const isThere of [true, false]) {
      for (let writes = 1; writes <= second.files.length; writes++) {
        const { world } = await threeCommits();
        const disk = new MemoryDisk();
        const abort = new AbortController();
        const dying = memoryStore(disk);
        let count = 0;
        const write: Store['write'] = async (batch) => {
          await dying.write(batch);
          if (++count === writes) abort.abort();
        };
        await world.restoreTo({ ...methodsOf(dying), write }, true, abort.signal);
        const after = memoryStore(disk);
        assert.notDeepEqual(await contentOf(after), []);
        // What was left would show, since nothing tells of its deletion any more.
        await world.commit([
          ['items', 'b', null],
          ['items', 'd', null],
        ]);
        if (!isThere) {
          world.clock.step(30 * hour);
          world.changelog.compact(world.clock.now() - 24 * hour);
        }
        await world.restoreTo(after, isThere);
        assert.deepEqual(await contentOf(after), await contentOf(world.store));
      }
    }
  });
});

function methodsOf(store: Store): Store {
  return {
    getMany: (keys) => store.getMany(keys),
    scan: (range, options) => store.scan(range, options),
    batch: () => store.batch(),
    write: (batch) => store.write(batch),
    snapshot: () => store.snapshot(),
    close: () => store.close(),
  };
}

describe('which one', () => {
  test('the newest, and of the changelog only what came after it', async () => {
    const { world, second, restored } = await threeCommits();
    const before = world.changelog.reads;
    assert.deepEqual(await restored(), { loaded: [second.id], passedOver: [] });
    assert.equal(world.changelog.reads - before, 2);
  });

  test('a store that has state goes on with it', async () => {
    const { world } = await threeCommits();
    await world.restoreTo(world.store);
    assert.deepEqual(world.loaded, []);
  });

  test('none that is older than deletions are remembered, unless nothing came after it', async () => {
    const { world, restored } = await threeCommits();
    world.clock.step(13 * hour);
    const { loaded, passedOver } = await restored();
    assert.deepEqual([loaded, passedOver.length], [[], 2]);
    assert.match(passedOver.join(), /deletions since then may have been forgotten/);
    // What stands still at the end of its changelog is as of now.
    const fresh = await world.checkpoint();
    world.clock.step(11 * hour);
    await world.commit([['items', 'b', null]]);
    assert.deepEqual((await restored()).loaded, [fresh!.id]);
  });

  test('state of an owner that others have overtaken is not as of now', async () => {
    const { world } = await threeCommits();
    const zombie = memoryStore();
    await world.restoreTo(zombie);
    world.clock.step(13 * hour);
    await world.commit([['items', 'b', null]]);
    const late = await world.checkpoint({ store: zombie });
    assert.ok(late && late.position.at < world.clock.now() - 12 * hour);
  });

  test('none that stands past the end of the changelog, or before its beginning', async () => {
    const { world } = await threeCommits();
    world.changelog.earliest = world.changelog.end;
    // What was deleted of the changelog is nowhere then.
    await assert.rejects(world.restoreTo(memoryStore()), { code: 'STATE_CHANGELOG_LOST' });
    assert.match(world.passedOver.join(), /the changelog begins at/);
    const other = new World();
    for (const [key, bytes] of world.files) other.files.set(key, bytes);
    await other.restoreTo(memoryStore());
    assert.match(other.passedOver.join(), /the changelog ends at 0/);
  });
});

describe('taking one', () => {
  test('it says what it has, and all of it can be verified', async () => {
    const { world, second } = await threeCommits();
    const manifest = await readManifest(world.checkpoints, second);
    assert.deepEqual(manifest, second);
    const counts = Object.fromEntries(manifest.stores.map(({ name, entries }) => [name, entries]));
    assert.deepEqual(counts, { '@task': 1, items: 2, z: 1 });
    assert.deepEqual(manifest.progress, { commit: 2, now: second.takenAt, inputs: { in: 2 } });
    assert.equal(timeOfId(manifest.id), manifest.takenAt);
    await verifyCheckpoint(world.checkpoints, manifest, specs);
  });

  test('a value that does not decode is found by a verification', async () => {
    const world = new World();
    const picky = { name: 'z', serde: { ...jsonSerde(), decode: () => assert.fail('no such schema') } };
    await world.commit([['z', 'a', '{}']]);
    const manifest = await world.checkpoint();
    await assert.rejects(verifyCheckpoint(world.checkpoints, manifest!, [picky]), {
      code: 'CHECKPOINT_DAMAGED',
      message: /no such schema/,
    });
  });

  test('not without state, nor twice of the same', async () => {
    const world = new World();
    assert.equal(await world.checkpoint(), undefined);
    await world.commit([['items', 'a', '{}']]);
    const first = await world.checkpoint();
    assert.equal(await world.checkpoint({ known: first!.position.offset }), undefined);
    assert.equal((await listCheckpoints(world.checkpoints)).length, 1);
  });

  test('one that fails anywhere was never there', async () => {
    const { world } = await threeCommits();
    const known = await listCheckpoints(world.checkpoints);
    const inner = world.checkpoints;
    for (let puts = 0; puts < 5; puts++) {
      let count = 0;
      const put: CheckpointStore['put'] = async (key, bytes) => {
        if (count++ === puts) throw new StockstreamError('CHECKPOINTS_UNAVAILABLE', { reason: 'full' });
        await inner.put(key, bytes);
      };
      world.checkpoints = {
        ...inner,
        put,
        place: 'full',
        get: (key) => inner.get(key),
        list: (prefix) => inner.list(prefix),
      };
      await assert.rejects(world.checkpoint({ blockBytes: 60 }), { code: 'CHECKPOINTS_UNAVAILABLE' });
      assert.deepEqual(await listCheckpoints(inner), known);
    }
  });

  test('ids sort by time', () => {
    const times = [0, 1, 999, 1_700_000_000_000, 1_700_000_000_001, 4_000_000_000_000];
    const ids = times.map((time, index) => checkpointId(time, `${9 - index}0000000-`));
    assert.deepEqual([...ids].sort(), ids);
    assert.deepEqual(ids.map(timeOfId), times);
    assert.ok(Number.isNaN(timeOfId('manifest.json')));
  });
});
