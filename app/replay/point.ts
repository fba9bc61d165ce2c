// Where a replay begins, as people write it.
import { StockstreamError } from '../../base/errors.ts';
import type { ReplayPoint } from '../../streams/commit-history.ts';

/** A number as large is a time, not an offset: that of a day in 1973. */
const leastTime = 1e11;

/** @throws REPLAY_POINT_UNKNOWN */
export function parsePoint(text: string | undefined): ReplayPoint {
  if (text === undefined) return { type: 'beginning' };
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= leastTime ? { type: 'time', at: number } : { type: 'commit', offset: number };
  }
  const input = /^([A-Za-z0-9._-]+)\/(\d+)@(\d+)$/.exec(text);
  if (input) return { type: 'input', topic: input[1]!, partition: Number(input[2]), offset: Number(input[3]) };
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return { type: 'time', at };
  }
  if (/^[A-Za-z0-9._:-]{1,200}$/.test(text)) return { type: 'checkpoint', id: text };
  throw new StockstreamError('REPLAY_POINT_UNKNOWN', { reason: `${JSON.stringify(text)} is no place in the history` });
}
