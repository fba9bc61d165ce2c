// State equals its changelog: whatever disk a task's state is on, and however it came there, it is the fold of the
// changelog up to where it says that it stands, and nothing that expires is missing in its time index. And no wipe.
import { TaskKeys } from '../../../state/keys.ts';
import { taskId } from '../../../streams/names.ts';
import type { Evidence, TaskOnDisk, Violation } from '../evidence.ts';
import type { LoggedRecord } from '../history.ts';

const checker = 'state equals its changelog';

export function checkState(evidence: Evidence): Violation[] {
  const { records, names, tasks, plan } = evidence;
  const changelogs = Map.groupBy(
    records.filter(({ topic }) => topic === names.changelog),
    ({ partition }) => partition,
  );
  const violations: Violation[] = [];
  for (const task of tasks) {
    const changelog = changelogs.get(task.partition) ?? [];
    const end = (changelog.at(-1)?.offset ?? -1) + 1;
    const subject = taskId('shop', task.partition);
    const find = (what: string) => violations.push({ checker, subject, what: `${subject} on ${task.worker}: ${what}` });
    if (task.isOwner && task.position < end) find(`it stands at ${task.position} and its changelog ends at ${end}`);
    // Of a compacted changelog only the end is whole: a restore that was cut short may lack what was overwritten later.
    if (task.position >= end || !plan.faults.includes('compact')) checkEntries(task, changelog, find);
    checkTimes(task, evidence, find);
  }
  const owned = new Set(tasks.filter(({ isOwner }) => isOwner).map(({ partition }) => partition));
  for (const partition of changelogs.keys()) {
    if (!owned.has(partition)) violations.push({ checker, what: `nobody has the state of partition ${partition}` });
  }
  return violations;
}

/** Whether the entries are the fold of the changelog up to the position. */
export function checkEntries(
  task: Pick<TaskOnDisk, 'position' | 'entries'>,
  changelog: readonly LoggedRecord[],
  find: (what: string) => void,
): void {
  const folded = new Map<string, Buffer>();
  for (const { offset, key, value } of changelog) {
    if (offset >= task.position) break;
    if (value === null) folded.delete(key);
    else folded.set(key, value);
  }
  for (const [key, value] of folded) {
    const stored = task.entries.get(key);
    if (stored === undefined) find(`${shown(key)} is missing at ${task.position}`);
    else if (!stored.equals(value)) find(`${shown(key)} differs at ${task.position}`);
  }
  for (const key of task.entries.keys())
    if (!folded.has(key)) find(`${shown(key)} shouldn't be there at ${task.position}`);
}

/** Whether all that expires has its row in the time index. */
export function checkTimes(
  { partition, entries, timeRows }: Pick<TaskOnDisk, 'partition' | 'entries' | 'timeRows'>,
  { stores }: Evidence,
  find: (what: string) => void,
): void {
  const keys = new TaskKeys(taskId('shop', partition));
  for (const [entry, value] of entries) {
    const [store = '', key = ''] = entry.split('\0');
    const spec = stores.get(store);
    const at = spec?.expiresAt?.(spec.serde.decode(value));
    if (at !== undefined && !timeRows.has(keys.time(at, store, key).toString('latin1'))) {
      find(`${shown(entry)} expires at ${at}, but no row of the time index says so`);
    }
  }
}

function shown(key: string): string {
  return key.replace('\0', ' ');
}
