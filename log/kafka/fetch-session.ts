// A fetch session with one broker (KIP-227): the broker remembers what is read and where, so that a request names only what
// changed. The numbers of requests must follow each other; whenever that is in doubt, a new session begins.
import type { Leader } from './cluster.ts';
import { kafka } from './error-codes.ts';
import type { Reading } from './reading.ts';
import type { FetchedPartition, FetchPartition, FetchRequest, FetchResponse } from './wire/fetch.ts';

/** A partition as the next request is to have it. */
export interface Wanted {
  readonly reading: Reading;
  readonly leader: Leader;
}

/** A partition as the broker has it. */
interface Known extends FetchPartition {
  readonly reading: Reading;
}

/** The part of a request that the session decides. */
type SessionRequest = Pick<FetchRequest, 'sessionId' | 'sessionEpoch' | 'partitions' | 'forgotten'>;

export class FetchSession {
  #id = 0;
  /** Of the next request; 0 opens a session. */
  #epoch = 0;
  readonly #known = new Map<string, Known>();

  get isOpen(): boolean {
    return this.#id !== 0;
  }

  /** What a request must say so that the broker reads what is wanted, and nothing else; `isOther` if that has changed. */
  request(wanted: readonly Wanted[]): SessionRequest & { isOther: boolean } {
    const partitions: FetchPartition[] = [];
    let isOther = false;
    const gone = new Map(this.#known);
    for (const { reading, leader } of wanted) {
      const { topicId, epoch: leaderEpoch } = leader;
      const next = {
        reading,
        topicId,
        partition: reading.partition.partition,
        leaderEpoch,
        offset: reading.fetchOffset,
      };
      const key = keyOf(next);
      const known = gone.get(key);
      isOther ||= !gone.delete(key);
      this.#known.set(key, next);
      if (known?.offset !== next.offset || known.leaderEpoch !== leaderEpoch) partitions.push(next);
    }
    for (const key of gone.keys()) this.#known.delete(key);
    const forgotten = this.#epoch === 0 ? [] : [...gone.values()];
    isOther ||= gone.size > 0;
    return { sessionId: this.#id, sessionEpoch: this.#epoch, partitions, forgotten, isOther };
  }

  /** A request that ends the session. */
  final(): SessionRequest {
    return { sessionId: this.#id, sessionEpoch: -1, partitions: [], forgotten: [] };
  }

  /** Takes an answer to the last request. Undefined if the session is lost: `reset` was done. */
  answered({ error, sessionId, partitions }: FetchResponse): Answered[] | undefined {
    if (error !== kafka.none) {
      this.reset();
      return undefined;
    }
    this.#id = sessionId;
    // Without a session, each request is a first one.
    if (sessionId === 0) this.#epoch = 0;
    else this.#epoch = (this.#epoch % maxEpoch) + 1;
    const answered = partitions.flatMap((partition) => {
      const known = this.#known.get(keyOf(partition));
      // Nobody asked for it any more, or asks for another place by now.
      return known === undefined || known.reading.fetchOffset !== known.offset
        ? []
        : [{ reading: known.reading, partition }];
    });
    if (sessionId === 0) this.#known.clear();
    return answered;
  }

  /** Begins anew with the next request; the broker drops the old session then. */
  reset(): void {
    this.#epoch = 0;
    this.#known.clear();
  }
}

export interface Answered {
  readonly reading: Reading;
  readonly partition: FetchedPartition;
}

const maxEpoch = 2 ** 31 - 1;

function keyOf({ topicId, partition }: Pick<FetchPartition, 'topicId' | 'partition'>): string {
  return topicId + partition;
}
