// What holds the records of an embedded log: storage, the topics in memory, and the one writer.
import type { Clock } from '../../base/clock.ts';
import type { LogStorage } from './storage.ts';
import type { Topics } from './topics.ts';
import type { Writer } from './writer.ts';

export interface LogData {
  readonly storage: LogStorage;
  readonly clock: Clock;
  readonly topics: Topics;
  readonly writer: Writer;
}
