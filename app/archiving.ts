// Moves ended orders to the archive beside the views of one worker: those of the partitions whose view runs there.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from '../base/logger.ts';
import type { PartHealth } from '../gateway/operations.ts';
import { type MoverFigures, OrderMover } from '../views/archive/mover.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { Config } from './config-schema.ts';
import { partHealth } from './operations.ts';
import { clock } from './wire/places.ts';
import { openArchive } from './wire/views.ts';

export interface ArchivingParts {
  readonly config: Config;
  readonly documents: Documents;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
  /** Whether the view of this worker writes the order. */
  readonly owns: (orderId: string) => boolean;
}

export interface Archiving {
  health(): PartHealth;
  /** Resolves when what was begun is done. */
  stop(): Promise<void>;
}

const shortest = 1_000;
const longest = 10_000;

/**
 * Undefined where orders stay in the documents: those are shared by machines and a file of one of them is not, so what
 * moved there would be gone for the others. @throws ARCHIVE_*
 */
export async function startArchiving(parts: ArchivingParts): Promise<Archiving | undefined> {
  const { config, metrics, logger } = parts;
  if (config.archive === 'sqlite' && config.documents !== 'sqlite') {
    logger.info({}, 'orders stay in the documents: an archive in a file is for documents in a file');
    return undefined;
  }
  const archive = await openArchive(config);
  const archiveAfterMs = config.archiveAfter * 1000;
  // A hundredth late is not late.
  const intervalMs = Math.min(Math.max(archiveAfterMs / 100, shortest), longest);
  const mover = new OrderMover({
    ...parts,
    archive,
    clock,
    archiveAfterMs,
    intervalMs,
    figures: createArchiveFigures(metrics),
  });
  mover.start();
  return {
    // Orders stay where they are meanwhile, and can be read.
    health: () => ({ ...partHealth('archiving', mover.waitingFor), isPartial: true }),
    async stop() {
      await mover.stop();
      await archive.close();
    },
  };
}

export function createArchiveFigures(registry: Registry): MoverFigures {
  const registers = [registry];
  const moved = new Counter({ name: 'archive_moved_orders_total', help: 'Orders moved to the archive', registers });
  const lag = new Gauge({
    name: 'archive_lag_seconds',
    help: 'How long ago the order that waits longest should have moved',
    registers,
    aggregator: 'max',
  });
  const orphans = new Gauge({
    name: 'archive_orphans',
    help: 'Late changes that fit no archived order: rebuild the view of orders',
    registers,
  });
  return {
    moved: (count) => moved.inc(count),
    lag: (milliseconds) => lag.set(milliseconds / 1000),
    orphans: (count) => orphans.set(count),
  };
}
