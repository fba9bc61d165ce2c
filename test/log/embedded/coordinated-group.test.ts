// The coordinator's side of a group, as Kafka's classic protocol has it: what the conformance suite can't bring about.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { CoordinatedGroup } from '../../../log/embedded/coordinated-group.ts';
import type { GroupMetadata } from '../../../log/group.ts';
import type { JoinAnswer, JoinRequest } from '../../../log/group-connection.ts';

const sessionTimeoutMs = 1000;
const rebalanceTimeoutMs = 5000;
const none: ReadonlyMap<string, Uint8Array> = new Map();
const refused = (reason: string) => ({ kind: 'refused', reason });

class Setup {
  readonly clock = new SteppedClock();
  generations = 0;
  #ids = 0;
  readonly group = new CoordinatedGroup(
    'g',
    this.clock,
    () => `m${++this.#ids}`,
    () => this.generations++,
  );

  request(memberId: string, metadata = memberId, instanceId?: string): JoinRequest {
    const base = { group: 'g', sessionTimeoutMs, rebalanceTimeoutMs };
    const options = instanceId === undefined ? base : { ...base, instanceId };
    return { options, memberId, metadata: Buffer.from(metadata), wake: () => {} };
  }

  async newId(): Promise<string> {
    const answer = await this.group.join(this.request(''));
    assert.equal(answer.kind, 'memberId');
    return answer.kind === 'memberId' ? answer.memberId : '';
  }

  join(memberId: string, metadata?: string): Promise<JoinAnswer> {
    return this.group.join(this.request(memberId, metadata));
  }

  member(memberId: string, generation: number): GroupMetadata {
    return { group: 'g', memberId, generation };
  }

  heartbeat(memberId: string, generation: number) {
    return this.group.heartbeat(this.member(memberId, generation));
  }

  /** Lets new members form a generation, the first one leading. */
  async form(first: string, ...others: string[]): Promise<number> {
    let answer = await this.join(first);
    if (others.length > 0) {
      const joined = others.map((id) => this.join(id));
      answer = await this.join(first, `${first} with others`);
      await Promise.all(joined);
    }
    const generation = answer.kind === 'joined' ? answer.generation : -1;
    const ids = [first, ...others];
    const assignments = new Map(ids.map((id) => [id, Buffer.from(`for ${id}`)]));
    const synced = ids.map((id) => this.group.sync(this.member(id, generation), id === first ? assignments : none));
    assert.deepEqual(
      await Promise.all(synced),
      ids.map((id) => ({ kind: 'assigned', assignment: Buffer.from(`for ${id}`) })),
    );
    return generation;
  }
}

