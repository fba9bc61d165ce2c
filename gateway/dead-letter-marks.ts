// What was done with dead letters, as the log tells it: read up to its end whenever somebody asks, so that every gateway
// says the same. It holds one small entry a letter that is over.
import type { Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { DeadLetterMark } from '../schemas/types.generated.ts';
import { readRange } from './read-range.ts';

const place = { topic: topics.deadLetterMarks.name, partition: 0 };
const portionBytes = 16 * 1024 * 1024;

export class DeadLetterMarks {
  readonly #log: Log;
  readonly #marks = new Map<string, DeadLetterMark>();
  #position = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Afterwards it knows all that was marked before this call. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read());
    return this.#reading;
  }

  of(letterId: string): DeadLetterMark | undefined {
    return this.#marks.get(letterId);
  }

  async #read(): Promise<void> {
    const [start = 0] = await this.#log.admin.offsets([place], 'earliest');
    const [end = 0] = await this.#log.admin.offsets([place], 'latest');
    for (let from = Math.max(start, this.#position); from < end; ) {
      const next = await readRange(this.#log, { ...place, from, to: end, maxBytes: portionBytes }, (cursor) => {
        const bytes = cursor.value();
        const mark = bytes === null ? undefined : topics.deadLetterMarks.serde.decode(bytes);
        if (mark) this.#marks.set(mark.letterId, mark);
        return false;
      });
      // A silent log: what is known so far must do.
      if (next <= from) return;
      from = next;
      this.#position = next;
    }
  }
}
