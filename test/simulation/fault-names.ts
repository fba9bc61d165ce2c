// The classes of faults by name. Each is switched on or off by the seed, or by `--faults`, throws dice of its own, and is
// counted in the report. What they do is in strikes/; adding one is a name, a function, and a canary that needs it.

export const faultNames = [
  'kill',
  'kill and empty the disk',
  'kill and go back to an old disk',
  'freeze',
  'freeze beyond the session',
  'freeze everyone',
  'freeze at a boundary',
  'kill at a boundary',
  'crash at a boundary',
  'crash in a write of the log',
  'crash the machine',
  'break the storage',
  'fill the disk of the log',
  'fill the disk of a worker',
  'flip bits in the log',
  'flip bits in a store',
  'empty a changelog',
  'a long night',
  'replace a frozen worker',
  'rebalance during a restore',
  'cut a worker off',
  'slow a worker',
  'slow the log',
  'delay ends of transactions',
  'repeat ends of transactions',
  'jump a clock forwards',
  'jump a clock back',
  'join',
  'leave',
  'compact',
  'views time out after writing',
  'views are away',
  'views are slow',
  'flip bits in a checkpoint',
  'truncate a checkpoint',
  'kill in a checkpoint',
  'cut a changelog off',
] as const;

export type FaultName = (typeof faultNames)[number];

/** They make sense only where checkpoints are taken. */
export const ofCheckpoints: ReadonlySet<FaultName> = new Set([
  'flip bits in a checkpoint',
  'truncate a checkpoint',
  'kill in a checkpoint',
  'cut a changelog off',
]);
