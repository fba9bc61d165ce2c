// The shape of a topology: what a program expects of state and inputs that another version of it left. It is noted in the
// log, so that a program which doesn't fit is refused on any machine, before it has touched anything.
import { StockstreamError } from '../base/errors.ts';
import type { TopicSpec } from '../log/log.ts';
import { storesOf } from './names.ts';
import type { Topology } from './topology.ts';

export interface StoreShape {
  readonly name: string;
  /** What its values' bytes are; undefined if its serde doesn't say. */
  readonly format?: string | undefined;
  /** Of its values, if they have versions. */
  readonly version?: number | undefined;
}

export interface Shape {
  readonly topology: string;
  /** Version of the program. */
  readonly code: string;
  readonly partitions: number;
  readonly sources: readonly string[];
  readonly stores: readonly StoreShape[];
  /** Names of stores that were given up: state of theirs may still lie somewhere. */
  readonly retired: readonly string[];
}

/** Where the shapes of an application's topologies are noted: the last one of each counts. */
export function shapesTopic(appId: string): TopicSpec {
  return { name: `${appId}-topologies`, partitions: 1, cleanup: 'compact' };
}

/** `before` is the noted one, if there is one: what was retired once stays so. */
export function shapeOf(topology: Topology, code: string, before: Shape | undefined): Shape {
  const { name, partitions, sources, retired } = topology;
  const stores = storesOf(topology)
    .filter((store) => !retired.stores.includes(store.name))
    .map(({ name: store, serde: { format, version } }) => ({ name: store, format, version }));
  return {
    topology: name,
    code,
    partitions,
    sources: sources.map(({ topic }) => topic.name),
    stores,
    retired: [...new Set([...(before?.retired ?? []), ...retired.stores])],
  };
}

/** Why `topology` can't go on with what was left by the program that noted `before`, in words. */
function misfits(before: Shape, topology: Topology): string[] {
  const { retired } = topology;
  const now = shapeOf(topology, '', before);
  const stores = new Map(storesOf(topology).map((store) => [store.name, store]));
  const problems: string[] = [];
  if (before.partitions !== now.partitions) {
    problems.push(`it has ${now.partitions} partitions, and its state was made with ${before.partitions}`);
  }
  for (const source of before.sources) {
    if (now.sources.includes(source) || retired.sources.includes(source)) continue;
    problems.push(`source ${source} is gone: what it has that wasn't read would be lost`);
  }
  for (const { name, format, version = 0 } of before.stores) {
    if (retired.stores.includes(name)) continue;
    const serde = stores.get(name)?.serde;
    if (serde === undefined) problems.push(`store ${name} is gone, and there is state in it`);
    else if (isOther(format, serde.format, serde.reads)) {
      problems.push(`store ${name} is read as ${serde.format}, and was written as ${format}`);
    } else if ((serde.version ?? 0) < version) {
      problems.push(`store ${name} has values of version ${version}, and is read up to ${serde.version ?? 0}`);
    }
  }
  for (const { name } of now.stores) {
    if (before.retired.includes(name)) problems.push(`store ${name} is back, which was given up before`);
  }
  return problems;
}

/** @throws TOPOLOGY_CHANGED with every problem */
export function refuseMisfit(before: Shape, topology: Topology, code: string): void {
  const problems = misfits(before, topology);
  if (problems.length === 0) return;
  const details = { topology: topology.name, noted: before.code, code, problems: problems.join('; ') };
  throw new StockstreamError('TOPOLOGY_CHANGED', details);
}

function isOther(written: string | undefined, read: string | undefined, others: readonly string[] = []): boolean {
  if (written === undefined || read === undefined) return false;
  return written !== read && !others.includes(written);
}
