// One seed from beginning to end: chaos while clients send, then no more faults until the world is at rest, then the
// checkers. The same seed gives the same run, bit for bit; the digest over the storage says so.
import { createHash } from 'node:crypto';
import { seededRandom } from '../../base/random.ts';
import { deadLetterHeaders } from '../../streams/dead-letter.ts';
import type { Sabotage } from './canaries/sabotage.ts';
import { checkCheckpoints } from './checkers/checkpoints.ts';
import { checkAll } from './checkers/list.ts';
import { checkReplay } from './checkers/replay.ts';
import { checkReturn } from './checkers/return.ts';
import { Clients } from './clients.ts';
import { type Counts, count } from './counts.ts';
import { type Evidence, gather, type Owners, type Violation } from './evidence.ts';
import type { FaultName } from './fault-names.ts';
import { Faults } from './faults.ts';
import type { LoggedRecord } from './history.ts';
import { Operator } from './operator.ts';
import { planOf } from './plan.ts';
import { comeToRest, outliveHolds, outliveWindow, ownersOf } from './rest.ts';
import { Workload } from './workload.ts';
import { World } from './world.ts';

export interface SeedOptions {
  readonly seed: number;
  readonly sabotage?: Sabotage;
  /** Whether the commits are done again from the log and compared; if it isn't said, every fourth seed's are. */
  readonly replay?: boolean;
  /** None but these faults, whatever the seed says. */
  readonly faults?: readonly FaultName[];
  /** Hears what happens: the milliseconds since the start, and words. */
  readonly tell?: (at: number, text: string) => void;
}

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** SHA-256 over all that the log's storage held when it was at rest. */
  readonly digest: string;
  readonly evidence: Evidence;
  /** What was done, and how often what went wrong. */
  readonly numbers: Counts;
}

/** No chaos lasts longer, nights apart. Virtual milliseconds. */
const longest = 3_600_000;
const longestStop = 300_000;

export async function runSeed(options: SeedOptions): Promise<Outcome> {
  const { seed, sabotage = {}, replay = seed % 4 === 0, tell = () => {} } = options;
  const plan = planOf(seed, options.faults);
  const world: World = new World({ plan, sabotage, tell: (text) => tell(world.clock.monotonic(), text) });
  const unhandled = (error: unknown) => world.incident('thread failed', `nobody caught ${describe(error)}`);
  process.on('unhandledRejection', unhandled);
  try {
    const faults = new Faults(world);
    const workload = new Workload(seededRandom(seed ^ 0x3011d), world.shop, plan.products);
    const clients = new Clients(world, seededRandom(seed ^ 0xc11e7), workload);
    void world.start();
    void faults.run();
    void clients.run();
    const operator = new Operator(world, seededRandom(seed ^ 0x09e4a));
    if (world.breakage) void operator.run();
    const isOver = () => world.clock.monotonic() - world.nightMs > longest;
    await world.run(() => clients.areDone || isOver(), Number.POSITIVE_INFINITY);
    if (!clients.areDone) world.incident('stands still', 'clients never get done');
    clients.end();
    await world.drive(faults.heal());
    const { restedAt, owners } = await settle(world);
    operator.end();
    const evidence = await world.drive(gather(world, { restedAt, acks: clients.acks, owners }));
    const violations = checkAll(evidence);
    const onReplayed = () => count(world.counts, 'replayed commits');
    if (replay && violations.length === 0) violations.push(...(await checkReplay(world, evidence, onReplayed)));
    const [digest, numbers] = [await digestOf(world), numbersOf(world, evidence)];
    if (violations.length === 0) violations.push(...(await world.drive(checkCheckpoints(world, evidence))));
    if (violations.length === 0) violations.push(...(await checkReturn(world, evidence)));
    return { seed, violations, digest, evidence, numbers };
  } finally {
    process.off('unhandledRejection', unhandled);
  }
}

/** Rest, then every hold past its expiry, then the window past, then all workers stopped. */
async function settle(world: World): Promise<{ restedAt: number | undefined; owners: Owners }> {
  let rests = await comeToRest(world);
  if (rests) {
    await outliveHolds(world);
    rests = await comeToRest(world);
  }
  const restedAt = world.history.writes;
  if (rests) {
    await outliveWindow(world);
    rests = await comeToRest(world);
  }
  const owners = ownersOf(world);
  await stopAll(world);
  return { restedAt: rests ? restedAt : undefined, owners };
}

async function stopAll(world: World): Promise<void> {
  world.isClosed = true;
  const running = new Set(world.workers);
  for (const worker of world.workers) void worker.stop().then(() => running.delete(worker));
  if (await world.run(() => running.size === 0, longestStop)) return;
  for (const worker of running) {
    world.incident('stands still', `${worker.name} is ${worker.thread.state} and doesn't stop`);
    world.kill(worker);
  }
}

async function digestOf({ storage }: World): Promise<string> {
  const hash = createHash('sha256');
  const all = { gte: Buffer.alloc(0), lt: Buffer.from([0xff]) };
  for (const { key, value } of await storage.read(all)) hash.update(key).update(value);
  return hash.digest('hex');
}

function numbersOf(world: World, { records, names, shop }: Evidence): Counts {
  const { orderEvents, orders, stockChanges, deadLetters } = shop.topics;
  const of = (topic: string) => records.filter((record) => record.topic === topic);
  const again = (topic: string) => of(topic).length - new Set(of(topic).map(contentOf)).size;
  const events = of(orderEvents.name);
  return new Map([
    ['virtual milliseconds', world.clock.monotonic()],
    ['orders sent', of(orders.name).length],
    ['orders sent again', again(orders.name)],
    ['orders decided', new Set(events.map(({ key }) => key)).size],
    ['order events', events.length],
    ['changes sent', of(stockChanges.name).length],
    ['changes sent again', again(stockChanges.name)],
    ['dead letters', of(deadLetters.name).length],
    ['keys stood still', of(deadLetters.name).filter(isOfQuarantine).length],
    ['commits', of(names.commits).length],
    ['worker starts', world.starts],
    ['rebalances', world.generations.size],
    ...world.counts,
  ]);
}

function isOfQuarantine({ headers }: LoggedRecord): boolean {
  return headers.some(({ key }) => key === deadLetterHeaders.place);
}

function contentOf({ key, value }: LoggedRecord): string {
  return `${key} ${value?.toString('base64')}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
