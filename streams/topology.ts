// The topology builder: which topics go through which processors, with which stores, to which topics. It only wires and
// checks the wiring; running it is the tasks' work.
import { StockstreamError } from '../base/errors.ts';
import type { Processor, QuarantineCommand, StoreSpec, TimerProcessor, Topic, Wiring } from './api.ts';
import { defaultQuarantine, obeyCommands, type QuarantineSpec } from './quarantine.ts';
import { topologyProblems } from './topology-check.ts';

/** What a processor's names stand for here. */
export interface Wires<W extends Wiring> {
  readonly stores: { readonly [Name in keyof W['stores']]: StoreSpec<W['stores'][Name]> };
  readonly outputs: { readonly [Name in keyof W['outputs']]: Topic<W['outputs'][Name]> };
  /** The processor's timer names to the topology's. */
  readonly timers: { readonly [Name in W['timers']]: string };
}

/** Wires with the types forgotten: what the engine works with. */
export interface PlainWires {
  readonly stores: { readonly [name: string]: StoreSpec<unknown> };
  readonly outputs: { readonly [name: string]: Topic<unknown> };
  readonly timers: { readonly [name: string]: string };
}

export interface SourceNode {
  readonly topic: Topic<unknown>;
  readonly processor: Processor<unknown, PlainWiring>;
  readonly wires: PlainWires;
  /** Whether a failing record stops its key, and its records wait for one that did. Only where there is quarantine. */
  readonly isQuarantined: boolean;
}

export interface TimerNode {
  readonly name: string;
  readonly processor: TimerProcessor<PlainWiring>;
  readonly wires: PlainWires;
}

export interface PlainWiring {
  readonly stores: { [name: string]: unknown };
  readonly outputs: { [name: string]: unknown };
  readonly timers: string;
}

export interface Retired {
  /** Their state is deleted; a timer's is called `@timer-<name>`. */
  readonly stores: readonly string[];
  /** What they have that wasn't read is left unread. */
  readonly sources: readonly string[];
}

/** A checked topology. Sources are in order of precedence for records of the same time. */
export interface Topology {
  readonly name: string;
  readonly sources: readonly SourceNode[];
  readonly timers: readonly TimerNode[];
  readonly stores: readonly StoreSpec<unknown>[];
  readonly outputs: readonly Topic<unknown>[];
  /** Names of the outputs that are sources, too: what it sends to itself. */
  readonly loops: ReadonlySet<string>;
  /** Names of the outputs that carry event times: its loops, and what is answered. */
  readonly timed: ReadonlySet<string>;
  /** Outputs that close a loop on purpose, with the reason why it ends. */
  readonly feedback: ReadonlyMap<string, string>;
  /** Of these, the ones that others write to as well: not all that is in them follows from its commits. */
  readonly sharedOutputs: ReadonlySet<string>;
  /** Its commands are among the sources. Undefined: a failing record is set aside, and its key goes on. */
  readonly quarantine: QuarantineSpec | undefined;
  /** At least so many milliseconds lie between two commits of a thread, unless a full batch waits. */
  readonly commitDelayMs: number;
  /** Names of what an earlier program had and this one gives up. */
  readonly retired: Retired;
  /** How many tasks: the partition count of every source. */
  readonly partitions: number;
}

export class TopologyBuilder {
  readonly #name: string;
  readonly #sources: SourceNode[] = [];
  readonly #timers: TimerNode[] = [];
  readonly #feedback = new Map<string, string>();
  readonly #sharedOutputs = new Set<string>();
  readonly #answered = new Set<string>();
  #quarantine: QuarantineSpec | undefined;
  #retired: Retired = { stores: [], sources: [] };
  #commitDelayMs = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Records of `topic` go through `processor`. Of records with the same time, those of an earlier source come first.
   * One that isn't quarantined goes on whatever fails: for what may be lost or come in another order.
   */
  source<V, W extends Wiring>(
    topic: Topic<V>,
    processor: Processor<V, W>,
    wires: Wires<W>,
    { isQuarantined = true } = {},
  ): this {
    this.#sources.push({ topic, processor, wires, isQuarantined } as unknown as SourceNode);
    return this;
  }

