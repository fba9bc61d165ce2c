// Puts the local state of an application that is stopped back from checkpoints. Nothing is touched before all of them were
// read and found whole. The next start reads what the changelog has since.
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { StockstreamError } from '../base/errors.ts';
import type { CheckpointManifest } from '../state/checkpoint-manifest.ts';
import type { CheckpointStore } from '../state/checkpoint-store.ts';
import { TaskKeys } from '../state/keys.ts';
import { loadCheckpoint } from '../state/load-checkpoint.ts';
import { listCheckpoints, readManifest, verifyCheckpoint } from '../state/read-checkpoint.ts';
import type { Store } from '../state/store.ts';
import type { StoreSpec } from '../state/store-spec.ts';
import { storesOf } from '../streams/names.ts';
import { allTopologies } from '../topologies/all.ts';
import type { Config } from './config-schema.ts';
import { findRunning } from './running.ts';
import { openStoreIn } from './wire/log.ts';
import { directories } from './wire/places.ts';

export interface RestoreRequest {
  /** Of each task the newest up to this id, with it. Default: the newest. */
  readonly upTo?: string | undefined;
  /** Default: all that have checkpoints. */
  readonly task?: string | undefined;
}

export interface RestoredTask {
  readonly task: string;
  readonly id: string;
  readonly takenAt: number;
  readonly directory: string;
}

/** @throws STATE_IN_USE while it runs, CHECKPOINT_NOT_FOUND, CHECKPOINT_DAMAGED, CHECKPOINTS_*, STATE_* */
export async function restoreCheckpoints(
  config: Config,
  checkpoints: CheckpointStore,
  { upTo, task }: RestoreRequest,
): Promise<RestoredTask[]> {
  const parent = dirname(directories(config).state(0));
  if (findRunning(config) !== undefined) throw new StockstreamError('STATE_IN_USE', { directory: parent });
  const chosen = await chooseCheckpoints(checkpoints, { upTo, task });
  for (const manifest of chosen) await verifyCheckpoint(checkpoints, manifest, specsOf(manifest.topology));
  const stores = await openStores(config, parent);
  try {
    const restored: RestoredTask[] = [];
    for (const manifest of chosen) {
      for (const [directory, store] of await placesOf(manifest.task, stores)) {
        const { signal } = new AbortController();
        await loadCheckpoint(manifest, { checkpoints, store, task: manifest.task, signal });
        restored.push({ task: manifest.task, id: manifest.id, takenAt: manifest.takenAt, directory });
      }
    }
    return restored;
  } finally {
    for (const [, store] of stores) await store.close();
  }
}

/** The stores of a topology; none if this version doesn't have it, so that values stay unread. */
export function specsOf(topology: string): readonly StoreSpec<unknown>[] {
  const found = allTopologies().find(({ name }) => name === topology);
  return found ? storesOf(found) : [];
}

/** The newest of each task. @throws CHECKPOINT_NOT_FOUND if there is none, CHECKPOINT_DAMAGED */
async function chooseCheckpoints(
  checkpoints: CheckpointStore,
  { upTo, task }: RestoreRequest,
): Promise<CheckpointManifest[]> {
  const known = (await listCheckpoints(checkpoints, task)).filter(({ id }) => upTo === undefined || id <= upTo);
  const newest = known.filter((each, index) => each.task !== known[index - 1]?.task);
  if (newest.length === 0) {
    const checkpoint = [task && `of ${task}`, upTo && `up to ${upTo}`].filter(Boolean).join(' ') || 'yet';
    throw new StockstreamError('CHECKPOINT_NOT_FOUND', { checkpoint });
  }
  return await Promise.all(newest.map((each) => readManifest(checkpoints, each)));
}

type Stores = readonly (readonly [directory: string, store: Store])[];

/** One a worker thread, as they ran last. @throws STATE_* */
async function openStores(config: Config, parent: string): Promise<Stores> {
  const threads = existsSync(parent) ? readdirSync(parent).filter((name) => /^\d+$/.test(name)) : [];
  const stores: (readonly [string, Store])[] = [];
  for (const thread of threads.length === 0 ? ['0'] : threads) {
    const directory = directories(config).state(Number(thread));
    stores.push([directory, await openStoreIn(directory)]);
  }
  return stores;
}

/** Those that have something of the task; else the first, for whoever gets the task reads its checkpoint by itself. */
async function placesOf(task: string, stores: Stores): Promise<Stores> {
  const { all } = new TaskKeys(task);
  const found = await Promise.all(stores.map(async ([, store]) => (await store.scan(all, { limit: 1 })).length > 0));
  const places = stores.filter((_, index) => found[index]);
  return places.length > 0 ? places : stores.slice(0, 1);
}
