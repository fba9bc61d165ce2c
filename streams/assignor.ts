// Which member gets which tasks. Running tasks are balanced to within one, each otherwise stays where it is, and one that
// moves goes first to a member that has its state: it stays where it runs until another has caught up with it. A task
// that is taken from a member goes to nobody in that generation: its next owner gets it in the one after.
// Deterministic: every leader comes to the same result from the same members.

/** A member as it described itself when it joined. */
export interface MemberTasks {
  readonly memberId: string;
  /** Partitions of the tasks that it runs, or hasn't given up yet. */
  readonly owned: readonly number[];
  /** Of the assignment that it has them from; -1 if there was none. Of two who claim a task the later one has it. */
  readonly generation: number;
  /** Changelog offsets up to which it has state, by partition. */
  readonly positions: ReadonlyMap<number, number>;
  /** Those of one process fall together. */
  readonly process: string;
  /** `host:port` where its state can be asked; undefined if nowhere. */
  readonly endpoint: string | undefined;
  /** Whether its tasks go on running while the group re-forms. Those of an older program have stopped: it has no standbys. */
  readonly isCooperative: boolean;
}

export interface AssignRules {
  readonly partitions: number;
  /** Copies of each task's state beside the running one. */
  readonly standbys: number;
  /** A member whose state is at most so many records behind may take a task over at once. */
  readonly acceptableLag: number;
  /** So many tasks are copied to members that are to take them over, at a time. */
  readonly maxWarmups: number;
}

/** Partitions, ascending. */
export interface AssignedTasks {
  readonly active: readonly number[];
  readonly standbys: readonly number[];
  /** Standbys that are to run as soon as they have caught up. */
  readonly warmups: readonly number[];
}

interface Duties {
  readonly active: number[];
  readonly standbys: number[];
  readonly warmups: number[];
}

/** By member; a task that is on its way from one member to another is nobody's. */
export function assignTasks(members: readonly MemberTasks[], rules: AssignRules): Map<string, AssignedTasks> {
  return new Round(members, rules).assign();
}

class Round {
  readonly #members: readonly MemberTasks[];
  readonly #rules: AssignRules;
  readonly #tasks: readonly number[];
  readonly #duties: ReadonlyMap<MemberTasks, Duties>;
  /** Who runs a task now. */
  readonly #owners: ReadonlyMap<number, MemberTasks>;
  /** The furthest changelog offset that is known of a task. */
  readonly #ends: readonly number[];

  constructor(members: readonly MemberTasks[], rules: AssignRules) {
    this.#members = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    this.#rules = rules;
    this.#tasks = Array.from({ length: rules.partitions }, (_, partition) => partition);
    this.#duties = new Map(this.#members.map((member) => [member, { active: [], standbys: [], warmups: [] }]));
    this.#owners = ownersOf(this.#members, rules.partitions);
    this.#ends = this.#tasks.map((task) => Math.max(0, ...members.map(({ positions }) => positions.get(task) ?? 0)));
  }

