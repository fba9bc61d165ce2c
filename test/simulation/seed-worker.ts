// What a thread of the simulation runs: seeds come in as messages, one at a time, and their results go back.
import { parentPort } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { canaries } from './canaries/list.ts';
import type { Violation } from './evidence.ts';
import type { FaultName } from './fault-names.ts';
import { runSeed } from './run-seed.ts';

export interface SeedTask {
  readonly seed: number;
  /** Name of a bug to plant. */
  readonly canary?: string | undefined;
  readonly replay?: boolean | undefined;
  /** None but these faults. */
  readonly faults?: readonly FaultName[] | undefined;
  /** Whether to tell what happens. */
  readonly verbose?: boolean;
}

/** What is left of an outcome when it goes from one thread to another. */
export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly digest: string;
  readonly numbers: ReadonlyMap<string, number>;
}

/** What a thread says: a line of its seed, or what became of it. */
export type Said =
  | { readonly type: 'told'; readonly at: number; readonly text: string }
  | { readonly type: 'done'; readonly result: SeedResult };

const port = parentPort;
assert(port, 'this file runs on a thread of its own');
const say = (said: Said) => port.postMessage(said);

port.on('message', async ({ seed, canary, replay, faults: only, verbose = false }: SeedTask) => {
  const planted = canaries.find(({ name }) => name === canary);
  const sabotage = planted?.plant() ?? {};
  const faults = only ?? planted?.needs;
  const tell = verbose ? (at: number, text: string) => say({ type: 'told', at, text }) : () => {};
  const more = { ...(replay !== undefined && { replay }), ...(faults && { faults }) };
  const { violations, digest, numbers } = await runSeed({ seed, sabotage, tell, ...more });
  say({ type: 'done', result: { seed, violations, digest, numbers } });
});
