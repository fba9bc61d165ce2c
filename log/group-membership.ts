// A member's side of a consumer group: joins, syncs, beats, and calls the owner back, for any coordinator behind a
// GroupConnection. Liveness depends on the clock alone: a member whose clock stands still falls silent and is dropped.
//
//     joining --joined--> syncing --assigned--> onAssignment, then stable (heartbeats run from here on)
//        ^                   |                     |              |
//        |<----rebalance-----+                     |              +--rebalance or rejoin()--> onRebalance --+
//        |<---------------------------------------------------------------------------------------------- +
//        |<--onLost <--unknownMember, illegalGeneration, a silent coordinator, a callback that failed (any state)
//     left <--leave(), stop(), fencedInstance (after onLost)
import { type Clock, sleep } from '../base/clock.ts';
import { StockstreamError } from '../base/errors.ts';
import type { GroupMember, GroupMetadata, GroupOptions, GroupProtocol } from './group.ts';
import type { GroupConnection, GroupRefusal, JoinAnswer } from './group-connection.ts';

const noAssignments: ReadonlyMap<string, Uint8Array> = new Map();

/** A session time-out holds this many heartbeats, as Kafka's defaults have it. */
const heartbeatsPerSession = 3;

/** What ends the stable state: a rebalance to join, or the reason why the membership is lost. */
type Disturbance = 'none' | 'rebalance' | StockstreamError;

export class GroupMembership implements GroupMember {
  metadata: GroupMetadata;
  readonly #connection: GroupConnection;
  readonly #clock: Clock;
  readonly #options: GroupOptions;
  readonly #protocol: GroupProtocol;
  readonly #leaving = new AbortController();
  /** Whether the owner was given an assignment and not yet told that it lost it. */
  #owns = false;
  /** The last generation that this member was part of. */
  #joined = -1;
  #disturbance: Disturbance = 'none';
  /** Another process has this member's instance id: going on would only fence that one. */
  #replaced = false;
  #notify: () => void = () => {};
  /** Ends `start` with an error; undefined once that is over. */
  #refuse: ((error: unknown) => void) | undefined;
  #answeredAt = 0;
  #beating = false;
  #beatAgain = false;
  #cancelBeat: () => void = () => {};

  constructor(connection: GroupConnection, clock: Clock, options: GroupOptions, protocol: GroupProtocol) {
    this.#connection = connection;
    this.#clock = clock;
    this.#options = options;
    this.#protocol = protocol;
    this.metadata = { group: options.group, memberId: '', generation: -1 };
  }

  /**
   * Joins and stays until `leave` or `stop`; resolves when the member has an id, or was stopped. Called once.
   * @throws what the coordinator refuses the first attempt with, if only an operator can mend it
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#leaving.signal.addEventListener('abort', () => resolve(), { once: true });
      this.#refuse = reject;
      void this.#run(() => {
        this.#refuse = undefined;
        resolve();
      });
    });
  }

  rejoin(): void {
    this.#disturb('rebalance');
  }

  async isCurrent(member: GroupMetadata): Promise<boolean> {
    if (this.#left) return false;
    const answer = await this.#connection.heartbeat(member);
    // While the group re-forms, its generation is the one before.
    return answer === 'ok' || answer === 'rebalance';
  }

  async leave(): Promise<void> {
    if (this.#left) return;
    this.stop();
    await this.#connection.leave(this.metadata);
  }

  /** Falls silent without a word to the coordinator: a static member keeps its place for the session time-out. */
  stop(): void {
    this.#leaving.abort();
    this.#stopBeating();
    this.#notify();
  }

