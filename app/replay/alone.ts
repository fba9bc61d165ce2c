// The only member of a consumer group, for as long as some work takes: whoever commits with its membership knows that no
// worker has come meanwhile, for then the log refuses it.
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata, GroupProtocol, MemberMetadata } from '../../log/group.ts';
import type { Log } from '../../log/log.ts';
import type { Topology } from '../../streams/topology.ts';

const sessionTimeoutMs = 30_000;
const nothing = new Uint8Array(0);

/** @throws REPLAY_WHILE_RUNNING if the group has members */
export async function assertUnused(log: Log, group: string, topology: Topology): Promise<void> {
  const places = topology.sources.flatMap(({ topic }) => {
    return Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
  });
  const committed = await log.admin.committedOffsets(group, places);
  const offsets = places.flatMap((place, index) => {
    const offset = committed[index];
    return offset === undefined ? [] : [{ ...place, offset }];
  });
  if (offsets.length === 0) return;
  try {
    // As they are: a group with members takes offsets from nobody else.
    await log.admin.commitOffsets(group, offsets);
  } catch (error) {
    if (isStockstreamError(error, 'LOG_MEMBER_FENCED')) throw running(topology, error);
    throw error;
  }
}

/**
 * `work` gets what proves the membership.
 * @throws REPLAY_WHILE_RUNNING if somebody is there, or comes before `work` has committed
 */
export async function alone<T>(
  log: Log,
  { group, topology }: { readonly group: string; readonly topology: Topology },
  work: (member: () => GroupMetadata) => Promise<T>,
): Promise<T> {
  const protocol = new Alone();
  const member = await log.join({ group, sessionTimeoutMs, rebalanceTimeoutMs: sessionTimeoutMs }, protocol);
  try {
    const metadata = await protocol.assigned;
    if (metadata === undefined) throw running(topology);
    return await work(() => metadata);
  } catch (error) {
    const isFenced =
      isStockstreamError(error, 'LOG_MEMBER_FENCED') || isStockstreamError(error, 'LOG_REBALANCE_IN_PROGRESS');
    throw isFenced ? running(topology, error) : error;
  } finally {
    await member.leave();
  }
}

class Alone implements GroupProtocol {
  readonly #assigned = Promise.withResolvers<GroupMetadata | undefined>();
  #isAlone = false;

  /** Undefined if there are others. */
  get assigned(): Promise<GroupMetadata | undefined> {
    return this.#assigned.promise;
  }

  metadata(): Uint8Array {
    return nothing;
  }

  /** Nobody gets anything while this member is there. */
  assign(members: readonly MemberMetadata[]): Map<string, Uint8Array> {
    this.#isAlone = members.length === 1;
    return new Map(members.map(({ memberId }) => [memberId, nothing]));
  }

  async onRebalance(): Promise<void> {}

  async onAssignment(_: Uint8Array, member: GroupMetadata): Promise<void> {
    // Whoever isn't the leader is told nothing of the others.
    this.#assigned.resolve(this.#isAlone ? member : undefined);
  }

  async onLost(): Promise<void> {
    this.#assigned.resolve(undefined);
  }
}

function running({ name: topology }: Topology, cause?: unknown): StockstreamError {
  return new StockstreamError('REPLAY_WHILE_RUNNING', { topology }, cause);
}
