// Quarantine held against a model of a few lines, through crashes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loose, steps, withBench } from './quarantine-bench.ts';

type Action =
  | { type: 'send'; key: string; breaks: boolean; loose: boolean }
  | { type: 'say'; key: string; action: string; stale: boolean; edit: boolean }
  | { type: 'crash' | 'run' | 'mend' };

const key = fc.constantFrom('a', 'b', 'c');
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('send' as const),
      key,
      breaks: fc.boolean(),
      loose: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('say' as const),
      key,
      action: fc.constantFrom('replay', 'replay', 'drop', 'other'),
      stale: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      edit: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('crash' as const, 'run' as const, 'run' as const, 'mend' as const)
      .map((type) => ({ type })),
  },
);

interface ModelRecord {
  readonly n: number;
  readonly until: number;
}

/** What quarantine means, without an engine. */
class Model {
  readonly done: string[] = [];
  readonly heads = new Map<string, ModelRecord[]>();
  readonly full = new Set<string>();
  letters = 0;

  take(name: string, record: ModelRecord, now: number, isLoose: boolean): void {
    const queue = this.heads.get(name);
    const fails = now < record.until;
    if (queue && !isLoose) {
      if (queue.length < 4 && !this.full.has(name)) queue.push(record);
      else {
        this.full.add(name);
        this.letters++;
      }
    } else if (!fails) this.done.push(`${name}${record.n}`);
    else {
      this.letters++;
      if (!isLoose) this.heads.set(name, [record]);
    }
  }

  obey(name: string, { action: verb, edited }: { action: string; edited: ModelRecord | undefined }, now: number): void {
    const queue = this.heads.get(name);
    if (!queue || verb === 'other') return;
    if (verb === 'drop') queue.shift();
    else if (edited) queue[0] = edited;
    while (queue.length > 0 && now >= queue[0]!.until) this.done.push(`${name}${queue.shift()!.n}`);
    if (queue.length > 0) this.letters++;
    else {
      this.heads.delete(name);
      this.full.delete(name);
    }
  }
}

test('whatever fails, is said and crashes: each key in its order, exactly once, and nothing else stands still', async () => {
  const property = fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), (actions) =>
    withBench(async ({ driver, clock, send, say, letters, results, held, totals }) => {
      const model = new Model();
      const places = new Map<string, string>();
      let pending: ((now: number) => void)[] = [];
      const brokenFor = 1_000_000;
      let told = 0;
      const finished: string[] = [];
      const run = async () => {
        const now = clock.now();
        for (const each of pending) each(now);
        pending = [];
        await driver.run();
        const news = await letters();
        told += news.length;
        for (const { key: name, place } of news) if (place !== undefined) places.set(name, place);
        finished.push(...(await results()));
      };
      for (const each of actions) {
        switch (each.type) {
          case 'send': {
            const until = each.breaks ? clock.now() + brokenFor : 0;
            const n = await send(each.key, { until }, each.loose ? loose : steps);
            pending.push((now) => model.take(each.key, { n, until }, now, each.loose));
            break;
          }
          case 'say': {
            // What it names must be known by then, so that model and operator mean the same.
            await run();
            const edited = each.edit && each.action === 'replay' ? { n: 1_000, until: 0 } : undefined;
            const value = edited ? Buffer.from(JSON.stringify(edited)).toString('base64') : null;
            const place = each.stale ? 'steps-0@999' : (places.get(each.key) ?? 'none');
            await say(each.key, { place, action: each.action, value });
            if (!each.stale) pending.push((now) => model.obey(each.key, { action: each.action, edited }, now));
            break;
          }
          case 'mend':
            await run();
            await driver.advance(brokenFor);
            break;
          case 'crash':
            await driver.crash();
            break;
          case 'run':
            await run();
            break;
        }
      }
      await run();
      const ofKey = (list: readonly string[], name: string) => list.filter((text) => text.startsWith(name));
      for (const name of ['a', 'b', 'c']) assert.deepEqual(ofKey(finished, name), ofKey(model.done, name));
      assert.equal(told, model.letters);
      const records = [...model.heads.values()].reduce((sum, queue) => sum + queue.length, 0);
      assert.equal(await held(), records, 'nothing stays behind');
      assert.deepEqual((await totals()) ?? { keys: 0, records: 0 }, { keys: model.heads.size, records });
    }),
  );
  await fc.assert(property, { numRuns: 150 });
});
