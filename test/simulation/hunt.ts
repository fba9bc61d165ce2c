// A hunt for one planted bug: seed after seed from the first, until a checker that is meant for it catches it.
import { performance } from 'node:perf_hooks';
import type { Canary } from './canaries/sabotage.ts';
import { needsReplay } from './canaries/sabotage.ts';
import type { SeedThread } from './seed-thread.ts';

export interface Hunted {
  readonly canary: Canary;
  /** The checker that caught it, and with which seed; undefined if none did that is meant for it. */
  readonly caught: { readonly by: string; readonly seed: number } | undefined;
  /** All checkers that found anything. */
  readonly seen: readonly string[];
  readonly milliseconds: number;
}

export async function hunt(canary: Canary, thread: SeedThread): Promise<Hunted> {
  const { name, seeds, caughtBy } = canary;
  const startedAt = performance.now();
  const seen = new Set<string>();
  const ended = (caught: Hunted['caught']): Hunted => {
    return { canary, caught, seen: [...seen], milliseconds: performance.now() - startedAt };
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = await thread.run({ seed, canary: name, replay: needsReplay(canary) });
    for (const { checker } of violations) seen.add(checker);
    const by = caughtBy.find((checker) => seen.has(checker));
    if (by !== undefined) return ended({ by, seed });
  }
  return ended(undefined);
}
