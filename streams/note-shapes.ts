// Holds the topologies of a program against the shapes that were noted in the log, then notes theirs. Before anything
// runs: it reads and writes one small topic.

import type { Log } from '../log/log.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import { jsonSerde } from '../state/task-state.ts';
import type { Topic } from './api.ts';
import { readTopic } from './read-topic.ts';
import { refuseMisfit, type Shape, shapeOf, shapesTopic } from './shape.ts';
import type { Topology } from './topology.ts';

export interface NoteShapes {
  readonly log: Log;
  readonly appId: string;
  readonly topologies: readonly Topology[];
  /** Version of the program. */
  readonly codeVersion: string;
  readonly now: number;
}

/** @throws TOPOLOGY_CHANGED if one doesn't fit; then none is noted */
export async function noteShapes({ log, appId, topologies, codeVersion, now }: NoteShapes): Promise<void> {
  const noted = await readShapes(log, appId);
  for (const topology of topologies) {
    const before = noted.get(topology.name);
    if (before !== undefined) refuseMisfit(before, topology, codeVersion);
  }
  const builder = new RecordBatchBuilder();
  for (const topology of topologies) {
    const before = noted.get(topology.name);
    const shape = JSON.stringify(shapeOf(topology, codeVersion, before));
    if (shape !== JSON.stringify(before)) builder.append(now, topology.name, Buffer.from(shape));
  }
  if (builder.count === 0) return;
  const producer = await log.producer();
  try {
    await producer.append(shapesTopic(appId).name, 0, builder);
  } finally {
    await producer.close();
  }
}

async function readShapes(log: Log, appId: string): Promise<Map<string, Shape>> {
  const topic: Topic<unknown> = { ...shapesTopic(appId), serde: jsonSerde() };
  const shapes = new Map<string, Shape>();
  const { signal } = new AbortController();
  await readTopic({ log, topic, partitions: [0], signal }, ({ key, value, problem }) => {
    if (problem === undefined) shapes.set(key, value as Shape);
  });
  return shapes;
}
