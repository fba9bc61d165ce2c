// Bad input stops nothing: the dead letters are exactly the poison records, once each and byte for byte, and what a broken
// processor failed on, each time. What is poison follows from the contracts: no value, no such record, or a key that isn't
// the one of its product.
import { leadProductOf } from '../../../schemas/ids.ts';
import type { Topic } from '../../../streams/api.ts';
import { deadLetterHeaders } from '../../../streams/dead-letter.ts';
import { type Breakage, isBroken } from '../breakage.ts';
import type { Evidence, Violation } from '../evidence.ts';
import type { LoggedRecord } from '../history.ts';

const checker = 'dead letters are the poison';

/** The poison by its place. */
export function poisonOf({ records, shop }: Evidence): ReadonlyMap<string, LoggedRecord> {
  const { topics } = shop;
  const byProduct = ({ productId }: { productId: string }) => productId;
  const byOrder = ({ orderId }: { orderId: string }) => leadProductOf(orderId);
  const poison = new Map<string, LoggedRecord>();
  const look = <V>(topic: Topic<V>, keyOf: (content: V) => string | undefined) => {
    for (const record of records) {
      if (record.topic === topic.name && isPoison(record, topic, keyOf)) poison.set(placeOf(record), record);
    }
  };
  look(topics.catalogChanges, byProduct);
  look(topics.stockChanges, byProduct);
  look(topics.reservations, byProduct);
  look(topics.orders, byOrder);
  look(topics.orderCommands, byOrder);
  look(topics.reservationReplies, byOrder);
  look(topics.riskVerdicts, byOrder);
  look(topics.paymentResults, byOrder);
  look(topics.shipmentUpdates, byOrder);
  look(topics.riskChecks, ({ subject, customerId, tokenId }) => {
    return subject.type === 'RiskOfCustomer' ? customerId : tokenId;
  });
  look(topics.repairs, byProduct);
  look(topics.shopQuarantine, ({ key }) => key);
  return poison;
}

export function checkDeadLetters(evidence: Evidence): Violation[] {
  const { records, shop, breakage } = evidence;
  const { topics } = shop;
  const poison = poisonOf(evidence);
  const violations: Violation[] = [];
  const seen = new Set<string>();
  const byPlace = breakage && new Map(records.map((record) => [placeOf(record), record]));
  for (const letter of records.filter(({ topic }) => topic === topics.deadLetters.name)) {
    const text = (name: string) => letter.headers.find(({ key }) => key === name)?.value.toString();
    const { topic, partition, offset, message } = deadLetterHeaders;
    if (breakage !== undefined && text(deadLetterHeaders.place) !== undefined) {
      const problem = faultOfBroken(letter, breakage, byPlace!);
      if (problem !== undefined) violations.push({ checker, subject: letter.key, what: problem });
      continue;
    }
    const place = `${text(topic)}-${text(partition)}@${text(offset)}`;
    const source = poison.get(place);
    const find = (what: string) =>
      violations.push({ checker, subject: letter.key, what: `${what} (${text(message)})` });
    if (source === undefined) find(`${place} is no poison, but was set aside`);
    else if (seen.has(place)) find(`${place} was set aside twice`);
    else if (!sameBytes(source, letter)) find(`the dead letter of ${place} has other bytes`);
    seen.add(place);
  }
  for (const [place, { key }] of poison) {
    if (!seen.has(place)) violations.push({ checker, subject: key, what: `${place} is poison, but wasn't set aside` });
  }
  return violations;
}

/** What is wrong with a letter for which a key stands still: it may only be of what is broken. */
function faultOfBroken(
  letter: LoggedRecord,
  breakage: Breakage,
  records: ReadonlyMap<string, LoggedRecord>,
): string | undefined {
  const text = (name: string) => letter.headers.find(({ key }) => key === name)?.value.toString() ?? '';
  const names = deadLetterHeaders;
  const [topic, partition, offset] = [text(names.topic), Number(text(names.partition)), Number(text(names.offset))];
  const place = text(names.place);
  const isOfTimer = topic === '';
  if (!isBroken(breakage, isOfTimer ? letter.key : { topic, partition, offset }, letter.timestamp)) {
    return `${place} is not broken, but was set aside (${text(names.message)})`;
  }
  if (isOfTimer) return undefined;
  const source = records.get(`${topic}-${partition}@${offset}`);
  return source !== undefined && sameBytes(source, letter) ? undefined : `the dead letter of ${place} has other bytes`;
}

function isPoison<V>(record: LoggedRecord, { serde }: Topic<V>, keyOf: (content: V) => string | undefined): boolean {
  if (record.value === null) return true;
  try {
    return keyOf(serde.decode(record.value)) !== record.key;
  } catch {
    return true;
  }
}

function placeOf({ topic, partition, offset }: LoggedRecord): string {
  return `${topic}-${partition}@${offset}`;
}

function sameBytes(one: LoggedRecord, other: LoggedRecord): boolean {
  if (one.key !== other.key || (one.value === null) !== (other.value === null)) return false;
  return one.value === null || one.value.equals(other.value!);
}
