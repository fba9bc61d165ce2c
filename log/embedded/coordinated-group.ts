// One consumer group as its coordinator sees it: Kafka's classic protocol, in memory, timed by the clock alone.
//
//     empty --join--> preparing --all have joined, or the time is over--> completing --the leader synced--> stable
//                        ^ ^                                                  |                               |
//                        | +----- join with other metadata, leave, expiry ----+-------------------------------+
//                        +-- everyone left: empty again, generation + 1
//
// Members that haven't joined when a rebalance's time is over are dropped; static ones stay until their session ends.
import type { Clock } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata, GroupOptions } from '../group.ts';
import type { GroupRefusal, JoinAnswer, JoinRequest, SyncAnswer } from '../group-connection.ts';

interface Member {
  readonly id: string;
  options: GroupOptions;
  metadata: Uint8Array;
  assignment: Uint8Array;
  wake: () => void;
  /** Set while the member waits for the answer. */
  joining: ((answer: JoinAnswer) => void) | undefined;
  syncing: ((answer: SyncAnswer) => void) | undefined;
  cancelSession: () => void;
}

const nobody = new Uint8Array(0);
const refused = (reason: GroupRefusal) => ({ kind: 'refused', reason }) as const;

export class CoordinatedGroup {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #onGeneration: () => void;
  readonly #members = new Map<string, Member>();
  /** Ids that were given out and haven't joined yet. */
  readonly #issued = new Set<string>();
  /** Static members whose place a newer process took. */
  readonly #replaced = new Set<string>();
  #state: 'empty' | 'preparing' | 'completing' | 'stable' = 'empty';
  #generation = 0;
  #leader = '';
  #cancelRebalance: () => void = () => {};

  constructor(name: string, clock: Clock, newId: () => string, onGeneration: () => void) {
    this.#name = name;
    this.#clock = clock;
    this.#newId = newId;
    this.#onGeneration = onGeneration;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  isCurrent({ memberId, generation }: GroupMetadata): boolean {
    return generation === this.#generation && this.#members.has(memberId);
  }