describe('a coordinated group', { timeout: 10_000 }, () => {
  it('knows only ids that it gave out', async () => {
    const setup = new Setup();
    assert.deepEqual(await setup.join('invented'), refused('unknownMember'));
    const id = await setup.newId();
    assert.equal((await setup.join(id)).kind, 'joined');
    assert.equal(setup.heartbeat('invented', 1), 'unknownMember');
    assert.equal(setup.heartbeat(id, 0), 'illegalGeneration');
    assert.equal(setup.heartbeat(id, 1), 'ok');
  });

  it('tells members of a rebalance, and drops those who do not join in time', async () => {
    const setup = new Setup();
    const [a, b] = [await setup.newId(), await setup.newId()];
    const generation = await setup.form(a, b);
    const c = await setup.newId();
    const joined = [setup.join(c), setup.join(a, 'again')];
    assert.equal(setup.heartbeat(b, generation), 'rebalance');
    for (let elapsed = 0; elapsed < rebalanceTimeoutMs; elapsed += 500) {
      assert.equal(setup.heartbeat(b, generation), 'rebalance');
      setup.clock.step(500);
    }
    const answers = await Promise.all(joined);
    const roster = answers.flatMap((answer) => (answer.kind === 'joined' ? answer.members : []));
    assert.deepEqual(roster.map(({ memberId }) => memberId).sort(), [a, c].sort());
    assert.equal(setup.heartbeat(b, generation), 'unknownMember');
  });

  it('ends the session of a silent member, but not of one that waits for an answer', async () => {
    const setup = new Setup();
    const [a, b] = [await setup.newId(), await setup.newId()];
    const generation = await setup.form(a);
    const waiting = setup.join(b);
    setup.clock.step(sessionTimeoutMs - 1);
    assert.equal(setup.heartbeat(a, generation), 'rebalance');
    setup.clock.step(sessionTimeoutMs);
    const answer = await waiting;
    assert.ok(answer.kind === 'joined' && answer.members.length === 1, 'a was dropped, and b goes on alone');
    setup.clock.step(sessionTimeoutMs - 1);
    assert.equal(setup.heartbeat(b, 2), 'ok');
    setup.clock.step(sessionTimeoutMs);
    assert.equal(setup.heartbeat(b, 2), 'unknownMember');
    assert.ok(setup.group.isEmpty);
  });

  it('refuses a sync that a rebalance overtook, and elects another leader when the leader is lost', async () => {
    const setup = new Setup();
    const [a, b] = [await setup.newId(), await setup.newId()];
    const generation = await setup.form(a);
    const joinedB = setup.join(b);
    const joinedA = await setup.join(a, 'again');
    assert.ok(joinedA.kind === 'joined' && joinedA.members.length === 2, 'the leader stays');
    await joinedB;
    const synced = setup.group.sync(setup.member(b, generation + 1), none);
    assert.throws(() => setup.group.check(setup.member(b, generation + 1)), { code: 'LOG_REBALANCE_IN_PROGRESS' });
    setup.clock.step(sessionTimeoutMs);
    assert.deepEqual(await synced, refused('rebalance'));
    assert.deepEqual(await setup.group.sync(setup.member(b, generation + 1), none), refused('rebalance'));
    const again = await setup.join(b);
    assert.ok(again.kind === 'joined' && again.members.length === 1 && again.generation === generation + 2);
    assert.deepEqual(await setup.group.sync(setup.member(b, generation), none), refused('illegalGeneration'));
    assert.deepEqual(await setup.group.sync(setup.member(a, generation), none), refused('unknownMember'));
  });

  it('repeats the answer to a join that says nothing new', async () => {
    const setup = new Setup();
    const [a, b] = [await setup.newId(), await setup.newId()];
    await setup.join(a);
    const joins = [setup.join(b, 'b'), setup.join(a, 'a')];
    const [first] = await Promise.all(joins);
    assert.deepEqual(await setup.join(b, 'b'), first);
    const assignments = new Map([[b, Buffer.from('yours')]]);
    await setup.group.sync(setup.member(a, 2), assignments);
    assert.deepEqual(await setup.join(b, 'b'), first);
    assert.deepEqual(await setup.group.sync(setup.member(b, 2), none), {
      kind: 'assigned',
      assignment: Buffer.from('yours'),
    });
    // A member without an entry gets empty bytes.
    assert.deepEqual(await setup.group.sync(setup.member(a, 2), none), {
      kind: 'assigned',
      assignment: new Uint8Array(0),
    });
    const rebalanced = setup.join(b, 'new');
    assert.equal(setup.heartbeat(a, 2), 'rebalance');
    setup.group.leave(a);
    assert.equal((await rebalanced).kind, 'joined');
  });

  it('lets a static member come back into its place, and fences the process that it replaced', async () => {
    const setup = new Setup();
    const joined = await setup.group.join(setup.request('', 'x', 'pod'));
    assert.ok(joined.kind === 'joined');
    await setup.group.sync(setup.member(joined.memberId, 1), new Map([[joined.memberId, Buffer.from('mine')]]));
    const back = await setup.group.join(setup.request('', 'x', 'pod'));
    assert.ok(back.kind === 'joined' && back.generation === 1 && back.memberId !== joined.memberId);
    assert.deepEqual(await setup.group.sync(setup.member(back.memberId, 1), none), {
      kind: 'assigned',
      assignment: Buffer.from('mine'),
    });
    assert.equal(setup.heartbeat(joined.memberId, 1), 'fencedInstance');
    assert.deepEqual(await setup.group.sync(setup.member(joined.memberId, 1), none), refused('fencedInstance'));
    assert.deepEqual(await setup.group.join(setup.request(joined.memberId, 'x', 'pod')), refused('fencedInstance'));
    assert.throws(() => setup.group.check(setup.member(joined.memberId, 1)), { code: 'LOG_MEMBER_FENCED' });
    assert.equal(setup.heartbeat(back.memberId, 1), 'ok');
  });

  it('keeps a static member through a rebalance that it misses, until its session ends', async () => {
    const setup = new Setup();
    const fixed = await setup.group.join(setup.request('', 'x', 'pod'));
    assert.ok(fixed.kind === 'joined');
    await setup.group.sync(setup.member(fixed.memberId, 1), none);
    const b = await setup.newId();
    const joined = setup.join(b);
    for (let elapsed = 0; elapsed < rebalanceTimeoutMs; elapsed += 500) {
      setup.heartbeat(fixed.memberId, 1);
      setup.clock.step(500);
    }
    const answer = await joined;
    assert.ok(answer.kind === 'joined');
    assert.deepEqual(
      answer.members.map(({ instanceId }) => instanceId),
      ['pod', undefined],
    );
    assert.equal(setup.heartbeat(fixed.memberId, 1), 'illegalGeneration');
    await setImmediate();
    setup.clock.step(sessionTimeoutMs);
    assert.equal(setup.heartbeat(fixed.memberId, 1), 'unknownMember');
  });
});