  get #left(): boolean {
    return this.#leaving.signal.aborted;
  }

  async #run(known: () => void): Promise<void> {
    while (!this.#left && !this.#replaced) {
      try {
        const assignment = await this.#join(known);
        if (assignment === undefined) continue;
        this.#owns = true;
        await this.#protocol.onAssignment(assignment, this.metadata);
        if ((await this.#disturbed()) === 'rebalance') await this.#protocol.onRebalance();
      } catch (error) {
        await this.#giveUp(error);
      }
      this.#stopBeating();
      if (this.#disturbance instanceof StockstreamError && !this.#left) await this.#lose(this.#disturbance);
      this.#disturbance = 'none';
    }
    this.stop();
  }

  /** One round of join and sync. Undefined if it must be tried again. */
  async #join(known: () => void): Promise<Uint8Array | undefined> {
    const joined = await this.#connection.join({
      options: this.#options,
      memberId: this.metadata.memberId,
      metadata: this.#protocol.metadata(),
      wake: () => this.#wake(),
    });
    if (this.#left) return undefined;
    if (joined.kind === 'refused') return this.#refused(joined.reason);
    const generation = joined.kind === 'joined' ? joined.generation : -1;
    this.metadata = { group: this.#options.group, memberId: joined.memberId, generation };
    known();
    if (joined.kind === 'memberId') return undefined;
    // In a generation that this member took no part in, another may have owned its tasks and gone on with them.
    const isLeftOut = this.#owns && generation > this.#joined + 1;
    this.#joined = generation;
    if (isLeftOut) await this.#lose(new StockstreamError('LOG_MEMBER_FENCED', { ...this.metadata }));
    if (this.#left) return undefined;
    const synced = await this.#connection.sync(this.metadata, this.#assignments(joined));
    if (this.#left) return undefined;
    if (synced.kind === 'refused') return this.#refused(synced.reason);
    this.#startBeating();
    return synced.assignment;
  }

  #assignments({ members }: Extract<JoinAnswer, { kind: 'joined' }>): ReadonlyMap<string, Uint8Array> {
    return members.length === 0 ? noAssignments : this.#protocol.assign(members);
  }

  async #refused(reason: GroupRefusal): Promise<undefined> {
    if (reason === 'unavailable') {
      await this.#pause();
      if (this.#owns && this.#silentTooLong()) await this.#lose(this.#expelled(reason));
    } else if (reason !== 'rebalance') {
      await this.#lose(this.#expelled(reason));
    }
  }

  /** Prepares to join again, as far as that makes sense, and gives the error for the owner. */
  #expelled(reason: GroupRefusal): StockstreamError {
    this.#replaced = reason === 'fencedInstance';
    const { instanceId } = this.#options;
    const error = this.#replaced
      ? new StockstreamError('LOG_INSTANCE_FENCED', { group: this.#options.group, instanceId })
      : new StockstreamError('LOG_MEMBER_FENCED', { ...this.metadata });
    if (reason === 'unknownMember') this.metadata = { ...this.metadata, memberId: '' };
    return error;
  }

  /** Waits in the stable state. Resolves with what ended it. */
  async #disturbed(): Promise<Disturbance> {
    if (this.#disturbance === 'none' && !this.#left) await new Promise<void>((resolve) => (this.#notify = resolve));
    return this.#left ? 'none' : this.#disturbance;
  }

  #disturb(by: 'rebalance' | StockstreamError): void {
    if (!(this.#disturbance instanceof StockstreamError)) this.#disturbance = by;
    this.#notify();
  }

  /** A callback failed: the owner can't do its work here, so others get it, and this member tries again later. */
  async #giveUp(error: unknown): Promise<void> {
    if (this.#left) return;
    if (this.#refuse !== undefined) {
      this.#refuse(error);
      this.stop();
      return;
    }
    this.#stopBeating();
    await this.#connection.leave(this.metadata);
    this.metadata = { ...this.metadata, memberId: '' };
    // Told even if it owned nothing yet: there is no other way to learn of the error.
    this.#owns = true;
    await this.#lose(error instanceof Error ? error : new Error(String(error)));
    await this.#pause();
  }

  #pause(): Promise<void> {
    return sleep(this.#clock, this.#heartbeatMs, this.#leaving.signal);
  }

  async #lose(reason: Error): Promise<void> {
    this.#disturbance = 'none';
    // That it ends for good is told to an owner of nothing, too: it would wait for ever.
    if (!this.#owns && !this.#replaced) return;
    this.#owns = false;
    await this.#protocol.onLost(reason);
  }

  get #heartbeatMs(): number {
    const { beatMs = Number.POSITIVE_INFINITY } = this.#connection;
    return Math.min(this.#options.sessionTimeoutMs / heartbeatsPerSession, beatMs);
  }

  #silentTooLong(): boolean {
    return this.#clock.monotonic() - this.#answeredAt > this.#options.sessionTimeoutMs;
  }

  #startBeating(): void {
    this.#beating = true;
    this.#answeredAt = this.#clock.monotonic();
    this.#scheduleBeat(this.#heartbeatMs);
  }

  #stopBeating(): void {
    this.#beating = false;
    this.#cancelBeat();
  }

  #scheduleBeat(milliseconds: number): void {
    this.#cancelBeat();
    this.#cancelBeat = this.#clock.schedule(milliseconds, () => void this.#beat());
  }

  /** The coordinator hints that something changed: ask now. By the clock, so that a stopped clock stays silent. */
  #wake(): void {
    this.#beatAgain = true;
    if (this.#beating) this.#scheduleBeat(0);
  }

  async #beat(): Promise<void> {
    const asked = this.metadata;
    this.#beatAgain = false;
    const answer = await this.#connection.heartbeat(asked);
    // An answer that was overtaken by a new join says nothing about the present generation.
    if (!this.#beating || this.metadata !== asked) return;
    const isHeard = answer === 'ok' || answer === 'rebalance';
    if (isHeard) this.#answeredAt = this.#clock.monotonic();
    if (answer === 'rebalance') this.#disturb('rebalance');
    if (isHeard || (answer === 'unavailable' && !this.#silentTooLong())) {
      this.#scheduleBeat(this.#beatAgain ? 0 : this.#heartbeatMs);
    } else {
      this.#stopBeating();
      this.#disturb(this.#expelled(answer));
    }
  }
}
