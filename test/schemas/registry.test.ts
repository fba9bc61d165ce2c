// Serdes with the ids of a registry that numbers schemas in its own way, and that newer programs write to as well.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { StockstreamError } from '../../base/errors.ts';
import { type AvroDefinition, shortName } from '../../schemas/avro.ts';
import { type SchemaRegistry, useRegistry } from '../../schemas/registry.ts';
import { AvroSerde, bindSchemas, serdeOf, unbound } from '../../schemas/serde.ts';
import { type SchemaVersion, schemaTable } from '../../schemas/table.generated.ts';

afterEach(() => bindSchemas(unbound));

/** Numbers schemas from 501 on. */
class Shelf implements SchemaRegistry {
  readonly subjects: string[] = [];
  readonly all: (SchemaVersion & { readonly subject: string })[] = [];
  failure: StockstreamError | undefined;

  async register(subject: string, schema: AvroDefinition): Promise<number> {
    const id = 501 + this.all.length;
    this.subjects.push(subject);
    this.all.push({ subject, id, schema });
    return id;
  }

  async versions(subject: string): Promise<readonly SchemaVersion[]> {
    return this.all.filter((version) => version.subject === subject);
  }

  async byId(id: number): Promise<AvroDefinition> {
    if (this.failure) throw this.failure;
    const found = this.all.find((version) => version.id === id);
    if (!found) throw new StockstreamError('SCHEMA_UNKNOWN', { id });
    return found.schema;
  }
}

const subject = 'stockstream.CustomerPurchases';
const { schema } = schemaTable.CustomerPurchases;
const newer: AvroDefinition = { ...schema, fields: [{ name: 'note', type: 'string' }, ...schema.fields!] };
const writer = new AvroSerde<unknown>('CustomerPurchases', { id: 1, schema: newer, older: [] });

function written(id: number): Buffer {
  const bytes = Buffer.alloc(100);
  const end = writer.encode({ note: 'new', quantity: 3 }, bytes, 0);
  bytes.writeInt32BE(id, 1);
  return bytes.subarray(0, end);
}

test('at start every recorded version is registered, oldest first, and the ids that come back are used', async () => {
  const registry = new Shelf();
  await useRegistry(registry);
  const bytes = Buffer.alloc(100);
  const end = serdeOf('CustomerPurchases').encode({ quantity: 3 }, bytes, 0);
  assert.equal(registry.subjects[bytes.readInt32BE(1) - 501], subject);
  assert.deepEqual(serdeOf('CustomerPurchases').decode(bytes.subarray(0, end)), { quantity: 3 });
  const versions = Object.entries(schemaTable).flatMap(([name, { older }]) => [...older.map(() => name), name]);
  assert.deepEqual(registry.subjects.map(shortName), versions);
});

test('what a newer program registered before is read from the start', async () => {
  const registry = new Shelf();
  const id = await registry.register(subject, newer);
  await useRegistry(registry);
  assert.deepEqual(serdeOf('CustomerPurchases').decode(written(id)), { quantity: 3 });
});

test('what it registers later is read once it was asked for', async () => {
  const registry = new Shelf();
  await useRegistry(registry);
  const serde = serdeOf('CustomerPurchases');
  const id = await registry.register(subject, newer);
  assert.throws(() => serde.decode(written(id)), { code: 'SCHEMA_UNKNOWN' });
  registry.failure = new StockstreamError('REGISTRY_UNAVAILABLE');
  await assert.rejects(async () => serde.learn?.(written(id)), { code: 'REGISTRY_UNAVAILABLE' });
  registry.failure = undefined;
  assert.equal(await serde.learn?.(written(id)), true);
  assert.deepEqual(serde.decode(written(id)), { quantity: 3 });
});

test('an id that no registry knows stays unknown, with a registry or without', async () => {
  const serde = serdeOf('CustomerPurchases');
  for (const bind of [async () => {}, () => useRegistry(new Shelf())]) {
    await bind();
    assert.equal(await serde.learn?.(written(4_242)), false);
    assert.throws(() => serde.decode(written(4_242)), { code: 'SCHEMA_UNKNOWN' });
  }
});

test('a version of something else cannot be read, however often it comes', async () => {
  const registry = new Shelf();
  await useRegistry(registry);
  const id = await registry.register('stockstream.Other', { ...newer, name: 'Other' });
  const serde = serdeOf('CustomerPurchases');
  assert.equal(await serde.learn?.(written(id)), true);
  for (let times = 0; times < 2; times++) {
    assert.throws(() => serde.decode(written(id)), { code: 'RECORD_UNDECODABLE', message: /what schema \d+ wrote/ });
  }
});
