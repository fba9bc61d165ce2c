// The canaries by name: bugs that the simulation must catch, so that its silence means something.
import { checkpointCanaries } from './checkpoint-canaries.ts';
import { diskCanaries } from './disk-canaries.ts';
import { logCanaries } from './log-canaries.ts';
import { quarantineCanaries } from './quarantine-canaries.ts';
import type { Canary } from './sabotage.ts';
import { shopCanaries } from './shop-canaries.ts';
import { storeCanaries } from './store-canaries.ts';
import { viewCanaries } from './view-canaries.ts';

export const canaries: readonly Canary[] = [
  ...logCanaries,
  ...storeCanaries,
  ...diskCanaries,
  ...checkpointCanaries,
  ...viewCanaries,
  ...shopCanaries,
  ...quarantineCanaries,
];
