// The partitioner: Kafka's murmur2, checked with kafkajs and with the values that Kafka's own tests list.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { murmur2, partitionOf } from '../../log/partitioner.ts';
import { oracleMurmur2 } from './kafkajs-codec.ts';

describe('the partitioner', () => {
  it("hashes as Kafka's own tests say", () => {
    const known: readonly (readonly [string, number])[] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ['abc', 479470107],
    ];
    for (const [key, hash] of known) assert.equal(murmur2(Buffer.from(key)) | 0, hash, key);
  });

  it('agrees with kafkajs on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        assert.equal(murmur2(bytes) | 0, oracleMurmur2(Buffer.from(bytes)));
      }),
    );
  });

  it('puts any key, long ones too, into the partition that its UTF-8 bytes give', () => {
    const key = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1000, maxLength: 1100 }));
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 100 }), (text, partitions) => {
        assert.equal(partitionOf(text, partitions), (oracleMurmur2(Buffer.from(text)) & 0x7fffffff) % partitions);
      }),
    );
  });
});
