// Starting a view over: emptied, its offsets back at the beginning. The workers of this process let go of it meanwhile; if
// those of another have it, the log refuses to move its offsets and nothing is emptied.
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import { viewGroup, viewLabel } from '../streams/view.ts';
import type { ViewSets } from './view-sets.ts';
import { emptyView, viewsOf } from './views.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface RebuildParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly viewSets: ViewSets;
  readonly appId: string;
  readonly workers: readonly WorkerHandle[];
}

/**
 * Of the set that answers. For one that must go on answering meanwhile, begin another generation instead.
 * @returns false if there is no such view
 * @throws VIEW_IN_USE if a worker of another process fills it
 */
export async function rebuildView(
  name: string,
  { log, topics, viewSets, appId, workers }: RebuildParts,
): Promise<boolean> {
  const set = viewSets.current;
  const view = viewsOf(set, topics).find((each) => each.name === name);
  if (view === undefined) return false;
  const label = viewLabel(view);
  await Promise.all(workers.map((worker) => worker.pauseView(label)));
  try {
    const inputs = Array.from({ length: view.topic.partitions }, (_, partition) => ({
      topic: view.topic.name,
      partition,
    }));
    const earliest = await log.admin.offsets(inputs, 'earliest');
    const offsets = inputs.map((input, index) => ({ ...input, offset: earliest[index]! }));
    await log.admin.commitOffsets(viewGroup(appId, view), offsets);
    await emptyView(set, name);
  } catch (error) {
    // The group has members, and the log takes offsets from nobody else then.
    if (isStockstreamError(error, 'LOG_MEMBER_FENCED'))
      throw new StockstreamError('VIEW_IN_USE', { view: name }, error);
    throw error;
  } finally {
    await Promise.all(workers.map((worker) => worker.resumeView(label)));
  }
  return true;
}