  /**
   * A key whose record fails stands still, and its later records wait, until `commands` says how to go on. Without this
   * a failing record is set aside and its key goes on.
   */
  quarantine(commands: Topic<QuarantineCommand>, limits: Partial<Omit<QuarantineSpec, 'commands'>> = {}): this {
    this.#quarantine = { ...defaultQuarantine, ...limits, commands };
    return this;
  }

  /** Due timers called `name` go to `processor`. */
  timer<W extends Wiring>(name: string, processor: TimerProcessor<W>, wires: Wires<W>): this {
    this.#timers.push({ name, processor, wires } as unknown as TimerNode);
    return this;
  }

  /** Says that records sent to `topic` may lead back to where they came from, and why that ends; and who else writes there. */
  feedback(topic: Topic<unknown>, reason: string, { hasOtherWriters = false } = {}): this {
    this.#feedback.set(topic.name, reason);
    if (hasOtherWriters) this.#sharedOutputs.add(topic.name);
    return this;
  }

  /** Says that an effect answers records sent to `topic` with records of a source: they take their turn as its loops do. */
  answered(topic: Topic<unknown>): this {
    this.#answered.add(topic.name);
    return this;
  }

  /**
   * Lets records gather for so many milliseconds after a commit: a commit costs as much as many records. What comes after
   * a pause is still taken at once. It changes when commits are made, never what follows from them.
   */
  commitDelay(milliseconds: number): this {
    this.#commitDelayMs = milliseconds;
    return this;
  }

  /** Says that stores and sources of an earlier program are given up, so that this one may go on without them. */
  retire({ stores = [], sources = [] }: Partial<Retired>): this {
    const before = this.#retired;
    this.#retired = { stores: [...before.stores, ...stores], sources: [...before.sources, ...sources] };
    return this;
  }

  /** Hands the builder to a function that adds its part: one noun's wiring a file. */
  include(part: (builder: this) => void): this {
    part(this);
    return this;
  }

  /** @throws TOPOLOGY_INVALID with every problem */
  build(): Topology {
    const nodes = [...this.#sources, ...this.#timers];
    const quarantine = this.#quarantine;
    const commands = quarantine && { topic: quarantine.commands, processor: obeyCommands, wires: noWires };
    const sources = [...this.#sources, ...(commands ? [{ ...commands, isQuarantined: false } as SourceNode] : [])];
    const outputs = distinct(nodes.flatMap(({ wires }) => Object.values(wires.outputs)));
    const taken = new Set(sources.map(({ topic }) => topic.name));
    const loops = new Set(outputs.map(({ name }) => name).filter((name) => taken.has(name)));
    const topology: Topology = {
      name: this.#name,
      sources,
      timers: this.#timers,
      stores: distinct(nodes.flatMap(({ wires }) => Object.values(wires.stores))),
      outputs,
      loops,
      timed: new Set([...loops, ...this.#answered]),
      feedback: this.#feedback,
      sharedOutputs: this.#sharedOutputs,
      quarantine,
      retired: this.#retired,
      commitDelayMs: this.#commitDelayMs,
      partitions: this.#sources[0]?.topic.partitions ?? 0,
    };
    const problems = topologyProblems(topology);
    if (problems.length > 0) {
      throw new StockstreamError('TOPOLOGY_INVALID', { topology: this.#name, problems: problems.join('; ') });
    }
    return Object.freeze(topology);
  }
}

export function topology(name: string): TopologyBuilder {
  return new TopologyBuilder(name);
}

const noWires: PlainWires = { stores: {}, outputs: {}, timers: {} };

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
