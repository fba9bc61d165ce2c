// What the gateway's operator routes can see and do. Of tasks it knows those of this process; a gateway without workers
// beside it shows what the log says.

import { reasonOf } from '../base/errors.ts';
import { systemRandom } from '../base/random.ts';
import type {
  LagDescription,
  Operations,
  PartHealth,
  TaskDescription,
  TopologyDescription,
} from '../gateway/operations.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import { effectGroup } from '../streams/effect.ts';
import { topologyNames } from '../streams/names.ts';
import type { Topology } from '../streams/topology.ts';
import { viewGroup, viewLabel } from '../streams/view.ts';
import { allTopologies } from '../topologies/all.ts';
import { seedProducts } from './demo/seed.ts';
import { effectsOf } from './effects.ts';
import { StateQuarantine } from './queries/quarantined-keys.ts';
import { rebuildView } from './rebuild-view.ts';
import type { ReplayBases } from './replay/bases.ts';
import { LoggedReplays } from './replay/replays.ts';
import type { ViewSets } from './view-sets.ts';
import { viewsOf } from './views.ts';
import { clock } from './wire/places.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface OperationsParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly viewSets: ViewSets;
  readonly appId: string;
  /** Of this process. */
  readonly workers: readonly WorkerHandle[];
  readonly state: Operations['state'];
  readonly reconciliation: Operations['reconciliation'];
  readonly generations: Operations['generations'];
  readonly checkpoints: Operations['checkpoints'];
  /** Where replays begin. */
  readonly bases: ReplayBases;
}

export function operationsOf(parts: OperationsParts): Operations {
  const { workers, log, topics, appId } = parts;
  const topologies = allTopologies(topics);
  return {
    topologies: async () => topologies.map(describeTopology),
    tasks: async () => (await Promise.all(workers.map((worker) => worker.tasks()))).flat(),
    lag: () => describeLag(topologies, parts),
    health: () => health(parts),
    rebuildView: (name) => rebuildView(name, parts),
    seed: (count) => seedProducts(log, { clock, topics, count }),
    state: parts.state,
    quarantine: new StateQuarantine(topologies, parts.state),
    replays: new LoggedReplays({
      log,
      deadLetters: topics.deadLetters,
      topologies,
      appId,
      random: systemRandom,
      bases: parts.bases,
    }),
    reconciliation: parts.reconciliation,
    generations: parts.generations,
    checkpoints: parts.checkpoints,
  };
}

export function describeTopology({ name, partitions, sources, timers }: Topology): TopologyDescription {
  const parts = [
    ...sources.map(({ topic, ...node }) => ({ ...node, source: { kind: 'topic', name: topic.name } as const })),
    ...timers.map(({ name: timer, ...node }) => ({ ...node, source: { kind: 'timer', name: timer } as const })),
  ];
  const nodes = parts.map(({ processor, source, wires }) => ({
    processor: processor.name,
    source,
    stores: Object.values(wires.stores).map((store) => store.name),
    outputs: Object.values(wires.outputs).map((topic) => topic.name),
  }));
  return { name, partitions, nodes };
}

interface Reader {
  readonly kind: LagDescription['kind'];
  readonly name: string;
  readonly group: string;
  readonly topic: { readonly name: string; readonly partitions: number };
}

async function describeLag(
  topologies: readonly Topology[],
  { log, topics, viewSets, appId }: OperationsParts,
): Promise<LagDescription[]> {
  const readers: Reader[] = [
    ...topologies.flatMap(({ name, sources }) => {
      const { group } = topologyNames(appId, name);
      return sources.map(({ topic }) => ({ kind: 'topology' as const, name, group, topic }));
    }),
    ...viewSets.all.flatMap((set) =>
      viewsOf(set, topics).map((view) => {
        return { kind: 'view' as const, name: viewLabel(view), group: viewGroup(appId, view), topic: view.topic };
      }),
    ),
    ...effectsOf(topics).map(({ name, topic }) => {
      return { kind: 'effect' as const, name, group: effectGroup(appId, name), topic };
    }),
  ];
  return (await Promise.all(readers.map((reader) => lagOf(log, reader)))).flat();
}

async function lagOf(log: Log, { kind, name, group, topic }: Reader): Promise<LagDescription[]> {
  const partitions = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
  const ends = await log.admin.offsets(partitions, 'latest');
  const earliest = await log.admin.offsets(partitions, 'earliest');
  const committed = await log.admin.committedOffsets(group, partitions);
  return partitions.map(({ partition }, index) => {
    const end = ends[index]!;
    const lag = Math.max(0, end - (committed[index] ?? earliest[index]!));
    return { kind, name, topic: topic.name, partition, committed: committed[index] ?? null, end, lag };
  });
}

/** Of the process: whether log and documents answer, and what its workers say. */
export async function health({
  log,
  viewSets,
  workers,
}: Pick<OperationsParts, 'log' | 'viewSets' | 'workers'>): Promise<PartHealth[]> {
  const away = await viewSets.documents.ping().then(() => undefined, reasonOf);
  const parts = await Promise.all(workers.map((worker) => worker.health()));
  return [logHealth(log), partHealth('documents', away), ...parts.flat()];
}

/** Unhealthy only if the log as a whole doesn't answer. */
export function logHealth({ health: { answers, reason } = { answers: true } }: Log, name = 'log'): PartHealth {
  return partHealth(name, answers ? undefined : (reason ?? 'it does not answer'));
}

export function partHealth(name: string, problem: string | undefined): PartHealth {
  return problem === undefined ? { name, healthy: true } : { name, healthy: false, detail: problem };
}

/** What threads that keep no state work on, views, effects and sources: a task a partition. */
export function readerTasks(
  threads: readonly {
    readonly name: string;
    readonly partitions: readonly number[];
    readonly waitingFor: string | undefined;
  }[],
  owner: string,
): TaskDescription[] {
  return threads.flatMap(({ name, partitions, waitingFor }) => {
    const state = waitingFor === undefined ? 'running' : 'paused';
    return partitions.map((partition) => ({ id: `${name}_${partition}`, topology: name, partition, state, owner }));
  });
}
