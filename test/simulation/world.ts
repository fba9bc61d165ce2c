// The simulated world: one clock, one storage, the machine's present life, the workers on their disks. It gives the
// means to break things (faults.ts uses them), and runs: let promises settle, then step to the next timer.
import { sleep } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/error-catalogue.ts';
import { isStockstreamError, type StockstreamError } from '../../base/errors.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { internalTopics, topologyNames } from '../../streams/names.ts';
import { type Breakage, breakageOf, breakProcessors } from './breakage.ts';
import type { Sabotage } from './canaries/sabotage.ts';
import { type Counts, count } from './counts.ts';
import { Destination } from './destination.ts';
import { chance } from './dice.ts';
import { Disk } from './disk.ts';
import { History } from './history.ts';
import type { Stage } from './link.ts';
import { LogDisk } from './log-disk.ts';
import { Machine } from './machine.ts';
import type { Plan } from './plan.ts';
import { Shelf } from './shelf.ts';
import { type Shop, shopOf } from './shop.ts';
import { appId, type Incident, Worker } from './worker.ts';

/** A place for a worker: its instance id and its disk stay while processes come and go. */
export interface Slot {
  readonly name: string;
  disk: Disk;
  worker: Worker | undefined;
}

/** Set to spring when a worker reaches a stage of a call. */
export interface Trap {
  readonly call: string;
  readonly stage: Stage;
  /** Springs only then; always by default. */
  readonly when?: (worker: Worker) => boolean;
  readonly spring: (worker: Worker) => void;
}

/** Set to spring when the log's own write reaches a stage. */
export interface WriteTrap {
  readonly stage: Stage;
  readonly spring: () => void;
}

export interface WorldOptions {
  readonly plan: Plan;
  readonly sabotage: Sabotage;
  /** Hears what happens, in words. */
  readonly tell: (text: string) => void;
}

const calmMs = 3;
const restartMs = 500;
/** Longer than any night. */
const longestMs = 40 * 3_600_000;

export class World {
  readonly clock = new SteppedClock();
  readonly logDisk = new LogDisk();
  readonly shelf = new Shelf();
  readonly history = new History();
  readonly incidents: Incident[] = [];
  readonly counts: Counts = new Map();
  readonly plan: Plan;
  readonly shop: Shop;
  readonly breakage: Breakage | undefined;
  readonly slots: Slot[] = [];
  /** Disks that were taken out, with the name of their worker. */
  readonly oldDisks: { readonly name: string; readonly disk: Disk }[] = [];
  /** Frozen workers whose place another has taken. */
  strays: Worker[] = [];
  readonly traps: Trap[] = [];
  readonly writeTraps: WriteTrap[] = [];
  /** What happens to ends of transactions on their way. */
  readonly ends = { areLate: false, comeTwice: false };
  readonly destination: Destination;
  /** Errors that a fault of this seed explains: a process that ends with one is started again. */
  readonly #excused = new Set<ErrorCode>();
  /** For how long the machine was off, all nights together. Milliseconds. */
  nightMs = 0;
  /** By how much the clocks of workers that start are ahead, once holds and the window were outlived. Milliseconds. */
  aheadBy = 0;
  /** How much slower the storage is than the plan says. */
  storageSlowness = 1;
  /** The share of messages that is lost. */
  loss: number;
  /** Nothing goes wrong any more: the network is quick, so that sessions last. */
  isCalm = false;
  /** No worker starts any more, whoever meant to start one later. */
  isClosed = false;
  machine: Machine | undefined;
  /** How often the machine has started, how often workers have, and which generations their group had. */
  lives = 0;
  starts = 0;
  readonly generations = new Set<string>();
  /** Name of the shop's changelog. */
  readonly changelog: string;
  readonly #options: WorldOptions;
  readonly #random: Random;
  readonly #checkpointRandom: Random;
  #waiting: ((machine: Machine) => void)[] = [];

  constructor(options: WorldOptions) {
    const { plan, sabotage } = options;
    this.plan = plan;
    this.loss = plan.loss;
    this.#options = options;
    this.#random = seededRandom(plan.seed ^ 0x5eed);
    this.#checkpointRandom = seededRandom(plan.seed ^ 0xc4e5);
    const shop = shopOf(plan.partitions, plan.windowMs);
    this.breakage = breakageOf(plan.seed, plan.partitions, this.clock.now());
    const topology = this.breakage ? breakProcessors(shop.topology, this.breakage) : shop.topology;
    this.shop = { ...shop, topology: sabotage.topology?.(topology) ?? topology };
    this.changelog = topologyNames(appId, shop.topology.name).changelog;
    this.destination = new Destination({
      world: this.clock,
      random: seededRandom(plan.seed ^ 0xde57),
      counts: this.counts,
      latency: () => (this.isCalm ? Math.min(calmMs, plan.latency.network) : plan.latency.network),
      sabotage,
    });
    for (let count = 1; count <= plan.workers; count++) this.addSlot();
  }

