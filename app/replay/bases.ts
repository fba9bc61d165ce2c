// Where the state comes from that a replay begins with: checkpoints, where there are any. Without one everything is done
// again from the first commit on.
import { StockstreamError } from '../../base/errors.ts';
import type { ReplayBase } from '../../streams/replay.ts';
import type { Topology } from '../../streams/topology.ts';

export interface ReplayBases {
  /** When a checkpoint was complete, in milliseconds since the Unix epoch. @throws REPLAY_POINT_UNKNOWN */
  momentOf(checkpoint: string, topology: Topology): Promise<number>;
  /** The newest in which every task stands before the moment; undefined for none. */
  before(moment: number, topology: Topology): Promise<ReplayBase | undefined>;
}

export const noBases: ReplayBases = {
  async momentOf(id) {
    throw new StockstreamError('REPLAY_POINT_UNKNOWN', { reason: `there is no checkpoint ${id}` });
  },
  before: async () => undefined,
};
