// What is encoded for a topic goes into the changelog as the same bytes, and only where it is the same value.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Serde } from '../../base/serde.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { Encodings } from '../../state/encodings.ts';
import { jsonSerde } from '../../state/task-state.ts';

const shared: Serde<unknown> = jsonSerde();
const other: Serde<unknown> = jsonSerde();
const value = { name: 'a' };

test('a value that was encoded is found by its identity and serde, wherever its builder has moved', () => {
  const encodings = new Encodings(new Set([shared]));
  const builder = new RecordBatchBuilder(64);
  encodings.note(builder.encode(1, 'k', value, shared), value, shared);
  for (let more = 0; more < 100; more++) builder.encode(1, 'k', { more }, shared);
  assert.equal(encodings.of(value, shared)?.toString(), '{"name":"a"}');
  assert.equal(encodings.of({ ...value }, shared), undefined);
  assert.equal(encodings.of(value, other), undefined);
});

test('values of topics alone are not remembered', () => {
  const encodings = new Encodings(new Set([shared]));
  encodings.note(new RecordBatchBuilder().encode(1, 'k', value, other), value, other);
  assert.equal(encodings.of(value, other), undefined);
});
