// What a group membership asks of a coordinator: Kafka's JoinGroup, SyncGroup, Heartbeat and LeaveGroup, without their
// encoding. Each adapter brings its own connection; log/group-membership.ts drives it.
import type { GroupMetadata, GroupOptions, MemberMetadata } from './group.ts';

/**
 * Why a coordinator refuses:
 * `rebalance` the group re-forms, join again with the same id; `unknownMember` the member was dropped, join anew;
 * `illegalGeneration` the group went on without it; `fencedInstance` another process uses its instance id;
 * `unavailable` no answer now (a coordinator that moves, a network that is down): try again later.
 */
export type GroupRefusal = 'rebalance' | 'unknownMember' | 'illegalGeneration' | 'fencedInstance' | 'unavailable';

export interface JoinRequest {
  readonly options: GroupOptions;
  /** Empty for a new member. */
  readonly memberId: string;
  readonly metadata: Uint8Array;
  /** May be called when the group re-forms, so that the member needn't wait for its next heartbeat. */
  readonly wake: () => void;
}

export type JoinAnswer =
  /** The id to join with: the coordinator takes nobody in without one. */
  | { readonly kind: 'memberId'; readonly memberId: string }
  /** `members` is empty for all but the leader; a leader without members must not assign (a static one that returned). */
  | {
      readonly kind: 'joined';
      readonly memberId: string;
      readonly generation: number;
      readonly members: readonly MemberMetadata[];
    }
  | { readonly kind: 'refused'; readonly reason: GroupRefusal };

export type SyncAnswer =
  | { readonly kind: 'assigned'; readonly assignment: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: GroupRefusal };

/**
 * What passes by itself (a network that is down, a coordinator that moves) is `unavailable`; `join` and `sync` reject
 * with what an operator must mend, the others never.
 */
export interface GroupConnection {
  /** A coordinator that can't call `wake` is to be asked at least so often. Milliseconds. */
  readonly beatMs?: number;
  /** Answers when the generation is formed, which may take as long as the slowest member's rebalance time-out. */
  join(request: JoinRequest): Promise<JoinAnswer>;
  /** `assignments` by member id, from the leader; empty from the others. */
  sync(member: GroupMetadata, assignments: ReadonlyMap<string, Uint8Array>): Promise<SyncAnswer>;
  heartbeat(member: GroupMetadata): Promise<GroupRefusal | 'ok'>;
  leave(member: GroupMetadata): Promise<void>;
}
