// A topology as a person reads it: as indented text, or as a Mermaid flowchart.
import type { TopologyDescription } from './operations.ts';

export function topologyText(topologies: readonly TopologyDescription[]): string {
  const lines = topologies.flatMap(({ name, partitions, nodes }) => [
    `Topology: ${name} (${partitions} tasks)`,
    ...nodes.flatMap(({ processor, source, stores, outputs }) => [
      `  ${source.kind === 'topic' ? 'Source' : 'Timer'}: ${source.name} --> ${processor}`,
      ...(stores.length > 0 ? [`    stores: ${stores.join(', ')}`] : []),
      ...outputs.map((output) => `    --> ${output}`),
    ]),
  ]);
  return `${lines.join('\n')}\n`;
}

/** Topics are rounded, timers hexagons, processors boxes, stores cylinders. */
export function topologyMermaid(topologies: readonly TopologyDescription[]): string {
  const lines = new Set(['flowchart LR']);
  for (const { name, nodes } of topologies) {
    for (const { processor, source, stores, outputs } of nodes) {
      const step = `${id('p', name, processor)}["${processor}"]`;
      const from = source.kind === 'topic' ? topic(source.name) : `${id('t', name, source.name)}{{"${source.name}"}}`;
      lines.add(`  ${from} --> ${step}`);
      for (const store of stores) lines.add(`  ${step} --- ${id('s', name, store)}[("${store}")]`);
      for (const output of outputs) lines.add(`  ${step} --> ${topic(output)}`);
    }
  }
  return `${[...lines].join('\n')}\n`;
}

function topic(name: string): string {
  return `${id('k', name)}(["${name}"])`;
}

/** An id that Mermaid takes. */
function id(...parts: readonly string[]): string {
  return parts.join('_').replace(/[^A-Za-z0-9_]/g, '_');
}