  /** Whether this member may commit now. @throws LOG_MEMBER_FENCED, LOG_REBALANCE_IN_PROGRESS */
  check(member: GroupMetadata): void {
    if (!this.isCurrent(member)) throw new StockstreamError('LOG_MEMBER_FENCED', { ...member });
    // It was given the new generation but not yet what it owns in it.
    if (this.#state === 'completing') throw new StockstreamError('LOG_REBALANCE_IN_PROGRESS', { group: this.#name });
  }

  join(request: JoinRequest): Promise<JoinAnswer> {
    return new Promise((answer) => {
      const { memberId, options } = request;
      const namesake = options.instanceId === undefined ? undefined : this.#static(options.instanceId);
      const known = this.#members.get(memberId);
      if (known !== undefined) this.#rejoin(known, request, answer);
      else if (namesake !== undefined && memberId === '') this.#replace(namesake, request, answer);
      else if (namesake !== undefined) answer(refused('fencedInstance'));
      else if (memberId === '' && options.instanceId === undefined) this.#issue(answer);
      else if (memberId === '' || this.#issued.delete(memberId))
        this.#enter(memberId || this.#newId(), request, answer);
      else answer(refused('unknownMember'));
    });
  }

  sync(asked: GroupMetadata, assignments: ReadonlyMap<string, Uint8Array>): Promise<SyncAnswer> {
    return new Promise((answer) => {
      const member = this.#members.get(asked.memberId);
      if (member === undefined) return answer(refused(this.#unknown(asked)));
      if (asked.generation !== this.#generation) return answer(refused('illegalGeneration'));
      if (this.#state === 'preparing') return answer(refused('rebalance'));
      member.syncing = answer;
      if (this.#state === 'completing') {
        if (member.id !== this.#leader) return;
        for (const each of this.#members.values()) each.assignment = assignments.get(each.id) ?? nobody;
        this.#state = 'stable';
      }
      for (const each of this.#members.values())
        this.#answerSync(each, { kind: 'assigned', assignment: each.assignment });
    });
  }

  heartbeat(asked: GroupMetadata): GroupRefusal | 'ok' {
    const member = this.#members.get(asked.memberId);
    if (member === undefined) return this.#unknown(asked);
    if (asked.generation !== this.#generation) return 'illegalGeneration';
    this.#touch(member);
    return this.#state === 'preparing' ? 'rebalance' : 'ok';
  }

  leave(memberId: string): void {
    this.#issued.delete(memberId);
    const member = this.#members.get(memberId);
    if (member !== undefined) this.#remove(member);
  }

  close(): void {
    this.#cancelRebalance();
    for (const member of this.#members.values()) member.cancelSession();
  }

  #static(instanceId: string): Member | undefined {
    return [...this.#members.values()].find(({ options }) => options.instanceId === instanceId);
  }

  #unknown({ memberId }: GroupMetadata): GroupRefusal {
    return this.#replaced.has(memberId) ? 'fencedInstance' : 'unknownMember';
  }

  #issue(answer: (answer: JoinAnswer) => void): void {
    const memberId = this.#newId();
    this.#issued.add(memberId);
    answer({ kind: 'memberId', memberId });
  }

  #enter(id: string, request: JoinRequest, joining: (answer: JoinAnswer) => void): void {
    const { options, metadata, wake } = request;
    const fresh = { assignment: nobody, syncing: undefined, cancelSession: () => {} };
    this.#members.set(id, { id, options, metadata, wake, joining, ...fresh });
    this.#prepare();
  }

  /** A static member is back in a new process: it takes the place of the old one, without a rebalance if all is still. */
  #replace(old: Member, request: JoinRequest, joining: (answer: JoinAnswer) => void): void {
    const { options, metadata, wake } = request;
    const member: Member = { ...old, id: this.#newId(), options, metadata, wake, joining, syncing: undefined };
    this.#drop(old, 'fencedInstance');
    this.#replaced.add(old.id);
    this.#members.set(member.id, member);
    if (this.#leader === old.id) this.#leader = member.id;
    if (this.#state === 'stable') this.#answerJoin(member, []);
    else this.#prepare();
  }

  #rejoin(member: Member, request: JoinRequest, joining: (answer: JoinAnswer) => void): void {
    const same = Buffer.compare(member.metadata, request.metadata) === 0;
    Object.assign(member, { options: request.options, metadata: request.metadata, wake: request.wake, joining });
    const leads = member.id === this.#leader;
    if (this.#state === 'completing' && same) this.#answerJoin(member, leads ? this.#roster() : []);
    else if (this.#state === 'stable' && same && !leads) this.#answerJoin(member, []);
    else this.#prepare();
  }

  /** Calls everyone to join again, or goes on waiting for those who haven't. */
  #prepare(): void {
    if (this.#state !== 'preparing') {
      this.#state = 'preparing';
      const members = [...this.#members.values()];
      for (const member of members) this.#answerSync(member, refused('rebalance'));
      this.#startTimer(members);
      for (const member of members) if (member.joining === undefined) member.wake();
    }
    if ([...this.#members.values()].every(({ joining }) => joining !== undefined)) this.#complete();
  }

  #startTimer(members: readonly Member[]): void {
    this.#cancelRebalance();
    const longest = Math.max(0, ...members.map(({ options }) => options.rebalanceTimeoutMs));
    this.#cancelRebalance = this.#clock.schedule(longest, () => this.#complete());
  }

  /** Forms the next generation of those who joined. */
  #complete(): void {
    this.#cancelRebalance();
    for (const member of [...this.#members.values()]) {
      if (member.joining === undefined && member.options.instanceId === undefined) this.#drop(member, 'unknownMember');
    }
    const members = [...this.#members.values()];
    const joined = members.filter(({ joining }) => joining !== undefined);
    if (members.length > 0 && joined.length === 0) {
      this.#startTimer(members);
      return;
    }
    this.#generation++;
    this.#state = members.length === 0 ? 'empty' : 'completing';
    if (!joined.some(({ id }) => id === this.#leader)) this.#leader = joined[0]?.id ?? '';
    for (const member of joined) this.#answerJoin(member, member.id === this.#leader ? this.#roster() : []);
    this.#onGeneration();
  }

  #roster() {
    return [...this.#members.values()].map(({ id, options: { instanceId }, metadata }) =>
      instanceId === undefined ? { memberId: id, metadata } : { memberId: id, instanceId, metadata },
    );
  }

  #answerJoin(member: Member, members: Extract<JoinAnswer, { kind: 'joined' }>['members']): void {
    this.#touch(member);
    member.joining?.({ kind: 'joined', memberId: member.id, generation: this.#generation, members });
    member.joining = undefined;
  }

  #answerSync(member: Member, answer: SyncAnswer): void {
    if (member.syncing === undefined) return;
    this.#touch(member);
    member.syncing(answer);
    member.syncing = undefined;
  }

  /** A sign of life: the session starts again. */
  #touch(member: Member): void {
    member.cancelSession();
    member.cancelSession = this.#clock.schedule(member.options.sessionTimeoutMs, () => {
      // Whoever waits for an answer of ours can't beat.
      if (member.joining !== undefined || member.syncing !== undefined) this.#touch(member);
      else this.#remove(member);
    });
  }

  #remove(member: Member): void {
    this.#drop(member, 'unknownMember');
    this.#prepare();
  }

  #drop(member: Member, reason: GroupRefusal): void {
    member.cancelSession();
    this.#members.delete(member.id);
    member.joining?.(refused(reason));
    member.syncing?.(refused(reason));
    member.joining = member.syncing = undefined;
  }
}
