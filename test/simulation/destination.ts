// The documents that the views are written to, as workers have them over a slow line. It keeps the contract of the
// documents port, guards and all, and can be away, be slow, or time out after it has written some or all of a batch. What
// was not flushed may be gone after a power cut, and what was under way then never arrives. If just its sender is killed a
// write that is under way does.
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import type { ViewSink } from '../../streams/api.ts';
import type { DocumentWrite, Json, JsonObject, StoredDocument } from '../../views/documents/documents.ts';
import type { Sabotage } from './canaries/sabotage.ts';
import { type Counts, count } from './counts.ts';
import { chance, delay } from './dice.ts';
import type { ProcessClock } from './process-clock.ts';

/** However slow it is, no client waits for longer: the adapters' calls time out. */
const mostWayMs = 15_000;

/** A deleted document keeps its position, so that an older write doesn't bring it back. */
interface Kept {
  readonly position: number;
  readonly fields: JsonObject | undefined;
}

export interface DestinationParts {
  readonly world: SteppedClock;
  readonly random: Random;
  readonly counts: Counts;
  /** One way, typically. Milliseconds. */
  readonly latency: () => number;
  readonly sabotage: Sabotage;
}

export class Destination {
  isAway = false;
  timesOut = false;
  slowness = 1;
  readonly #parts: DestinationParts;
  /** By collection and id. */
  readonly #documents = new Map<string, Kept>();
  /** What stood there at the last flush, of all that was written since. */
  readonly #unflushed = new Map<string, Kept | undefined>();
  #powerCuts = 0;

  constructor(parts: DestinationParts) {
    this.#parts = parts;
  }

  /** As a process with this clock has it. */
  sinkOf(clock: ProcessClock): ViewSink<DocumentWrite> {
    const sink: ViewSink<DocumentWrite> = {
      apply: (writes) => this.#call(clock, () => this.#applyAll(writes)),
      flush: () => this.#call(clock, () => this.#unflushed.clear()),
    };
    return this.#parts.sabotage.sink?.(sink) ?? sink;
  }

  /** The power is gone: some first writes since the last flush stay, or none. */
  lose(): void {
    this.#powerCuts++;
    if (this.#unflushed.size === 0 || chance(this.#parts.random, 0.5)) return;
    count(this.#parts.counts, 'effect: view writes lost in a power cut', this.#unflushed.size);
    for (const [place, before] of this.#unflushed) {
      if (before === undefined) this.#documents.delete(place);
      else this.#documents.set(place, before);
    }
    this.#unflushed.clear();
  }

  /** By id. */
  documents(collection: string): Map<string, StoredDocument> {
    const found = new Map<string, StoredDocument>();
    for (const [place, { position, fields }] of this.#documents) {
      const [name, id] = place.split('\0') as [string, string];
      if (name === collection && fields !== undefined) found.set(id, { id, position, fields });
    }
    return found;
  }

  async #call(clock: ProcessClock, work: () => void): Promise<void> {
    const { world, counts } = this.#parts;
    const sentAfter = this.#powerCuts;
    await sleep(world, this.#way());
    if (this.#powerCuts !== sentAfter) throw unavailable('the power was gone');
    if (this.isAway) count(counts, 'effect: view writes refused');
    const failure = this.isAway ? unavailable('it is away') : attempt(work);
    await sleep(clock, this.#way());
    if (failure !== undefined) throw failure;
  }

  #applyAll(writes: readonly DocumentWrite[]): void {
    const { random, counts } = this.#parts;
    const isLate = this.timesOut && chance(random, 0.7);
    const done = isLate ? random.int(writes.length + 1) : writes.length;
    for (const write of writes.slice(0, done)) this.#apply(write);
    if (!isLate) return;
    count(counts, 'effect: views that timed out after writing');
    throw unavailable('it timed out');
  }

  #apply(write: DocumentWrite): void {
    const place = `${write.collection}\0${write.id}`;
    const before = this.#documents.get(place);
    const { offset: position } = write.position;
    const isOld = before !== undefined && position <= before.position;
    if (isOld && !this.#parts.sabotage.isUnguarded) return;
    const fields = before?.fields;
    if (write.kind === 'insert' && fields !== undefined) return;
    if (!this.#unflushed.has(place)) this.#unflushed.set(place, before);
    this.#documents.set(place, { position, fields: write.kind === 'delete' ? undefined : changed(fields, write) });
  }

  #way(): number {
    return Math.min(delay(this.#parts.random, this.#parts.latency() * this.slowness), mostWayMs);
  }
}

function changed(fields: JsonObject = {}, write: Exclude<DocumentWrite, { kind: 'delete' }>): JsonObject {
  const result: { [field: string]: Json } = { ...fields, ...write.set };
  const append = write.kind === 'upsert' ? write.append : undefined;
  for (const [field, value] of Object.entries(append ?? {})) {
    result[field] = [...((result[field] as readonly Json[] | undefined) ?? []), value];
  }
  return result;
}

function attempt(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function unavailable(reason: string): StockstreamError {
  return new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason });
}
