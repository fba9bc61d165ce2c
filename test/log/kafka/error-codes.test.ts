// Every error of Kafka's protocol means exactly one of ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protocolErrors } from '@platformatic/kafka';
import { errorCatalogue } from '../../../base/error-catalogue.ts';
import {
  checkCode,
  isStaleMetadata,
  kafka,
  kafkaError,
  kafkaErrorName,
  meaningOf,
  table,
} from '../../../log/kafka/error-codes.ts';

const named = Object.values(table).flat();

test('the table has every code of the protocol, once', () => {
  assert.equal(new Set(named).size, named.length);
  const protocol = Object.keys(protocolErrors).filter((name) => name !== 'NONE');
  assert.deepEqual([...named].sort(), protocol.sort());
});

test('what the protocol calls retriable is tried again here, but for topics that are unknown', () => {
  for (const { id, code, canRetry } of Object.values(protocolErrors)) {
    if (!canRetry || id.startsWith('UNKNOWN_TOPIC')) continue;
    assert.equal(errorCatalogue[meaningOf(code)].disposition, 'retry', id);
  }
});

test('the codes that are decided by have the numbers of their names', () => {
  const names = Object.entries(kafka).map(([name, code]) => [name, kafkaErrorName(code)]);
  assert.deepEqual(names, [
    ['none', 'NONE'],
    ['offsetOutOfRange', 'OFFSET_OUT_OF_RANGE'],
    ['unknownTopicOrPartition', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['leaderNotAvailable', 'LEADER_NOT_AVAILABLE'],
    ['illegalGeneration', 'ILLEGAL_GENERATION'],
    ['unknownMember', 'UNKNOWN_MEMBER_ID'],
    ['rebalanceInProgress', 'REBALANCE_IN_PROGRESS'],
    ['unsupportedVersion', 'UNSUPPORTED_VERSION'],
    ['topicAlreadyExists', 'TOPIC_ALREADY_EXISTS'],
    ['outOfOrderSequence', 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    ['duplicateSequence', 'DUPLICATE_SEQUENCE_NUMBER'],
    ['invalidProducerEpoch', 'INVALID_PRODUCER_EPOCH'],
    ['unknownProducerId', 'UNKNOWN_PRODUCER_ID'],
    ['memberIdRequired', 'MEMBER_ID_REQUIRED'],
    ['fencedInstanceId', 'FENCED_INSTANCE_ID'],
  ]);
});

test('an error says what was tried and what the broker said', () => {
  const refused = kafkaError(40, { action: 'create topic t' }, 'segment.bytes is too small');
  assert.equal(refused.code, 'LOG_REFUSED');
  assert.equal(refused.message, 'Kafka refuses to create topic t: INVALID_CONFIG (segment.bytes is too small).');
  assert.equal(kafkaError(53, { action: 'commit' }).code, 'LOG_NOT_AUTHORIZED');
  // Brokers that are newer than this program have newer codes.
  assert.equal(kafkaError(9999, { action: 'commit' }).message, 'Kafka refuses to commit: error 9999.');
  assert.doesNotThrow(() => checkCode(0, { action: 'nothing' }));
  assert.throws(() => checkCode(27, { action: 'commit', group: 'g' }), { code: 'LOG_REBALANCE_IN_PROGRESS' });
});

test('leaders that moved are told from other faults', () => {
  assert.deepEqual(
    [3, 5, 6, 9, 56, 72, 74, 75, 100, 103].filter(isStaleMetadata),
    [3, 5, 6, 9, 56, 72, 74, 75, 100, 103],
  );
  assert.deepEqual([0, 1, 10, 19, 45, 51, 87].filter(isStaleMetadata), []);
});
