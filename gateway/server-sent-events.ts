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
}

/** The text of the stream. Comments in between keep proxies from closing a quiet connection. */
export function eventStream(source: EventSource, options: EventStreamOptions): Readable {
  return Readable.from(chunks(source, options), { objectMode: false });
}

async function* chunks(source: EventSource, { clock, heartbeatMs, afterId, signal }: EventStreamOptions) {
  let last = afterId;
  // Sent at once, so that the client knows that it is connected.
  yield ': connected\n\n';
  while (!signal.aborted) {
    const pause = new AbortController();
    const end = () => pause.abort();
    // Before looking: what comes in between isn't missed.
    const changed = source.changed(pause.signal).then(() => true);
    const { events, isOver } = await source.next(last).catch((error: unknown) => {
      end();
      throw error;
    });
    for (const event of events) {
      last = event.id;
      yield `id: ${event.id}\nevent: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`;
    }
    if (isOver || events.length > 0) end();
    if (isOver) return;
    if (events.length > 0) continue;
    signal.addEventListener('abort', end, { once: true });
    const cancel = clock.schedule(heartbeatMs, end);
    await changed;
    cancel();
    signal.removeEventListener('abort', end);
    if (pause.signal.aborted) yield ': heartbeat\n\n';
  }
}
