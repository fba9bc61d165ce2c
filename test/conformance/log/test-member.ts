// A group member whose assignor gives every member the list of all names, so that each can say whom it shares a
// generation with.
import assert from 'node:assert/strict';
import type { GroupMember, GroupMetadata, GroupOptions, GroupProtocol, MemberMetadata } from '../../../log/group.ts';
import type { Log } from '../../../log/log.ts';

interface Assignment {
  readonly generation: number;
  /** Whom the leader meant it for, by the name in the metadata. */
  readonly to: string;
  readonly names: readonly string[];
}

export class TestMember {
  name: string;
  member: GroupMember | undefined;
  assigned: Assignment | undefined;
  readonly calls: ('assigned' | 'rebalance' | 'lost')[] = [];
  onRebalance: () => Promise<void> = async () => {};
  #metadata: GroupMetadata | undefined;
  #isCalled = false;

  private constructor(name: string) {
    this.name = name;
  }

  static async join(log: Log, options: GroupOptions, name: string): Promise<TestMember> {
    const member = new TestMember(name);
    member.member = await log.join(options, member.#protocol());
    return member;
  }

  /** As it came with the last assignment. */
  get metadata(): GroupMetadata {
    assert.ok(this.#metadata, `${this.name} has an assignment`);
    return this.#metadata;
  }

  async leave(): Promise<void> {
    await this.member?.leave();
  }

  #protocol(): GroupProtocol {
    return {
      metadata: () => Buffer.from(this.name),
      assign: assignNames,
      onRebalance: () => this.#alone('rebalance', this.onRebalance),
      onAssignment: (assignment, metadata) =>
        this.#alone('assigned', async () => {
          const { to, names } = JSON.parse(Buffer.from(assignment).toString()) as Omit<Assignment, 'generation'>;
          this.#metadata = metadata;
          this.assigned = { to, names, generation: metadata.generation };
        }),
      onLost: () =>
        this.#alone('lost', async () => {
          this.assigned = undefined;
        }),
    };
  }

  /** Callbacks never overlap. */
  async #alone(call: 'assigned' | 'rebalance' | 'lost', work: () => Promise<void>): Promise<void> {
    assert.ok(!this.#isCalled, `${call} came while another callback was running`);
    this.#isCalled = true;
    this.calls.push(call);
    await work();
    this.#isCalled = false;
  }
}

function assignNames(members: readonly MemberMetadata[]): Map<string, Uint8Array> {
  const names = members.map(({ metadata }) => Buffer.from(metadata).toString()).sort();
  return new Map(
    members.map(({ memberId, metadata }) => {
      const to = Buffer.from(metadata).toString();
      return [memberId, Buffer.from(JSON.stringify({ to, names }))];
    }),
  );
}
