// How far views are: what they have taken of their topics.
import { type Clock, sleep } from '../base/clock.ts';
import type { Log, TopicPartition } from '../log/log.ts';
import { type View, viewGroup } from '../streams/view.ts';

export interface ViewPlace {
  readonly log: Log;
  readonly appId: string;
}

type Named = Pick<View<unknown>, 'name' | 'generation' | 'topic'>;

export interface Patience {
  readonly clock: Clock;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

const lookAgainMs = 200;

export function partitionsOf({ topic }: Named): TopicPartition[] {
  return Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
}

/** Records that the view hasn't taken yet. */
export async function lagOfView({ log, appId }: ViewPlace, view: Named): Promise<number> {
  const places = partitionsOf(view);
  const ends = await log.admin.offsets(places, 'latest');
  const starts = await log.admin.offsets(places, 'earliest');
  const committed = await log.admin.committedOffsets(viewGroup(appId, view), places);
  const lags = ends.map((end, index) => Math.max(0, end - Math.max(committed[index] ?? 0, starts[index] ?? 0)));
  return lags.reduce((sum, lag) => sum + lag, 0);
}

/** Whether the view has taken its topic up to `ends`, waiting for a while. */
export async function hasTaken(
  { log, appId }: ViewPlace,
  view: Named,
  ends: readonly number[],
  { clock, milliseconds, signal }: Patience,
): Promise<boolean> {
  const places = partitionsOf(view);
  const until = clock.monotonic() + milliseconds;
  for (;;) {
    const committed = await log.admin.committedOffsets(viewGroup(appId, view), places);
    if (ends.every((end, index) => (committed[index] ?? 0) >= end)) return true;
    if (clock.monotonic() > until || signal.aborted) return false;
    await sleep(clock, lookAgainMs, signal);
  }
}
