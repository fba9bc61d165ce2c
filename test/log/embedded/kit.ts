// What the embedded log's tests share: a clock that steps with room for the I/O between two steps, and directories.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { SteppedClock } from '../../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import type { LogStorage } from '../../../log/embedded/storage.ts';
import type { LogFeatures } from '../../conformance/log.suite.ts';

/** Steps a clock, letting everything that became due run between the steps. */
export async function pass(clock: SteppedClock, milliseconds: number): Promise<void> {
  const until = clock.now() + milliseconds;
  while (clock.now() < until) {
    clock.step(Math.min(100, until - clock.now()));
    for (let turn = 0; turn < 4; turn++) await setImmediate();
  }
}

/** A directory that is removed when the test file is done. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-log-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens one log at the first call, gives the same later, and closes it when the test file is done. */
export function opener(
  storage: () => Promise<LogStorage>,
  options: { clock: SteppedClock; offsetGaps: boolean },
): () => Promise<EmbeddedLog> {
  const open = async () =>
    openEmbeddedLog({ storage: await storage(), activeTailBytes: 1, tailBytes: 2 ** 16, ...options, ...limits });
  let log: Promise<EmbeddedLog> | undefined;
  after(async () => (await log)?.close());
  return () => {
    log ??= open();
    return log;
  };
}

const limits = { maxBatchBytes: 2 ** 20, indexIntervalBytes: 2 ** 14 };

export function features(clock: SteppedClock, log: () => Promise<EmbeddedLog>): LogFeatures {
  return {
    clock,
    pass: (milliseconds) => pass(clock, milliseconds),
    clean: async (topic) => {
      await (await log()).applyRetention();
      await (await log()).compact(topic);
    },
    timeoutMs: 10_000,
    quietMs: 20,
    sessionTimeoutMs: 3_000,
    maxBatchBytes: limits.maxBatchBytes,
  };
}
