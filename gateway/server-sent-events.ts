// Server-sent events as a stream that Fastify sends: it waits for the client's pace, and ends with the connection.
// It knows nothing of what the events mean.
import { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';

export interface ServerSentEvent {
  readonly id: number;
  readonly name: string;
  /** Sent as one line of JSON. */
  readonly data: unknown;
}

export interface EventSource {
  /** What is new since `afterId`, in order; `isOver` once nothing will follow. */
  next(afterId: number): Promise<{ readonly events: readonly ServerSentEvent[]; readonly isOver: boolean }>;
  /** Resolves when `next` may have more, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

export interface EventStreamOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** The last id that the client has seen; 0 for none. */
  readonly afterId: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** The ids mean nothing to the client: a connection anew doesn't go on after one. */
  readonly hidesIds?: boolean;
}

/** The text of the stream. Comments in between keep proxies from closing a quiet connection. */
export function eventStream(source: EventSource, options: EventStreamOptions): Readable {
  return Readable.from(chunks(source, options), { objectMode: false });
}

async function* chunks(source: EventSource, options: EventStreamOptions) {
  // Sent at once, so that the client knows that it is connected.
  yield ': connected\n\n';
  for await (const event of eventsOf(source, options)) {
    if (event === undefined) yield ': heartbeat\n\n';
    else {
      const id = options.hidesIds ? '' : `id: ${event.id}\n`;
      yield `${id}event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`;
    }
  }
}

/** The events of `source` as they come, at the pace of whoever takes them; undefined after each quiet `heartbeatMs`. */
export async function* eventsOf(
  source: EventSource,
  { clock, heartbeatMs, afterId, signal }: EventStreamOptions,
): AsyncGenerator<ServerSentEvent | undefined> {
  let last = afterId;
  while (!signal.aborted) {
    const pause = new AbortController();
    const end = () => pause.abort();
    signal.addEventListener('abort', end, { once: true });
    // Before looking: what comes in between isn't missed.
    const changed = source.changed(pause.signal);
    let isQuiet = false;
    try {
      const { events, isOver } = await source.next(last);
      for (const event of events) {
        last = event.id;
        yield event;
      }
      if (isOver) return;
      if (events.length > 0) continue;
      const cancel = clock.schedule(heartbeatMs, end);
      await changed;
      cancel();
      isQuiet = pause.signal.aborted;
    } finally {
      // Also when nobody takes any more: the source must not wait for ever.
      signal.removeEventListener('abort', end);
      end();
    }
    if (isQuiet && !signal.aborted) yield undefined;
  }
}
