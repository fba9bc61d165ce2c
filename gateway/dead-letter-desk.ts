// What an operator does with dead letters: replays them as they were or with another value, or drops them. A record that
// a key stands still for is decided by its task, which is told through the log; any other goes back to its topic. First
// that, then the mark that the letter is over, then the audit: whatever breaks in between, doing it again is harmless.
import type { Clock } from '../base/clock.ts';
import { isStockstreamError } from '../base/errors.ts';
import type { Serde } from '../base/serde.ts';
import { partitionOf } from '../log/partitioner.ts';
import { quarantineTopics, topics } from '../schemas/topics.ts';
import type { AuditEntry, DeadLetterMark, QuarantineCommand } from '../schemas/types.generated.ts';
import { type FoundLetter, heldBy, type LetterFilter, ownHeaders, sourceTopic } from './dead-letter.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { LogWriter } from './log-writer.ts';
import { Refusal } from './refusal.ts';

/** Who decides, and why in their words. */
export interface Decider {
  readonly actor: string;
  readonly reason: string;
}

export interface ReplayReport {
  readonly replayed: number;
  /** Those that have nowhere to go back to. */
  readonly skipped: number;
}

type Outcome = Exclude<DeadLetterMark['outcome'], 'other'>;

const actions: { readonly [Each in Outcome]: string } = {
  replayed: 'replay-dead-letter',
  edited: 'edit-dead-letter',
  dropped: 'drop-dead-letter',
};

export interface DeadLetterDeskParts {
  readonly letters: DeadLetters;
  readonly writer: LogWriter;
  readonly clock: Clock;
}

export class DeadLetterDesk {
  readonly #letters: DeadLetters;
  readonly #writer: LogWriter;
  readonly #clock: Clock;

  constructor({ letters, writer, clock }: DeadLetterDeskParts) {
    this.#letters = letters;
    this.#writer = writer;
    this.#clock = clock;
  }

  /** As it was. @throws DEAD_LETTER_NOT_FOUND, DEAD_LETTER_NOT_REPLAYABLE, DEAD_LETTER_OVER */
  async replay(id: string, by: Decider): Promise<void> {
    const found = await this.#letters.find(id);
    // One that was replayed may be replayed again: it changes nothing, or what failed is tried again.
    this.#refuseOver(found, found.letter.state !== 'open' && found.letter.state !== 'replayed');
    this.#refuseObstacle(found);
    await this.#replay(found, by);
  }

  /** Of those that are open now, oldest first. */
  async replayAll(filter: LetterFilter, by: Decider): Promise<ReplayReport> {
    let [replayed, skipped] = [0, 0];
    for await (const found of this.#letters.open(filter)) {
      const able = found.filter((each) => obstacleOf(each) === undefined);
      await Promise.all(able.map((each) => this.#replay(each, by)));
      replayed += able.length;
      skipped += found.length - able.length;
    }
    return { replayed, skipped };
  }

  /**
   * With another value, as JSON in the shape in which the letter shows it.
   * @throws REQUEST_INVALID if the topic's schema doesn't take it; DEAD_LETTER_NOT_FOUND, DEAD_LETTER_NOT_REPLAYABLE,
   * DEAD_LETTER_OVER
   */
  async edit(id: string, value: unknown, by: Decider): Promise<void> {
    const found = await this.#letters.find(id);
    this.#refuseOver(found, found.letter.state !== 'open');
    this.#refuseObstacle(found);
    await this.#edit(found, value, by);
  }

  /**
   * What a key stands still for, whether its letter is kept or lost: as it is, or with another value.
   * @throws REQUEST_INVALID if the topic's schema doesn't take it; DEAD_LETTER_NOT_REPLAYABLE
   */
  async replayHeld(held: FoundLetter, by: Decider, value?: { readonly json: unknown }): Promise<void> {
    if (value === undefined) await this.#replay(held, by);
    else await this.#edit(held, value.json, by);
  }

  /** @throws DEAD_LETTER_NOT_REPLAYABLE */
  async dropHeld(held: FoundLetter, by: Decider): Promise<void> {
    await this.#drop(held, by);
  }

  /** @throws DEAD_LETTER_NOT_FOUND, DEAD_LETTER_OVER */
  async drop(id: string, by: Decider): Promise<void> {
    const found = await this.#letters.find(id);
    this.#refuseOver(found, found.letter.state !== 'open');
    await this.#drop(found, by);
  }

  /** Of those that are open now, oldest first; gives how many. */
  async dropAll(filter: LetterFilter, by: Decider): Promise<number> {
    let dropped = 0;
    for await (const found of this.#letters.open(filter)) {
      await Promise.all(found.map((each) => this.#drop(each, by)));
      dropped += found.length;
    }
    return dropped;
  }

  async #replay(found: FoundLetter, by: Decider): Promise<void> {
    await this.#send(found, undefined, by);
    await this.#tell(found, { outcome: 'replayed', by });
  }

  async #edit(found: FoundLetter, value: unknown, by: Decider): Promise<void> {
    const topic = sourceTopic(found.letter.topic);
    if (topic === undefined) throw notReplayable(found.letter.id, 'a timer has no value');
    const bytes = encoded(topic.serde, value);
    await this.#send(found, bytes, by);
    await this.#tell(found, { outcome: 'edited', by, after: value });
  }

  async #drop(found: FoundLetter, by: Decider): Promise<void> {
    if (found.letter.quarantined) await this.#command(found, 'drop', null, by);
    await this.#tell(found, { outcome: 'dropped', by });
  }

  /** With `value`, or as it was. */
  async #send(found: FoundLetter, value: Buffer | undefined, by: Decider): Promise<void> {
    const { letter, record } = found;
    if (heldBy(record)) return await this.#command(found, 'replay', value?.toString('base64') ?? null, by);
    // To the partition of its key, which is where a mended producer would have sent it.
    const { topic, partition, key } = letter;
    const count = this.#writer.partitionsOf(topic);
    const target = key === null ? partition % count : partitionOf(key, count);
    const headers = ownHeaders(record.headers);
    await this.#writer.appendBytes(topic, target, { key: record.key, value: value ?? record.value, headers });
  }

