// Which names the documents port takes. They end up inside statements of a database, so nothing else gets that far.
import { assert } from '../../base/assert.ts';

const nameShape = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** Remembers what it has checked: the same few names come with every write. */
const checked = new Set<string>();

/** Throws unless `name` may name a collection, an index or a top-level field. */
export function checkName(name: string): void {
  if (checked.has(name)) return;
  assert(nameShape.test(name) && name !== 'id', `not a valid name: ${JSON.stringify(name)}`);
  checked.add(name);
}

/** Throws unless `path` is field names joined by dots, each beginning with a letter. */
export function checkFieldPath(path: string): void {
  for (const name of path.split('.')) checkName(name);
}
