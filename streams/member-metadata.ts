// What passes through the group as bytes: what a member tells the leader, and what the leader answers. A program of the
// first revision knows only `version` and `tasks`, which stay what they were, so that old and new workers can share a
// group while they are replaced one by one.
import type { AssignedTasks, MemberTasks } from './assignor.ts';

/** Where the state of a task can be asked: addresses as `host:port`. */
export interface TaskAddresses {
  /** Undefined while the task moves, or if its owner can't be asked. */
  readonly owner: string | undefined;
  readonly standbys: readonly string[];
}

/** What a member learns from the leader. */
export interface Assignment extends AssignedTasks {
  /** What it has to give up is nobody's until it has done so; else, of an old leader, somebody's already. */
  readonly isCooperative: boolean;
  /** Some tasks are nobody's yet, because who had them has not released them. */
  readonly isPartial: boolean;
  /** Of every task of the group, by partition. */
  readonly addresses: ReadonlyMap<number, TaskAddresses>;
}

const version = 1;
const revision = 2;

export type MemberDescription = Omit<MemberTasks, 'memberId' | 'isCooperative'>;

export function encodeMember({ owned, generation, positions, process, endpoint }: MemberDescription): Uint8Array {
  const tasks = [...owned].sort((a, b) => a - b);
  const told = { version, tasks, revision, generation, positions: [...positions].flat(), process, endpoint };
  return Buffer.from(JSON.stringify(told));
}

/** Bytes of another make count as no tasks: then everything is assigned anew, which is safe. */
export function decodeMember(memberId: string, bytes: Uint8Array): MemberTasks {
  const { tasks, revision: known, generation, positions, process, endpoint } = parse(bytes);
  const isCooperative = known === revision;
  return {
    memberId,
    owned: integers(tasks),
    generation: isCooperative && Number.isInteger(generation) ? (generation as number) : -1,
    positions: pairs(integers(positions)),
    process: typeof process === 'string' ? process : memberId,
    endpoint: typeof endpoint === 'string' ? endpoint : undefined,
    isCooperative,
  };
}

/** One entry a member, each with the addresses of all. */
export function encodeAssignments(
  assigned: ReadonlyMap<string, AssignedTasks>,
  members: readonly MemberTasks[],
  partitions: number,
): Map<string, Uint8Array> {
  const endpoints = new Map(members.map(({ memberId, endpoint }) => [memberId, endpoint]));
  const addresses = Array.from({ length: partitions }, (_, task) => {
    const owner = [...assigned].find(([, { active }]) => active.includes(task))?.[0];
    const copies = [...assigned].filter(([, each]) => [...each.standbys, ...each.warmups].includes(task));
    const standbys = copies.flatMap(([memberId]) => endpoints.get(memberId) ?? []);
    return { owner: owner === undefined ? undefined : endpoints.get(owner), standbys };
  });
  const partial = [...assigned.values()].reduce((sum, { active }) => sum + active.length, 0) < partitions;
  return new Map(
    [...assigned].map(([memberId, { active: tasks, standbys, warmups }]) => {
      const told = { version, tasks, revision, standbys, warmups, partial, addresses };
      return [memberId, Buffer.from(JSON.stringify(told))];
    }),
  );
}

export function decodeAssignment(bytes: Uint8Array): Assignment {
  const { tasks, revision: known, standbys, warmups, partial, addresses } = parse(bytes);
  const all = (Array.isArray(addresses) ? addresses : []) as readonly TaskAddresses[];
  return {
    active: integers(tasks),
    standbys: integers(standbys),
    warmups: integers(warmups),
    isCooperative: known === revision,
    isPartial: partial === true,
    addresses: new Map(all.map(({ owner, standbys: copies }, task) => [task, { owner, standbys: copies }])),
  };
}

function parse(bytes: Uint8Array): { readonly [field: string]: unknown } {
  try {
    const parsed = JSON.parse(Buffer.from(bytes).toString()) as { readonly [field: string]: unknown } | null;
    return parsed?.version === version ? parsed : {};
  } catch {
    return {};
  }
}

function integers(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((each): each is number => Number.isInteger(each)) : [];
}

function pairs(flat: readonly number[]): Map<number, number> {
  const map = new Map<number, number>();
  for (let at = 0; at + 1 < flat.length; at += 2) map.set(flat[at]!, flat[at + 1]!);
  return map;
}
