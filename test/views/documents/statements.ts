// Update statements as MongoDB runs them, in memory: the few operators that the adapter uses, with upserts and their
// duplicate keys. Unlike FerretDB, and like MongoDB, an unordered bulk goes on after an error.
import assert from 'node:assert/strict';
import { type Document, Long } from 'mongodb';

export class Statements {
  readonly documents = new Map<string, Document>();

  run(command: Document): Document {
    if ('update' in command) return this.#updateAll(command);
    if ('find' in command) return found(this.#idsOf(command.filter._id).flatMap((id) => this.documents.get(id) ?? []));
    if ('aggregate' in command)
      return found([{ n: [...this.documents.values()].filter((each) => !each._deleted).length }]);
    if ('listIndexes' in command) return { ok: 0, code: 26, errmsg: 'ns does not exist' };
    assert.ok(
      ['buildInfo', 'ping', 'createIndexes', 'endSessions'].some((name) => name in command),
      Object.keys(command)[0],
    );
    return { ok: 1 };
  }

  #idsOf(condition: string | { $in: string[] }): string[] {
    return typeof condition === 'string' ? [condition] : condition.$in;
  }

  #updateAll({ ordered, writeConcern, updates }: Document): Document {
    assert.equal(ordered, false);
    assert.deepEqual(writeConcern, { w: 'majority', wtimeout: 10_000 });
    const ids = updates.map(({ q }: Document) => q._id);
    assert.equal(new Set(ids).size, ids.length, 'statements of one bulk run in any order: one a document');
    const writeErrors: Document[] = [];
    updates.forEach((statement: Document, index: number) => {
      if (!this.#update(statement)) writeErrors.push({ index, code: 11000, errmsg: 'E11000 duplicate key error' });
    });
    return { ok: 1, n: ids.length - writeErrors.length, nModified: 0, ...(writeErrors.length > 0 && { writeErrors }) };
  }

  /** False if it wants to make a document that is there. */
  #update({ q, u, upsert }: Document): boolean {
    assert.equal(upsert, true);
    const { _id } = q;
    const before = this.documents.get(_id);
    const isFound = before && before._position < q._position.$lt && (q._deleted === undefined || before._deleted);
    if (before && !isFound) return false;
    this.documents.set(_id, { _id, ...(u.$set ? updated(before ?? {}, u) : u) });
    return true;
  }
}

function found(firstBatch: readonly Document[]): Document {
  return { ok: 1, cursor: { id: Long.ZERO, ns: 'shop.things', firstBatch } };
}

function updated(before: Document, { $set, $unset, $push = {}, ...others }: Document): Document {
  assert.deepEqual([Object.keys(others), Object.keys($unset)], [[], ['_deleted']]);
  const { _deleted, ...after } = { ...before, ...$set };
  for (const [name, element] of Object.entries($push)) {
    assert.ok(!(name in $set), 'MongoDB refuses two operators on one field');
    after[name] = [...(after[name] ?? []), element];
  }
  return after;
}
