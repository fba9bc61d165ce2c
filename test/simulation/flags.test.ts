// The options of the simulation: what they mean, and what is refused before anything runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf, parseFlags } from './flags.ts';

function flagsOf(...args: string[]) {
  const parsed = parseFlags(args);
  assert.ok(parsed.type === 'flags', JSON.stringify(parsed));
  return parsed.flags;
}

test('seeds and jobs are whole numbers, and there are no more jobs than seeds', () => {
  const { seed, seeds, jobs, replay, verbose, canary } = flagsOf('--seed', '7', '--seeds', '3', '--jobs', '20');
  assert.deepEqual([seed, seeds, jobs, replay, verbose, canary], [7, 3, 3, undefined, false, undefined]);
});

test('without a seed one is drawn; what tells much runs one seed at a time', () => {
  const { seed, seeds, jobs } = flagsOf('--verbose', '--seeds', '2');
  assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31);
  assert.deepEqual([seeds, jobs], [2, 1]);
});

test('the command that runs a seed again asks for the same', () => {
  const flags = flagsOf('--seed', '1', '--seeds', '9', '--replay', '--canary', 'sold twice');
  assert.equal(commandOf(flags, 5), 'npx stockstream simulate --seed 5 --replay --canary "sold twice" --verbose');
  assert.equal(commandOf(flagsOf('--seed', '1'), 1), 'npx stockstream simulate --seed 1 --verbose');
});

test('a bug that only a replay shows asks for one', () => {
  assert.equal(flagsOf('--canary', 'impure decision').replay, true);
  assert.equal(flagsOf('--canary', 'sold twice').replay, undefined);
});

test('faults are a list, and the command says them again', () => {
  const flags = flagsOf('--seed', '1', '--faults', 'kill, leave');
  assert.deepEqual(flags.faults, ['kill', 'leave']);
  assert.equal(commandOf(flags, 1), 'npx stockstream simulate --seed 1 --faults "kill,leave" --verbose');
  assert.equal(
    commandOf(flagsOf('--faults', 'none'), 1),
    'npx stockstream simulate --seed 1 --faults "none" --verbose',
  );
});

test('all bugs are hunted side by side', () => {
  assert.equal(flagsOf('--canary', 'all', '--jobs', '2').jobs, 2);
});

const refused: [args: string[], problem: RegExp][] = [
  [['--seeds', '0'], /^--seeds is a whole number from 1 to \d+, not "0"$/],
  [['--seed', '1e3'], /^--seed is a whole number from 0 to \d+, not "1e3"$/],
  [['--seed', '-1'], /--seed/],
  [['--jobs', 'all'], /^--jobs is a whole number from 1 to 64, not "all"$/],
  [['--seed', '4294967295', '--seeds', '2'], /^--seed is a whole number from 0 to 4294967294/],
  [['--canary', 'tame'], /^there is no canary "tame"$/],
  [['--faults', 'kill,rain'], /^there is no fault "rain"$/],
  [['--sead', '1'], /--sead/],
  [['7'], /7/],
];
for (const [args, problem] of refused) {
  test(`refused: ${args.join(' ')}`, () => {
    const parsed = parseFlags(args);
    assert.ok(parsed.type === 'refused');
    assert.match(parsed.problem, problem);
  });
}
