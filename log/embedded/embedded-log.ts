// The embedded adapter of the log port: one process, durable, for a laptop, tests and the simulation. It holds all that
// Kafka holds in one directory, and says plainly that it is for one machine: no replicas, no other process.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../log.ts';
import { type CoreOptions, LogCore } from './core.ts';
import { JournalStorage } from './journal/journal-storage.ts';
import { EmbeddedSession } from './session.ts';
import type { LogStorage } from './storage.ts';

/** Where the log lives: a directory, which is made if need be, or a storage that the caller opened. */
type Place = { readonly directory: string } | { readonly storage: LogStorage };

export type EmbeddedLogOptions = Place & Partial<CoreOptions> & { readonly clock: Clock };

export interface EmbeddedLog extends Log {
  /**
   * A handle as another worker has it. Its group members beat by `clock`: one that stands still is a worker that hangs.
   * Closing it leaves this log open; closing this log closes it.
   */
  session(clock?: Clock): EmbeddedSession;
  /** Removes what is older or larger than topics keep. Runs by itself, too. */
  applyRetention(): Promise<void>;
  /** Compacts a topic, or all that are compacted. Runs by itself, too. @throws LOG_UNKNOWN_TOPIC */
  compact(topic?: string): Promise<void>;
  /**
   * As if the whole process were killed: all sessions die, and nothing more is written but what is in flight. The
   * storage stays open: it is the disk, on which another log may be opened.
   */
  kill(): void;
}

const defaults: CoreOptions = {
  offsetGaps: false,
  maxBatchBytes: 16 * 2 ** 20,
  tailBytes: 64 * 2 ** 20,
  maxFlushBytes: 32 * 2 ** 20,
  indexIntervalBytes: 256 * 2 ** 10,
  cleanupIntervalMs: 60_000,
  tombstoneDelayMs: 24 * 60 * 60 * 1000,
  activeTailBytes: 2 ** 20,
  maxCompactionKeys: 1_000_000,
  onBackgroundError: () => {},
};

/** @throws LOG_STORAGE_FAILED if the directory is in use, not writable, full or damaged */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const all = { ...defaults, ...options };
  const storage = 'storage' in options ? options.storage : await JournalStorage.open(options.directory, all);
  const core = new LogCore(storage, options.clock, all);
  try {
    await core.load();
  } catch (error) {
    await storage.close();
    throw error;
  }
  return new OpenedLog(core);
}

class OpenedLog extends EmbeddedSession implements EmbeddedLog {
  readonly #core: LogCore;
  readonly #sessions = new Set<EmbeddedSession>();

  constructor(core: LogCore) {
    super(core, core.clock);
    this.#core = core;
  }

  session(clock = this.#core.clock): EmbeddedSession {
    this.#core.checkOpen();
    const session: EmbeddedSession = new EmbeddedSession(this.#core, clock, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return session;
  }

  async applyRetention(): Promise<void> {
    this.#core.checkOpen();
    await this.#core.cleaner.applyRetention();
  }

  async compact(topic?: string): Promise<void> {
    this.#core.checkOpen();
    await this.#core.cleaner.compact(topic);
  }

  override kill(): void {
    for (const session of [...this.#sessions]) session.kill();
    super.kill();
    this.#core.kill();
  }

  override async close(): Promise<void> {
    // All begin to close in this turn: from now on nothing is taken any more.
    const sessions = [...this.#sessions].map((session) => session.close());
    await Promise.all([...sessions, super.close(), this.#core.close()]);
  }
}
