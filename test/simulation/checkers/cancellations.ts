// A cancellation counts: once the shop has taken it the order has ended, or ends in the very write that creates it.
// When it was taken follows from the commit records alone; where keys stand still for a while, from what was traced.
import { leadProductOf } from '../../../schemas/ids.ts';
import { decodeCommitRecord } from '../../../streams/commit-record.ts';
import type { Breakage } from '../breakage.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { decoded, type LoggedRecord } from '../history.ts';

const checker = 'every accepted order ends';

export function checkCancellations({ records, names, shop, breakage }: Evidence): Violation[] {
  const { orderCommands, orderEvents } = shop.topics;
  const takenAt = breakage
    ? tracesOf(records, breakage, orderCommands.name)
    : commitsOf(records, { commits: names.commits, topic: orderCommands.name });
  const events = Map.groupBy(decoded(records, orderEvents), ({ content }) => content.orderId);
  const violations: Violation[] = [];
  for (const { key, partition, offset, content } of decoded(records, orderCommands)) {
    const { orderId, command } = content;
    if (command.type !== 'CancelOrder' || key !== leadProductOf(orderId)) continue;
    const steps = events.get(orderId);
    const taken = takenAt(partition, offset);
    if (steps === undefined || taken === undefined) continue;
    const created = steps[0]!.write;
    const ended = steps.find(({ content: { event } }) => ends.has(event.type))?.write ?? Number.POSITIVE_INFINITY;
    if (ended <= Math.max(taken, created)) continue;
    const what = `${orderId} was cancelled by ${content.commandId} in write ${taken} and went on`;
    violations.push({ checker, subject: orderId, what });
  }
  return violations;
}

const ends: ReadonlySet<string> = new Set(['OrderRejected', 'OrderCancelled']);

type TakenAt = (partition: number, offset: number) => number | undefined;

/** Gives the write in which an input record was processed, if it was. */
function tracesOf(records: readonly LoggedRecord[], { trace }: Breakage, of: string): TakenAt {
  const writes = new Map<string, number>();
  for (const { write, content } of decoded(records, trace)) {
    if (content.topic === of) writes.set(`${content.partition}@${content.offset}`, write);
  }
  return (partition, offset) => writes.get(`${partition}@${offset}`);
}

/** Gives the write in which an input record was taken, if it was. */
function commitsOf(records: readonly LoggedRecord[], { commits, topic }: { commits: string; topic: string }): TakenAt {
  const ranges = new Map<number, { to: number; write: number }[]>();
  for (const record of records) {
    if (record.topic !== commits) continue;
    const to = decodeCommitRecord(record.value!).inputs[topic]?.[1];
    if (to === undefined) continue;
    const known = ranges.get(record.partition) ?? [];
    known.push({ to, write: record.write });
    ranges.set(record.partition, known);
  }
  return (partition, offset) => ranges.get(partition)?.find(({ to }) => offset < to)?.write;
}
