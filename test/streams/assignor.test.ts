// Assignments are complete, balanced, sticky, and the same for every leader; what runs is never run twice, goes only to
// who has caught up, and from generation to generation all comes to where it is to be.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AssignedTasks, type AssignRules, assignTasks, type MemberTasks } from '../../streams/assignor.ts';
import { decodeAssignment, decodeMember, encodeAssignments, encodeMember } from '../../streams/member-metadata.ts';

const most = 16;
const rulesOf = (more: Partial<AssignRules> = {}): AssignRules => ({
  ...{ partitions: 8, standbys: 0, acceptableLag: 10, maxWarmups: 2 },
  ...more,
});
const memberOf = (memberId: string, more: Partial<MemberTasks> = {}): MemberTasks => ({
  ...{ memberId, owned: [], generation: 1, positions: new Map(), process: memberId, endpoint: undefined },
  ...{ isCooperative: true },
  ...more,
});

const member = fc.record({
  memberId: fc.string({ minLength: 1, maxLength: 3 }),
  owned: fc.array(fc.nat(most), { maxLength: 12 }),
  generation: fc.integer({ min: -1, max: 5 }),
  positions: fc
    .array(fc.tuple(fc.nat(most), fc.nat(100)), { maxLength: most })
    .map((pairs) => new Map<number, number>(pairs)),
  process: fc.constantFrom('p', 'q', 'r'),
  endpoint: fc.constantFrom(undefined, 'host:1', 'host:2'),
  isCooperative: fc.boolean(),
});
const members = fc.uniqueArray(member, { minLength: 1, maxLength: 6, selector: ({ memberId }) => memberId });
const rules = fc.record({
  partitions: fc.nat(most),
  standbys: fc.nat(2),
  acceptableLag: fc.constantFrom(0, 10, 1_000),
  maxWarmups: fc.integer({ min: 1, max: 3 }),
});

/** Who runs a task by the claims: the only one of the latest generation that claims it. */
function ownerOf(all: readonly MemberTasks[], task: number): MemberTasks | undefined {
  const claims = all.filter(({ owned }) => owned.includes(task));
  const latest = Math.max(...claims.map(({ generation }) => generation));
  const last = claims.filter(({ generation }) => generation === latest);
  return last.length === 1 ? last[0] : undefined;
}

const tasksOf = ({ partitions }: AssignRules) => Array.from({ length: partitions }, (_, task) => task);
const runnersOf = (assigned: ReadonlyMap<string, AssignedTasks>, task: number) =>
  [...assigned].filter(([, { active }]) => active.includes(task)).map(([memberId]) => memberId);

/** What members are after they did what they were told; standbys and warm-ups catch up as far as `progress` lets them. */
function follow(
  all: readonly MemberTasks[],
  assigned: ReadonlyMap<string, AssignedTasks>,
  { generation, ends }: { generation: number; ends: ReadonlyMap<number, number> },
): MemberTasks[] {
  return all.map((each) => {
    const { active, standbys, warmups } = assigned.get(each.memberId)!;
    const positions = new Map(each.positions);
    for (const task of [...active, ...standbys, ...warmups]) positions.set(task, ends.get(task) ?? 0);
    return { ...each, owned: active, generation, positions };
  });
}

function settle(start: readonly MemberTasks[], given: AssignRules): { all: MemberTasks[]; rounds: number } {
  const ends = new Map(
    tasksOf(given).map((task) => [task, Math.max(0, ...start.map(({ positions }) => positions.get(task) ?? 0))]),
  );
  let all = [...start];
  for (let rounds = 1; ; rounds++) {
    assert.ok(rounds < 100, 'it never comes to rest');
    const assigned = assignTasks(all, given);
    const next = follow(all, assigned, { generation: 10 + rounds, ends });
    const isSame = next.every((each, index) => `${each.owned}` === `${all[index]!.owned}`);
    const isAll = tasksOf(given).every((task) => runnersOf(assigned, task).length === 1);
    const isWarming = [...assigned.values()].some(({ warmups }) => warmups.length > 0);
    all = next;
    if (isSame && isAll && !isWarming) return { all, rounds };
  }
}

