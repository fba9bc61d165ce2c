// An import on its way into the log: it goes no faster than the log takes it, and what it tells is never ahead of the log.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { ndjsonLines } from '../../gateway/bulk-lines.ts';
import { productLines } from '../../gateway/import-products.ts';
import type { BulkRecord, LogWriter } from '../../gateway/log-writer.ts';
import { type TakeImport, takeImport } from '../../gateway/take-import.ts';
import { topics } from '../../schemas/topics.ts';
import type { CatalogChange, Import } from '../../schemas/types.generated.ts';

const beginning: Import = {
  importId: 'i',
  sellerId: 's',
  feedId: '',
  content: 'products',
  status: 'running',
  nextLine: 1,
  lines: 0,
  refused: 0,
  bytes: 0,
  startedAt: 1,
  updatedAt: 1,
};

/** Of about 10 KB each. */
const lineOf = (number: number) => {
  const product = { productId: `p${number}`, title: 'T', price: { amount: 1, currency: 'EUR' } };
  return `${JSON.stringify({ ...product, description: 'x'.repeat(10_000) })}\n`;
};

/** A log that acknowledges when it is told to. */
class SlowWriter {
  readonly taken: BulkRecord[][] = [];
  readonly #doors: PromiseWithResolvers<void>[] = [];
  isOpen = false;

  async appendAll(records: Iterable<BulkRecord>): Promise<void> {
    this.taken.push([...records]);
    if (this.isOpen) return;
    const door = Promise.withResolvers<void>();
    this.#doors.push(door);
    await door.promise;
  }

  acknowledge(error?: Error): void {
    const door = this.#doors.shift();
    if (error) door?.reject(error);
    else door?.resolve();
  }

  /** Each time that it was told how far the import is. */
  get marks(): Import[] {
    return this.taken
      .flat()
      .flatMap(({ topic, value }) => (topic.name === topics.imports.name ? [value as Import] : []));
  }

  get lines(): number[] {
    return this.taken
      .flat()
      .flatMap(({ topic, value }) =>
        topic.name === topics.catalogChanges.name ? [(value as CatalogChange).importLine] : [],
      );
  }
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};

function take(writer: SlowWriter, body: AsyncIterable<Buffer>, change: Partial<TakeImport> = {}) {
  return takeImport({
    writer: writer as unknown as LogWriter,
    clock: systemClock,
    closing: new AbortController().signal,
    before: beginning,
    pieces: ndjsonLines(body, { mostBytes: 1e9, longestLine: 1e6 }),
    read: productLines({ get: () => undefined }, 'upsert'),
    refusals: topics.catalogEvents,
    ...change,
  });
}

describe('an import', () => {
  test('is read no further than the log takes it, and the marks are behind what is acknowledged', async () => {
    const writer = new SlowWriter();
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      while (given < 2_000) yield Buffer.from(lineOf(++given));
    }
    const taking = take(writer, endless());
    await settle();
    writer.acknowledge();
    await settle();
    const held = given;
    assert.ok(held < 600, `${held} lines of 10 KB are in memory`);
    await settle();
    assert.equal(given, held, 'it waits');
    writer.acknowledge();
    await settle();
    assert.ok(given > held);
    assert.ok(writer.marks.every(({ nextLine }) => nextLine === 1 || writer.lines.includes(nextLine - 1)));
    const last = writer.marks.at(-1)!;
    assert.ok(last.nextLine > 1 && last.nextLine <= held + 1, 'only what was acknowledged is told');
    writer.isOpen = true;
    while (given < 2_000) {
      writer.acknowledge();
      await settle();
    }
    writer.acknowledge();
    const report = await taking;
    assert.deepEqual([report.nextLine, report.accepted], [2_001, 2_000]);
    assert.equal(writer.marks.at(-1)?.status, 'taken');
  });

  test('whose source breaks off says what the log has, and throws what happened', async () => {
    const writer = new SlowWriter();
    writer.isOpen = true;
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${lineOf(1)}${lineOf(2)}{"half":`);
      throw new Error('connection reset');
    }
    await assert.rejects(take(writer, broken()), /connection reset/);
    const last = writer.marks.at(-1)!;
    assert.deepEqual([last.status, last.nextLine, last.lines], ['interrupted', 3, 2]);
  });

  test('ends when the gateway closes', async () => {
    const writer = new SlowWriter();
    writer.isOpen = true;
    const closing = new AbortController();
    async function* body(): AsyncGenerator<Buffer> {
      for (let number = 1; ; number++) {
        if (number === 5) closing.abort();
        yield Buffer.from(lineOf(number));
      }
    }
    await assert.rejects(take(writer, body(), { closing: closing.signal }), (error) =>
      isStockstreamError(error, 'IMPORT_INTERRUPTED'),
    );
    assert.deepEqual([writer.marks.at(-1)?.status, writer.marks.at(-1)?.nextLine], ['interrupted', 6]);
  });

  test('that the log refuses fails, and tells nothing of what was refused', async () => {
    const writer = new SlowWriter();
    async function* body(): AsyncGenerator<Buffer> {
      for (let number = 1; number <= 1_000; number++) yield Buffer.from(lineOf(number));
    }
    const taking = take(writer, body());
    taking.catch(() => {});
    await settle();
    writer.acknowledge();
    await settle();
    writer.isOpen = true;
    writer.acknowledge(new Error('the disk is full'));
    await assert.rejects(taking, /the disk is full/);
    assert.ok(writer.marks.every(({ nextLine }) => nextLine === 1));
  });
});