  /** What the log's disk holds, faults aside. */
  get storage(): MemoryStorage {
    return this.logDisk.storage;
  }

  /** What checkpoints are kept in, as a process has it. */
  get checkpoints(): CheckpointStore {
    const { sabotage } = this.#options;
    return sabotage.checkpoints?.(this.shelf.store) ?? this.shelf.store;
  }

  addSlot(): Slot {
    const slot: Slot = { name: `w${this.slots.length + 1}`, disk: new Disk(), worker: undefined };
    this.slots.push(slot);
    return slot;
  }

  get workers(): Worker[] {
    return this.slots.flatMap(({ worker }) => worker ?? []);
  }

  tell(text: string): void {
    this.#options.tell(text);
  }

  /** The machine, once it is up. */
  up(): Promise<Machine> {
    if (this.machine) return Promise.resolve(this.machine);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Starts the machine and the workers on what the storage and the disks hold; again and again until it can. */
  async start(): Promise<void> {
    const machine = await this.#startMachine();
    if (machine === undefined) return this.after(restartMs, () => void this.start());
    this.machine = machine;
    this.lives++;
    this.tell('the machine is up');
    for (const waiting of this.#waiting.splice(0)) waiting(machine);
    for (const slot of this.slots) this.startWorker(slot);
  }

  /** Undefined if its disk is too full to begin. */
  async #startMachine(): Promise<Machine | undefined> {
    const { plan, clock, logDisk: disk, history, shop, counts } = this;
    const random = this.#random;
    const { sabotage } = this.#options;
    const latency = () => plan.latency.storage * this.storageSlowness;
    const onError = (error: unknown) => {
      if (isStockstreamError(error, 'LOG_STORAGE_FAILED') || this.isExcused(error)) return;
      this.incident('background error', String(error));
    };
    const reach = (stage: Stage) => this.#reachWrite(stage);
    const onFailedWrite = () => this.#failed(machine);
    const events = { onError, reach, onFailedWrite };
    const parts = { clock, disk, history, random, latency, options: plan.log, sabotage, counts, ...events };
    const machine = await Machine.start(parts);
    try {
      const traces = this.breakage ? [this.breakage.trace] : [];
      const specs = [...Object.values(shop.topics), ...traces, ...internalTopics(appId, shop.topology)];
      await machine.log.admin.createTopics(specs);
      return machine;
    } catch (error) {
      if (!isStockstreamError(error, 'LOG_STORAGE_FAILED')) throw error;
      machine.crash();
      return undefined;
    }
  }

  /** The log takes nothing more: the process ends, and starts again. */
  #failed(machine: Machine): void {
    count(this.counts, 'effect: failed writes of the log');
    this.after(this.#random.int(restartMs), () => {
      if (this.machine === machine) this.crashFor(this.#random.int(restartMs));
    });
  }

