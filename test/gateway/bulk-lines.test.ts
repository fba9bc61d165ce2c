// Lines of uploads and feeds come out the same however the bytes are cut, and a broken one costs itself alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BulkLine } from '../../gateway/bulk-line.ts';
import { type BulkOptions, type BulkPiece, csvLines, ndjsonLines } from '../../gateway/bulk-lines.ts';
import { type CsvColumns, plainRows } from '../../gateway/csv.ts';

const bounds: BulkOptions = { mostBytes: 10_000_000, longestLine: 65_536 };
const columns = (more: Partial<CsvColumns> = {}): CsvColumns => {
  return { required: ['a', 'b'], optional: [], rowUnder: plainRows(new Set()), ...more };
};

/** `text` in chunks of `size` bytes. */
async function* cut(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(pieces: AsyncIterable<BulkPiece>): Promise<BulkLine[]> {
  const lines: BulkLine[] = [];
  for await (const piece of pieces) lines.push(...piece.lines);
  return lines;
}

const values = (lines: readonly BulkLine[]) => {
  return lines.map((each) => ('value' in each ? { line: each.line, value: each.value } : { line: each.line }));
};

const size = fc.integer({ min: 1, max: 30_000 });

test('JSON comes out the same however the bytes are cut', async () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.record({ a: fc.string({ unit: 'grapheme' }) }, { noNullPrototype: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 10 }), fc.integer({ min: 1, max: 7 }), async (given, each) => {
      const text = given.map((one) => JSON.stringify(one)).join('\n');
      assert.deepEqual(
        values(await collect(ndjsonLines(cut(text, each), bounds))),
        given.map((one, index) => ({ line: index + 1, value: one })),
      );
    }),
  );
});

test('what is read ends with whole lines, and a reader that goes on there finds the rest', async () => {
  const line = fc.oneof(fc.constant(''), fc.constant('{"a":'), fc.constant('1'), fc.constant('x'.repeat(70_000)));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 8 }),
      fc.integer({ min: 9_000, max: 200_000 }),
      async (given, each) => {
        const text = given.join('\n');
        const all = await collect(ndjsonLines(cut(text, each), bounds));
        for await (const { nextLine, bytes } of ndjsonLines(cut(text, each), bounds)) {
          const rest = ndjsonLines(cut(text.slice(bytes), each), { ...bounds, fromLine: nextLine });
          assert.deepEqual(
            values(await collect(rest)),
            values(all.filter((found) => found.line >= nextLine)),
            `from ${nextLine}`,
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

const row = fc.oneof(
  fc.constantFrom('1,2', '"1","2"', ' "1" , 2 ').map((text) => ({ text, isRight: true })),
  fc.constantFrom('1', '1,2,3', '"1,2', '1","2', 'x'.repeat(66_000), '"').map((text) => ({ text, isRight: false })),
);

test('a broken row of CSV costs itself alone, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), fc.integer({ min: 500, max: 30_000 }), async (rows, each) => {
      const text = `\ufeffa,b\r\n${rows.map((one) => one.text).join('\r\n')}`;
      const right = { a: '1', b: '2' };
      assert.deepEqual(
        values(await collect(csvLines(cut(text, each), columns(), bounds))),
        rows.map(({ isRight }, index) => (isRight ? { line: index + 2, value: right } : { line: index + 2 })),
      );
    }),
    { numRuns: 60 },
  );
});

describe('cells over several lines', () => {
  const read = (text: string, each = 1_000) => {
    return collect(csvLines(cut(text, each), columns({ isMultiline: true }), bounds));
  };

  test('are one row, with the number of its first line', async () => {
    for (const each of [1, 3, 1_000]) {
      assert.deepEqual(values(await read('a,b\n1,"x\n\ny, ""z"""\n3,4\n', each)), [
        { line: 2, value: { a: '1', b: 'x\n\ny, "z"' } },
        { line: 5, value: { a: '3', b: '4' } },
      ]);
    }
  });

  test('that are never closed cost their first line alone', async () => {
    assert.deepEqual(values(await read('a,b\n1,"2\n3,4\n\n5,6')), [
      { line: 2 },
      { line: 3, value: { a: '3', b: '4' } },
      { line: 5, value: { a: '5', b: '6' } },
    ]);
  });

  test('that are closed in the wrong place cost their first line alone', async () => {
    assert.deepEqual(values(await read('a,b\n1,"2\n3,4\n5,"6"\n7,8')), [
      { line: 2 },
      { line: 3, value: { a: '3', b: '4' } },
      { line: 4, value: { a: '5', b: '6' } },
      { line: 5, value: { a: '7', b: '8' } },
    ]);
  });

  test('that go on for too long cost their first line alone, and no time', async () => {
    const began = performance.now();
    const found = await read(`a,b\n1,"2\n${'3,4\n'.repeat(50_000)}`);
    assert.equal(found.filter((each) => 'refusal' in each).length, 1);
    assert.equal(found.length, 50_001);
    const open = await read(`a,b\n${'1,"2""\n'.repeat(20_000)}`);
    assert.equal(open.length, 20_000);
    assert.ok(performance.now() - began < 20_000);
  });

  test('come out as they were written, whatever stands in them', async () => {
    const cell = fc.stringMatching(/^[a-z",\n ]{0,12}$/).map((text) => text.trim());
    const rows = fc.array(fc.record({ a: cell, b: cell }, { noNullPrototype: true }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, size, async (given, each) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = `a,b\n${given.map(({ a, b }) => `${quoted(a)},${quoted(b)}\n`).join('')}`;
        const said = given.map((one) => Object.fromEntries(Object.entries(one).filter(([, found]) => found !== '')));
        assert.deepEqual(
          (await read(text, each)).map((found) => ('value' in found ? found.value : found)),
          said,
        );
      }),
    );
  });
});

test('a header that has semicolons and no comma parts its rows by them', async () => {
  const found = await collect(csvLines(cut('a;b\n1,5;"2;3"\n4,5\n', 3), columns(), bounds));
  assert.deepEqual(values(found), [{ line: 2, value: { a: '1,5', b: '2;3' } }, { line: 3 }]);
});

test('the rest of a CSV comes under its header again, with the numbers that its lines had', async () => {
  const rest = csvLines(cut('a,b\n5,6\n7', 2), columns(), { ...bounds, fromLine: 5 });
  assert.deepEqual(values(await collect(rest)), [{ line: 5, value: { a: '5', b: '6' } }, { line: 6 }]);
});

test('a source that breaks off breaks the reading off', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('a,b\n1\n');
    throw new Error('connection reset');
  }
  await assert.rejects(collect(csvLines(broken(), columns(), bounds)), /connection reset/);
  await assert.rejects(collect(ndjsonLines(broken(), bounds)), /connection reset/);
});
