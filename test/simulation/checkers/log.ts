// The log keeps what it acknowledged: each acknowledged message stands where it was said to stand, offsets only grow,
// and a reader who comes at the end finds all that was ever durable (of compacted topics the last value a key).
import type { Evidence, Violation } from '../evidence.ts';
import type { LoggedRecord } from '../history.ts';

const checker = 'the log keeps what it acknowledged';

export function checkLog({ records, acks, readable, shop, names }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const find = (what: string, subject = '') => violations.push({ checker, what, subject });
  const byPlace = new Map(records.map((record) => [placeOf(record), record]));
  if (byPlace.size !== records.length) find(`${records.length - byPlace.size} offsets were given twice`);
  for (const { topic, partition, offset, key, value } of acks) {
    const place = `${topic}-${partition}@${offset}`;
    const record = byPlace.get(place);
    if (record === undefined) find(`${place} was acknowledged and isn't there`, key ?? '');
    else if (record.key !== (key ?? '') || !same(record.value, value)) find(`${place} holds other bytes`, key ?? '');
  }
  const compacted = new Set([
    names.changelog,
    ...Object.values(shop.topics).flatMap(({ name, cleanup }) => (cleanup === 'compact' ? [name] : [])),
  ]);
  for (const [topic, written] of Map.groupBy(records, (record) => record.topic)) {
    const given = readable.get(topic) ?? [];
    if (typeof given === 'string') {
      find(`${topic} can't be read: ${given}`);
      continue;
    }
    const read = new Map(given.map((record) => [placeOf(record), record]));
    const expected = compacted.has(topic) ? lastOfEachKey(written) : written;
    for (const record of expected) {
      const found = read.get(placeOf(record));
      // A deletion may itself be forgotten, after a time.
      const isForgotten = record.value === null && compacted.has(topic);
      if (found === undefined && isForgotten) continue;
      if (found === undefined) find(`${placeOf(record)} can't be read any more`, record.key);
      else if (!same(found.value, record.value))
        find(`${placeOf(record)} reads otherwise than it was written`, record.key);
    }
    for (const place of read.keys()) if (!byPlace.has(place)) find(`${place} was never written`);
  }
  return violations;
}

function lastOfEachKey(records: readonly LoggedRecord[]): LoggedRecord[] {
  return [...new Map(records.map((record) => [`${record.partition}/${record.key}`, record])).values()];
}

function placeOf({ topic, partition, offset }: LoggedRecord): string {
  return `${topic}-${partition}@${offset}`;
}

function same(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}
