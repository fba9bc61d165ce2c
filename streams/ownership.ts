// A worker's place in its consumer group: turns the group's callbacks into something that a run loop asks for between
// two cycles. While the group re-forms the loop stands still, with nothing in flight.
import { assert } from '../base/assert.ts';
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { GroupMember, GroupMetadata, GroupProtocol, MemberMetadata } from '../log/group.ts';
import type { Log } from '../log/log.ts';
import { assignTasks, decodeTasks, encodeTasks } from './assignor.ts';

/** What the loop must do next: run these tasks and no others, or drop all at once. */
export type OwnershipChange =
  | { readonly type: 'assigned'; readonly partitions: readonly number[]; readonly member: GroupMetadata }
  | { readonly type: 'lost'; readonly error: Error };

export interface OwnershipOptions {
  readonly log: Log;
  readonly group: string;
  readonly partitions: number;
  readonly instanceId?: string | undefined;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Wakes the loop, so that it comes to `settle` soon. */
  readonly wake: () => void;
}

export class Ownership implements GroupProtocol {
  readonly #options: OwnershipOptions;
  #member: GroupMember | undefined;
  /** Of the assignment that the loop works on. */
  #metadata: GroupMetadata | undefined;
  /** Of the last assignment, which the loop may not have taken yet. */
  #given: GroupMetadata | undefined;
  #owned: readonly number[] = [];
  /** Until the first assignment there is nothing to run. */
  #holding = true;
  /** The loop is inside `settle` and stands still. */
  #waiting = false;
  #changes: OwnershipChange[] = [];
  #onSettled: (() => void)[] = [];
  #onRelease: (() => void)[] = [];
  /** The loop is about to end, and waits for nothing any more. */
  #released = false;
  /** The loop has ended. */
  #left = false;

  constructor(options: OwnershipOptions) {
    this.#options = options;
  }

  async join(): Promise<void> {
    const { log, group, instanceId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const timeouts = { group, sessionTimeoutMs, rebalanceTimeoutMs };
    this.#member = await log.join(instanceId === undefined ? timeouts : { ...timeouts, instanceId }, this);
  }

  /** Proof of membership for commits, of the generation whose assignment the loop works on. */
  get member(): GroupMetadata {
    assert(this.#metadata, `no assignment of group ${this.#options.group} yet`);
    return this.#metadata;
  }

  /** Asks the group for a new assignment, because the tasks were given up. */
  rejoin(): void {
    this.#owned = [];
    this.#holding = true;
    this.#member?.rejoin();
  }

  /** Whether the loop should come to `settle`. */
  get restless(): boolean {
    return this.#holding || this.#changes.length > 0;
  }

  /**
   * Called by the loop with nothing in flight. Waits while the group re-forms; then gives the changes since the last
   * call, oldest first.
   * @throws LOG_INSTANCE_FENCED if the membership ended for good
   */
  async settle(): Promise<OwnershipChange[]> {
    for (const settled of this.#onSettled.splice(0)) settled();
    while (this.#holding && this.#changes.length === 0 && !this.#released) {
      this.#waiting = true;
      await new Promise<void>((resolve) => this.#onRelease.push(resolve));
      this.#waiting = false;
    }
    const changes = this.#changes.splice(0);
    // Not before: what is still in flight belongs to the generation before and must be fenced with it.
    for (const change of changes) {
      if (change.type === 'assigned') this.#metadata = change.member;
      else if (isStockstreamError(change.error, 'LOG_INSTANCE_FENCED')) throw change.error;
    }
    return changes;
  }

  /** Ends a `settle` that waits, for the loop is about to end. */
  release(): void {
    this.#released = true;
    this.#release();
  }

  /** Called when the loop has ended, with nothing in flight. */
  async leave(): Promise<void> {
    this.#left = true;
    this.release();
    for (const settled of this.#onSettled.splice(0)) settled();
    await this.#member?.leave();
  }

  metadata(): Uint8Array {
    return encodeTasks(this.#owned);
  }

  assign(members: readonly MemberMetadata[]): Map<string, Uint8Array> {
    const tasks = members.map(({ memberId, metadata }) => ({ memberId, owned: decodeTasks(metadata) }));
    const assigned = assignTasks(tasks, this.#options.partitions);
    return new Map([...assigned].map(([memberId, partitions]) => [memberId, encodeTasks(partitions)]));
  }

  onRebalance(): Promise<void> {
    this.#holding = true;
    return this.#waiting ? Promise.resolve() : this.#settled();
  }

  async onAssignment(assignment: Uint8Array, member: GroupMetadata): Promise<void> {
    if (this.#given !== undefined && member.generation > this.#given.generation + 1) {
      // In a generation that this member took no part in, another may have owned its tasks and gone on with them.
      this.#changes.push({ type: 'lost', error: new StockstreamError('LOG_MEMBER_FENCED', { ...this.#given }) });
    }
    this.#given = member;
    this.#owned = decodeTasks(assignment);
    this.#changes.push({ type: 'assigned', partitions: this.#owned, member });
    this.#holding = false;
    this.#release();
    this.#options.wake();
  }

  onLost(error: Error): Promise<void> {
    this.#owned = [];
    this.#changes.push({ type: 'lost', error });
    this.#holding = true;
    this.#release();
    return this.#settled();
  }

  /** Resolves when the loop has come to `settle` and knows, or has ended. While it still waits in `join`, at once. */
  #settled(): Promise<void> {
    if (this.#left || this.#member === undefined) return Promise.resolve();
    this.#options.wake();
    return new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  #release(): void {
    for (const release of this.#onRelease.splice(0)) release();
  }
}
