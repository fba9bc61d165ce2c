// An operator's changes of the delivery network on their way: appended, waited for, and read back from the view. What is
// decided comes in the order of appending, so many are waited for as cheaply as one.
import { unreachable } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { type NetworkPart, partKey, partOf } from '../schemas/network-parts.ts';
import { topics } from '../schemas/topics.ts';
import type { LogisticsChange, LogisticsEvent } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Documents, JsonObject, StoredDocument } from '../views/documents/documents.ts';
import type { EventTail } from './event-tail.ts';
import { Expectation } from './expectation.ts';
import type { LogWriter } from './log-writer.ts';
import { Refusal } from './refusal.ts';
import { lookFor, type Waiting } from './waiting.ts';

export interface NetworkDeskOptions {
  readonly documents: Documents;
  readonly writer: LogWriter;
  readonly tail: EventTail;
  readonly waiting: Waiting;
  readonly random: Random;
  /** How long to wait for the decision, and then for the view. Milliseconds. */
  readonly waitMs: number;
}

export interface AskedChange {
  /** The user id of who asks. */
  readonly actor: string;
  /** The same for every retry; default: a new one. */
  readonly changeId?: string | undefined;
  readonly change: LogisticsChange['change'];
}

export class NetworkDesk {
  readonly #options: NetworkDeskOptions;

  constructor(options: NetworkDeskOptions) {
    this.#options = options;
  }

  /** The part as the view has it; undefined if there is none. */
  async find(part: NetworkPart): Promise<JsonObject | undefined> {
    return shown(await this.#options.documents.get(collections.network.name, partKey(part)));
  }

  /**
   * Appends the change and waits for what is decided and for the view to show it.
   * @returns the part as it stands then, nothing if it is gone; `changeId` if it wasn't decided in time
   * @throws NETWORK_PART_NOT_FOUND, NETWORK_PART_IN_USE, NETWORK_CHANGE_REFUSED
   */
  async change(asked: AskedChange): Promise<{ readonly part?: JsonObject | undefined; readonly changeId?: string }> {
    const record = this.#recordOf(asked);
    const [event] = await this.#decided([record], this.#options.waitMs);
    if (!event) return { changeId: record.changeId };
    const refusal = refusalOf(event);
    if (refusal) throw refusal;
    const part = partOf(record.change);
    const isThere = !record.change.type.startsWith('Remove');
    await this.#shows(part, event.at, isThere);
    return { part: isThere ? await this.find(part) : undefined };
  }

  /** Appends all and waits for what is decided, in the order of the changes; undefined for what wasn't in time. */
  async changeAll(asked: readonly AskedChange[], waitMs: number): Promise<readonly (LogisticsEvent | undefined)[]> {
    return await this.#decided(
      asked.map((each) => this.#recordOf(each)),
      waitMs,
    );
  }

  #recordOf({ actor, change, changeId }: AskedChange): LogisticsChange {
    const { random, waiting } = this.#options;
    return { changeId: changeId ?? random.uuid(), actor, at: waiting.clock.now(), change };
  }

  async #decided(
    records: readonly LogisticsChange[],
    waitMs: number,
  ): Promise<readonly (LogisticsEvent | undefined)[]> {
    const { waiting, tail, writer } = this.#options;
    const expected = records.map(({ changeId, change }) => {
      return new Expectation(waiting, tail.logistics, partKey(partOf(change)), (event) => event.changeId === changeId);
    });
    try {
      await Promise.all(
        records.map((record) => writer.append(topics.logisticsChanges, partKey(partOf(record.change)), record)),
      );
      const until = waiting.clock.monotonic() + waitMs;
      const events: (LogisticsEvent | undefined)[] = [];
      for (const each of expected) events.push(await each.within(Math.max(0, until - waiting.clock.monotonic())));
      return events;
    } finally {
      for (const each of expected) each.close();
    }
  }

  async #shows(part: NetworkPart, at: number, isThere: boolean): Promise<void> {
    const { documents, waiting, waitMs } = this.#options;
    await lookFor(waiting, waitMs, async () => {
      const document = await documents.get(collections.network.name, partKey(part));
      const isCurrent = document ? Number(document.fields.updatedAt) >= at : !isThere;
      return isCurrent || undefined;
    });
  }
}

/** Why it was refused, or undefined. */
export function refusalOf({ change, outcome }: LogisticsEvent): Refusal | undefined {
  switch (outcome.type) {
    case 'LogisticsChanged':
      return undefined;
    case 'LogisticsRefused': {
      const { reason } = outcome;
      const part = partOf(change);
      if (reason === 'still_in_use') return new Refusal('NETWORK_PART_IN_USE', { details: { ...part } });
      const isItself = reason === `unknown_${part.kind}`;
      if (isItself) return new Refusal('NETWORK_PART_NOT_FOUND', { details: { ...part } });
      return new Refusal('NETWORK_CHANGE_REFUSED', { details: { reason } });
    }
    default:
      return unreachable(outcome);
  }
}

/** A document as it is answered. */
export function shown(document: StoredDocument | undefined): JsonObject | undefined {
  if (!document) return undefined;
  const { kind: _, ...part } = document.fields;
  return part;
}
