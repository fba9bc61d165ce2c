// What may change in a schema and what may not; and that the recorded history kept to it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readSchemas } from '../../schemas/assemble.ts';
import type { AvroDefinition, AvroField } from '../../schemas/avro.ts';
import { incompatibility } from '../../schemas/compatibility.ts';
import { readHistory } from '../../schemas/history.ts';

const directory = join(import.meta.dirname, '../../schemas');

describe('the recorded history', () => {
  const schemas = readSchemas(directory);
  const history = readHistory(join(directory, 'history'));

  test('has every record, and the newest version of each is the current schema', () => {
    assert.deepEqual([...history.keys()], [...schemas.keys()], 'run `node schemas/record.ts`');
    for (const [name, schema] of schemas) assert.deepEqual(history.get(name)!.at(-1)!.schema, schema, name);
  });

  test('never uses an id twice', () => {
    const ids = [...history.values()].flat().map((version) => version.id);
    assert.equal(new Set(ids).size, ids.length);
  });

  for (const [name, versions] of history) {
    test(`${name} reads whatever it ever was`, () => {
      for (const [at, { schema }] of versions.entries()) {
        const older = versions.slice(0, at).map((version) => version.schema);
        assert.equal(incompatibility(schema, older), undefined, `version ${at + 1}`);
      }
    });
  }
});

const id: AvroField = { name: 'id', type: 'string' };
const note: AvroField = { name: 'note', type: ['null', 'string'], default: null };
const record = (fields: readonly AvroField[], name = 'R'): AvroDefinition => ({ type: 'record', name, fields });
const reason = (symbols: readonly string[]): AvroField => ({
  name: 'reason',
  type: { type: 'enum', name: 'Reason', symbols, default: symbols[0]! },
});
const union = (...names: readonly string[]): AvroField => ({
  name: 'event',
  type: names.map((name) => record([id], name)),
});

const allowed: readonly (readonly [what: string, before: readonly AvroField[], after: readonly AvroField[]])[] = [
  ['a new field with a default', [id], [id, note]],
  ['a field that goes', [id, note], [id]],
  ['an int that becomes a long', [{ name: 'n', type: 'int' }], [{ name: 'n', type: 'long' }]],
  ['a new enum symbol', [reason(['other'])], [reason(['other', 'late'])]],
  ['a new union branch', [union('Created')], [union('Created', 'Ended')]],
  ['a renamed field with an alias', [id], [{ name: 'key', type: 'string', aliases: ['id'] } as AvroField]],
];

const refused: typeof allowed = [
  ['a new field without a default', [id], [id, { name: 'note', type: 'string' }]],
  ['a changed type', [id], [{ name: 'id', type: 'long' }]],
  ['a long that becomes an int', [{ name: 'n', type: 'long' }], [{ name: 'n', type: 'int' }]],
  ['a removed enum symbol, though there is a default', [reason(['other', 'late'])], [reason(['other'])]],
  ['a removed union branch', [union('Created', 'Ended')], [union('Created')]],
  ['a renamed union branch', [union('Created')], [union('Made')]],
  ['a renamed field', [id], [{ name: 'key', type: 'string' }]],
  ['a nullable field that must be there now', [note], [{ name: 'note', type: 'string' }]],
];

describe('compatibility', () => {
  for (const [what, before, after] of allowed) {
    test(`allows ${what}`, () => assert.equal(incompatibility(record(after), [record(before)]), undefined));
  }
  for (const [what, before, after] of refused) {
    test(`refuses ${what}`, () => assert.equal(incompatibility(record(after), [record(before)])?.version, 1));
  }

  test('is asked of every older version: a default must stay for as long as one lacks the field', () => {
    const withoutDefault: AvroField = { name: 'note', type: ['null', 'string'] };
    const versions = [record([id]), record([id, note])];
    assert.equal(incompatibility(record([id, withoutDefault]), versions)?.version, 1);
    assert.equal(incompatibility(record([id, withoutDefault]), versions.slice(1)), undefined);
  });

  test('holds for branches that several unions share', () => {
    const shared = record([id], 'Shared');
    const twice = (branches: readonly AvroDefinition[]) => {
      const names = branches.map((branch) => branch.name!);
      return record([
        { name: 'one', type: branches },
        { name: 'two', type: names },
      ]);
    };
    const other = record([id], 'Other');
    assert.equal(incompatibility(twice([shared]), [twice([shared, other])])?.version, 1);
    assert.equal(incompatibility(twice([other, shared]), [twice([shared])]), undefined);
  });
});
