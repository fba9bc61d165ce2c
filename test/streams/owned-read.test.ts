// Reads with a proof of ownership: what an owner has committed, and nothing from one whose place another has taken, whatever it
// still believes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log } from '../../log/log.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { internalTopics } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import { delegateLog } from '../log/delegates.ts';
import { toys, toyTopology } from './toys.ts';

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !condition(); ) {
    assert.ok(performance.now() < end, `it never came to: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function bench() {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  const { commands, first, events, counts, deadLetters } = toys;
  await log.admin.createTopics([commands, first, events, counts, deadLetters, ...internalTopics('app', toyTopology())]);
  const start = async (on: Log, instanceId: string) => {
    const thread = new StreamThread({
      ...{ log: on, store: memoryStore(), clock: systemClock, topology: toyTopology(), appId: 'app', instanceId },
      ...{ deadLetters, codeVersion: 'test', metrics: createStreamsMetrics(new Registry()), logger: silentLogger },
      onFailure: () => {},
    });
    thread.start();
    await until(() => thread.isSettled && thread.tasks.every(({ state }) => state === 'running'));
    return thread;
  };
  return { log, start };
}

test('an owner answers for its tasks, and for no others', async () => {
  const { log, start } = await bench();
  const thread = await start(log, 'one');
  assert.deepEqual(await thread.readOwned([0, 1], async (owned) => owned), [0, 1]);
  assert.deepEqual(await thread.readOwned([1, 7], async (owned) => owned), [1]);
  assert.equal(await thread.readOwned([7], async (owned) => owned), undefined);
  await thread.stop();
  assert.equal(await thread.readOwned([0, 1], async (owned) => owned), undefined);
  await log.close();
});

test('an owner whose place another takes while it reads does not answer', async () => {
  const { log, start } = await bench();
  const thread = await start(log, 'one');
  // Of the same name: it takes over at once, and the first one isn't told before it asks.
  const read = thread.readOwned([0, 1], async (owned) => {
    const other = await start(log, 'one');
    assert.equal(other.tasks.length, 2);
    assert.deepEqual(await other.readOwned([0, 1], async (both) => both), [0, 1]);
    await other.stop();
    return owned;
  });
  assert.equal(await read, undefined);
  await thread.stop();
  await log.close();
});

test('an owner that can not ask the log does not answer', async () => {
  const { log, start } = await bench();
  let isAway = false;
  const cut: Log = {
    ...delegateLog(log),
    async join(options, protocol) {
      const member = await log.join(options, protocol);
      return {
        get metadata() {
          return member.metadata;
        },
        isCurrent: async (asked) => !isAway && (await member.isCurrent(asked)),
        rejoin: () => member.rejoin(),
        leave: () => member.leave(),
      };
    },
  };
  const thread = await start(cut, 'one');
  assert.deepEqual(await thread.readOwned([0], async (owned) => owned), [0]);
  isAway = true;
  assert.equal(await thread.readOwned([0], async (owned) => owned), undefined);
  await thread.stop();
  await log.close();
});
