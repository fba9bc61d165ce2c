// A member's line to the coordinator of its group: Kafka's classic group protocol, with metadata and assignments as bytes
// that nobody here looks into. Joining waits for the slowest member, so heartbeats have a line of their own.
import { heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka';
import type { GroupMetadata, GroupOptions } from '../group.ts';
import type { GroupConnection, GroupRefusal, JoinAnswer, JoinRequest, SyncAnswer } from '../group-connection.ts';
import type { Brokers } from './brokers.ts';
import type { Coordinator } from './coordinator.ts';
import { checkCode, kafka } from './error-codes.ts';
import type { Link } from './link.ts';
import { LinkSet } from './link-set.ts';
import { mayPass } from './retry.ts';

/** Groups of other programs have other types: they can't be mixed up. */
const protocolType = 'stockstream';
const protocolName = 'v1';

/** A member asks so often whether the group re-forms, for the coordinator can't tell it by itself. */
const beatMs = 500;
/** What the coordinator may take on top of the slowest member. */
const joinSlackMs = 10_000;
/** How long a round is tried before the member hears that nobody coordinates. */
const patienceMs = 5_000;

/** Codes that the protocol foresees, and what they tell a member. */
const refusals: ReadonlyMap<number, GroupRefusal> = new Map([
  [kafka.rebalanceInProgress, 'rebalance'],
  [kafka.unknownMember, 'unknownMember'],
  [kafka.illegalGeneration, 'illegalGeneration'],
  [kafka.fencedInstanceId, 'fencedInstance'],
]);

export class KafkaGroupConnection implements GroupConnection {
  readonly beatMs = beatMs;
  readonly #coordinator: Coordinator;
  readonly #group: string;
  readonly #instanceId: string | null;
  readonly #rounds: LinkSet;
  readonly #beats: LinkSet;

  /** `group` as the cluster knows it. */
  constructor({ brokers, coordinator, group, options }: GroupConnectionParts) {
    this.#coordinator = coordinator;
    this.#group = group;
    this.#instanceId = options.instanceId ?? null;
    this.#rounds = new LinkSet(brokers, options.rebalanceTimeoutMs + joinSlackMs);
    // A coordinator that is silent for so long is looked for anew while the session still lasts.
    const { requestTimeoutMs } = brokers.parts.settings;
    this.#beats = new LinkSet(brokers, Math.min(requestTimeoutMs, Math.ceil(options.sessionTimeoutMs / 3)));
  }

  async join({ options, memberId, metadata }: JoinRequest): Promise<JoinAnswer> {
    const protocols = [{ name: protocolName, metadata: Buffer.from(metadata) }];
    const timeouts = [options.sessionTimeoutMs, options.rebalanceTimeoutMs] as const;
    const answer = await this.#round('join', (link) =>
      link.call(joinGroupV9.api, this.#group, ...timeouts, memberId, this.#instanceId, protocolType, protocols, null),
    );
    if (answer === undefined) return { kind: 'refused', reason: 'unavailable' };
    if (answer.errorCode === kafka.memberIdRequired) return { kind: 'memberId', memberId: answer.memberId };
    const reason = refusals.get(answer.errorCode);
    if (reason !== undefined) return { kind: 'refused', reason };
    // A static leader that returned is told not to assign: what was assigned still holds.
    const members = answer.skipAssignment ? [] : answer.members;
    return {
      kind: 'joined',
      memberId: answer.memberId,
      generation: answer.generationId,
      members: members.map(({ memberId: id, groupInstanceId, metadata: bytes }) => {
        return { memberId: id, metadata: bytes, ...(groupInstanceId && { instanceId: groupInstanceId }) };
      }),
    };
  }

  async sync(
    { memberId, generation }: GroupMetadata,
    assignments: ReadonlyMap<string, Uint8Array>,
  ): Promise<SyncAnswer> {
    const given = [...assignments].map(([id, bytes]) => ({ memberId: id, assignment: Buffer.from(bytes) }));
    const protocol = [protocolType, protocolName] as const;
    const answer = await this.#round('sync with', (link) =>
      link.call(syncGroupV5.api, this.#group, generation, memberId, this.#instanceId, ...protocol, given),
    );
    if (answer === undefined) return { kind: 'refused', reason: 'unavailable' };
    const reason = refusals.get(answer.errorCode);
    return reason === undefined ? { kind: 'assigned', assignment: answer.assignment } : { kind: 'refused', reason };
  }

  async heartbeat({ memberId, generation }: GroupMetadata): Promise<GroupRefusal | 'ok'> {
    try {
      const { errorCode } = await this.#coordinator.askOnce(
        this.#checked('stay in', (link) =>
          link.call(heartbeatV4.api, this.#group, generation, memberId, this.#instanceId),
        ),
        (broker) => this.#beats.to(broker),
      );
      return refusals.get(errorCode) ?? 'ok';
    } catch {
      // What lasts beyond the session ends it, and joining again tells why.
      return 'unavailable';
    }
  }

  async leave({ memberId }: GroupMetadata): Promise<void> {
    try {
      const member = { memberId, groupInstanceId: this.#instanceId, reason: null };
      await this.#coordinator.askOnce(
        (link) => link.call(leaveGroupV5.api, this.#group, [member]),
        (broker) => this.#beats.to(broker),
      );
    } catch {
      // The session ends by itself.
    }
    this.close();
  }

  /** Lets go of the lines; they are opened again if need be. */
  close(): void {
    this.#rounds.close();
    this.#beats.close();
  }

  /** Undefined if nobody coordinates now. @throws what only an operator can mend */
  async #round<T extends Coded>(what: string, question: (link: Link) => Promise<T>): Promise<T | undefined> {
    try {
      const ask = this.#checked(what, question);
      return await this.#coordinator.ask(patienceMs, ask, (broker) => this.#rounds.to(broker));
    } catch (error) {
      if (mayPass(error)) return undefined;
      throw error;
    }
  }

  /** The question, failing with what the group protocol doesn't foresee. */
  #checked<T extends Coded>(what: string, question: (link: Link) => Promise<T>): (link: Link) => Promise<T> {
    return async (link) => {
      const answer = await question(link);
      const { errorCode } = answer;
      if (errorCode !== kafka.memberIdRequired && !refusals.has(errorCode)) {
        checkCode(errorCode, { action: `${what} group ${this.#group}`, group: this.#group });
      }
      return answer;
    };
  }
}

/** An answer of any version has one. */
interface Coded {
  readonly errorCode: number;
}

export interface GroupConnectionParts {
  readonly brokers: Brokers;
  readonly coordinator: Coordinator;
  readonly group: string;
  readonly options: GroupOptions;
}