describe('in one generation', () => {
  test('a task runs on one member at most, and on none only while its owner gives it up', () => {
    fc.assert(
      fc.property(members, rules, (all, given) => {
        const assigned = assignTasks(all, given);
        for (const task of tasksOf(given)) {
          const owner = ownerOf(all, task);
          const runners = runnersOf(assigned, task);
          if (owner?.isCooperative) assert.ok(runners.length === 0 || runners[0] === owner.memberId);
          else assert.equal(runners.length, 1);
          assert.ok(runners.length <= 1);
        }
      }),
    );
  });

  test('the order of the members does not matter', () => {
    fc.assert(
      fc.property(members, rules, (all, given) => {
        assert.deepEqual(assignTasks(all, given), assignTasks([...all].reverse(), given));
      }),
    );
  });

  test('a task leaves its owner only for a member that has caught up', () => {
    fc.assert(
      fc.property(members, rules, (all, given) => {
        const assigned = assignTasks(all, given);
        for (const task of tasksOf(given)) {
          const owner = ownerOf(all, task);
          if (owner === undefined || assigned.get(owner.memberId)!.active.includes(task)) continue;
          const end = Math.max(...all.map(({ positions }) => positions.get(task) ?? 0));
          const lag = ({ positions }: MemberTasks) => end - (positions.get(task) ?? 0);
          const ready = all.filter((each) => !each.isCooperative || lag(each) <= given.acceptableLag);
          assert.ok(ready.some((each) => each !== owner));
        }
      }),
    );
  });

  test('a task that nobody runs starts where its state is, if it is anywhere', () => {
    const behind = memberOf('a');
    const ahead = memberOf('b', { owned: [1, 2, 3], positions: new Map([[0, 500]]) });
    const assigned = assignTasks([behind, ahead], rulesOf({ partitions: 4 }));
    assert.deepEqual(runnersOf(assigned, 0), ['b']);
    const anywhere = assignTasks([behind, memberOf('b', { owned: [1, 2, 3] })], rulesOf({ partitions: 4 }));
    assert.deepEqual(runnersOf(anywhere, 0), ['a']);
  });

  test('copies are on other processes than the task and than each other, and as many as there can be', () => {
    fc.assert(
      fc.property(members, rules, (some, given) => {
        const all = some.map((each) => ({ ...each, isCooperative: true }));
        const assigned = assignTasks(all, given);
        const processOf = (memberId: string) => all.find((each) => each.memberId === memberId)!.process;
        for (const task of tasksOf(given)) {
          const [runner] = runnersOf(assigned, task);
          if (runner === undefined) continue;
          const copies = [...assigned].filter(([, { standbys }]) => standbys.includes(task));
          const hosts = copies.map(([memberId]) => processOf(memberId));
          assert.ok(!hosts.includes(processOf(runner)));
          assert.equal(new Set(hosts).size, hosts.length);
          const others = new Set(all.map(({ process }) => process));
          const warming = [...assigned].filter(([, { warmups }]) => warmups.includes(task)).length;
          assert.ok(hosts.length + warming >= Math.min(given.standbys, others.size - 1));
        }
      }),
    );
  });

  test('no more is warmed up than is allowed, and never where it runs', () => {
    fc.assert(
      fc.property(members, rules, (all, given) => {
        const assigned = [...assignTasks(all, given).values()];
        assert.ok(assigned.flatMap(({ warmups }) => warmups).length <= given.maxWarmups);
        for (const { active, standbys, warmups } of assigned) {
          const tasks = [...active, ...standbys, ...warmups];
          assert.equal(new Set(tasks).size, tasks.length);
        }
      }),
    );
  });
});

