// Each task's commits are counted without a gap and take its inputs without a gap or an overlap; what they took, the
// group's offsets and the changelog's word on it are the same; at the end nothing is left to take.

import { type Progress, progressKey, progressStore } from '../../../state/task-state.ts';
import { decodeCommitRecord } from '../../../streams/commit-record.ts';
import { taskId } from '../../../streams/names.ts';
import type { Evidence, Violation } from '../evidence.ts';

const checker = 'progress';

export function checkProgress(evidence: Evidence): Violation[] {
  const { plan, shop } = evidence;
  const violations: Violation[] = [];
  for (let partition = 0; partition < plan.partitions; partition++) {
    const subject = taskId(shop.topology.name, partition);
    const find = (what: string) => violations.push({ checker, subject, what: `${subject}: ${what}` });
    checkTask(evidence, partition, find);
  }
  return violations;
}

function checkTask(
  { records, names, committed, shop }: Evidence,
  partition: number,
  find: (what: string) => void,
): void {
  const mine = records.filter((record) => record.partition === partition);
  const key = `${progressStore.name}\0${progressKey}`;
  const progress = mine
    .filter((record) => record.topic === names.changelog && record.key === key)
    .map(({ write, value }) => ({ write, ...(JSON.parse(value!.toString()) as Progress) }));
  const commits = mine.filter(({ topic }) => topic === names.commits);
  const taken = new Map<string, number>();
  let now = 0;
  for (const [index, { write, value }] of commits.entries()) {
    const record = decodeCommitRecord(value!);
    if (record.commit !== index + 1) {
      find(`commit ${record.commit} follows ${index}`);
      return;
    }
    if (record.now < now) find(`commit ${record.commit} is at ${record.now}, before ${now}`);
    now = record.now;
    for (const [topic, [from, to]] of Object.entries(record.inputs)) {
      const before = taken.get(topic) ?? 0;
      if (from !== before || to <= from)
        find(`commit ${record.commit} takes ${topic} from ${from} to ${to}, after ${before}`);
      taken.set(topic, to);
    }
    const said = progress[index];
    if (said?.commit !== record.commit || said.write !== write)
      find(`commit ${record.commit} has no progress beside it`);
    for (const { topic } of shop.topology.sources) {
      const [position, to] = [said?.inputs[topic.name], taken.get(topic.name) ?? 0];
      if (position !== to) find(`commit ${record.commit} says ${position} of ${topic.name} and took up to ${to}`);
    }
  }
  if (progress.length !== commits.length)
    find(`${progress.length} progress records stand beside ${commits.length} commits`);
  for (const { topic } of shop.topology.sources) {
    const last = mine.findLast((record) => record.topic === topic.name)?.offset ?? -1;
    const [to, offset] = [taken.get(topic.name) ?? 0, committed.get(topic.name)?.[partition]];
    if ((offset ?? 0) !== to) find(`the group's offset of ${topic.name} is ${offset}, and ${to} was taken`);
    if (to <= last) find(`${topic.name} goes up to ${last}, and only ${to} was taken`);
  }
}
