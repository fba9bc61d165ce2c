// Compressed batches: those of the Java client in every codec read as what they hold, and ours can be read again.
// The fixtures are one batch of 40 records at offset 1000, made with kafka-clients 4.3.1.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Compression, compressBatch, decompressBatch } from '../../../log/kafka/compression.ts';
import { RecordBatch } from '../../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';

const javaBatches = {
  gzip: [
    'AAAAAAAAA+gAAAGS/////wJr4dvaAAEAAAAnAAABi8/laAAAAAGLz+VoJwAAAAAAAAAqAAMAAAARAAAAKB+LCAAAAAAAAP9t0L1qQmEQhOEPCS',
    'IiIiIiIiIiImLknN3zKwcRERER7yGFVdImkLvP7jdNimmmmad6mxBC9/P1+56sfz6+vl+L/5uEJrRa8U7Jndr99hZvIbfY3W7HW8mtdnc68c7I',
    'ndnd7cY7J3dud68X74Lchd39frxLcpd2Dwbxrshd2T0cxrsmdx1OYTTqxSzJhnRJDIzHACkDqYHJBEAYEAPTKYAyoAZmM4CMgczAfA6QM5AbWC',
    'wACgYKA8slQMlAaWC1AqgYqAys1wA1A15ys4lAWEnxktstACspXnK3A2AlxUvu9wCspHjJJAFgJcVLigCwkuIlswyAlRQvWRQArKR4yaoCYCXF',
    'Sx4OAKykeMmmiUBZSfWSxyMAK6le8nQCYCXVS57PAKykesnLBYCVVC95vQKwkuolbzcAVlK95P0OwEqql3w8AFhJ9ZLPJwArqXX4A5her+MUBQ',
    'AA',
  ].join(''),
  snappy: [
    'AAAAAAAAA+gAAAJj/////wK97UJqAAIAAAAnAAABi8/laAAAAAGLz+VoJwAAAAAAAAAqAAMAAAARAAAAKIJTTkFQUFkAAAAAAQAAAAEAAAIelA',
    'pAPAAAAAprZXktMCZ2YWx1ZSAuBgAUMAA8AAICBR8AMUofABQxADwABAQFHwAySh8AFDIAPAAGBgUfADNKHwAUMwA8AAgIBR8ANEofABQ0ADwA',
    'CgoFHwA1Sh8AFDUAPAAMDAUfADZKHwAUNgA8AA4OBR8AN0ofABQ3ADwAEBAFHwA4Sh8AFDgAPAASEgUfADlKHwAYOQBAABQUDCE2CDEwKC4xAQ',
    'kMGDEwAEAAFhYJIQAxTiEAFDEAQAAYGAkhADJOIQAUMgBAABoaCSEAM04hABQzAEAAHBwJIQA0TiEAFDQAQAAeHgkhADVOIQAUNQBAACAgCSEA',
    'Nk4hABQ2AEAAIiIJIQA3TiEAFDcAQAAkJAkhADhOIQAUOABAACYmCSEAOU4hACFKBCgoBSEAMk5KAQAyIUoEKioJIU5KARgyMQBAACwsCSFOSg',
    'EAMiFKBC4uCSFOSgEAMiFKBDAwCSFOSgEAMiFKBDIyCSFOSgEAMiFKBDQ0CSFOSgEAMiFKBDY2CSFOSgEAMiFKBDg4CSFOSgEAMiFKBDo6CSFO',
    'SgEAMiFKBDw8BSEAM05KAQAzIUoEPj4JIU5KAQAzIUoEQEAJIU5KAQAzIUoEQkIJIU5KAQAzIUoEREQJIU5KAQAzIUoERkYJIU5KAQAzIUoESE',
    'gJIU5KAQAzIUoESkoJIU5KAQAzIUoETEwJIU5KAQAzIUoETk4JIU5KAQgzOQA=',
  ].join(''),
  lz4: [
    'AAAAAAAAA+gAAAJx/////wIIum8yAAMAAAAnAAABi8/laAAAAAGLz+VoJwAAAAAAAAAqAAMAAAARAAAAKAQiTRhgQIIxAgAA+AI8AAAACmtleS',
    '0wJnZhbHVlIAYAYTAAPAACAh8AHzEfAABhMQA8AAQEHwAfMh8AAGEyADwABgYfAB8zHwAAYTMAPAAICB8AHzQfAABhNAA8AAoKHwAfNR8AAGE1',
    'ADwADAwfAB82HwAAYTYAPAAODh8AHzcfAABhNwA8ABAQHwAfOB8AAGE4ADwAEhIfAB85HwAAcDkAQAAUFAw2ATgxMCgxAQIMAHIxMABAABYWIQ',
    'AfMSEAAWIxAEAAGBghAB8yIQABYjIAQAAaGiEAHzMhAAFiMwBAABwcIQAfNCEAAWI0AEAAHh4hAB81IQABYjUAQAAgICEAHzYhAAFiNgBAACIi',
    'IQAfNyEAAWI3AEAAJCQhAB84IQABYjgAQAAmJiEAHzkhAAEASgEhKCghAB8ySgEBEDJKASIqKiEAD0oBARAySgEiLCwhAA9KAQEQMkoBIi4uIQ',
    'APSgEBEDJKASIwMCEAD0oBARAySgEiMjIhAA9KAQEQMkoBIjQ0IQAPSgEBEDJKASI2NiEAD0oBARAySgEiODghAA9KAQEQMkoBIjo6IQAPSgEB',
    'EDJKASE8PCEAHzNKAQEQM0oBIj4+IQAPSgEBEDNKASJAQCEAD0oBARAzSgEiQkIhAA9KAQEQM0oBIkREIQAfNO8BAHIzNABAAEZGIQAPSgEBED',
    'NKASJISCEAD0oBARAzSgEiSkohAA9KAQEQM0oBIkxMIQAPSgEBEDNKASJOTiEADkoBUGUgMzkAAAAAAA==',
  ].join(''),
  zstd: [
    'AAAAAAAAA+gAAAFU/////wI1n0F6AAQAAAAnAAABi8/laAAAAAGLz+VoJwAAAAAAAAAqAAMAAAARAAAAKCi1L/0AWLwIAMbSNCAgR0PDAQADIi',
    'NkAsGQyLIsILjllhsliiRZUpJkSVmcAjAAKwAoAMe4WDyHUKF4/l4i8dw5BOJ5a4fDc8YMhudrFQrPlSIQnqeJQAFBgIElARwIDCD+GT3GSuUO',
    'IYVyf28yuTsnkdxbi0TujEEg97Uej7tSDsc9qUtSiUbjLiWD8QybzT3GGO8Qvnd/r7W7c2vdW0vpzphGc18rk7krhcHc00rrcrlLabEcSzka3W',
    'MUie4QhkL390Cgu3Ofz701j+fOWKdzX6u9K8Xh3BNLbM67lAFPqBHgDRHq7hvwlTERIChXOBFOqA8VRREbRSwnajEkhUYqGjn91YpFEYuiTORI',
    '0qixVDxaPvActDywFCcSBg0oqwEAAA==',
  ].join(''),
};

