// Short words for the writes and queries of the documents suite.
import type { Documents, DocumentWrite, FindQuery, JsonObject } from '../../views/documents/documents.ts';

export const query: FindQuery = { where: {}, sort: { field: 'placedAt', direction: 'desc' }, limit: 3 };

function at(offset: number) {
  return { topic: 'source', partition: 0, offset };
}

export function upsert(offset: number, id: string, set: JsonObject): DocumentWrite & { kind: 'upsert' } {
  return { collection: 'orders', id, position: at(offset), kind: 'upsert', set };
}

export function insert(offset: number, id: string, set: JsonObject): DocumentWrite & { kind: 'insert' } {
  return { collection: 'users', id, position: at(offset), kind: 'insert', set };
}

export function remove(offset: number, id: string): DocumentWrite {
  return { collection: 'orders', id, position: at(offset), kind: 'delete' };
}

export async function idsOf(
  documents: Documents,
  { where, sort }: Partial<FindQuery> & Pick<FindQuery, 'where'>,
): Promise<string[]> {
  const page = await documents.find('orders', { where, sort: sort ?? { field: 'id', direction: 'asc' }, limit: 100 });
  return page.documents.map(({ id }) => id);
}
