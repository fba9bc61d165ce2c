// How a thread's time is shared out: between its tasks, and between making records ready and processing them. Time passes
// only while a record is processed, a tenth of a millisecond each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Processor } from '../../streams/api.ts';
import { processBatches } from '../../streams/process.ts';
import { StreamTask } from '../../streams/task.ts';
import { topology } from '../../streams/topology.ts';
import { type Command, type Count, toys } from './toys.ts';

const recordMs = 0.1;
const batchMs = 25;
/** How many of them a batch's time is enough for. */
const inTime = batchMs / recordMs;
/** Records between two looks at the clock. */
const late = 32;

class Bench {
  readonly clock = new SteppedClock();
  readonly store = memoryStore();
  readonly tasks: readonly StreamTask[];
  /** How often a record was made ready. */
  readied = 0;

  /** Every record reads its key, of which nobody was told. */
  constructor(partitions: number, records: number) {
    const count: Processor<Command, { stores: { counts: Count }; outputs: object; timers: never }> = {
      name: 'count',
      process: ({ key }, { stores: { counts } }) => {
        this.clock.step(recordMs);
        counts.get(key);
      },
      prefetch: () => {
        this.readied++;
        return {};
      },
    };
    const wires = { stores: { counts: toys.store }, outputs: {}, timers: {} };
    const built = topology('busy').source(toys.commands, count, wires).build();
    const input = new RecordBatchBuilder();
    for (let each = 0; each < records; each++) {
      input.append(0, `key-${each}`, Buffer.from(JSON.stringify({ type: 'forget' })));
    }
    const bytes = input.finish(0);
    this.tasks = Array.from({ length: partitions }, (_, partition) => {
      const task = new StreamTask(built, partition, 'test');
      task.moveTo('restoring');
      task.open(undefined, [0]);
      const batches = [new RecordBatch(bytes)];
      task.add({ topic: toys.commands.name, partition, batches, nextOffset: records, endOffset: records });
      return task;
    });
  }

  /** Returns how many records of each task were processed. */
  async batch(turn?: () => Promise<void>): Promise<number[]> {
    const limits = { batchRecords: 4_000, batchTimers: 100, batchMs, uncommittedBytes: 1 << 30 };
    await processBatches(this.tasks, { store: this.store, clock: this.clock, limits, turn });
    return this.tasks.map(({ batch, stores }) => {
      const consumed = batch!.consumed;
      for (const { queue } of consumed) queue.consume();
      stores.evict(0);
      return consumed.length;
    });
  }
}

test('a look at what comes takes no more of the time than it takes to process it', async () => {
  const bench = new Bench(1, 2_000);
  for (let batches = 0; batches < 4; batches++) {
    const [done = 0] = await bench.batch();
    assert.ok(done >= inTime / 2 - late && done <= inTime, `${done} records`);
  }
});

test('each task has its share of the time', async () => {
  const bench = new Bench(4, 2_000);
  for (const done of await bench.batch()) assert.ok(done > 0 && done <= inTime / 4, `${done} records`);
});

test('what a batch has no time for is not made ready for each', async () => {
  const records = 4_000;
  const bench = new Bench(1, records);
  for (let done = 0; done < records; ) done += (await bench.batch())[0]!;
  // All of the first one, then twice what there is time for.
  assert.ok(bench.readied <= records * 4, `${bench.readied} times`);
});

test('between two tasks others have their turn', async () => {
  const bench = new Bench(3, 10);
  const processed: number[] = [];
  await bench.batch(async () => {
    processed.push(bench.tasks.filter(({ batch }) => batch!.consumed.length > 0).length);
  });
  // At first no read is in memory, and behind the first record few were asked for.
  assert.deepEqual(processed, [0, 0, 1, 2, 3, 3]);
});
