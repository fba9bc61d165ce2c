// The declaration of an effect task: which topic, and what is called for each of its records.
import type { Effect, Topic } from './api.ts';

export interface EffectTask {
  readonly topic: Topic<unknown>;
  readonly effect: Effect<unknown>;
}

export function effectTask<V>(topic: Topic<V>, effect: Effect<V>): EffectTask {
  return { topic, effect } as EffectTask;
}

/** Its offsets are its own. */
export function effectGroup(appId: string, name: string): string {
  return `${appId}-effect-${name}`;
}
