// The embedded log against a plain model: any mix of appends, transactions, deletions, compactions and restarts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import { batchOf, offsetOf, readTexts } from './records.ts';

const partitions = [0, 1];
const topics = ['kept', 'compacted'] as const;

const values = fc.array(fc.tuple(fc.nat(5), fc.nat(99), fc.boolean()), { minLength: 1, maxLength: 4 }).map((all) =>
  // A third of the records of a key are tombstones, more or less.
  all.map(([key, value, isTombstone]) => (isTombstone && value % 3 === 0 ? `${key}:` : `${key}:${value}`)),
);
const target = fc.record({ topic: fc.constantFrom(...topics), partition: fc.constantFrom(...partitions) });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), target, values }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('commit' as const, 'abort' as const),
      batches: fc.array(fc.record({ target, values }), { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), target, share: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('compact' as const, 'reopen' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Target = typeof target extends fc.Arbitrary<infer T> ? T : never;

interface Written {
  readonly offset: number;
  readonly text: string;
}

class Model {
  readonly #written = new Map<string, Written[]>();
  readonly starts = new Map<string, number>();

  of(at: Target): Written[] {
    const key = `${at.topic} ${at.partition}`;
    const written = this.#written.get(key) ?? [];
    this.#written.set(key, written);
    return written;
  }

  add(at: Target, baseOffset: number, texts: readonly string[]): void {
    const written = this.of(at);
    assert.ok(baseOffset > (written.at(-1)?.offset ?? -1), 'offsets grow');
    for (const [index, text] of texts.entries()) written.push({ offset: baseOffset + index, text });
  }

  start(at: Target, offset: number): void {
    this.starts.set(`${at.topic} ${at.partition}`, offset);
  }

  /** What a reader from the start must find, as texts. */
  texts(at: Target): string[] {
    const start = this.starts.get(`${at.topic} ${at.partition}`) ?? 0;
    return this.of(at)
      .filter(({ offset }) => offset >= start)
      .map(({ offset, text }) => `${offset}=${text}`);
  }
}

async function runStep(log: EmbeddedLog, model: Model, each: Step): Promise<void> {
  if (each.do === 'append') {
    const { topic, partition } = each.target;
    const producer = await log.producer();
    model.add(each.target, await producer.append(topic, partition, batchOf(1, ...each.values)), each.values);
  } else if (each.do === 'commit' || each.do === 'abort') {
    const transaction = (await log.transactionalProducer('id')).begin();
    for (const { target: to, values: texts } of each.batches)
      transaction.append(to.topic, to.partition, batchOf(1, ...texts));
    if (each.do === 'abort') return transaction.abort();
    const appended = await transaction.commit();
    for (const [index, { target: to, values: texts }] of each.batches.entries()) {
      model.add(to, appended[index]?.baseOffset ?? -1, texts);
    }
  } else if (each.do === 'delete') {
    const offset = Math.floor(((await offsetOf(log, each.target, 'latest')) * each.share) / 100);
    await log.admin.deleteRecords(each.target, offset);
    model.start(each.target, await offsetOf(log, each.target, 'earliest'));
    assert.ok((await offsetOf(log, each.target, 'earliest')) >= offset);
  } else if (each.do === 'compact') await log.compact();
}

/** The last value of each key. */
function fold(texts: readonly string[]): Map<string, string> {
  const latest = new Map<string, string>();
  for (const text of texts) latest.set(text.slice(text.indexOf('=') + 1).split(':')[0] ?? '', text);
  return latest;
}

describe('the embedded log', { timeout: 20_000 }, () => {
  it('holds what a plain list holds, after any mix of steps', async () => {
    const settings = fc.record({ offsetGaps: fc.boolean(), tailBytes: fc.constantFrom(0, 1000, 10 ** 6) });
    await fc.assert(
      fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (options, steps) => {
        const [storage, model] = [new MemoryStorage(), new Model()];
        const open = () => openEmbeddedLog({ storage, clock: new SteppedClock(), activeTailBytes: 1, ...options });
        let log = await open();
        await log.admin.createTopics([
          { name: 'kept', partitions: 2, cleanup: 'delete' },
          { name: 'compacted', partitions: 2, cleanup: 'compact' },
        ]);
        for (const each of steps) {
          if (each.do === 'reopen') {
            await log.close();
            log = await open();
          } else await runStep(log, model, each);
        }
        for (const partition of partitions) {
          const kept = { topic: 'kept', partition } as const;
          assert.deepEqual(await readTexts(log, kept), model.texts(kept));
          const compacted = { topic: 'compacted', partition } as const;
          const [found, written] = [await readTexts(log, compacted), model.texts(compacted)];
          assert.ok(found.every((text) => written.includes(text)));
          // Old tombstones may be gone (the records are of the year 1970), values may not.
          const isValue = ([, text]: [string, string]) => !text.endsWith(':');
          assert.deepEqual([...fold(found)].filter(isValue).sort(), [...fold(written)].filter(isValue).sort());
        }
        await log.close();
      }),
      { numRuns: 300 },
    );
  });
});
