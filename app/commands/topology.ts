// `topology describe`: the wiring as text, Mermaid or JSON. It needs no log and no data.
import type { Command } from 'commander';
import { topologyMermaid, topologyText } from '../../gateway/topology-text.ts';
import { allTopologies } from '../../topologies/all.ts';
import { describeTopology } from '../operations.ts';
import { print, printJson } from '../output.ts';

export function addTopology(program: Command): void {
  program
    .command('topology')
    .description('How the streams are wired.')
    .command('describe')
    .description('Show which topics go through which processors, with which stores, to which topics.')
    .option('--format <format>', 'text, mermaid or json', 'text')
    .action(describe);
}

function describe({ format }: { format: string }): void {
  const topologies = allTopologies().map(describeTopology);
  if (format === 'mermaid') print(topologyMermaid(topologies));
  else if (format === 'json') printJson({ topologies });
  else print(topologyText(topologies));
}
