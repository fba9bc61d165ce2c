// The requests that we encode ourselves, byte for byte as Kafka's own Java classes write them, and the answers as those
// classes write them, read back. The bytes were made with kafka-clients 4.3.1.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFetch, encodeFetch } from '../../../log/kafka/wire/fetch.ts';
import { decodeProduce, encodeProduce } from '../../../log/kafka/wire/produce.ts';
import type { RequestWriter } from '../../../log/kafka/wire/request-writer.ts';
import { ResponseReader } from '../../../log/kafka/wire/response-reader.ts';
import {
  decodeEndTxn,
  decodeTxnOffsetCommit,
  encodeEndTxn,
  encodeTxnOffsetCommit,
} from '../../../log/kafka/wire/transaction.ts';

const hex = (writer: RequestWriter) => writer.finish().buffer.toString('hex');
const reader = (bytes: string) => new ResponseReader(Buffer.from(bytes, 'hex'));
const transactionalId = 'shop-0';
const identity = { producerId: 4001, epoch: 7 };
const topicId = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex').toString('latin1');
const otherId = Buffer.alloc(16, 0xff).toString('latin1');
/** More than 32 bits. */
const farOffset = 5_000_000_000;

test('Produce names a transaction, topics and one batch a partition', () => {
  const partitions = [
    { topic: 'orders', partition: 0, batch: Buffer.from([1, 2, 3]) },
    { topic: 'orders', partition: 7, batch: Buffer.alloc(200) },
    { topic: 'stock', partition: 1, batch: Buffer.from([9]) },
  ];
  const head = '0773686f702d30ffff00002ee003076f72646572730300000000040102030000000007c901';
  const tail = '00000673746f636b02000000010209000000';
  const written = hex(encodeProduce({ transactionalId, timeoutMs: 12_000, partitions }));
  assert.equal(written, head + '00'.repeat(200) + tail);
});

test('Produce without a transaction has no id', () => {
  assert.equal(hex(encodeProduce({ transactionalId: null, timeoutMs: 1, partitions: [] })), '00ffff000000010100');
});

test("Produce's answer tells offsets and errors, and hides what is of no use", () => {
  const answer = [
    '02076f726465727304000000000000000000012a05f200ffffffffffffffff0000000000000003010000000000070006ffffffff',
    'ffffffffffffffffffffffffffffffffffffffff0100010009000000030000000400000000080057ffffffffffffffffffffffff',
    'ffffffffffffffffffffffff0200000001076e6f206b6579000a62616420626174636800000000000001000e0200000003036233',
    '000023850000',
  ].join('');
  assert.deepEqual(decodeProduce(reader(answer)), [
    { topic: 'orders', partition: 0, error: 0, baseOffset: farOffset, message: null },
    { topic: 'orders', partition: 7, error: 6, baseOffset: -1, message: null },
    { topic: 'orders', partition: 8, error: 87, baseOffset: -1, message: 'bad batch' },
  ]);
});

test('Fetch asks within a session, by topic id, for committed records', () => {
  const request = {
    ...{ sessionId: 77, sessionEpoch: 3, maxWaitMs: 500, maxBytes: 8 * 2 ** 20, partitionMaxBytes: 2 ** 20 },
    partitions: [
      { topicId, partition: 2, leaderEpoch: 9, offset: farOffset },
      { topicId, partition: 0, leaderEpoch: 1, offset: 0 },
    ],
    forgotten: [
      { topicId: otherId, partition: 1 },
      { topicId: otherId, partition: 300 },
    ],
  };
  const expected = [
    '000001f40000000100800000010000004d0000000302000102030405060708090a0b0c0d0e0f030000000200000009000000012a',
    '05f200ffffffffffffffffffffffff001000000000000000000000010000000000000000ffffffffffffffffffffffff00100000',
    '000002ffffffffffffffffffffffffffffffff03000000010000012c000100',
  ].join('');
  assert.equal(hex(encodeFetch(request)), expected);
});

test("Fetch's answer tells records, what was aborted, and errors", () => {
  const answer = [
    '0000000000000000004d02000102030405060708090a0b0c0d0e0f03000000020000000000000000007800000000000000640000',
    '000000000005030000000000000fa10000000000000032000000000000000fa2000000000000003c00ffffffff06010203040500',
    '000000000006ffffffffffffffffffffffffffffffffffffffffffffffff00ffffffff01010109000000020000000a000001000e',
    '0200000002036232000023840000',
  ].join('');
  const moved = { topicId, partition: 0, error: 6, lastStableOffset: -1, aborted: [], records: Buffer.alloc(0) };
  assert.deepEqual(decodeFetch(reader(answer)), {
    error: 0,
    sessionId: 77,
    partitions: [
      {
        ...{ topicId, partition: 2, error: 0, lastStableOffset: 100 },
        aborted: [
          { producerId: 4001, firstOffset: 50 },
          { producerId: 4002, firstOffset: 60 },
        ],
        records: Buffer.from([1, 2, 3, 4, 5]),
      },
      moved,
    ],
  });
});

test('TxnOffsetCommit names the transaction, the member and the offsets by topic', () => {
  const offsets = [
    { topic: 'orders', partition: 0, offset: farOffset },
    { topic: 'stock', partition: 1, offset: 0, metadata: 'hi' },
    { topic: 'orders', partition: 3, offset: 2 },
  ];
  const request = { transactionalId, group: 'workers', identity, generation: 12, memberId: 'm-1', offsets };
  const expected = [
    '0773686f702d3008776f726b6572730000000000000fa100070000000c046d2d310003076f72646572730300000000000000012a',
    '05f200ffffffff0000000000030000000000000002ffffffff0000000673746f636b02000000010000000000000000ffffffff036869',
    '000000',
  ].join('');
  assert.equal(hex(encodeTxnOffsetCommit(request)), expected);
});

test("TxnOffsetCommit's answer tells all errors", () => {
  assert.deepEqual(
    decodeTxnOffsetCommit(reader('0000000002076f72646572730300000000000000000000030016000000')),
    [0, 22],
  );
});

test('EndTxn commits, and its answer gives the next epoch', () => {
  const expected = '0773686f702d300000000000000fa100070100';
  assert.equal(hex(encodeEndTxn({ transactionalId, identity, committed: true })), expected);
  assert.equal(hex(encodeEndTxn({ transactionalId, identity, committed: false })), `${expected.slice(0, -4)}0000`);
  const answer = '0000000000000000000000000fa1000800';
  assert.deepEqual(decodeEndTxn(reader(answer)), { error: 0, identity: { producerId: 4001, epoch: 8 } });
});

test('an answer that ends too early is refused, wherever it ends', () => {
  const answer = Buffer.from('0000000002076f72646572730300000000000000000000030016000000', 'hex');
  for (let length = 0; length < answer.length - 1; length++) {
    assert.throws(() => decodeTxnOffsetCommit(new ResponseReader(answer.subarray(0, length))), RangeError);
  }
});
