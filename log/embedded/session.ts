// A handle on an embedded log as one worker has it: the port, with a clock of its own and a death of its own.

import type { Clock } from '../../base/clock.ts';
import type { GroupMember, GroupOptions, GroupProtocol } from '../group.ts';
import type { GroupConnection } from '../group-connection.ts';
import { GroupMembership } from '../group-membership.ts';
import type { Fetcher, Log, LogAdmin, Producer, TransactionalProducer } from '../log.ts';
import { EmbeddedAdmin } from './admin.ts';
import type { LogCore } from './core.ts';
import { EmbeddedFetcher } from './fetcher.ts';
import { Handle } from './handle.ts';
import { EmbeddedProducer } from './producer.ts';
import { EmbeddedTransactionalProducer } from './transaction.ts';

export class EmbeddedSession implements Log {
  readonly kind = 'embedded';
  readonly admin: LogAdmin;
  readonly #core: LogCore;
  readonly #handle: Handle;
  /** Members that leave when the session is closed. Static ones keep their place. */
  readonly #dynamic = new Set<GroupMembership>();

  /** `onEnd` runs when the session is closed or killed. */
  constructor(core: LogCore, clock: Clock, onEnd: () => void = () => {}) {
    this.#core = core;
    this.#handle = new Handle(core, clock);
    this.#handle.onEnd(onEnd);
    this.admin = new EmbeddedAdmin(this.#handle);
  }

  producer(): Promise<Producer> {
    return this.#handle.call(async () => {
      const identity = await this.#core.writer.submit((flush) => this.#core.identities.newProducer(flush));
      return new EmbeddedProducer(this.#handle, identity);
    });
  }

  transactionalProducer(transactionalId: string): Promise<TransactionalProducer> {
    return this.#handle.call(async () => {
      const { identities, writer, offsets } = this.#core;
      const identity = await writer.submit((flush) => identities.takeOver(flush, transactionalId));
      // What the producer before left open has ended with this.
      offsets.recheck();
      return new EmbeddedTransactionalProducer(this.#handle, transactionalId, identity);
    });
  }

  fetcher(): Fetcher {
    this.#handle.check();
    return new EmbeddedFetcher(this.#handle);
  }

  join(options: GroupOptions, protocol: GroupProtocol): Promise<GroupMember> {
    return this.#handle.call(async () => {
      const member = new GroupMembership(this.connect(options.group), this.#handle.clock, options, protocol);
      this.#handle.onEnd(() => member.stop());
      if (options.instanceId === undefined) this.#dynamic.add(member);
      await member.start();
      this.#handle.check();
      return member;
    });
  }

  /** Members leave their groups; the log itself stays open for others. */
  async close(): Promise<void> {
    const leaving = [...this.#dynamic].map((member) => member.leave());
    this.#handle.close();
    await Promise.all(leaving);
  }

  /**
   * As if the process that holds this session were killed: no call is answered any more, no heartbeat goes out and no
   * callback comes. Others learn of it by the session time-out. What was in flight may or may not be in the log.
   */
  kill(): void {
    this.#handle.kill();
  }

  /**
   * The coordinator of a group, as a membership asks it; for who drives one over a slow or lossy line.
   * Calls of a dead session have no effect, and their answers reach nobody.
   */
  connect(group: string): GroupConnection {
    const connection = this.#core.groups.connect(group);
    return {
      join: (request) => this.#handle.call(() => connection.join(request)),
      sync: (member, assignments) => this.#handle.call(() => connection.sync(member, assignments)),
      heartbeat: (member) => this.#handle.call(() => connection.heartbeat(member)),
      leave: (member) => this.#handle.call(() => connection.leave(member)),
    };
  }
}
