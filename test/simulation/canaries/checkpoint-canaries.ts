// Planted bugs in what becomes of checkpoints: what is damaged is believed, or used though it is too old.

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { sha256 } from '../../../state/checkpoint-blocks.ts';
import { type CheckpointManifest, encodeManifest, manifestName } from '../../../state/checkpoint-manifest.ts';
import type { CheckpointStore } from '../../../state/checkpoint-store.ts';
import type { Canary } from './sabotage.ts';

export const checkpointCanaries: readonly Canary[] = [
  {
    name: 'damaged checkpoints believed',
    bug: 'a restore does not compare the files of a checkpoint with their digests',
    needs: ['flip bits in a checkpoint'],
    seeds: 20,
    caughtBy: ['checkpoints are what they say', 'state equals its changelog', 'any disk can come back'],
    plant: () => ({
      checkpoints: (checkpoints) =>
        withManifests(checkpoints, async (manifest, folder) => {
          const asTheyAre = manifest.files.map(async (file) => {
            const found = await checkpoints.get(`${folder}${file.name}`);
            if (found === undefined) return file;
            const bytes = await buffer(found.stream);
            return { ...file, bytes: bytes.length, sha256: sha256(bytes) };
          });
          return { ...manifest, files: await Promise.all(asTheyAre) };
        }),
    }),
  },
  {
    name: 'old checkpoints believed',
    bug: 'a restore begins with a checkpoint, however many deletions were forgotten since',
    needs: ['kill in a checkpoint', 'compact'],
    seeds: 20,
    caughtBy: ['any disk can come back'],
    plant: () => ({
      checkpoints: (checkpoints) =>
        withManifests(checkpoints, async (manifest) => {
          return { ...manifest, position: { ...manifest.position, at: Number.MAX_SAFE_INTEGER } };
        }),
    }),
  },
];

/** Manifests read as `change` makes them, sealed anew; one that can't be read stays as it is. */
function withManifests(
  checkpoints: CheckpointStore,
  change: (manifest: CheckpointManifest, folder: string) => Promise<CheckpointManifest>,
): CheckpointStore {
  return {
    place: checkpoints.place,
    put: (key, bytes) => checkpoints.put(key, bytes),
    list: (prefix) => checkpoints.list(prefix),
    delete: (keys) => checkpoints.delete(keys),
    close: () => checkpoints.close(),
    async get(key) {
      const file = await checkpoints.get(key);
      if (file === undefined || !key.endsWith(manifestName)) return file;
      const bytes = await changed(await buffer(file.stream), (manifest) =>
        change(manifest, key.slice(0, -manifestName.length)),
      );
      return { bytes: bytes.length, stream: Readable.from([bytes]) };
    },
  };
}

async function changed(
  bytes: Buffer,
  change: (manifest: CheckpointManifest) => Promise<CheckpointManifest>,
): Promise<Buffer> {
  try {
    const { manifest } = JSON.parse(bytes.toString()) as { manifest: CheckpointManifest };
    return encodeManifest(await change(manifest));
  } catch {
    return bytes;
  }
}
