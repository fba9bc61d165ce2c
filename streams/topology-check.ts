// What makes a topology invalid. Each rule is a function from a topology to its problems, in words.
import { storesOf } from './names.ts';
import type { SourceNode, TimerNode, Topology } from './topology.ts';

type Rule = (topology: Topology) => string[];

const rules: readonly Rule[] = [
  hasSources,
  namesAreSound,
  sourcesAreCoPartitioned,
  namesAreUnique,
  timersAreHandled,
  loopsAreMeant,
  answeredIsSent,
  retiredIsGone,
];

export function topologyProblems(topology: Topology): string[] {
  return rules.flatMap((rule) => rule(topology));
}

function hasSources({ sources }: Topology): string[] {
  return sources.length > 0 ? [] : ['it has no source'];
}

function namesAreSound({ name, stores, timers }: Topology): string[] {
  const names = [name, ...stores.map((store) => store.name), ...timers.map((timer) => timer.name)];
  return names
    .filter((each) => !/^[a-z][a-z0-9-]{0,63}$/.test(each))
    .map((each) => `the name ${JSON.stringify(each)} isn't lower-case letters, digits and dashes`);
}

function sourcesAreCoPartitioned({ sources, partitions }: Topology): string[] {
  return sources
    .filter(({ topic }) => topic.partitions !== partitions)
    .map(
      ({ topic }) => `${topic.name} has ${topic.partitions} partitions, ${sources[0]!.topic.name} has ${partitions}`,
    );
}

function namesAreUnique({ sources, timers, stores, outputs }: Topology): string[] {
  return [
    ...repeated(sources.map(({ topic }) => topic.name)).map((name) => `topic ${name} has two processors`),
    ...repeated(timers.map(({ name }) => name)).map((name) => `timer ${name} has two processors`),
    ...repeated(stores.map(({ name }) => name)).map((name) => `two different stores are called ${name}`),
    ...repeated(outputs.map(({ name }) => name)).map((name) => `two different outputs are called ${name}`),
  ];
}

function timersAreHandled({ sources, timers }: Topology): string[] {
  const handled = new Set(timers.map(({ name }) => name));
  const set = new Set<string>();
  for (const { wires } of [...sources, ...timers]) for (const name of Object.values(wires.timers)) set.add(name);
  return [
    ...[...set].filter((name) => !handled.has(name)).map((name) => `timer ${name} is set, but nothing handles it`),
    ...[...handled].filter((name) => !set.has(name)).map((name) => `timer ${name} is handled, but nothing sets it`),
  ];
}

/** Topics from which records can come back to themselves must be declared as feedback. */
function loopsAreMeant({ sources, timers, feedback }: Topology): string[] {
  const handlers = new Map(timers.map((timer) => [timer.name, timer]));
  const next = new Map(sources.map((source) => [source.topic.name, reachedFrom(source, handlers)]));
  const problems: string[] = [];
  for (const start of next.keys()) {
    const seen = new Set<string>();
    const queue = [...(next.get(start) ?? [])];
    for (let topic = queue.pop(); topic !== undefined; topic = queue.pop()) {
      if (seen.has(topic) || feedback.has(topic)) continue;
      seen.add(topic);
      queue.push(...(next.get(topic) ?? []));
    }
    if (seen.has(start))
      problems.push(`records of ${start} can lead back to it: declare one topic of the loop as feedback`);
  }
  return problems;
}

/** Topics that a record may be sent to, by its processor or by the timers which that sets. */
function reachedFrom(source: SourceNode, handlers: ReadonlyMap<string, TimerNode>): Set<string> {
  const reached = new Set<string>();
  const nodes: (SourceNode | TimerNode)[] = [source];
  const seen = new Set<SourceNode | TimerNode>();
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const topic of Object.values(node.wires.outputs)) reached.add(topic.name);
    for (const name of Object.values(node.wires.timers)) {
      const handler = handlers.get(name);
      if (handler) nodes.push(handler);
    }
  }
  return reached;
}

function answeredIsSent({ timed, outputs }: Topology): string[] {
  const sent = new Set(outputs.map(({ name }) => name));
  return [...timed]
    .filter((name) => !sent.has(name))
    .map((name) => `topic ${name} is answered, but nothing sends to it`);
}

function retiredIsGone(topology: Topology): string[] {
  const { stores, sources } = topology.retired;
  const names = storesOf({ ...topology, retired: { stores: [], sources: [] } }).map(({ name }) => name);
  return [
    ...stores.filter((name) => names.includes(name)).map((name) => `store ${name} is retired, and in use`),
    ...topology.sources
      .filter(({ topic }) => sources.includes(topic.name))
      .map(({ topic }) => `source ${topic.name} is retired, and in use`),
  ];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
