// The consumer groups of an embedded log. Membership lives in memory only: it ends with the process, as its members do.
import type { Clock } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata } from '../group.ts';
import type { GroupConnection } from '../group-connection.ts';
import { CoordinatedGroup } from './coordinated-group.ts';

export class GroupCoordinator {
  readonly #clock: Clock;
  readonly #onGeneration: () => void;
  readonly #groups = new Map<string, CoordinatedGroup>();
  #members = 0;

  /** `onGeneration` runs when a group has formed a new generation. */
  constructor(clock: Clock, onGeneration: () => void) {
    this.#clock = clock;
    this.#onGeneration = onGeneration;
  }

  connect(name: string): GroupConnection {
    const group = this.#group(name);
    return {
      join: (request) => group.join(request),
      sync: (member, assignments) => group.sync(member, assignments),
      heartbeat: async (member) => group.heartbeat(member),
      leave: async ({ memberId }) => group.leave(memberId),
    };
  }

  /**
   * Whether this member may commit now; if only a group is named, whether an operator may.
   * @throws LOG_MEMBER_FENCED, LOG_REBALANCE_IN_PROGRESS
   */
  check(member: GroupMetadata | string): void {
    if (typeof member !== 'string') this.#group(member.group).check(member);
    else if (!this.#group(member).isEmpty)
      throw new StockstreamError('LOG_MEMBER_FENCED', { group: member, memberId: 'none', generation: 'none' });
  }

  isCurrent(member: GroupMetadata): boolean {
    return this.#group(member.group).isCurrent(member);
  }

  close(): void {
    for (const group of this.#groups.values()) group.close();
  }

  #group(name: string): CoordinatedGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new CoordinatedGroup(name, this.#clock, () => `member-${++this.#members}`, this.#onGeneration);
      this.#groups.set(name, group);
    }
    return group;
  }
}
