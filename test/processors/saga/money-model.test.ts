// Every interleaving of an order's payment is walked: each ends, and at the end stock, money and what was told agree.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Happening, Phase } from '../../../processors/saga/saga.ts';
import { next } from '../../../processors/saga/table.ts';
import { beginning, type Change, type Decide, type Model, successors } from './money-model.ts';

interface Place {
  readonly model: Model;
  readonly changes: readonly (Change & { readonly key: string })[];
  /** How one comes here, for messages. */
  readonly from: string | undefined;
  readonly by: string;
}

function walk(start: Model, decide?: Decide): Map<string, Place> {
  const places = new Map<string, Place>();
  const front: { model: Model; from: string | undefined; by: string }[] = [{ model: start, from: undefined, by: '' }];
  for (let at = front.pop(); at !== undefined; at = front.pop()) {
    const key = keyOf(at.model);
    if (places.has(key)) continue;
    const changes = successors(at.model, decide).map((change) => ({ ...change, key: keyOf(change.to) }));
    places.set(key, { ...at, changes });
    for (const { to, name, key: toKey } of changes) {
      if (!places.has(toKey)) front.push({ model: to, from: key, by: name });
    }
  }
  return places;
}

/** News may come in any order, so their order is no difference. Models share most of their parts, which are numbered. */
function keyOf({ news, ...model }: Model): string {
  const parts = Object.values(model).map((part) => (typeof part === 'object' ? numberOf(part) : part));
  return `${parts.join()};${news.map(numberOf).sort()}`;
}

const numbers = new Map<string, number>();
const known = new WeakMap<object, number>();

/** The same for parts that say the same. */
function numberOf(part: object): number {
  let number = known.get(part);
  if (number === undefined) {
    const text = JSON.stringify(part);
    number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    known.set(part, number);
  }
  return number;
}

function story(places: ReadonlyMap<string, Place>, key: string): string {
  const steps: string[] = [];
  for (let at = places.get(key); at?.from !== undefined; at = places.get(at.from)) {
    steps.push(`${at.by} -> ${at.model.phase.type}, money ${at.model.provider}`);
  }
  return steps.reverse().join('\n');
}

/** Nothing is on its way, and no clock is running: whatever comes now comes unasked. */
function isQuiet(model: Model): boolean {
  const { questions, news, commands, holdExpiry, retry } = model;
  return questions.length + news.length + commands.length === 0 && !holdExpiry && !retry;
}

function checkQuiet({ phase, provider, lead, other, placed }: Model): void {
  if (phase.type === 'Placed') {
    assert.deepEqual([provider, lead, other.is, placed], ['taken', 'committed', 'committed', 1]);
    return;
  }
  assert.ok(['Cancelled', 'CancelledUnpaid'].includes(phase.type), `at rest in ${phase.type}`);
  assert.ok(!['set aside', 'taken'].includes(provider), `cancelled with money ${provider}`);
  assert.deepEqual([lead, placed], ['free', 0]);
  assert.ok(other.is === 'free' || other.is === 'refused', `cancelled with the other line ${other.is}`);
}

/** @throws with the story that leads to the broken law */
function checkLaws(places: ReadonlyMap<string, Place>): void {
  for (const [key, { model, changes }] of places) {
    try {
      if (isQuiet(model)) checkQuiet(model);
      assert.ok(model.placed <= 1, 'placed twice');
      if (model.phase.type === 'Placed') for (const { to } of changes) assert.equal(to.phase.type, 'Placed');
    } catch (error) {
      throw new Error(`${(error as Error).message} after\n${story(places, key)}`);
    }
  }
}

/** Every path ends: from everywhere rest is reached by what is sure to happen. */
function checkEnds(places: ReadonlyMap<string, Place>): void {
  const before = new Map([...places.keys()].map((key): [string, string[]] => [key, []]));
  for (const [key, { changes }] of places) {
    for (const change of changes) {
      if (change.isUnsure !== true) before.get(change.key)!.push(key);
    }
  }
  const ends = new Set([...places].filter(([, { model }]) => isQuiet(model)).map(([key]) => key));
  const front = [...ends];
  for (let key = front.pop(); key !== undefined; key = front.pop()) {
    for (const earlier of before.get(key) ?? []) {
      if (ends.has(earlier)) continue;
      ends.add(earlier);
      front.push(earlier);
    }
  }
  const lost = [...places.keys()].find((key) => !ends.has(key));
  assert.ok(lost === undefined, `no end after\n${story(places, lost ?? '')}`);
}

const bounds = [
  { doubles: 0, silences: 0, mayCancel: true },
  { doubles: 1, silences: 2, mayCancel: true },
  { doubles: 3, silences: 1, mayCancel: true },
  { doubles: 0, silences: 4, mayCancel: true },
];

for (const bound of bounds) {
  describe(`with ${JSON.stringify(bound)}`, () => {
    const places = walk(beginning(bound));

    test('all ends are reached', () => {
      const ends = new Set(
        [...places.values()].map(({ model }) => (isQuiet(model) ? `${model.phase.type}, ${model.provider}` : '')),
      );
      const expected = ['Placed, taken', 'CancelledUnpaid, declined', 'Cancelled, let go'];
      for (const end of expected) assert.ok(ends.has(end), [...ends].join('; '));
    });

    test('wherever nothing is on its way, stock, money and what was told agree', () => checkLaws(places));
    test('every path ends', () => checkEnds(places));
  });
}

/** The table, but one cell answers otherwise. */
const planted = (type: Phase['type'], happening: Happening['type'], instead: Decide): Decide => {
  return (phase, what, at) =>
    phase.type === type && what.type === happening ? instead(phase, what, at) : next(phase, what, at);
};
const ignored: Decide = () => undefined;

const faults: readonly (readonly [name: string, decide: Decide])[] = [
  ['a success after the end is ignored', planted('CancelledUnpaid', 'Authorized', ignored)],
  ['a success while it is being let go is forgotten', planted('CancelledVoiding', 'Authorized', ignored)],
  ['money that was taken is not given back', planted('CancelledVoiding', 'VoidTooLate', ignored)],
  ['nobody asks again', planted('Capturing', 'Unanswered', ignored)],
  ['a refused capture is ignored', planted('Capturing', 'CaptureRefused', ignored)],
  [
    'a decline keeps the stock',
    planted('Authorizing', 'Declined', (phase) => ({ phase: cancelled(phase), effects: [] })),
  ],
  [
    'the money is left where it is',
    planted('Authorizing', 'HoldExpired', (phase, what, at) => {
      const step = next(phase, what, at);
      return step && { phase: cancelled(phase), effects: step.effects.filter(({ effect }) => effect !== 'ask') };
    }),
  ],
  [
    'what is placed is cancelled',
    planted('Placed', 'Captured', (phase) => ({
      phase: cancelled(phase),
      effects: [{ effect: 'ask', verb: 'refund' }],
    })),
  ],
];

function cancelled(phase: Phase): Phase {
  if (!('facts' in phase)) throw new Error('an order with facts');
  return { type: 'Cancelled', facts: phase.facts, reason: 'expired', endedAt: 0 };
}

describe('a planted fault is found:', () => {
  for (const [name, decide] of faults) {
    test(name, () => {
      assert.throws(() => {
        const places = walk(beginning({ doubles: 1, silences: 1, mayCancel: true }), decide);
        checkLaws(places);
        checkEnds(places);
      });
    });
  }
});
