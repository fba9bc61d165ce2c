// Who has the tasks of a topology: as the leader of its group told the members last, read from the group's description, so
// that a process which is no member learns it, too.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import { decodeAssignment, type TaskAddresses } from '../../streams/member-metadata.ts';
import { topologyNames } from '../../streams/names.ts';

export interface Owners {
  /** By partition; empty while nothing is known. `isFresh`: what is known already has proven wrong. */
  of(topology: string, isFresh: boolean): Promise<ReadonlyMap<number, TaskAddresses>>;
}

interface Known {
  readonly at: number;
  readonly addresses: Promise<ReadonlyMap<number, TaskAddresses>>;
}

const keptMs = 1_000;
const none: ReadonlyMap<number, TaskAddresses> = new Map();

/** Undefined where all workers are in this process. */
export function groupOwners({ log, appId, clock }: { log: Log; appId: string; clock: Clock }): Owners | undefined {
  const { admin } = log;
  if (admin.assignments === undefined) return undefined;
  const known = new Map<string, Known>();
  const ask = async (topology: string) => {
    const assignments = (await admin.assignments?.(topologyNames(appId, topology).group)) ?? [];
    const all = assignments.map((bytes) => decodeAssignment(bytes).addresses);
    // Every member was told of all; one of an older program of none.
    return all.find((addresses) => addresses.size > 0) ?? none;
  };
  return {
    async of(topology, isFresh) {
      const last = known.get(topology);
      if (last !== undefined && !isFresh && clock.monotonic() - last.at < keptMs) return await last.addresses;
      const addresses = ask(topology);
      known.set(topology, { at: clock.monotonic(), addresses });
      addresses.catch(() => known.delete(topology));
      return await addresses;
    },
  };
}
