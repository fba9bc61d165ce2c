// Variable-length integers: sizes, round trips and the ends of their ranges.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { VarintReader, varintSize, varlongSize, writeVarint, writeVarlong } from '../../log/varint.ts';

const target = Buffer.alloc(16);
const farthest = 2 ** 52;

/** What the format says, in the plainest way: zigzag, then seven bits a byte, low bits first. */
function plainly(value: number): Buffer {
  let zigzag = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  const bytes: number[] = [];
  for (; zigzag >= 0x80n; zigzag >>= 7n) bytes.push(Number(zigzag & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(zigzag)]);
}

describe('varints', () => {
  it('of 32 bits are written as the format says and read back', () => {
    const edges = fc.constantFrom(0, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31));
    fc.assert(
      fc.property(fc.oneof(fc.integer(), edges), (value) => {
        const end = writeVarint(target, 0, value);
        assert.deepEqual(target.subarray(0, end), plainly(value));
        assert.equal(end, varintSize(value));
        const reader = new VarintReader(target);
        assert.equal(reader.varint(), value);
        assert.equal(reader.position, end);
      }),
    );
  });

  it('of 64-bit fields are written as the format says and read back, from -2^52 to 2^52 - 1', () => {
    const edges = fc.constantFrom(0, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, farthest - 1, -farthest);
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -farthest, max: farthest - 1 }), edges), (value) => {
        const end = writeVarlong(target, 0, value);
        assert.deepEqual(target.subarray(0, end), plainly(value));
        assert.equal(end, varlongSize(value));
        const reader = new VarintReader(target);
        assert.equal(reader.varlong(), value);
        assert.equal(reader.position, end);
      }),
    );
  });

  it('that are too long, too large or cut off are refused', () => {
    const read = (bytes: Buffer) => new VarintReader(bytes);
    assert.throws(() => read(Buffer.alloc(6, 0x80)).varint(), RangeError);
    assert.throws(() => read(Buffer.alloc(11, 0x80)).varlong(), RangeError);
    assert.throws(() => read(plainly(farthest)).varlong(), RangeError);
    assert.throws(() => read(Buffer.from([0x80])).varint(), RangeError);
    assert.throws(() => read(Buffer.from([0x80])).varlong(), RangeError);
    assert.throws(() => read(Buffer.alloc(0)).varint(), RangeError);
  });
});
