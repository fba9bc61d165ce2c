// Chance in the words that the simulation needs. Every throw comes from a seeded Random that is handed in.
import type { Random } from '../../base/random.ts';

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** A whole number from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + random.int(high - low + 1);
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.int(items.length)]!;
}

/** One of the names, each as likely as its weight says. */
export function weighted<Name extends string>(random: Random, weights: Readonly<Record<Name, number>>): Name {
  const names = Object.keys(weights) as Name[];
  let left = random.next() * names.reduce((sum, name) => sum + weights[name], 0);
  for (const name of names) {
    left -= weights[name];
    if (left < 0) return name;
  }
  return names.at(-1)!;
}

/** Milliseconds around `typical`, and once in a while far more: how machines and networks are. */
export function delay(random: Random, typical: number): number {
  const far = random.next() < 0.02 ? 20 : 1;
  return Math.floor(random.next() * 2 * typical * far);
}
