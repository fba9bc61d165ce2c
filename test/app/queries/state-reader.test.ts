// Whom a read of state asks: strong reads the owner alone, stale ones a copy, and then every process that there was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateReader, type StateReaderParts } from '../../../app/queries/state-reader.ts';
import { silentLogger } from '../../../base/logger.ts';
import type { TaskAnswer } from '../../../gateway/state-queries.ts';
import type { TaskAddresses } from '../../../streams/member-metadata.ts';
import { toyTopology } from '../../streams/toys.ts';

const topology = toyTopology();
const store = 'counts';
const behind = { records: 3, milliseconds: 40 };

/** `told`: what the group says, one answer after the other, the last one again and again. `away` never answer. */
function readerOf(
  told: readonly (readonly TaskAddresses[])[],
  copies: Readonly<Record<string, TaskAnswer['lag'] | 'away'>>,
) {
  const asked: string[] = [];
  const answers = [...told];
  const owners: StateReaderParts['owners'] = {
    of: async () => new Map((answers.length > 1 ? answers.shift()! : answers[0]!).entries()),
  };
  const reader = new StateReader({
    ...{ topologies: [topology], workers: [], owners, logger: silentLogger },
    ask: async (endpoint, { partitions = [], consistency }) => {
      asked.push(endpoint);
      const lag = copies[endpoint];
      if (lag === 'away') return new Promise(() => {});
      if (lag === undefined) throw new Error('connection refused');
      if (consistency !== 'stale' && lag.records > 0) return [];
      return partitions.map((partition) => ({ partition, task: `toy_${partition}`, entries: [], lag }));
    },
  });
  const read = (consistency: 'strong' | 'stale') => reader.read({ store, limit: 1, partitions: [0], consistency });
  return { read, asked };
}

const both = [{ owner: 'owner:1', standbys: ['copy:1'] }];

test('a strong read is answered by the owner alone', async () => {
  const { read, asked } = readerOf([both], { 'copy:1': behind });
  await assert.rejects(read('strong'), { code: 'STATE_MOVING', retryAfter: 1 });
  assert.deepEqual(asked, ['owner:1', 'owner:1']);
});

test('a stale read is answered by a copy, with its lag', async () => {
  const { read, asked } = readerOf([both], { 'copy:1': behind, 'owner:1': { records: 0, milliseconds: 0 } });
  assert.deepEqual((await read('stale'))?.lag, behind);
  assert.deepEqual(asked, ['copy:1']);
});

test('where the copy that was told does not answer every process is asked, and the first answer is enough', async () => {
  const elsewhere = [...both, { owner: 'third:1', standbys: [] }];
  const { read, asked } = readerOf([elsewhere], { 'owner:1': 'away', 'third:1': behind });
  assert.deepEqual((await read('stale'))?.lag, behind);
  assert.deepEqual(asked, ['copy:1', 'copy:1', 'owner:1', 'third:1']);
});

test('while the group re-forms, and tells of nobody, those are asked that there were', async () => {
  const { read, asked } = readerOf([both, []], { 'copy:1': behind });
  await read('stale');
  assert.deepEqual((await read('stale'))?.lag, behind);
  assert.deepEqual(asked, ['copy:1', 'copy:1', 'owner:1']);
  await assert.rejects(read('strong'), { code: 'STATE_MOVING' });
});
