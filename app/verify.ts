// Does all commits of a topology again, each task into an empty RocksDB of its own, and compares with the log.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { Topology } from '../streams/topology.ts';
import { type ReplayReport, verifyReplay } from '../streams/verify-replay.ts';
import { openStoreIn } from './wire/log.ts';
import { clock } from './wire/places.ts';

export async function verifyTopology(
  { log, topology, appId }: { log: Log; topology: Topology; appId: string },
  onCommit?: () => void,
): Promise<ReplayReport> {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-replay-'));
  let tasks = 0;
  try {
    const options = { log, clock, topology, appId, deadLetters: topics.deadLetters };
    return await verifyReplay(options, () => openStoreIn(join(directory, String(tasks++))), onCommit);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
