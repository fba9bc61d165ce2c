// How often things happened in one seed: what was done, what went wrong. A fault that never strikes proves nothing, so
// the report shows them all.
export type Counts = Map<string, number>;

export function count(counts: Counts, name: string, more = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}
