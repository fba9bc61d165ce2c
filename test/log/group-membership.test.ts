// The member's state machine against a scripted coordinator: refusals, silence, callbacks that fail, and leaving.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { GroupProtocol } from '../../log/group.ts';
import type { GroupConnection, GroupRefusal, JoinAnswer, SyncAnswer } from '../../log/group-connection.ts';
import { GroupMembership } from '../../log/group-membership.ts';

const sessionTimeoutMs = 3000;
const heartbeatMs = 1000;

/** Answers from its script, then as a coordinator does when all is well. Everything that happens is in `trace`. */
class Setup {
  readonly clock = new SteppedClock();
  readonly trace: string[] = [];
  readonly joins: JoinAnswer[] = [];
  readonly syncs: SyncAnswer[] = [];
  readonly heartbeats: (GroupRefusal | 'ok')[] = [];
  /** Calls of these callbacks throw, once each. */
  readonly failing = new Set<string>();
  /** Callbacks wait for these. */
  readonly gates = new Map<string, Promise<void>>();
  wake: () => void = () => {};
  #generation = 0;

  readonly connection: GroupConnection = {
    join: async ({ memberId, metadata, wake }) => {
      this.trace.push(`join ${memberId || 'anew'} ${Buffer.from(metadata)}`);
      this.wake = wake;
      const members = [{ memberId: 'm', metadata }];
      const scripted = this.joins.shift();
      return scripted ?? { kind: 'joined', memberId: 'm', generation: ++this.#generation, members };
    },
    sync: async ({ generation }, assignments) => {
      this.trace.push(`sync ${generation} ${[...assignments.keys()]}`);
      return this.syncs.shift() ?? { kind: 'assigned', assignment: assignments.get('m') ?? Buffer.alloc(0) };
    },
    heartbeat: async ({ generation }) => {
      const answer = this.heartbeats.shift() ?? 'ok';
      this.trace.push(`heartbeat ${generation} ${answer}`);
      await this.gates.get('heartbeat');
      return answer;
    },
    leave: async ({ memberId }) => {
      this.trace.push(`leave ${memberId}`);
    },
  };

  readonly #protocol: GroupProtocol = {
    metadata: () => Buffer.from('meta'),
    assign: () => {
      this.#failIfAsked('assign');
      return new Map([['m', Buffer.from('all')]]);
    },
    onAssignment: (assignment, { generation }) => this.#call('assigned', `${generation} ${Buffer.from(assignment)}`),
    onRebalance: () => this.#call('rebalance', ''),
    onLost: (error) => this.#call('lost', error.message),
  };

  readonly member = new GroupMembership(
    this.connection,
    this.clock,
    { group: 'g', sessionTimeoutMs, rebalanceTimeoutMs: 3000 },
    this.#protocol,
  );

  async started(): Promise<this> {
    await this.member.start();
    await setImmediate();
    return this;
  }

  async step(milliseconds: number): Promise<void> {
    this.clock.step(milliseconds);
    await setImmediate();
  }

  /** Lets a callback wait until the returned function is called. */
  gate(name: string): () => void {
    let open = () => {};
    this.gates.set(name, new Promise((resolve) => (open = resolve)));
    return () => {
      this.gates.delete(name);
      open();
    };
  }

  /** What happened since the last call. */
  happened(): string[] {
    return this.trace.splice(0);
  }

  async #call(name: string, detail: string): Promise<void> {
    this.trace.push(`${name} ${detail}`.trim());
    await this.gates.get(name);
    this.#failIfAsked(name);
  }

  #failIfAsked(name: string): void {
    if (this.failing.delete(name)) throw new Error(`${name} failed`);
  }
}

const joinedAs = (generation: number) => ['join m meta', `sync ${generation} m`, `assigned ${generation} all`];
const replaced = 'lost Instance id ? of group g is in use by a newer process.';
const fenced = (generation: number) => `lost Member m of group g is not part of generation ${generation}.`;

