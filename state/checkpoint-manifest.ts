// What a checkpoint says of itself: a JSON file with a digest of its own, written when all that it names is there. A
// checkpoint without one was never finished.
//
//     tasks/<task>/<id>/manifest.json, data-00000.zst, ...
//
// Ids begin with the time at which they were taken, so that byte order is time order.
import { createHash } from 'node:crypto';
import { reasonOf, StockstreamError } from '../base/errors.ts';
import type { StatePosition } from './changelog.ts';
import type { Progress } from './task-state.ts';

export const formatVersion = 1;
export const manifestName = 'manifest.json';

export interface CheckpointFile {
  readonly name: string;
  /** As it is kept. */
  readonly bytes: number;
  readonly sha256: string;
  /** How many entries it has. */
  readonly entries: number;
  /** Unpacked. */
  readonly rawBytes: number;
}

export interface CheckpointedStore {
  readonly name: string;
  readonly entries: number;
  /** Keys and values. */
  readonly bytes: number;
}

export interface CheckpointManifest {
  readonly formatVersion: number;
  readonly id: string;
  readonly application: string;
  readonly topology: string;
  readonly partition: number;
  readonly task: string;
  /** Milliseconds since the Unix epoch. */
  readonly takenAt: number;
  readonly codeVersion: string;
  /** The changelog position that it stands at. */
  readonly position: StatePosition;
  /** Commit and input offsets; null if the task never committed anything. */
  readonly progress: Progress | null;
  readonly stores: readonly CheckpointedStore[];
  readonly files: readonly CheckpointFile[];
}

/** `20261121T214628123-` and a random end, since two owners may take one in the same millisecond. */
export function checkpointId(now: number, uuid: string): string {
  return `${new Date(now).toISOString().replace(/[-:.Z]/g, '')}-${uuid.slice(0, 8)}`;
}

/** When a checkpoint of this id was begun, in milliseconds since the Unix epoch. NaN for what is no id. */
export function timeOfId(id: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})-/.exec(id);
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second, milliseconds] = parts.slice(1).map(Number) as Time;
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
}

type Time = [number, number, number, number, number, number, number];

export function folderOf(task: string, id?: string): string {
  return id === undefined ? `tasks/${task}/` : `tasks/${task}/${id}/`;
}

/** With a digest of what it says. Also of other manifests than a task's. */
export function encodeManifest(manifest: object): Buffer {
  return Buffer.from(`${JSON.stringify({ sha256: digestOf(manifest), manifest })}\n`);
}

/** @throws CHECKPOINT_DAMAGED */
export function decodeManifest<Manifest extends { readonly formatVersion: number }>(
  bytes: Buffer,
  checkpoint: string,
): Manifest {
  const damaged = (reason: string, cause?: unknown) =>
    new StockstreamError('CHECKPOINT_DAMAGED', { checkpoint, reason: `its manifest ${reason}` }, cause);
  let read: { sha256?: unknown; manifest?: Manifest } | null;
  try {
    read = JSON.parse(bytes.toString()) as typeof read;
  } catch (error) {
    throw damaged(`is no JSON: ${reasonOf(error)}`, error);
  }
  const manifest = read?.manifest;
  if (!manifest || read?.sha256 !== digestOf(manifest)) throw damaged('does not match its digest');
  if (manifest.formatVersion !== formatVersion)
    throw damaged(`has format ${manifest.formatVersion}, not ${formatVersion}`);
  return manifest;
}

function digestOf(manifest: object): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}