  /** Everything on the machine ends at once; disks may lose their last, unsynced writes. */
  crash(): void {
    this.tell('the machine crashes');
    count(this.counts, 'machines crashed');
    if (this.machine?.isWriting) count(this.counts, 'crashed inside a write');
    this.machine?.crash();
    this.machine = undefined;
    this.destination.lose();
    for (const stray of this.strays.splice(0)) stray.kill();
    for (const slot of this.slots) {
      this.kill(slot.worker);
      if (chance(this.#random, 0.5) && slot.disk.revert(this.#random)) count(this.counts, 'disks lost writes');
    }
  }

  /** Crashes the machine, if it runs, and starts it again after a while. */
  crashFor(offMs: number, meanwhile: () => Promise<void> = async () => {}): void {
    if (this.machine === undefined) return;
    this.crash();
    void meanwhile().then(() => this.after(offMs, () => void this.start()));
  }

  /** From now on processes may end with such an error. */
  excuse(code: ErrorCode): void {
    this.#excused.add(code);
  }

  isExcused(error: unknown): boolean {
    return isStockstreamError(error) && this.#excused.has(error.code);
  }

  /** What is broken works again; what was lost is put back. */
  async mend(): Promise<void> {
    this.traps.length = this.writeTraps.length = 0;
    this.storageSlowness = this.destination.slowness = 1;
    this.loss = 0;
    this.isCalm = true;
    this.ends.areLate = this.ends.comeTwice = this.destination.isAway = this.destination.timesOut = false;
    for (const { disk } of this.slots) disk.isFull = false;
    this.logDisk.isFull = false;
    this.logDisk.unflip();
    await this.up();
    if (this.logDisk.isEmptied) this.crashFor(restartMs, () => this.logDisk.putBack());
  }

  /** Does nothing if it runs already or the machine is down: that starts its workers when it comes up. */
  startWorker(slot: Slot): void {
    const { machine, plan, clock: world, shop } = this;
    if (machine === undefined || slot.worker !== undefined || this.isClosed) return;
    this.starts++;
    this.tell(`${slot.name} starts`);
    slot.worker = new Worker({
      name: slot.name,
      disk: slot.disk,
      world,
      random: this.#random,
      session: (clock) => machine.log.session(clock),
      plan,
      shop,
      destination: this.destination,
      checkpoints: this.checkpoints,
      checkpointRandom: this.#checkpointRandom,
      isCutOff: (partition, offset) => this.logDisk.isCutOff(partition, offset),
      ends: this.ends,
      sabotage: this.#options.sabotage,
      networkLatency: () => (this.isCalm ? Math.min(calmMs, plan.latency.network) : plan.latency.network),
      loss: () => this.loss,
      counts: this.counts,
      onGeneration: (generation) => this.generations.add(`${this.lives}/${generation}`),
      reach: (worker, call, stage) => this.#reach(worker, call, stage),
      onEnded: (worker, error) => this.#restart(worker, error),
      isExcused: (error) => this.isExcused(error),
      onIncident: (kind, what) => this.incident(kind, what),
      logger: this.#loggerOf(slot.name),
    });
    slot.worker.clock.wrongBy = this.aheadBy;
  }

  kill(worker: Worker | undefined): void {
    if (worker === undefined) return;
    if (!worker.isDead) count(this.counts, 'workers killed');
    if (!worker.isDead && worker.isInside) count(this.counts, 'killed inside a commit');
    worker.kill();
    for (const slot of this.slots) if (slot.worker === worker) slot.worker = undefined;
  }

  /** Another disk for the next worker in this place. */
  changeDisk(slot: Slot, disk: Disk): void {
    this.oldDisks.push({ name: slot.name, disk: slot.disk });
    slot.disk = disk;
  }

  after(milliseconds: number, work: () => void): void {
    this.clock.schedule(milliseconds, work);
  }

  pause(milliseconds: number): Promise<void> {
    return sleep(this.clock, milliseconds);
  }

  /** Runs until `isDone`, for so long at most. Returns whether it came to that. */
  async run(isDone: () => boolean, milliseconds: number): Promise<boolean> {
    const end = this.clock.now() + milliseconds;
    for (;;) {
      // All that runs are promises and the stepped clock: after one turn of the event loop nothing is left to do.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (isDone()) return true;
      const next = this.clock.nextTimerAt();
      if (next === undefined || next > end) return false;
      this.clock.stepTo(next);
    }
  }

  /** Runs for so long. */
  async pass(milliseconds: number): Promise<void> {
    let over = false;
    this.after(milliseconds, () => {
      over = true;
    });
    await this.run(() => over, milliseconds);
  }

  /** Runs until `work` is done. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const finish = () => {
      isDone = true;
    };
    work.then(finish, finish);
    if (!(await this.run(() => isDone, longestMs))) throw new Error('the world stands still');
    return await work;
  }

  /** What watches over processes does with one that has ended; state that is damaged is set aside, as app/ does. */
  #restart(worker: Worker, error: StockstreamError): void {
    const slot = this.slots.find((each) => each.worker === worker);
    this.tell(`${worker.name} has ended: ${error.code}`);
    count(this.counts, `effect: ended with ${error.code}`);
    this.kill(worker);
    if (slot === undefined) return;
    if (error.code === 'STATE_STORE_DAMAGED') this.changeDisk(slot, new Disk());
    this.after(restartMs, () => this.startWorker(slot));
  }

  #reachWrite(stage: Stage): void {
    const at = this.writeTraps.findIndex((trap) => trap.stage === stage);
    if (at < 0 || this.machine === undefined) return;
    const [trap] = this.writeTraps.splice(at, 1);
    trap!.spring();
  }

  #reach(worker: Worker, call: string, stage: Stage): void {
    if (worker.isDead) return;
    const isHit = (trap: Trap) => trap.call === call && trap.stage === stage && (trap.when?.(worker) ?? true);
    const at = this.traps.findIndex(isHit);
    if (at < 0) return;
    const [trap] = this.traps.splice(at, 1);
    trap!.spring(worker);
  }

  incident(kind: Incident['kind'], what: string): void {
    this.tell(`${kind}: ${what}`);
    this.incidents.push({ kind, what, at: this.clock.now() });
  }

  #loggerOf(name: string): Logger {
    const tell = (fields: { err?: unknown }, message: string) => {
      const { err, ...others } = fields;
      const error = err instanceof Error ? `: ${err.message}` : '';
      this.tell(`${name} says: ${message} ${JSON.stringify(others)}${error}`);
    };
    return { ...silentLogger, info: tell, warn: tell, error: tell };
  }
}
