// A key that stands still keeps its order: each sound record is processed exactly once in the end, and those of a topic
// and key in the order in which they came, whatever was broken meanwhile. Seeds without broken processors trace nothing.
import type { Evidence, Violation } from '../evidence.ts';
import { decoded, type LoggedRecord } from '../history.ts';
import { poisonOf } from './dead-letters.ts';

const checker = 'each key in its order, exactly once';

export function checkQuarantine(evidence: Evidence): Violation[] {
  const { records, shop, breakage } = evidence;
  if (breakage === undefined) return [];
  const violations: Violation[] = [];
  const find = (subject: string, what: string) => violations.push({ checker, subject, what });
  const poison = poisonOf(evidence);
  const sources = new Set(shop.topology.sources.map(({ topic }) => topic.name));
  sources.delete(shop.topics.shopQuarantine.name);
  const sound = records.filter((record) => sources.has(record.topic) && !poison.has(placeOf(record)));
  const keys = new Map(sound.map((record) => [placeOf(record), record.key]));
  const done = new Set<string>();
  /** The last offset of each topic, partition and key. */
  const last = new Map<string, number>();
  for (const { content } of decoded(records, breakage.trace)) {
    const place = placeOf(content);
    const key = keys.get(place);
    if (key === undefined) find(place, `${place} was processed, and is no sound record`);
    else if (done.has(place)) find(key, `${place} was processed twice`);
    const lane = `${content.topic}-${content.partition} ${key}`;
    if ((last.get(lane) ?? -1) > content.offset) find(key ?? '', `${place} was overtaken by ${last.get(lane)}`);
    last.set(lane, content.offset);
    done.add(place);
  }
  for (const [place, key] of keys) if (!done.has(place)) find(key, `${place} was never processed`);
  return violations;
}

function placeOf({ topic, partition, offset }: Pick<LoggedRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}-${partition}@${offset}`;
}
