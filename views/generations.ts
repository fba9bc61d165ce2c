// Which sets of views there are, and which one answers: a fold of the topic of their steps, the same in every process. Steps
// that make no sense by the time they are read change nothing, so two operators at once do no harm.
//
//     (first) active            begun --> filled ----> active <--> filled --> dropped
//                                  any that isn't active may be dropped
import { unreachable } from '../base/assert.ts';
import type { ViewGenerationEvent } from '../schemas/types.generated.ts';

/** There from the beginning, without any step. */
export const firstGeneration = 'g1';

/** What tells a generation's names and places from others'; the first one's are as before there were any. */
export function generationSuffix(generation: string): string {
  return generation === firstGeneration ? '' : generation;
}

export interface Generation {
  readonly name: string;
  /** Milliseconds since the Unix epoch; 0 for the first one. */
  readonly begunAt: number;
  /** The last comparison with the one that answered then. */
  readonly checked?: GenerationCheck;
}

export interface GenerationCheck {
  readonly at: number;
  readonly against: string;
  /** Documents, listings and the like. */
  readonly compared: number;
  readonly differences: number;
}

export interface Generations {
  /** The one that answers. */
  readonly active: string;
  /** The one that answered before; it may be gone. */
  readonly previous?: string;
  /** All that are filled, the active one among them, in the order of their beginning. */
  readonly live: readonly Generation[];
  /** How many there ever were: the next one's number follows. */
  readonly count: number;
}

export const noSteps: Generations = {
  active: firstGeneration,
  live: [{ name: firstGeneration, begunAt: 0 }],
  count: 1,
};

/** Two at once: each costs as much as the shop's views. */
const mostLive = 2;

/** The name of the one that would begin next. */
export function nextGeneration({ count }: Generations): string {
  return `g${count + 1}`;
}

export type GenerationRefusal = 'unknown_generation' | 'too_many_generations' | 'already_there' | 'is_active';

/** Why the step changes nothing, or undefined. */
export function generationRefusal(
  { generation, event }: Pick<ViewGenerationEvent, 'generation' | 'event'>,
  generations: Generations,
): GenerationRefusal | undefined {
  const { live, active } = generations;
  const isLive = live.some(({ name }) => name === generation);
  switch (event.type) {
    case 'GenerationBegun':
      if (generation !== nextGeneration(generations)) return 'already_there';
      return live.length >= mostLive ? 'too_many_generations' : undefined;
    case 'GenerationChecked':
      return isLive ? undefined : 'unknown_generation';
    case 'GenerationActivated':
      if (!isLive) return 'unknown_generation';
      return generation === active ? 'is_active' : undefined;
    case 'GenerationDropped':
      if (!isLive) return 'unknown_generation';
      return generation === active ? 'is_active' : undefined;
    default:
      return unreachable(event);
  }
}

/** The state after a step. */
export function afterStep(generations: Generations, step: ViewGenerationEvent): Generations {
  if (generationRefusal(step, generations)) return generations;
  const { generation: name, at, event } = step;
  const { active, live, count } = generations;
  switch (event.type) {
    case 'GenerationBegun':
      return { ...generations, live: [...live, { name, begunAt: at }], count: count + 1 };
    case 'GenerationChecked': {
      const { against, compared, differences } = event;
      const checked = { at, against, compared, differences };
      return { ...generations, live: live.map((each) => (each.name === name ? { ...each, checked } : each)) };
    }
    case 'GenerationActivated':
      return { ...generations, active: name, previous: active };
    case 'GenerationDropped':
      return { ...generations, live: live.filter((each) => each.name !== name) };
    default:
      return unreachable(event);
  }
}
