// The Redis adapter keeps the idempotency contract, on a real server.
import type { Clock } from '../../../base/clock.ts';
import { idempotencySuite } from '../../conformance/idempotency.suite.ts';
import { openRedis, runPrefix } from './redis-kit.ts';

let place = 0;
const reopen = (clock: Clock, windowMs: number) => openRedis({ prefix: `${runPrefix}${place}:`, clock, windowMs });
const open = (clock: Clock, windowMs: number) => {
  place++;
  return reopen(clock, windowMs);
};

idempotencySuite('Redis', { open, reopen });
