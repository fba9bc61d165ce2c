// The checkpoints as a worker of the simulation has them: over a line that is slow and loses messages. A file is put as a
// whole or not at all; of a checkpoint that a killed process was taking, some first files are there.
import { StockstreamError } from '../../base/errors.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import type { Link } from './link.ts';

export function slowCheckpoints(inner: CheckpointStore, link: Link): CheckpointStore {
  const ask = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    link.call(name, async () => {
      if (link.loses('checkpoints')) throw unavailable();
      const answer = await work();
      if (link.loses('checkpoints')) throw unavailable();
      return answer;
    });
  return {
    place: inner.place,
    put: (key, bytes) => ask(putCall, () => inner.put(key, bytes)),
    get: (key) => ask('checkpoint get', () => inner.get(key)),
    list: (prefix) => ask('checkpoint list', () => inner.list(prefix)),
    delete: (keys) => ask('checkpoint delete', () => inner.delete(keys)),
    close: async () => {},
  };
}

export const putCall = 'checkpoint put';

function unavailable(): StockstreamError {
  return new StockstreamError('CHECKPOINTS_UNAVAILABLE', { reason: 'the message was lost' });
}