describe('from generation to generation', () => {
  test('all comes to rest, balanced to within one, and then nothing moves any more', () => {
    fc.assert(
      fc.property(members, rules, (start, given) => {
        const { all } = settle(start, given);
        const sizes = all.map(({ owned }) => owned.length);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
        const again = assignTasks(all, given);
        for (const { memberId, owned } of all) assert.deepEqual(again.get(memberId)!.active, owned);
      }),
    );
  });

  test('no more moves than balance asks for, where all have caught up', () => {
    fc.assert(
      fc.property(members, rules, (start, some) => {
        const given = { ...some, acceptableLag: 1_000 };
        const { all } = settle(start, given);
        const before = tasksOf(given).map((task) => ownerOf(start, task)?.memberId);
        const moved = before.filter((owner, task) => {
          return owner !== undefined && !all.find(({ memberId }) => memberId === owner)!.owned.includes(task);
        });
        const counts = start.map(({ memberId }) => before.filter((owner) => owner === memberId).length);
        counts.sort((a, b) => b - a);
        const floor = Math.floor(given.partitions / start.length);
        const odd = given.partitions % start.length;
        const least = counts.reduce((sum, count, at) => sum + Math.max(0, count - floor - (at < odd ? 1 : 0)), 0);
        assert.equal(moved.length, least);
      }),
    );
  });

  test('a newcomer without state warms up first, a few tasks at a time, while all run where they ran', () => {
    const positions = (tasks: readonly number[]) => new Map(tasks.map((task) => [task, 1_000]));
    const [one, two] = [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ].map((owned, at) => {
      return memberOf(`m${at}`, { owned, positions: positions(owned) });
    });
    const first = assignTasks([one!, two!, memberOf('new')], rulesOf());
    assert.deepEqual([first.get('m0')!.active, first.get('m1')!.active], [one!.owned, two!.owned]);
    const { active, warmups } = first.get('new')!;
    assert.deepEqual([active.length, warmups.length], [0, 2]);
    const warm = memberOf('new', { positions: positions(warmups) });
    const second = assignTasks([one!, two!, warm], rulesOf());
    const left = [...second.values()].flatMap((each) => each.active);
    assert.deepEqual(
      warmups.filter((task) => !left.includes(task)),
      warmups,
      'given up where they ran',
    );
    const without = (each: MemberTasks) => ({ ...each, owned: each.owned.filter((task) => !warmups.includes(task)) });
    const third = assignTasks([without(one!), without(two!), warm], rulesOf());
    assert.deepEqual(third.get('new')!.active, warmups);
  });

  test('when a member goes, its tasks start where their copies are', () => {
    const owned = [0, 1, 2];
    const all = [
      memberOf('a', { owned: [3, 4, 5], positions: new Map([[0, 900]]) }),
      memberOf('b', { owned: [6, 7, 8], positions: new Map([...owned.slice(1)].map((task) => [task, 900])) }),
    ];
    const assigned = assignTasks(all, rulesOf({ partitions: 9, standbys: 1 }));
    assert.deepEqual([runnersOf(assigned, 0), runnersOf(assigned, 1), runnersOf(assigned, 2)], [['a'], ['b'], ['b']]);
  });
});

describe('as bytes', () => {
  test('what members tell comes through', () => {
    fc.assert(
      fc.property(member, (each) => {
        const decoded = decodeMember(each.memberId, encodeMember(each));
        assert.deepEqual(decoded, { ...each, owned: [...each.owned].sort((a, b) => a - b), isCooperative: true });
      }),
    );
  });

  test('what the leader answers comes through, with the addresses of all tasks', () => {
    const all = [memberOf('a', { endpoint: 'a:1' }), memberOf('b', { endpoint: 'b:2' }), memberOf('c')];
    const given = rulesOf({ partitions: 3, standbys: 1 });
    const assigned = assignTasks(all, given);
    const bytes = encodeAssignments(assigned, all, 3);
    for (const { memberId } of all) {
      const { isCooperative, isPartial, addresses, ...tasks } = decodeAssignment(bytes.get(memberId)!);
      assert.deepEqual(tasks, assigned.get(memberId));
      assert.deepEqual([isCooperative, isPartial], [true, false]);
      assert.deepEqual([...addresses.keys()], [0, 1, 2]);
      for (const [task, { owner, standbys }] of addresses) {
        const endpointOf = (id: string) => all.find((each) => each.memberId === id)!.endpoint;
        assert.equal(owner, endpointOf(runnersOf(assigned, task)[0]!));
        assert.ok(standbys.every((endpoint) => endpoint !== owner && endpoint !== undefined));
      }
    }
  });

  test('a worker of the first revision is understood, and understands', () => {
    const old = Buffer.from('{"version":1,"tasks":[3,1]}');
    const { owned, isCooperative, generation } = decodeMember('m', old);
    assert.deepEqual([owned, isCooperative, generation], [[3, 1], false, -1]);
    assert.equal(decodeAssignment(old).isCooperative, false);
    const told = [
      encodeMember(memberOf('m', { owned: [2, 5] })),
      encodeAssignments(assignTasks([memberOf('m')], rulesOf()), [memberOf('m')], 8).get('m')!,
    ];
    const tasks = told.map(
      (bytes) => JSON.parse(Buffer.from(bytes).toString()) as { version: number; tasks: number[] },
    );
    assert.deepEqual(
      tasks.map(({ version, tasks: each }) => [version, each]),
      [
        [1, [2, 5]],
        [1, [0, 1, 2, 3, 4, 5, 6, 7]],
      ],
    );
  });

  test('anything else counts as none', () => {
    for (const text of [
      '',
      'null',
      '{',
      '{"version":2,"tasks":[1]}',
      '{"version":1,"tasks":"x"}',
      '{"version":1,"tasks":["1",1.5]}',
    ]) {
      assert.deepEqual(decodeMember('m', Buffer.from(text)).owned, []);
      assert.deepEqual(decodeAssignment(Buffer.from(text)).active, []);
    }
  });
});
