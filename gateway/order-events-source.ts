// The steps of one order's life as server-sent events: those that have happened, then each as it happens. It reads the
// recent events first, and looks the order up where they don't reach back far enough.

import type { OrderStep } from '../views/order-document.ts';
import type { EventTail } from './event-tail.ts';
import type { OrderFinder } from './find-order.ts';
import { isEnded, statusAfter, stepOf } from './order-answer.ts';
import type { EventSource, ServerSentEvent } from './server-sent-events.ts';

export function orderEventsSource(orderId: string, tail: EventTail, finder: OrderFinder): EventSource {
  return {
    async next(afterId) {
      const recent = tail.orders.recent(orderId);
      const first = recent[0];
      const last = recent.at(-1);
      if (first && last && first.sequence <= afterId + 1) {
        const status = recent.map(statusAfter).findLast((each) => each !== undefined);
        return { events: after(afterId, recent.map(stepOf)), isOver: status !== undefined && isEnded(status) };
      }
      const order = await finder.find(orderId);
      return { events: after(afterId, order?.history ?? []), isOver: order !== undefined && isEnded(order.status) };
    },

    changed(signal) {
      return new Promise((resolve) => {
        const done = () => {
          stop();
          signal.removeEventListener('abort', done);
          resolve();
        };
        const stop = tail.orders.listen(orderId, done);
        signal.addEventListener('abort', done, { once: true });
      });
    },
  };
}

function after(afterId: number, steps: readonly OrderStep[]): ServerSentEvent[] {
  return steps
    .filter(({ sequence }) => sequence > afterId)
    .map((step) => ({ id: step.sequence, name: step.type, data: step }));
}
