// Batches take up about what they get done in their time: what is taken up and not done is taken up again by the next one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Processor } from '../../streams/api.ts';
import { processBatches } from '../../streams/process.ts';
import { StreamTask } from '../../streams/task.ts';
import { topology } from '../../streams/topology.ts';
import { toyTopic } from './toys.ts';

const input = toyTopic<number>('input', { partitions: 1 });
const records = 20_000;

/** A task with much to do, on a clock that only its processor moves. */
function slowTask(msPerRecord: number) {
  const clock: Clock & { at: number } = {
    at: 0,
    now: () => 0,
    monotonic: () => clock.at,
    schedule: () => () => {},
  };
  const counts = { processed: 0, lookedAt: 0 };
  const slow: Processor<number, { stores: object; outputs: object; timers: never }> = {
    name: 'slow',
    process() {
      counts.processed++;
      clock.at += msPerRecord;
    },
    prefetch() {
      counts.lookedAt++;
      return {};
    },
  };
  const wires = { stores: {}, outputs: {}, timers: {} };
  const task = new StreamTask(topology('slow').source(input, slow, wires).build(), 0, 'test');
  task.moveTo('restoring');
  task.open(undefined, [0]);
  const builder = new RecordBatchBuilder();
  for (let number = 0; number < records; number++) builder.encode(0, `${number}`, number, input.serde);
  const batches = [new RecordBatch(builder.finish(0))];
  task.add({ topic: input.name, partition: 0, batches, nextOffset: records, endOffset: records });
  return { task, clock, counts };
}

for (const msPerRecord of [0.001, 0.02, 1]) {
  test(`${msPerRecord} ms a record`, async () => {
    const { task, clock, counts } = slowTask(msPerRecord);
    const limits = { batchRecords: 4_000, batchTimers: 1, batchMs: 25, uncommittedBytes: 1 << 30 };
    const batches = 20;
    for (let batch = 0; batch < batches && counts.processed < records; batch++) {
      await processBatches([task], { store: memoryStore(), clock, limits });
      for (const { queue } of task.batch!.consumed) queue.consume();
      task.batch = undefined;
    }
    const inTime = Math.min(4_000, 25 / msPerRecord);
    assert.ok(counts.processed >= Math.min(records, batches * inTime), `${counts.processed} are done`);
    // The first batch knows nothing yet; the fewest that one takes up are 256.
    const most = 4_000 + Math.max(256 * batches, counts.processed * 1.3);
    assert.ok(counts.lookedAt <= most, `${counts.lookedAt} are taken up for ${counts.processed}`);
  });
}
