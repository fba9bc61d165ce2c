// The group part of the log port: who owns which work. The log forms generations and elects a leader;
// what is assigned, and to whom, is the assignor's business (streams/assignor.ts). Bytes pass through uninterpreted.

/** Proof of membership that fences offset commits. */
export interface GroupMetadata {
  readonly group: string;
  readonly memberId: string;
  /** Grows with every rebalance; an older one is refused. */
  readonly generation: number;
}

export interface GroupOptions {
  readonly group: string;
  /** A member is dropped when it was silent for this long. Milliseconds. */
  readonly sessionTimeoutMs: number;
  /** How long a rebalance waits for a member to rejoin. Milliseconds. */
  readonly rebalanceTimeoutMs: number;
  /** A static member keeps its place over a restart within the session time-out. */
  readonly instanceId?: string;
}

export interface MemberMetadata {
  readonly memberId: string;
  readonly instanceId?: string;
  readonly metadata: Uint8Array;
}

/**
 * A member's side of the group, called by the adapter, never two calls at once:
 *
 *     join -> onAssignment -> (onRebalance -> onAssignment)* -> left
 *                 any time: onLost -> the adapter joins again by itself -> onAssignment
 */
export interface GroupProtocol {
  /** What this member tells the leader when it joins: what it owns, how far its state is. */
  metadata(): Uint8Array;
  /** Runs on the elected leader only. Every member must get an entry (it may be empty bytes). */
  assign(members: readonly MemberMetadata[]): Map<string, Uint8Array>;
  /**
   * The group re-forms. What is owned may go on meanwhile: commits of the present generation hold until the next one is
   * formed, and are refused from then on. The member joins once this has resolved.
   */
  onRebalance(): Promise<void>;
  onAssignment(assignment: Uint8Array, member: GroupMetadata): Promise<void>;
  /** The session ended, the member was fenced, or a generation formed without it: what it owned is another's now. Nothing may be committed any more. */
  onLost(error: Error): Promise<void>;
}

export interface GroupMember {
  /** Of the present generation. */
  readonly metadata: GroupMetadata;
  /** Asks for a new rebalance, because this member's metadata changed. */
  rejoin(): void;
  /**
   * Asks the log whether the group is still in the generation of `member`, at some time after the call: nobody else has been
   * given anything since. False also if it can't be asked now.
   */
  isCurrent(member: GroupMetadata): Promise<boolean>;
  /** Leaves at once; others take over without waiting for the session time-out. */
  leave(): Promise<void>;
}
