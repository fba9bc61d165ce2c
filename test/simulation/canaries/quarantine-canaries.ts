// Planted bugs in what becomes of keys that stand still. Only seeds with broken processors can show them.
import type { QuarantineCommand, Topic } from '../../../streams/api.ts';
import type { Canary } from './sabotage.ts';
import { delegateStore, without } from './store-canaries.ts';

export const quarantineCanaries: readonly Canary[] = [
  {
    name: 'failed records passed over',
    bug: 'a key whose record failed goes on as if nothing was',
    seeds: 10,
    caughtBy: ['dead letters are the poison', 'each key in its order, exactly once'],
    plant: () => ({
      topology: (topology) => ({
        ...topology,
        sources: topology.sources.map((node) => ({ ...node, isQuarantined: false })),
      }),
    }),
  },
  {
    name: 'waiting records lost in a store',
    bug: 'once in a while the store forgets a record that waits behind one that failed',
    seeds: 10,
    caughtBy: ['each key in its order, exactly once', 'threads go on', 'state equals its changelog'],
    plant() {
      let waiting = 0;
      return {
        store: (store) => ({
          ...delegateStore(store),
          write: (batch) =>
            store.write(without(store, batch, (key) => key.includes('@quarantine-queue') && ++waiting % 5 === 0)),
        }),
      };
    },
  },
  {
    name: 'edits taken for drops',
    bug: 'a record that was edited is dropped instead of tried again',
    seeds: 30,
    caughtBy: ['each key in its order, exactly once'],
    plant() {
      return {
        topology(topology) {
          const { quarantine } = topology;
          if (quarantine === undefined) return topology;
          const { serde } = quarantine.commands;
          const decode = (bytes: Buffer): QuarantineCommand => {
            const command = serde.decode(bytes);
            return command.value === null ? command : { ...command, action: 'drop' };
          };
          const commands: Topic<QuarantineCommand> = {
            ...quarantine.commands,
            serde: { ...serde, decode, encode: serde.encode.bind(serde) },
          };
          const sources = topology.sources.map((node) =>
            node.topic.name === commands.name ? { ...node, topic: commands as Topic<unknown> } : node,
          );
          return { ...topology, sources, quarantine: { ...quarantine, commands } };
        },
      };
    },
  },
];
