// Starting a view over: its collection emptied, its offsets back at the beginning. The workers of this process let go of
// it meanwhile; if those of another have it, the log refuses to move its offsets and nothing is emptied.
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import { viewGroup } from '../streams/view.ts';
import type { Documents } from '../views/documents/documents.ts';
import { viewsInto } from './views.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface RebuildParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly documents: Documents;
  readonly appId: string;
  readonly workers: readonly WorkerHandle[];
}

/** False if there is no such view. @throws VIEW_IN_USE if a worker of another process fills it */
export async function rebuildView(
  name: string,
  { log, topics, documents, appId, workers }: RebuildParts,
): Promise<boolean> {
  const view = viewsInto(documents, topics).find((each) => each.name === name);
  if (view === undefined) return false;
  await Promise.all(workers.map((worker) => worker.pauseView(name)));
  try {
    const inputs = Array.from({ length: view.topic.partitions }, (_, partition) => ({
      topic: view.topic.name,
      partition,
    }));
    const earliest = await log.admin.offsets(inputs, 'earliest');
    const offsets = inputs.map((input, index) => ({ ...input, offset: earliest[index]! }));
    await log.admin.commitOffsets(viewGroup(appId, name), offsets);
    await documents.clear(name);
  } catch (error) {
    // The group has members, and the log takes offsets from nobody else then.
    if (isStockstreamError(error, 'LOG_MEMBER_FENCED'))
      throw new StockstreamError('VIEW_IN_USE', { view: name }, error);
    throw error;
  } finally {
    await Promise.all(workers.map((worker) => worker.resumeView(name)));
  }
  return true;
}
