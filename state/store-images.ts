// Copies of the files of a worker thread's whole store, beside the checkpoints of its tasks: a thread that lost its state, and
// finds one of its own, goes on as if it had only crashed, whatever the size. Only where the place of the checkpoints
// shares files with this machine. What lies in it at rest is RocksDB's to check, when it reads it or in a verification.
//
//     threads/<thread>/<id>/manifest.json, CURRENT, MANIFEST-..., 000123.sst, ...
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '../base/clock.ts';
import { isStockstreamError, reasonOf, StockstreamError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { sha256 } from './checkpoint-blocks.ts';
import {
  checkpointId,
  decodeManifest,
  encodeManifest,
  formatVersion,
  manifestName,
  timeOfId,
} from './checkpoint-manifest.ts';
import { type CheckpointStore, isUnusable } from './checkpoint-store.ts';
import type { Store } from './store.ts';

export interface ImageFile {
  readonly name: string;
  readonly bytes: number;
  /** Of those that are copied; the engine has digests within its own. */
  readonly sha256?: string;
}

export interface ImageManifest {
  readonly formatVersion: number;
  readonly format: 'rocksdb';
  readonly id: string;
  readonly thread: string;
  /** Milliseconds since the Unix epoch. */
  readonly takenAt: number;
  readonly codeVersion: string;
  readonly files: readonly ImageFile[];
}

export interface KnownImage {
  readonly thread: string;
  readonly id: string;
}

/** The newest, and the one before it. */
const kept = 2;
/** Its last file, without which a directory is no database. */
const lastFile = 'CURRENT';

const folderOf = ({ thread, id }: KnownImage) => `threads/${thread}/${id}/`;
const isShared = (name: string) => /\.(sst|blob)$/.test(name);

export interface TakeImageOptions {
  readonly checkpoints: CheckpointStore;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Its name, the same after a restart. */
  readonly thread: string;
  readonly codeVersion: string;
  /** Those of other threads are dropped after so many milliseconds. */
  readonly keepMs: number;
}

/** Undefined where files can't be shared. Older ones are dropped. @throws CHECKPOINTS_*, STATE_* */
export async function takeImage(options: TakeImageOptions): Promise<ImageManifest | undefined> {
  const { checkpoints, store, clock, random, thread, codeVersion } = options;
  const { shared } = checkpoints;
  if (shared === undefined || store.image === undefined) return undefined;
  const takenAt = clock.now();
  const id = checkpointId(takenAt, random.uuid());
  const directory = await store.image();
  try {
    const files: ImageFile[] = [];
    for (const name of (await readdir(directory)).sort()) {
      const key = `${folderOf({ thread, id })}${name}`;
      if (isShared(name)) {
        await shared.put(key, join(directory, name));
        files.push({ name, bytes: (await stat(join(directory, name))).size });
      } else {
        const bytes = await readFile(join(directory, name));
        await checkpoints.put(key, bytes);
        files.push({ name, bytes: bytes.length, sha256: sha256(bytes) });
      }
    }
    const manifest: ImageManifest = { formatVersion, format: 'rocksdb', id, thread, takenAt, codeVersion, files };
    await checkpoints.put(`${folderOf(manifest)}${manifestName}`, encodeManifest(manifest));
    await dropOld(options, takenAt);
    return manifest;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of one thread or of all, the newest first. @throws CHECKPOINTS_* */
export async function listImages(checkpoints: CheckpointStore, thread?: string): Promise<KnownImage[]> {
  const keys = await checkpoints.list(thread === undefined ? 'threads/' : `threads/${thread}/`);
  const found = keys.filter((key) => key.endsWith(`/${manifestName}`)).map((key) => key.split('/'));
  return found.map(([, of = '', id = '']) => ({ thread: of, id })).sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** @throws CHECKPOINT_NOT_FOUND, CHECKPOINT_DAMAGED, CHECKPOINTS_* */
export async function readImageManifest(checkpoints: CheckpointStore, known: KnownImage): Promise<ImageManifest> {
  const bytes = await readFileOf(checkpoints, known, manifestName);
  const manifest = decodeManifest<ImageManifest>(bytes, nameOf(known));
  if (manifest.thread !== known.thread || manifest.id !== known.id)
    throw damaged(known, 'it lies where another should be');
  return manifest;
}

/**
 * Puts an image's files into an empty directory, its last file last: without that it is no database yet.
 * @throws CHECKPOINT_DAMAGED, CHECKPOINT_NOT_FOUND, CHECKPOINTS_*
 */
async function restoreImage(
  checkpoints: CheckpointStore,
  known: KnownImage,
  directory: string,
): Promise<ImageManifest> {
  const manifest = await readImageManifest(checkpoints, known);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const inOrder = [...manifest.files].sort((a, b) => Number(a.name === lastFile) - Number(b.name === lastFile));
  for (const file of inOrder) {
    const path = join(directory, file.name);
    if (file.sha256 === undefined) {
      if (!(await checkpoints.shared?.get(`${folderOf(known)}${file.name}`, path)))
        throw damaged(known, `${file.name} is missing`);
      const { size } = await stat(path);
      // One that has grown since was being written: the copied state doesn't know it yet, else it would have been whole.
      if (size < file.bytes) throw damaged(known, `${file.name} has ${size} bytes, not ${file.bytes}`);
    } else {
      const bytes = await readFileOf(checkpoints, known, file.name);
      if (sha256(bytes) !== file.sha256) throw damaged(known, `${file.name} does not match its digest`);
      await writeFile(path, bytes);
    }
  }
  return manifest;
}

/** Tries images of a thread from the newest on, until one can be opened. Undefined if none can, or there is none. */
export async function openNewestImage<Opened>(
  checkpoints: CheckpointStore,
  {
    thread,
    directory,
    open,
    onPassedOver,
  }: {
    readonly thread: string;
    readonly directory: string;
    readonly open: () => Promise<Opened>;
    readonly onPassedOver: (error: unknown) => void;
  },
): Promise<{ readonly opened: Opened; readonly manifest: ImageManifest } | undefined> {
  if (checkpoints.shared === undefined) return undefined;
  for (const known of await listImages(checkpoints, thread)) {
    try {
      const manifest = await restoreImage(checkpoints, known, directory);
      return { opened: await open(), manifest };
    } catch (error) {
      if (!isUnusable(error) && !isStockstreamError(error, 'STATE_STORE_DAMAGED')) throw error;
      onPassedOver(error);
      await rm(directory, { recursive: true, force: true });
    }
  }
  return undefined;
}

/** Reads all that an image has, through the engine, which checks what it reads. @throws CHECKPOINT_DAMAGED, CHECKPOINTS_* */
export async function verifyImage(
  checkpoints: CheckpointStore,
  known: KnownImage,
  { directory, open }: { readonly directory: string; readonly open: () => Promise<Store> },
): Promise<void> {
  await restoreImage(checkpoints, known, directory);
  try {
    const store = await open();
    try {
      await readThrough(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!isStockstreamError(error, 'STATE_STORE_DAMAGED')) throw error;
    throw damaged(known, reasonOf(error), error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const page = 1_000;

async function readThrough(store: Store): Promise<void> {
  for (let gte = Buffer.alloc(0), isMore = true; isMore; ) {
    const entries = await store.scan({ gte, lt: Buffer.from([0xff]) }, { limit: page });
    isMore = entries.length === page;
    if (isMore) gte = Buffer.concat([entries.at(-1)!.key, Buffer.alloc(1)]);
  }
}

/** Of this thread all but the newest; of threads that may be gone for good, what is older than checkpoints get. */
async function dropOld({ checkpoints, thread, keepMs }: TakeImageOptions, now: number): Promise<void> {
  const stay = new Set((await listImages(checkpoints, thread)).slice(0, kept).map(({ id }) => id));
  const isOld = (key: string) => {
    const [, of, id = ''] = key.split('/');
    return of === thread ? !stay.has(id) : now - timeOfId(id) > keepMs;
  };
  const old = (await checkpoints.list('threads/')).filter(isOld);
  await checkpoints.delete(old.filter((key) => key.endsWith(`/${manifestName}`)));
  await checkpoints.delete(old);
}

async function readFileOf(checkpoints: CheckpointStore, known: KnownImage, name: string): Promise<Buffer> {
  const file = await checkpoints.get(`${folderOf(known)}${name}`);
  if (file === undefined && name === manifestName) {
    throw new StockstreamError('CHECKPOINT_NOT_FOUND', { checkpoint: nameOf(known) });
  }
  if (file === undefined) throw damaged(known, `${name} is missing`);
  return await buffer(file.stream);
}

const nameOf = ({ thread, id }: KnownImage) => `${thread}/${id}`;

function damaged(known: KnownImage, reason: string, cause?: unknown): StockstreamError {
  return new StockstreamError('CHECKPOINT_DAMAGED', { checkpoint: nameOf(known), reason }, cause);
}
