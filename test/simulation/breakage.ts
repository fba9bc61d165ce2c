// Processors that are broken for some records and timers until they are mended, as a bug that is deployed and fixed: until
// then they throw, after having done all that they do. What they process they also trace. A pure function of record and
// commit time, so that a replay meets the same.
import { seededRandom } from '../../base/random.ts';
import { jsonSerde } from '../../state/task-state.ts';
import type { Context, Topic } from '../../streams/api.ts';
import type { PlainWiring, SourceNode, TimerNode, Topology } from '../../streams/topology.ts';
import { between, chance, pick } from './dice.ts';

export interface Breakage {
  readonly trace: Topic<Traced>;
  /** When all works, in milliseconds since the Unix epoch. */
  readonly mendedAt: number;
  /** One record or timer in so many is broken. */
  readonly rate: number;
}

/** A record that was processed. */
export interface Traced {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export const brokenMessage = 'broken until it is mended';

const traceOutput = 'trace';

/** Undefined for most seeds: a fault that is always on hides what only shows without it. */
export function breakageOf(seed: number, partitions: number, startsAt: number): Breakage | undefined {
  const random = seededRandom(seed ^ 0xb40ce);
  if (!chance(random, 0.35)) return undefined;
  const trace: Topic<Traced> = { name: 'trace', partitions, cleanup: 'delete', serde: jsonSerde() };
  return { trace, mendedAt: startsAt + between(random, 2, 60) * 1_000, rate: pick(random, [3, 10, 40, 200]) };
}

/** Whether the processor of a record, or of a timer with this key, is broken at a time. */
export function isBroken({ mendedAt, rate }: Breakage, what: Traced | string, now: number): boolean {
  if (now >= mendedAt) return false;
  return hash(typeof what === 'string' ? what : `${what.topic}-${what.partition}@${what.offset}`) % rate === 0;
}

export function breakProcessors(topology: Topology, breakage: Breakage): Topology {
  const { trace } = breakage;
  return {
    ...topology,
    outputs: [...topology.outputs, trace as Topic<unknown>],
    sources: topology.sources.map((node): SourceNode => {
      if (node.topic === topology.quarantine?.commands) return node;
      const { processor, wires } = node;
      const process: typeof processor.process = (record, context) => {
        processor.process(record, context);
        const { topic, partition, offset } = record;
        (context as Context<PlainWiring>).forward(traceOutput, record.key, { topic, partition, offset });
        if (isBroken(breakage, record, context.now)) throw new Error(brokenMessage);
      };
      const outputs = { ...wires.outputs, [traceOutput]: trace as Topic<unknown> };
      return { ...node, processor: { ...processor, process }, wires: { ...wires, outputs } };
    }),
    timers: topology.timers.map(({ processor, ...node }): TimerNode => {
      const fire: typeof processor.fire = (key, context) => {
        processor.fire(key, context);
        if (isBroken(breakage, key, context.now)) throw new Error(brokenMessage);
      };
      return { ...node, processor: { ...processor, fire } };
    }),
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
