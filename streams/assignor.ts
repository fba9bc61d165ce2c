// Which member gets which tasks: balanced to within one, and otherwise each task stays where it is.
// Deterministic: every leader comes to the same result from the same members.

/** A member as it described itself when it joined. */
export interface MemberTasks {
  readonly memberId: string;
  /** Partitions of the tasks that it runs now. */
  readonly owned: readonly number[];
}

/** Member to the partitions of its tasks, ascending; every task appears exactly once. */
export function assignTasks(members: readonly MemberTasks[], partitions: number): Map<string, number[]> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assigned = new Map<string, number[]>(sorted.map(({ memberId }) => [memberId, []]));
  const quotas = quotasOf(sorted, partitions);
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  for (const { memberId, owned } of sorted) {
    const kept = [...new Set(owned)].filter((partition) => free.has(partition)).sort((a, b) => a - b);
    for (const partition of kept.slice(0, quotas.get(memberId))) {
      assigned.get(memberId)!.push(partition);
      free.delete(partition);
    }
  }
  for (const partition of free) {
    const { memberId } = sorted.find((member) => assigned.get(member.memberId)!.length < quotas.get(member.memberId)!)!;
    assigned.get(memberId)!.push(partition);
  }
  for (const partitionsOfMember of assigned.values()) partitionsOfMember.sort((a, b) => a - b);
  return assigned;
}

/** How many tasks each member gets: those which own the most now get the odd ones, so that less moves. */
function quotasOf(sorted: readonly MemberTasks[], partitions: number): Map<string, number> {
  const floor = Math.floor(partitions / sorted.length);
  let odd = partitions % sorted.length;
  const byOwned = [...sorted].sort((a, b) => b.owned.length - a.owned.length);
  return new Map(byOwned.map(({ memberId }) => [memberId, floor + (odd-- > 0 ? 1 : 0)]));
}

/** What a member tells the leader, and what the leader answers: a version, then the partitions. */
export function encodeTasks(partitions: readonly number[]): Uint8Array {
  return Buffer.from(JSON.stringify({ version: 1, tasks: partitions }));
}

/** Bytes of another version or make count as no tasks: then everything is assigned anew, which is safe. */
export function decodeTasks(bytes: Uint8Array): number[] {
  try {
    const { version, tasks } = JSON.parse(Buffer.from(bytes).toString()) as { version?: unknown; tasks?: unknown };
    if (version !== 1 || !Array.isArray(tasks)) return [];
    return tasks.filter((task): task is number => Number.isInteger(task));
  } catch {
    return [];
  }
}
