// A thread's place in its consumer group: what it runs, and the proof that it may commit. While the group re-forms all of
// that goes on; a task is given up only in the generation that takes it away, and its next owner gets it in the one after,
// once it was released here. What isn't released in time is lost, with all the rest.
//
//     held: claimed in every join, so that the leader gives it to nobody else
//        given --> held --not given any more--> still held --release()--> gone, and the group re-forms once more
//                    +--onLost, or not released in time--> gone at once; what is in flight is fenced
import { type Clock, sleep } from '../base/clock.ts';
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { GroupMember, GroupMetadata, GroupProtocol, MemberMetadata } from '../log/group.ts';
import type { Log } from '../log/log.ts';
import { type AssignRules, assignTasks } from './assignor.ts';
import {
  type Assignment,
  decodeAssignment,
  decodeMember,
  encodeAssignments,
  encodeMember,
  type TaskAddresses,
} from './member-metadata.ts';

/** What the loop must do next: if `lost`, drop all first; then run what is assigned and nothing else. */
export interface OwnershipChange {
  readonly lost: Error | undefined;
  readonly assigned: Assignment | undefined;
}

export interface OwnershipOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly group: string;
  readonly partitions: number;
  readonly instanceId?: string | undefined;
  readonly sessionTimeoutMs: number;
  /** A task may take half of it to be given up. */
  readonly rebalanceTimeoutMs: number;
  readonly rules?: Partial<Omit<AssignRules, 'partitions'>>;
  /** Threads of one process have the same; by default each is a process of its own. */
  readonly process?: string | undefined;
  /** `host:port` where this process answers for its state. */
  readonly endpoint?: string | undefined;
  /** Changelog offsets up to which there is state here, by partition. */
  readonly positions?: () => ReadonlyMap<number, number>;
  /** Wakes the loop, so that it comes to `take` soon. */
  readonly wake: () => void;
}

export const defaultRules = { standbys: 0, acceptableLag: 10_000, maxWarmups: 2 } as const;

/** Whoever leads looks so often whether what was to move can move by now; if tasks are nobody's all look, and sooner. */
const probeMs = 60_000;

export class Ownership implements GroupProtocol {
  readonly #options: OwnershipOptions;
  readonly #rules: AssignRules;
  #member: GroupMember | undefined;
  /** Of the newest assignment. */
  #metadata: GroupMetadata | undefined;
  #given: Assignment | undefined;
  readonly #held = new Set<number>();
  /** As it was last told: a join that is asked for again must say the same, or it would start another rebalance. */
  #told: Uint8Array | undefined;
  #lost: Error | undefined;
  #assigned: Assignment | undefined;
  /** Ends the time in which what was taken away must be released. */
  #cancelRevocation: (() => void) | undefined;
  #cancelProbe: () => void = () => {};
  /** This member leads, and not everything is where it is to be. */
  #isMoving = false;
  /** The group re-forms, as far as this member knows. */
  #isForming = false;
  #onChange: (() => void)[] = [];

  constructor(options: OwnershipOptions) {
    this.#options = options;
    this.#rules = { ...defaultRules, ...options.rules, partitions: options.partitions };
  }

