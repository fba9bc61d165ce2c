// The contract of the log port. Every adapter passes it: `open` gives a handle on one log, to which handles may come and
// go; names of topics and groups are unique to a run, so that the log may be a lasting one. It assumes no gapless offsets.
import { after, before, describe } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import { administering } from './log/administering.ts';
import { cleaning } from './log/cleaning.ts';
import { fetching } from './log/fetching.ts';
import { grouping } from './log/grouping.ts';
import { LogKit } from './log/kit.ts';
import { producing } from './log/producing.ts';
import { transacting } from './log/transacting.ts';

export interface LogFeatures {
  /** The time that the log goes by. */
  readonly clock: Clock;
  /** Lets so much of that time pass: steps a clock, or really waits. Milliseconds. */
  pass(milliseconds: number): Promise<void>;
  /** How long a single test may take in real time. Milliseconds. */
  readonly timeoutMs: number;
  /** How long to listen before believing that nothing comes. Milliseconds. */
  readonly quietMs: number;
  /** A short session time-out that the log accepts. Milliseconds. */
  readonly sessionTimeoutMs: number;
  /** The log refuses batches beyond that. */
  readonly maxBatchBytes: number;
  /** Has retention and compaction done what is to do, or begins it; the tests then wait. Absent if that takes too long. */
  readonly clean?: (topic: string) => Promise<void>;
}

/** `clock` is what the handle's timers go by: a test may let it stand still. */
export type OpenLog = (clock: Clock) => Promise<Log>;

export function logSuite(name: string, open: OpenLog, features: LogFeatures): void {
  describe(`the log: ${name}`, () => {
    const kit = new LogKit(open, features);
    before(() => kit.start(), { timeout: features.timeoutMs });
    after(() => kit.stop(), { timeout: features.timeoutMs });
    for (const part of [producing, transacting, fetching, administering, grouping, cleaning]) part(kit);
  });
}
