// What happens to brokers and workers while orders come in, one row an ordeal. A row acts until the orders are through.
import type { Server } from '../e2e/server.ts';
import type { Brokers } from './brokers.ts';

export interface Ground {
  readonly brokers: Brokers;
  /** By name, those that run now. */
  readonly workers: Map<string, Server>;
  startWorker(name: string): Promise<void>;
  /** How often something was done, for the table. */
  count(what: string): void;
  /** Waits, or less if the orders are through. */
  rest(milliseconds: number): Promise<void>;
  /** Whether the orders are through. */
  readonly isOver: boolean;
}

export interface Ordeal {
  readonly name: string;
  act(ground: Ground): Promise<void>;
}

const sessionMs = 6_000;

export const matrix: readonly Ordeal[] = [
  { name: 'nothing', act: async () => {} },
  { name: 'a leader stopped and started again, each in turn', act: (ground) => bounce(ground, 'clean') },
  { name: 'a leader killed and started again, each in turn', act: (ground) => bounce(ground, 'hard') },
  { name: 'a worker killed every few seconds', act: killWorkers },
  { name: 'a worker frozen for longer than its session, then thawed', act: freezeWorkers },
  { name: 'all workers restarted, one after the other', act: restartWorkers },
  {
    name: 'workers and leaders killed at once',
    act: async (ground) => void (await Promise.all([killWorkers(ground), bounce(ground, 'hard')])),
  },
];

async function bounce(ground: Ground, how: 'clean' | 'hard'): Promise<void> {
  for (let number = 1; !ground.isOver; number = (number % 3) + 1) {
    await ground.brokers.end(number, how);
    ground.count(how === 'hard' ? 'broker killed' : 'broker stopped');
    await ground.rest(3_000);
    await ground.brokers.back();
    await ground.rest(3_000);
  }
}

async function killWorkers(ground: Ground): Promise<void> {
  for (let turn = 0; !ground.isOver; turn++) {
    const [name, worker] = turnOf(ground, turn);
    await worker.kill();
    ground.count('worker killed');
    await ground.startWorker(name);
    await ground.rest(2_000);
  }
}

async function freezeWorkers(ground: Ground): Promise<void> {
  for (let turn = 0; !ground.isOver; turn++) {
    const [, worker] = turnOf(ground, turn);
    worker.freeze();
    ground.count('worker frozen');
    await ground.rest(sessionMs + 3_000);
    worker.thaw();
    await ground.rest(3_000);
  }
}

async function restartWorkers(ground: Ground): Promise<void> {
  for (const [name, worker] of [...ground.workers]) {
    await worker.stop();
    ground.count('worker restarted');
    await ground.startWorker(name);
    await ground.rest(1_000);
  }
}

function turnOf({ workers }: Ground, turn: number): [string, Server] {
  const all = [...workers].sort(([a], [b]) => (a < b ? -1 : 1));
  return all[turn % all.length]!;
}