describe('a group membership', { timeout: 10_000 }, () => {
  it('joins with the id that it is given, then beats thrice a session', async () => {
    const setup = new Setup();
    setup.joins.push({ kind: 'memberId', memberId: 'm' });
    await setup.started();
    assert.deepEqual(setup.happened(), ['join anew meta', ...joinedAs(1)]);
    assert.deepEqual(setup.member.metadata, { group: 'g', memberId: 'm', generation: 1 });
    for (let beat = 0; beat < 3; beat++) await setup.step(heartbeatMs);
    assert.deepEqual(setup.happened(), ['heartbeat 1 ok', 'heartbeat 1 ok', 'heartbeat 1 ok']);
    await setup.member.leave();
    await setup.member.leave();
    await setup.step(10 * heartbeatMs);
    assert.deepEqual(setup.happened(), ['leave m']);
  });

  it('hears of a rebalance by heartbeat, at once if it is woken, and beats on while its owner finishes', async () => {
    const setup = await new Setup().started();
    setup.happened();
    const finish = setup.gate('rebalance');
    setup.heartbeats.push('rebalance', 'rebalance');
    setup.wake();
    await setup.step(0);
    await setup.step(heartbeatMs);
    assert.deepEqual(setup.happened(), ['heartbeat 1 rebalance', 'rebalance', 'heartbeat 1 rebalance']);
    finish();
    await setImmediate();
    assert.deepEqual(setup.happened(), joinedAs(2));
  });

  it('asks again at once if it is woken while an answer is on its way', async () => {
    const setup = await new Setup().started();
    setup.happened();
    const answer = setup.gate('heartbeat');
    await setup.step(heartbeatMs);
    setup.heartbeats.push('rebalance');
    // The clock runs the beat of the wake only after the answer has set the next one.
    setup.wake();
    answer();
    await setImmediate();
    await setup.step(0);
    assert.deepEqual(setup.happened().slice(0, 3), ['heartbeat 1 ok', 'heartbeat 1 rebalance', 'rebalance']);
  });

  it('waits for a rebalance until an assignment is taken up', async () => {
    const setup = new Setup();
    const finish = setup.gate('assigned');
    await setup.started();
    setup.heartbeats.push('rebalance');
    await setup.step(heartbeatMs);
    assert.deepEqual(setup.happened(), ['join anew meta', 'sync 1 m', 'assigned 1 all', 'heartbeat 1 rebalance']);
    finish();
    await setImmediate();
    assert.deepEqual(setup.happened(), ['rebalance', ...joinedAs(2)]);
  });

  it('tells its owner of its loss, and joins again: anew if it is unknown', async () => {
    const setup = await new Setup().started();
    setup.happened();
    setup.heartbeats.push('unknownMember');
    await setup.step(heartbeatMs);
    assert.deepEqual(setup.happened(), [
      'heartbeat 1 unknownMember',
      fenced(1),
      'join anew meta',
      'sync 2 m',
      'assigned 2 all',
    ]);
    setup.heartbeats.push('illegalGeneration');
    await setup.step(heartbeatMs);
    assert.deepEqual(setup.happened(), ['heartbeat 2 illegalGeneration', fenced(2), ...joinedAs(3)]);
  });

  it('is lost when the coordinator is silent for a session', async () => {
    const setup = await new Setup().started();
    setup.happened();
    setup.heartbeats.push('unavailable', 'ok', 'unavailable', 'unavailable', 'unavailable', 'unavailable');
    for (let beat = 0; beat < 5; beat++) await setup.step(heartbeatMs);
    assert.ok(!setup.happened().includes(fenced(1)));
    await setup.step(heartbeatMs);
    assert.deepEqual(setup.happened(), ['heartbeat 1 unavailable', fenced(1), ...joinedAs(2)]);
  });

  it('tries again after refused joins and syncs', async () => {
    const setup = new Setup();
    setup.joins.push({ kind: 'refused', reason: 'unavailable' }, { kind: 'memberId', memberId: 'm' });
    setup.syncs.push({ kind: 'refused', reason: 'rebalance' });
    const started = setup.started();
    await setImmediate();
    await setup.step(heartbeatMs);
    await started;
    assert.deepEqual(setup.happened(), ['join anew meta', 'join anew meta', 'join m meta', 'sync 1 m', ...joinedAs(2)]);
    setup.heartbeats.push('rebalance');
    setup.joins.push({ kind: 'refused', reason: 'unknownMember' });
    await setup.step(heartbeatMs);
    assert.deepEqual(setup.happened(), [
      'heartbeat 2 rebalance',
      'rebalance',
      'join m meta',
      fenced(2),
      'join anew meta',
      'sync 3 m',
      'assigned 3 all',
    ]);
  });

  it('gives its place up when a callback fails, and tries again later', async () => {
    for (const callback of ['assigned', 'rebalance', 'assign']) {
      const setup = new Setup();
      setup.failing.add(callback);
      setup.heartbeats.push('rebalance');
      await setup.started();
      await setup.step(heartbeatMs);
      const happened = setup.happened();
      const failure = happened.indexOf(`lost ${callback} failed`);
      assert.equal(happened[failure - 1], 'leave m');
      await setup.step(heartbeatMs);
      assert.ok([...happened.slice(failure), ...setup.happened()].includes('join anew meta'), callback);
      await setup.member.leave();
    }
  });

  it('joins again when its owner asks, also while it is joining', async () => {
    const setup = await new Setup().started();
    setup.happened();
    setup.member.rejoin();
    await setImmediate();
    assert.deepEqual(setup.happened(), ['rebalance', ...joinedAs(2)]);
    const finish = setup.gate('assigned');
    setup.member.rejoin();
    await setImmediate();
    setup.member.rejoin();
    finish();
    await setImmediate();
    assert.deepEqual(setup.happened(), ['rebalance', ...joinedAs(3), 'rebalance', ...joinedAs(4)]);
  });

  it('stops for good when another process has its instance id', async () => {
    const setup = await new Setup().started();
    setup.happened();
    setup.heartbeats.push('fencedInstance');
    await setup.step(heartbeatMs);
    await setup.step(10 * heartbeatMs);
    assert.deepEqual(setup.happened(), ['heartbeat 1 fencedInstance', replaced]);
  });

  it('says so even if it owns nothing at that time', async () => {
    const setup = new Setup();
    setup.joins.push({ kind: 'refused', reason: 'fencedInstance' });
    await setup.started();
    assert.deepEqual(setup.happened(), ['join anew meta', replaced]);
  });

  it('calls nobody once it has left', async () => {
    const setup = await new Setup().started();
    const finish = setup.gate('rebalance');
    setup.member.rejoin();
    await setImmediate();
    setup.happened();
    await setup.member.leave();
    finish();
    await setImmediate();
    setup.wake();
    setup.member.rejoin();
    await setup.step(10 * heartbeatMs);
    assert.deepEqual(setup.happened(), ['leave m']);
  });

  it('does not tell of a loss that it heard of before it left', async () => {
    const setup = new Setup();
    const finish = setup.gate('assigned');
    setup.heartbeats.push('unknownMember');
    await setup.started();
    await setup.step(heartbeatMs);
    await setup.member.leave();
    finish();
    await setImmediate();
    assert.ok(!setup.happened().some((each) => each.startsWith('lost')));
  });
});