  /** Tells the task, in whose partition it lies. */
  async #command(
    { letter, record }: FoundLetter,
    action: QuarantineCommand['action'],
    value: string | null,
    { actor }: Decider,
  ): Promise<void> {
    const held = heldBy(record);
    const topic = held && quarantineTopics.get(held.topology);
    if (!held || !topic) throw notReplayable(letter.id, 'there is no such topology any more');
    const at = this.#clock.now();
    const key = letter.key ?? '';
    const command = { commandId: commandId(letter.id, at), actor, at, key, place: held.place, action, value };
    const bytes = encoded(topic.serde, command);
    const { partition } = held;
    await this.#writer.appendBytes(topic.name, partition, { key: Buffer.from(key), value: bytes, headers: [] });
  }

  /** Marks it, if it is kept, and writes into the audit who did it, and how it was before. */
  async #tell(
    { letter, record, isLost = false }: FoundLetter,
    { outcome, by, after }: { outcome: Outcome; by: Decider; after?: unknown },
  ): Promise<void> {
    const at = this.#clock.now();
    const { id } = letter;
    const { actor, reason } = by;
    if (!isLost) await this.#writer.append(topics.deadLetterMarks, id, { letterId: id, outcome, actor, at });
    const before = { ...letter, bytes: record.value?.toString('base64') ?? null };
    const entry: AuditEntry = {
      auditId: commandId(id, at),
      at,
      actor,
      action: actions[outcome],
      subject: letter.key ?? id,
      reason,
      outcome: letter.quarantined ? 'asked' : 'done',
      before: JSON.stringify(before),
      after: after === undefined ? '' : JSON.stringify(after),
    };
    await this.#writer.append(topics.audit, entry.subject, entry);
  }

  #refuseOver({ letter: { id, state } }: FoundLetter, isOver: boolean): void {
    if (isOver) throw new Refusal('DEAD_LETTER_OVER', { details: { id, state } });
  }

  #refuseObstacle(found: FoundLetter): void {
    const reason = obstacleOf(found);
    if (reason !== undefined) throw notReplayable(found.letter.id, reason);
  }
}

/** Why it can't go back, or undefined. */
function obstacleOf({ letter: { topic }, record }: FoundLetter): string | undefined {
  if (heldBy(record)) return undefined;
  if (topic === '') return 'it is of a timer';
  return sourceTopic(topic) ? undefined : `topic ${topic} is not one of the shop's`;
}

function notReplayable(id: string, reason: string): Refusal {
  return new Refusal('DEAD_LETTER_NOT_REPLAYABLE', { details: { id, reason } });
}

function commandId(letterId: string, at: number): string {
  return `dead-letter-${letterId}-${at}`;
}

/** @throws REQUEST_INVALID that says where it doesn't fit */
function encoded<V>(serde: Serde<V>, value: unknown): Buffer {
  try {
    for (let size = 4_096; ; size *= 4) {
      const bytes = Buffer.alloc(size);
      const end = serde.encode(value as V, bytes, 0);
      if (end >= 0) return bytes.subarray(0, end);
    }
  } catch (error) {
    if (!isStockstreamError(error, 'RECORD_INVALID')) throw error;
    const { path, found, schema } = error.details;
    const fault = { path: `value${path ? `.${path}` : ''}`, message: `is ${found}, which ${schema} does not take` };
    const problems = `${fault.path} ${fault.message}`;
    throw new Refusal('REQUEST_INVALID', { details: { problems }, faults: [fault], cause: error });
  }
}
