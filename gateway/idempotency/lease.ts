// Keeps a claim ours for as long as its request runs. A lease is short, so that what a dead gateway had claimed is soon
// free; a gateway that is alive renews it. One that hangs for longer may lose it: the work is then done twice, at once.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Idempotency, IdempotentRequest } from './idempotency.ts';

export const leaseMs = 10_000;
/** Two renewals may fail before the lease is over. */
const renewEveryMs = 3_000;

export interface LeaseParts {
  readonly idempotency: Idempotency;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Renews until the function that it returns is called, or the claim isn't ours any more. */
export function keepLease({ idempotency, clock, logger }: LeaseParts, asked: IdempotentRequest, token: string) {
  let isOver = false;
  let cancel = scheduleNext();
  return () => {
    isOver = true;
    cancel();
  };

  function scheduleNext(): () => void {
    return clock.schedule(renewEveryMs, () => void renew());
  }

  async function renew(): Promise<void> {
    const isOurs = await idempotency.renew(asked, token, leaseMs).catch((err: unknown) => {
      logger.warn({ err }, 'the lease of a request could not be renewed; it is tried again');
      return true;
    });
    if (isOver) return;
    if (isOurs) cancel = scheduleNext();
    else logger.warn({}, 'a request lost its lease while it ran; who repeats it may have it done again');
  }
}
