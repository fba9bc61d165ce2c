// What a seed means: the sizes, the limits, how slow things are and what may go wrong. Each seed has its own mixture,
// for a fault that is always on hides what only shows without it.
import { type Random, seededRandom } from '../../base/random.ts';
import type { StreamLimits } from '../../streams/stream-thread-options.ts';
import { between, chance, pick } from './dice.ts';
import { type FaultName, faultNames, ofCheckpoints } from './fault-names.ts';
import { type ViewName, viewNames } from './views.ts';

export interface CheckpointPlan {
  /** Milliseconds; 0 for none but on command. */
  readonly everyMs: number;
  readonly keep: number;
  readonly keepMs: number;
  readonly blockBytes: number;
}

export interface Plan {
  readonly seed: number;
  readonly partitions: number;
  /** How many workers there are at first. */
  readonly workers: number;
  readonly clients: number;
  readonly actions: number;
  /** Between two actions, on average. All times in milliseconds. */
  readonly paceMs: number;
  readonly products: number;
  readonly limits: StreamLimits;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** How tasks are copied and warmed up. */
  readonly rules: { readonly standbys: number; readonly acceptableLag: number; readonly maxWarmups: number };
  /** The typical time of one way over the network, of a store's call and of a log storage's. */
  readonly latency: { readonly network: number; readonly store: number; readonly storage: number };
  /** The share of a group's questions or answers that is lost; of others it is a tenth. */
  readonly loss: number;
  readonly log: {
    readonly offsetGaps: boolean;
    readonly tailBytes: number;
    readonly cleanupIntervalMs: number;
    readonly activeTailBytes: number;
  };
  /** Undefined if none are taken. */
  readonly checkpoints: CheckpointPlan | undefined;
  readonly faults: readonly FaultName[];
  readonly faultEveryMs: number;
  /** For how long what has ended is remembered. */
  readonly windowMs: number;
  /** Which views are kept. */
  readonly views: readonly ViewName[];
}

const hour = 3_600_000;

/** They bring everything down at once, and so hide what the others would show: a seed has fewer of them. */
const heavy: ReadonlySet<FaultName> = new Set([
  'crash at a boundary',
  'crash in a write of the log',
  'crash the machine',
  'break the storage',
  'fill the disk of the log',
  'flip bits in the log',
  'empty a changelog',
  'cut a changelog off',
  'a long night',
]);

/** @param only none but these faults, if it is given */
export function planOf(seed: number, only?: readonly FaultName[]): Plan {
  const random = seededRandom(seed);
  const sessionTimeoutMs = between(random, 3, 40) * 150;
  const off = 100 * hour;
  const drawn = faultNames.filter((name) => !ofCheckpoints.has(name) && chance(random, heavy.has(name) ? 0.2 : 0.5));
  const checkpoints = checkpointsOf(seed);
  const faults = only ?? (checkpoints.areTaken ? [...drawn, ...checkpoints.faults] : drawn);
  return {
    seed,
    partitions: pick(random, [1, 2, 2, 3, 3, 4, 8]),
    workers: between(random, 2, 3),
    clients: between(random, 1, 4),
    actions: between(random, 150, 500),
    paceMs: pick(random, [20, 50, 100, 200]),
    products: between(random, 2, 9),
    limits: {
      ...limitsOf(random),
      uncommittedBytes: pick(seededRandom(seed ^ 0xb17e5), [200, 5_000, 1 << 20]),
      commitDelayMs: pick(seededRandom(seed ^ 0xde1a), [0, 0, 50, 500]),
    },
    sessionTimeoutMs,
    rebalanceTimeoutMs: pick(random, [0.2, 1, 2]) * sessionTimeoutMs,
    rules: rulesOf(seed),
    latency: {
      network: pick(random, [1, 3, 10, 30]),
      store: pick(random, [0, 1, 3, 10, 60]),
      storage: pick(random, [0, 1, 5, 20, 60]),
    },
    loss: pick(random, [0, 0, 0.05, 0.2]),
    log: {
      offsetGaps: chance(random, 0.5),
      tailBytes: pick(random, [1, 4_000, 2 ** 26]),
      cleanupIntervalMs: faults.includes('compact') ? between(random, 1, 20) * 1_000 : off,
      activeTailBytes: pick(random, [1, 4_000]),
    },
    checkpoints: (only ? only.some((name) => ofCheckpoints.has(name)) : checkpoints.areTaken) ? checkpoints : undefined,
    faults,
    faultEveryMs: pick(random, [500, 1_500, 4_000]),
    views: viewNames.filter(() => chance(random, 0.4)),
    windowMs: faults.includes('a long night') ? 30 * 24 * hour : 2 * hour,
  };
}

/** With dice of its own: without them the seed means the same. */
function checkpointsOf(seed: number) {
  const random = seededRandom(seed ^ 0xc4ec);
  return {
    areTaken: chance(random, 0.4),
    faults: faultNames.filter((name) => ofCheckpoints.has(name) && chance(random, heavy.has(name) ? 0.4 : 0.7)),
    everyMs: pick(random, [0, 1_000, 5_000, 20_000]),
    keep: between(random, 1, 3),
    keepMs: pick(random, [60_000, 100 * hour]),
    blockBytes: pick(random, [500, 8_000, 60_000]),
  };
}

function rulesOf(seed: number): Plan['rules'] {
  const random = seededRandom(seed ^ 0x57b1);
  const [standbys, acceptableLag] = [pick(random, [0, 1]), pick(random, [0, 10, 100, 10_000])];
  return { standbys, acceptableLag, maxWarmups: between(random, 1, 3) };
}

function limitsOf(random: Random): Omit<StreamLimits, 'uncommittedBytes' | 'commitDelayMs'> {
  return {
    batchRecords: pick(random, [1, 3, 10, 50]),
    batchTimers: pick(random, [1, 2, 5, 20]),
    batchMs: pick(random, [1, 25, 1_000]),
    bufferBytes: pick(random, [1, 500, 1 << 20]),
    cacheBytes: pick(random, [0, 1_000, 20_000, 1 << 20]),
    pollBytes: pick(random, [1, 300, 5_000, 1 << 20]),
  };
}