describe('a batch of the Java client is read:', () => {
  for (const [codec, text] of Object.entries(javaBatches)) {
    test(codec, () => {
      const packed = Buffer.from(text, 'base64');
      assert.equal(new RecordBatch(packed).damage(), undefined);
      const batch = new RecordBatch(decompressBatch(packed));
      assert.equal(batch.damage(), undefined);
      assert.deepEqual([batch.baseOffset, batch.count, batch.producerId, batch.baseSequence], [1000, 40, 42, 17]);
      const records = [...batch.records()].map(({ offset, timestamp, key, value }) => [
        offset,
        timestamp,
        `${key} ${value}`,
      ]);
      const expected = Array.from({ length: 40 }, (_, index) => {
        return [1000 + index, 1_700_000_000_000 + index, `key-${index} value value value ${index}`];
      });
      assert.deepEqual(records, expected);
    });
  }

  test('snappy without framing, as other clients write it', () => {
    const framed = Buffer.from(javaBatches.snappy, 'base64');
    // Behind the frame's header and the length of its only block.
    const bare = Buffer.concat([framed.subarray(0, 61), framed.subarray(61 + 16 + 4)]);
    assert.deepEqual(decompressBatch(bare), decompressBatch(framed));
  });
});

describe('a batch of ours is packed and unpacked:', () => {
  const builder = new RecordBatchBuilder();
  for (let index = 0; index < 500; index++)
    builder.append(1000 + index, `key ${index}`, Buffer.from(`{"index":${index}}`));
  const identity = { producerId: 9, producerEpoch: 2, baseSequence: 5, transactional: true };
  const plain = builder.finish(7, identity);

  for (const codec of ['gzip', 'lz4', 'zstd'] satisfies Compression[]) {
    test(codec, () => {
      const packed = compressBatch(plain, codec);
      assert.ok(packed.length < plain.length / 2);
      const batch = new RecordBatch(packed);
      assert.equal(batch.damage(), undefined);
      assert.ok(batch.isTransactional && batch.count === 500 && batch.producerId === 9);
      assert.deepEqual(decompressBatch(packed), plain);
    });
  }

  test('not at all, if nothing is gained or nothing was asked for', () => {
    const tiny = new RecordBatchBuilder().append(1, null, Buffer.from('x')).finish(0);
    for (const codec of ['gzip', 'lz4', 'zstd', 'none'] satisfies Compression[]) {
      assert.equal(compressBatch(tiny, codec), tiny);
    }
    assert.equal(compressBatch(plain, 'none'), plain);
    assert.equal(decompressBatch(plain), plain);
  });
});

test('a codec that does not exist, or bytes that are not of the codec, are refused', () => {
  const packed = Buffer.from(javaBatches.gzip, 'base64');
  const other = Buffer.from(packed);
  other.writeInt16BE(5, 21);
  assert.throws(() => decompressBatch(other), /codec 5/);
  for (const codec of [2, 3, 4]) {
    other.writeInt16BE(codec, 21);
    assert.throws(() => decompressBatch(other));
  }
  // What is refused leaves the codecs usable.
  for (const text of Object.values(javaBatches))
    assert.equal(new RecordBatch(decompressBatch(Buffer.from(text, 'base64'))).count, 40);
});
