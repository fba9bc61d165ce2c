// The simulation as a program: what it says of a violation, and how it ends.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

describe('stockstream simulate', () => {
  test('refuses what it does not know, and shows its options', async () => {
    const { code, out, err } = await run('--sead', '1');
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^stockstream simulate: .*--sead/);
    assert.match(err, /\n {2}--seeds N/);
  });

  test('ends well, and tells what was done', async () => {
    const { code, out, err } = await run('--seed', '36', '--seeds', '3');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^seeds 36 to 38, /);
    assert.match(out, /\n3 seeds in .* simulated hours\n\d+ orders checked, .*\n {2}work +\d.*orders sent/);
    assert.match(out, /\nno violations\n$/);
  });

  test('tells of a violation with the command that shows it again, which does', async () => {
    const { code, out } = await run('--seed', '36', '--canary', 'sold twice');
    assert.equal(code, 1);
    assert.match(out, /\nVIOLATION seed 36: no oversell: .*\n/);
    assert.match(out, /\nVIOLATIONS in 1 of 1 seeds: 36\n$/);
    const again = /again: npx stockstream simulate (.*) --canary "sold twice" --verbose\n/.exec(out)?.[1];
    const { code: sameCode, out: told } = await run(...again!.split(' '), '--canary', 'sold twice', '--verbose');
    assert.equal(sameCode, 1);
    assert.match(told, /\n +\d+\.\d{3} s {2}w1 starts\n/);
    assert.match(told, /\nVIOLATION seed 36: no oversell: /);
  });
});
