// What a replay is held against: of a topic that others write to as well, what the topology wrote must be there, and the
// others' records are no difference; of its own topics any record more is one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Processor } from '../../streams/api.ts';
import { topology } from '../../streams/topology.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { toyBench, toys } from './toys.ts';

interface RelayWiring {
  stores: Record<never, never>;
  outputs: { events: { key: string; text: string; now: number } };
  timers: never;
}

const tell: Processor<unknown, RelayWiring> = {
  name: 'tell',
  process: ({ key }, { forward, now }) => forward('events', key, { key, text: 'told', now }),
};

for (const hasOtherWriters of [false, true]) {
  test(`records of others are ${hasOtherWriters ? 'no' : 'a'} difference where ${hasOtherWriters ? 'there may be' : 'there are none'}`, async () => {
    const wired = topology('shared')
      .source(toys.commands, tell, { stores: {}, outputs: { events: toys.events }, timers: {} })
      .feedback(toys.events, 'a test', { hasOtherWriters })
      .build();
    const { driver, log, clock, close } = await toyBench({ offsetGaps: false, topology: wired });
    await driver.pipe(toys.commands, 'a', { type: 'forget' });
    await driver.run();
    const value = Buffer.from(JSON.stringify({ key: 'a', text: 'of another', now: 1 }));
    const batch = new RecordBatchBuilder().append(clock.now(), 'a', value);
    await (await log.producer()).append(toys.events.name, partitionOf('a', toys.events.partitions), batch);
    const parts = { log, clock, topology: wired, appId: 'driver', deadLetters: toys.deadLetters };
    const { differences } = await verifyReplay(parts, async () => memoryStore());
    assert.equal(differences.length, hasOtherWriters ? 0 : 1, differences.join('; '));
    await close();
  });
}
