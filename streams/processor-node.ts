// One processor of one task, with the context that it sees. The context is made once and reused for every record.
import type { StorePartition } from '../state/store-partition.ts';
import type { TaskState } from '../state/task-state.ts';
import type { Context, Processor, Record, TimerProcessor, Timers } from './api.ts';
import type { InputRecord } from './input-queue.ts';
import { timerStore } from './names.ts';
import type { SentRecords } from './sent-records.ts';
import type { PlainWires, PlainWiring } from './topology.ts';

/** What processors of one batch share: the time, and where the records go that are sent when the batch commits. */
export interface BatchScope {
  now: number;
  /** Of the record at hand; undefined for a timer. */
  eventTime: number | undefined;
  readonly sent: SentRecords;
  /** A reason for each thing that was dropped. */
  dropped: string[];
}

interface NodeParts {
  readonly wires: PlainWires;
  readonly state: TaskState;
  readonly scope: BatchScope;
  /** Whether the task decides about a key, now. */
  readonly owns: (key: string) => boolean;
  readonly isQuarantined: boolean;
  /** Names of the topics whose records carry event times. */
  readonly timed: ReadonlySet<string>;
  readonly tags?: readonly string[];
}

type Prefetch = (
  subject: never,
  owns: (key: string) => boolean,
) => { readonly [store: string]: readonly string[] | undefined };

export class ProcessorNode {
  readonly name: string;
  /** Whether what fails here stops its key. */
  readonly isQuarantined: boolean;
  readonly #tags: readonly string[] | undefined;
  readonly #run: (subject: never, context: Context<PlainWiring>) => void;
  readonly #prefetch: Prefetch | undefined;
  readonly #owns: (key: string) => boolean;
  readonly #context: Context<PlainWiring>;
  readonly #stores: readonly { readonly name: string; readonly partition: StorePartition<unknown> }[];

  private constructor(
    name: string,
    run: (subject: never, context: Context<PlainWiring>) => void,
    prefetch: Prefetch | undefined,
    { wires, state, scope, owns, isQuarantined, timed, tags }: NodeParts,
  ) {
    this.name = name;
    this.isQuarantined = isQuarantined;
    this.#tags = tags;
    this.#run = run;
    this.#prefetch = prefetch;
    this.#owns = owns;
    this.#stores = Object.entries(wires.stores).map(([store, spec]) => ({
      name: store,
      partition: state.partition(spec),
    }));
    this.#context = {
      get now() {
        return scope.now;
      },
      stores: Object.fromEntries(this.#stores.map((store) => [store.name, store.partition])),
      timers: timerHandles(wires, state),
      forward(output, key, value) {
        const topic = wires.outputs[output]!;
        const eventTime = timed.has(topic.name) ? scope.eventTime : undefined;
        scope.sent.push(topic, key, value, eventTime);
      },
      owns,
      drop(reason) {
        scope.dropped.push(reason);
      },
    };
  }

  static ofRecords(processor: Processor<unknown, PlainWiring>, parts: NodeParts): ProcessorNode {
    const { tags } = processor;
    const run = (record: Record<unknown>, context: Context<PlainWiring>) => processor.process(record, context);
    return new ProcessorNode(
      processor.name,
      run,
      processor.prefetch?.bind(processor),
      tags ? { ...parts, tags } : parts,
    );
  }

  static ofTimers(processor: TimerProcessor<PlainWiring>, parts: NodeParts): ProcessorNode {
    const run = (key: string, context: Context<PlainWiring>) => processor.fire(key, context);
    return new ProcessorNode(processor.name, run, processor.prefetch?.bind(processor), parts);
  }

  /** Whether a record may concern the processor. What can't be told from its bytes may. */
  concerns(record: InputRecord): boolean {
    if (this.#tags === undefined) return true;
    const { queue, rawValue } = record;
    if (rawValue === null) return true;
    const tag = queue.topic.serde.tag?.(rawValue);
    return tag === undefined || this.#tags.includes(tag);
  }

  /** @throws `suspended` if a read isn't in memory, or whatever the processor throws */
  run(subject: unknown): void {
    this.#run(subject as never, this.#context);
  }

  /** Notes the reads that the processor is expected to make and that aren't in memory. */
  prefetch(subject: unknown, key: string): void {
    const hints = this.#prefetch?.(subject as never, this.#owns);
    // By index: an iterator and a pair for each would be made for every record.
    for (let index = 0; index < this.#stores.length; index++) {
      const { name, partition } = this.#stores[index]!;
      const keys = hints === undefined ? [key] : hints[name];
      for (let at = 0; keys !== undefined && at < keys.length; at++) {
        if (!partition.holds(keys[at]!)) partition.transaction.missing.push({ partition, key: keys[at]! });
      }
    }
  }
}

function timerHandles(wires: PlainWires, state: TaskState): { readonly [name: string]: Timers } {
  const handles: { [name: string]: Timers } = {};
  for (const [name, timer] of Object.entries(wires.timers)) {
    const partition = state.partition(timerStore(timer));
    handles[name] = { set: (key, at) => partition.put(key, at), clear: (key) => partition.delete(key) };
  }
  return handles;
}
