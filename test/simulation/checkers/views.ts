// Views equal the log: each document is the fold of what its topic's records project to, whatever was written twice, too
// late, or lost before it was flushed; and it says what the last record of its key says.
import { collections } from '../../../views/collections.ts';
import type { JsonObject, StoredDocument } from '../../../views/documents/documents.ts';
import { DocumentFold } from '../../../views/fold.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { type Decoded, decoded } from '../history.ts';
import { type ViewName, viewOf } from '../views.ts';

const checker = 'views equal the log';

export function checkViews({ plan, views, shop, records }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const name of plan.views) {
    const documents = views.get(collections[name].name) ?? new Map<string, StoredDocument>();
    const find = (id: string, what: string) =>
      violations.push({ checker, subject: id, what: `${name}: ${id}: ${what}` });
    const { topic, projection } = viewOf(name, shop, noSink);
    const fold = new DocumentFold(true);
    const all = decoded(records, topic);
    for (const record of all) {
      for (const write of projection.project({ ...record, value: record.content })) fold.apply(write);
    }
    for (const id of new Set([...fold.ids, ...documents.keys()])) {
      const difference = fold.compare(id, documents.get(id));
      if (difference !== undefined) find(id, `${difference.found} instead of ${difference.expected}`);
    }
    for (const [id, last] of new Map(all.map((record) => [record.key, record]))) {
      const problem = contradiction(name, last, documents.get(id)?.fields);
      if (problem !== undefined) find(id, problem);
    }
  }
  return violations;
}

const noSink = { apply: async () => {}, flush: async () => {} };

const statusAfter: Readonly<Record<string, string>> = {
  OrderReserved: 'reserved',
  OrderRejected: 'rejected',
  OrderCancelled: 'cancelled',
};

/** What a document says that its last record doesn't, apart from all projections. */
function contradiction(name: ViewName, { content }: Decoded<unknown>, fields: JsonObject | undefined) {
  if (fields === undefined) return 'it is missing';
  const expected =
    name === 'orders'
      ? { status: statusAfter[(content as { event: { type: string } }).event.type] ?? fields.status }
      : name === 'stock'
        ? pick(content, ['onHand', 'held', 'free', 'version'])
        : pick(content, ['title', 'version', 'status']);
  for (const [field, value] of Object.entries(expected)) {
    if (fields[field] !== value) return `${field} is ${fields[field]}, but its last record says ${value}`;
  }
  return undefined;
}

function pick(content: unknown, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, (content as JsonObject)[name] ?? null]));
}