  async join(): Promise<void> {
    const { log, group, instanceId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const timeouts = { group, sessionTimeoutMs, rebalanceTimeoutMs };
    this.#member = await log.join(instanceId === undefined ? timeouts : { ...timeouts, instanceId }, this);
  }

  /** Asks the group to look again at who should run what. */
  rejoin(): void {
    this.#member?.rejoin();
  }

  /** Where the state of each task can be asked, as the leader last told. */
  get addresses(): ReadonlyMap<number, TaskAddresses> {
    return this.#given?.addresses ?? new Map();
  }

  /** Whether the loop runs what the group gave it last, as far as the group knows. */
  get isSettled(): boolean {
    return this.#given !== undefined && !this.hasChanged;
  }

  /** Whether the loop should come to `take`. */
  get hasChanged(): boolean {
    return this.#lost !== undefined || this.#assigned !== undefined;
  }

  /** All tasks are lost: what is in flight must end before the loop takes that. */
  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Resolves when there is something to take. */
  async changed(): Promise<void> {
    while (!this.hasChanged) await this.#change();
  }

  /**
   * What changed since the last call; if anything is lost, with nothing in flight.
   * @throws LOG_INSTANCE_FENCED if the membership ended for good
   */
  take(): OwnershipChange {
    const change = { lost: this.#lost, assigned: this.#assigned };
    if (isStockstreamError(this.#lost, 'LOG_INSTANCE_FENCED')) throw this.#lost;
    this.#lost = this.#assigned = undefined;
    return change;
  }

  /** What was taken away and isn't released yet. */
  get owing(): number[] {
    return [...this.#held].filter((partition) => !this.#given?.active.includes(partition));
  }

  /** These tasks were given up, and nothing of them is in flight: others may have them. */
  release(partitions: Iterable<number>): void {
    const gone = [...partitions].filter((each) => this.#held.has(each) && !this.#given?.active.includes(each));
    if (gone.length === 0) return;
    for (const partition of gone) this.#held.delete(partition);
    this.#told = undefined;
    if (this.owing.length === 0) this.#endRevocation();
    this.rejoin();
  }

  /** The loop has dropped all that it ran, for it can't trust its place in the group: it asks for a new one. */
  giveUp(): void {
    if (this.isLost) return;
    this.#forget();
    this.rejoin();
  }

  /**
   * Runs `work`, a commit, with the proof of membership. If the group has formed another generation meanwhile the commit
   * was refused, and is done again with the new proof: nobody else could get the tasks, since they were claimed.
   * @throws whatever `work` throws
   */
  async commit<T>(work: (member: GroupMetadata) => Promise<T>): Promise<T> {
    for (;;) {
      const member = this.member;
      try {
        return await work(member);
      } catch (error) {
        if (!isOvertaken(error) || !(await this.#isRenewed(member))) throw error;
      }
    }
  }

  /** Proof of membership in the newest generation. @throws LOG_MEMBER_FENCED if all was lost */
  get member(): GroupMetadata {
    if (this.#lost !== undefined || this.#metadata === undefined) throw this.#fenced();
    return this.#metadata;
  }

  /** Whether nobody else can have been given what `member` had, as the log says after the call. */
  async isCurrent(member: GroupMetadata): Promise<boolean> {
    return (await this.#member?.isCurrent(member)) ?? false;
  }

  /** Called when the loop has ended, with nothing in flight. */
  async leave(): Promise<void> {
    this.#forget();
    this.#notify();
    await this.#member?.leave();
  }

  metadata(): Uint8Array {
    const { positions, process = `${this.#options.group} ${this.#options.instanceId}`, endpoint } = this.#options;
    this.#told ??= encodeMember({
      owned: [...this.#held],
      generation: this.#metadata?.generation ?? -1,
      positions: positions?.() ?? new Map(),
      process,
      endpoint,
    });
    return this.#told;
  }

  assign(members: readonly MemberMetadata[]): Map<string, Uint8Array> {
    const described = members.map(({ memberId, metadata }) => decodeMember(memberId, metadata));
    const assigned = assignTasks(described, this.#rules);
    const running = [...assigned.values()].flatMap(({ active }) => active);
    const isWarming = [...assigned.values()].some(({ warmups }) => warmups.length > 0);
    this.#isMoving = isWarming || running.length < this.#rules.partitions;
    return encodeAssignments(assigned, described, this.#rules.partitions);
  }

  async onRebalance(): Promise<void> {
    this.#told = undefined;
    this.#isForming = true;
  }

  async onAssignment(bytes: Uint8Array, member: GroupMetadata): Promise<void> {
    const assigned = decodeAssignment(bytes);
    // An old leader has given to others already what it took away.
    const isTaken = !assigned.isCooperative && [...this.#held].some((each) => !assigned.active.includes(each));
    if (isTaken) this.#lose(this.#fenced());
    const isFresh = this.#metadata === undefined;
    this.#isForming = false;
    this.#given = this.#assigned = assigned;
    this.#metadata = member;
    this.#told = undefined;
    for (const partition of assigned.active) this.#held.add(partition);
    this.#watch();
    this.#notify();
    this.#options.wake();
    // What is nobody's yet may be what a process of the same name held, which died before it released it: the group
    // took this one for that one, and waits.
    if (isFresh && assigned.isPartial) this.rejoin();
  }

  async onLost(error: Error): Promise<void> {
    this.#lose(error);
  }

  #watch(): void {
    const { clock, rebalanceTimeoutMs } = this.#options;
    this.#cancelProbe();
    if (this.owing.length === 0) this.#endRevocation();
    else {
      this.#cancelRevocation ??= clock.schedule(rebalanceTimeoutMs / 2, () => {
        this.#lose(this.#fenced());
        this.rejoin();
      });
    }
    const isPartial = this.#given?.isPartial;
    const probe = isPartial ? rebalanceTimeoutMs : probeMs;
    if (isPartial || this.#isMoving) this.#cancelProbe = clock.schedule(probe, () => this.rejoin());
    this.#isMoving = false;
  }

  #lose(error: Error): void {
    this.#lost = error;
    this.#forget();
    this.#notify();
    this.#options.wake();
  }

  #forget(): void {
    this.#held.clear();
    this.#given = this.#assigned = this.#metadata = this.#told = undefined;
    this.#endRevocation();
    this.#cancelProbe();
  }

  #endRevocation(): void {
    this.#cancelRevocation?.();
    this.#cancelRevocation = undefined;
  }

  #fenced(): StockstreamError {
    const { group } = this.#options;
    return new StockstreamError('LOG_MEMBER_FENCED', { memberId: '', generation: -1, group, ...this.#metadata });
  }

  /** Waits until it is known what came after the generation of `member`: whether this one is part of that as well. */
  async #isRenewed(member: GroupMetadata): Promise<boolean> {
    const { clock, sessionTimeoutMs } = this.#options;
    // If this member hasn't heard of it yet it asks now.
    if (!this.#isForming && this.#metadata?.generation === member.generation) this.rejoin();
    const over = new AbortController();
    void sleep(clock, sessionTimeoutMs, over.signal).then(() => {
      over.abort();
      this.#notify();
    });
    while (this.#metadata?.generation === member.generation && !over.signal.aborted) await this.#change();
    over.abort();
    return !this.isLost && this.#metadata !== undefined && this.#metadata.generation > member.generation;
  }

  #change(): Promise<void> {
    return new Promise<void>((resolve) => this.#onChange.push(resolve));
  }

  #notify(): void {
    for (const resolve of this.#onChange.splice(0)) resolve();
  }
}

/** The commit came too early or too late for the generation: nothing of it is visible. */
function isOvertaken(error: unknown): boolean {
  return isStockstreamError(error, 'LOG_MEMBER_FENCED') || isStockstreamError(error, 'LOG_REBALANCE_IN_PROGRESS');
}
