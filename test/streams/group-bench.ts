// Threads of one group over the toy topology, in one process: time passes by hand, in small steps, and what would end the
// process is told when all is closed.
import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log } from '../../log/log.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { internalTopics } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import type { StreamThreadOptions } from '../../streams/stream-thread-options.ts';
import { toys, toyTopology } from './toys.ts';

export const rebalanceTimeoutMs = 4_000;

export class GroupBench {
  readonly clock = new SteppedClock();
  readonly failures: unknown[] = [];
  readonly topology = toyTopology();
  log!: EmbeddedLog;

  static async open<B extends GroupBench>(this: new () => B): Promise<B> {
    const bench = new this();
    bench.log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: bench.clock });
    const { commands, first, events, counts, deadLetters } = toys;
    const topics = [commands, first, events, counts, deadLetters, ...internalTopics('app', bench.topology)];
    await bench.log.admin.createTopics(topics);
    return bench;
  }

  startThread(instanceId: string, log: Log, more: Partial<StreamThreadOptions> = {}): StreamThread {
    const thread = new StreamThread({
      log,
      store: memoryStore(),
      clock: this.clock,
      topology: this.topology,
      appId: 'app',
      instanceId,
      deadLetters: toys.deadLetters,
      codeVersion: 'test',
      metrics: createStreamsMetrics(new Registry()),
      logger: silentLogger,
      sessionTimeoutMs: 3_000,
      rebalanceTimeoutMs,
      onFailure: (error) => this.failures.push(error),
      ...more,
    });
    thread.start();
    return thread;
  }

  async pass(milliseconds: number): Promise<void> {
    for (let at = 0; at < milliseconds; at += 10) {
      this.clock.step(10);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    }
  }

  async until(label: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let turns = 0; !(await condition()); turns++) {
      assert.ok(turns < 3_000, `it never came to: ${label}`);
      await this.pass(10);
    }
  }

  async stop(...threads: readonly StreamThread[]): Promise<void> {
    const stopped = Promise.all(threads.map((thread) => thread.stop()));
    await this.pass(1_000);
    await stopped;
  }

  async close(...threads: readonly StreamThread[]): Promise<void> {
    await this.stop(...threads);
    assert.deepEqual(this.failures, []);
    await this.log.close();
  }
}
