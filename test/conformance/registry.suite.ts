// What every schema registry does. An adapter's test calls this with a way to open an empty one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AvroDefinition, AvroField } from '../../schemas/avro.ts';
import { type SchemaRegistry, subjectOf } from '../../schemas/registry.ts';

export interface OpenRegistry {
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}

const id: AvroField = { name: 'id', type: 'string' };
const note: AvroField = { name: 'note', type: ['null', 'string'], default: null };

function record(name: string, fields: readonly AvroField[]): AvroDefinition {
  return { type: 'record', namespace: 'stockstream', name, fields };
}

/** @param open opens a registry without any subject */
export function registrySuite(name: string, open: () => Promise<OpenRegistry>): void {
  const withRegistry = (body: (registry: SchemaRegistry) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened.registry);
    } finally {
      await opened.close();
    }
  };

  describe(`schema registry: ${name}`, () => {
    test(
      'gives a schema back by its id',
      withRegistry(async (registry) => {
        const first = record('First', [id, note]);
        assert.deepEqual(await registry.byId(await registry.register(subjectOf('First'), first)), first);
      }),
    );

    test(
      'gives one id to one schema, however often it comes, and another to another',
      withRegistry(async (registry) => {
        const subject = subjectOf('First');
        const one = await registry.register(subject, record('First', [id]));
        const two = await registry.register(subject, record('First', [id, note]));
        assert.notEqual(one, two);
        assert.equal(await registry.register(subject, record('First', [id])), one);
        assert.equal(await registry.register(subject, record('First', [id, note])), two);
        assert.ok(![one, two].includes(await registry.register(subjectOf('Second'), record('Second', [id]))));
      }),
    );

    test(
      'refuses what cannot read an older version, however old',
      withRegistry(async (registry) => {
        const subject = subjectOf('First');
        await registry.register(subject, record('First', [id]));
        const kept = await registry.register(subject, record('First', [id, note]));
        const broken = record('First', [id, { name: 'note', type: ['null', 'string'] }]);
        await assert.rejects(registry.register(subject, broken), { code: 'SCHEMA_INCOMPATIBLE' });
        assert.equal(await registry.register(subject, record('First', [id, note])), kept, 'nothing was recorded');
      }),
    );

    test(
      'lists the versions of a subject, oldest first, with the ids that were given',
      withRegistry(async (registry) => {
        const subject = subjectOf('First');
        assert.deepEqual(await registry.versions(subject), []);
        const schemas = [record('First', [id]), record('First', [id, note]), record('First', [note])];
        const ids: number[] = [];
        for (const schema of schemas) ids.push(await registry.register(subject, schema));
        const listed = (await registry.versions(subject)).map((version) => [version.id, version.schema]);
        assert.deepEqual(
          listed,
          schemas.map((schema, at) => [ids[at], schema]),
        );
        assert.equal(await registry.register(subject, schemas[0]!), ids[0], 'the first is still known');
        assert.equal((await registry.versions(subject)).length, 3);
      }),
    );

    test(
      'says that it does not know an id',
      withRegistry((registry) => assert.rejects(registry.byId(4_242), { code: 'SCHEMA_UNKNOWN' })),
    );
  });
}
