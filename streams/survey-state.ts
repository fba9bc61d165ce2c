// What earlier lives of a worker left in its store: told to the group, so that whoever has state of a task gets to run it.
import type { Clock } from '../base/clock.ts';
import { isStockstreamError } from '../base/errors.ts';
import { readPosition } from '../state/changelog.ts';
import { TaskKeys } from '../state/keys.ts';
import type { Store } from '../state/store.ts';
import { taskId } from './names.ts';
import { maxStateAgeMs } from './task-manager.ts';
import type { Topology } from './topology.ts';

/** Notes the changelog offset of each task whose state is there, and worth going on from. */
export async function surveyState(
  { name, partitions }: Topology,
  positions: Map<number, number>,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  for (let partition = 0; partition < partitions; partition++) {
    const task = taskId(name, partition);
    const position = await readPosition(store, new TaskKeys(task), task).catch(passOverDamage);
    if (position && clock.now() - position.at < maxStateAgeMs) positions.set(partition, position.offset);
  }
}

function passOverDamage(error: unknown): undefined {
  if (!isStockstreamError(error, 'STATE_CORRUPT')) throw error;
}