  assign(): Map<string, AssignedTasks> {
    const targets = this.#balance();
    this.#activate(targets);
    this.#replicate(targets);
    const sorted = [...this.#duties].map(([{ memberId }, duties]) => {
      for (const tasks of [duties.active, duties.standbys, duties.warmups]) tasks.sort((a, b) => a - b);
      return [memberId, duties] as const;
    });
    return new Map(sorted);
  }

  #lag(member: MemberTasks, task: number): number {
    return this.#owners.get(task) === member ? 0 : this.#ends[task]! - (member.positions.get(task) ?? 0);
  }

  #isCaughtUp(member: MemberTasks, task: number): boolean {
    // Of an older program it is not known, and nothing is copied to it.
    return !member.isCooperative || this.#lag(member, task) <= this.#rules.acceptableLag;
  }

  /** Where each task is to run in the end. */
  #balance(): Map<number, MemberTasks> {
    const room = this.#quotas();
    const targets = new Map<number, MemberTasks>();
    const take = (task: number, member: MemberTasks) => {
      targets.set(task, member);
      room.set(member, room.get(member)! - 1);
    };
    const ready = (task: number) => this.#members.filter((each) => room.get(each)! > 0 && this.#isCaughtUp(each, task));
    for (const member of this.#members) {
      const owned = this.#tasks.filter((task) => this.#owners.get(task) === member);
      // Those that nobody else could take over at once stay rather than others.
      const others = new Map(owned.map((task) => [task, ready(task).filter((each) => each !== member).length]));
      owned.sort((a, b) => others.get(a)! - others.get(b)! || a - b);
      for (const task of owned.slice(0, room.get(member))) take(task, member);
    }
    const free = this.#tasks.filter((task) => !targets.has(task));
    for (const onlyReady of [true, false]) {
      for (const task of free.filter((each) => !targets.has(each))) {
        const open = onlyReady ? ready(task) : this.#members.filter((member) => room.get(member)! > 0);
        const best = this.#best(open, (member) => [this.#lag(member, task), -room.get(member)!]);
        if (best !== undefined) take(task, best);
      }
    }
    return targets;
  }

  /** How many tasks each member gets: those which own the most now get the odd ones, so that less moves. */
  #quotas(): Map<MemberTasks, number> {
    const count = (member: MemberTasks) => this.#tasks.filter((task) => this.#owners.get(task) === member).length;
    const byOwned = [...this.#members].sort((a, b) => count(b) - count(a));
    const floor = Math.floor(this.#tasks.length / byOwned.length);
    const odd = this.#tasks.length % byOwned.length;
    return new Map(byOwned.map((member, index) => [member, floor + (index < odd ? 1 : 0)]));
  }

  /** What runs in this generation, and what is copied so that it can run elsewhere in a later one. */
  #activate(targets: ReadonlyMap<number, MemberTasks>): void {
    const waiting: number[] = [];
    for (const task of this.#tasks) {
      const [owner, target] = [this.#owners.get(task), targets.get(task)!];
      if (owner === target) this.#dutiesOf(target).active.push(task);
      else if (owner === undefined) this.#start(task, target, waiting);
      else if (!this.#isCaughtUp(target, task)) {
        this.#dutiesOf(owner).active.push(task);
        waiting.push(task);
      } else if (!owner.isCooperative) this.#dutiesOf(target).active.push(task);
      else if (target.isCooperative) this.#dutiesOf(target).standbys.push(task);
    }
    waiting.sort((a, b) => this.#lag(targets.get(a)!, a) - this.#lag(targets.get(b)!, b) || a - b);
    const warm = waiting.filter((task) => targets.get(task)!.isCooperative).slice(0, this.#rules.maxWarmups);
    for (const task of warm) this.#dutiesOf(targets.get(task)!).warmups.push(task);
  }

  /** Nobody runs it, so somebody must, at once: best where its state is. */
  #start(task: number, target: MemberTasks, waiting: number[]): void {
    const best = this.#isCaughtUp(target, task)
      ? target
      : this.#best(this.#members, (member) => [this.#lag(member, task), this.#dutiesOf(member).active.length])!;
    this.#dutiesOf(best).active.push(task);
    if (best !== target) waiting.push(task);
  }

  /** Standbys on other processes than the task: first where there is state already, then where there are few. */
  #replicate(targets: ReadonlyMap<number, MemberTasks>): void {
    const { standbys } = this.#rules;
    const most = Math.ceil((this.#tasks.length * standbys) / this.#members.length);
    for (const task of this.#tasks) {
      const isActive = (member: MemberTasks) => this.#dutiesOf(member).active.includes(task);
      const runner = this.#members.find(isActive) ?? targets.get(task)!;
      const hosts = new Set([runner.process]);
      for (let copies = 0; copies < standbys; copies++) {
        const open = this.#members.filter(({ isCooperative, process }) => isCooperative && !hosts.has(process));
        const best = this.#best(open, (member) => {
          const load = this.#dutiesOf(member).standbys.length;
          const isWarming = this.#dutiesOf(member).warmups.includes(task);
          return [isWarming ? 1 : 0, load < most ? 0 : 1, this.#isCaughtUp(member, task) ? 0 : 1, load];
        });
        if (best === undefined) break;
        hosts.add(best.process);
        const duties = this.#dutiesOf(best);
        if (!duties.warmups.includes(task) && !duties.standbys.includes(task)) duties.standbys.push(task);
      }
    }
  }

  #dutiesOf(member: MemberTasks): Duties {
    return this.#duties.get(member)!;
  }

  /** The one with the least ranks, compared from the first on; of equal ones the first. */
  #best(members: readonly MemberTasks[], ranksOf: (member: MemberTasks) => readonly number[]): MemberTasks | undefined {
    let best: MemberTasks | undefined;
    let least: readonly number[] = [];
    for (const member of members) {
      const ranks = ranksOf(member);
      const at = ranks.findIndex((rank, index) => rank !== least[index]);
      if (best === undefined || (at >= 0 && ranks[at]! < least[at]!)) [best, least] = [member, ranks];
    }
    return best;
  }
}

/** Of those who claim a task the one of the latest generation has it; of equal ones none, for one of them is mistaken. */
function ownersOf(members: readonly MemberTasks[], partitions: number): Map<number, MemberTasks> {
  const owners = new Map<number, MemberTasks>();
  for (let task = 0; task < partitions; task++) {
    const claims = members.filter(({ owned }) => owned.includes(task));
    const latest = Math.max(...claims.map(({ generation }) => generation));
    const last = claims.filter(({ generation }) => generation === latest);
    if (last.length === 1) owners.set(task, last[0]!);
  }
  return owners;
}
