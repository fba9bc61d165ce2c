// The fold of generations: which set of views answers, whatever steps were written in whatever order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ViewGenerationEvent } from '../../schemas/types.generated.ts';
import { afterStep, type Generations, generationRefusal, nextGeneration, noSteps } from '../../views/generations.ts';

const step = (generation: string, event: ViewGenerationEvent['event']): ViewGenerationEvent => {
  return { generation, at: 1, by: 'olga', event };
};
const begun = (generation: string) => step(generation, { type: 'GenerationBegun' });
const activated = (generation: string) => step(generation, { type: 'GenerationActivated' });
const dropped = (generation: string) => step(generation, { type: 'GenerationDropped' });
const after = (...steps: ViewGenerationEvent[]): Generations => steps.reduce(afterStep, noSteps);
const names = ({ live }: Generations) => live.map(({ name }) => name);

test('another one is filled, answers, and what was before goes', () => {
  const switched = after(begun('g2'), activated('g2'));
  assert.deepEqual([switched.active, switched.previous, names(switched)], ['g2', 'g1', ['g1', 'g2']]);
  const back = afterStep(switched, activated('g1'));
  assert.deepEqual([back.active, back.previous], ['g1', 'g2']);
  const alone = afterStep(switched, dropped('g1'));
  assert.deepEqual([alone.active, names(alone), nextGeneration(alone)], ['g2', ['g2'], 'g3']);
});

test('a step that makes no sense any more changes nothing', () => {
  const refusals = [
    [activated('g2'), noSteps, 'unknown_generation'],
    [begun('g3'), noSteps, 'already_there'],
    [begun('g3'), after(begun('g2')), 'too_many_generations'],
    [dropped('g1'), noSteps, 'is_active'],
    [activated('g1'), noSteps, 'is_active'],
    [dropped('g2'), after(begun('g2'), dropped('g2')), 'unknown_generation'],
  ] as const;
  for (const [late, state, reason] of refusals) {
    assert.equal(generationRefusal(late, state), reason);
    assert.equal(afterStep(state, late), state);
  }
});

test('a comparison is remembered with the set that it was of', () => {
  const checked = { type: 'GenerationChecked', against: 'g1', compared: 9, differences: 1 } as const;
  const { live } = after(begun('g2'), step('g2', checked));
  assert.deepEqual(live[1]?.checked, { at: 1, against: 'g1', compared: 9, differences: 1 });
});

test('whatever is written: one that is there answers, there are at most two, and no name comes twice', () => {
  const anyStep = fc.record({
    kind: fc.constantFrom(begun, activated, dropped),
    generation: fc.constantFrom('g1', 'g2', 'g3', 'g4', 'g5'),
  });
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const seen = new Set(['g1']);
      let state = noSteps;
      for (const { kind, generation } of steps) {
        const next = afterStep(state, kind(generation));
        for (const name of names(next)) {
          assert.ok(names(state).includes(name) || !seen.has(name), `${name} came back`);
          seen.add(name);
        }
        assert.ok(names(next).includes(next.active));
        assert.ok(next.live.length <= 2);
        state = next;
      }
    }),
  );
});
