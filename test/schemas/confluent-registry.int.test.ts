// The Confluent registry against a real server: the contract, and our own schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import { confluentRegistry } from '../../schemas/confluent/confluent-registry.ts';
import { type SchemaRegistry, subjectOf, useRegistry } from '../../schemas/registry.ts';
import { AvroSerde, bindSchemas, serdeOf, unbound } from '../../schemas/serde.ts';
import { type RecordName, schemaTable } from '../../schemas/table.generated.ts';
import { registrySuite } from '../conformance/registry.suite.ts';

const url = 'http://127.0.0.1:8081/apis/ccompat/v7';

/** A registry whose subjects are nobody else's, and deleted when it is closed. */
function openApart(prefix = `${systemRandom.uuid()}.`) {
  const shared = confluentRegistry({ url, clock: systemClock, logger: silentLogger });
  const used = new Set<string>();
  const own = (subject: string) => {
    used.add(`${prefix}${subject}`);
    return `${prefix}${subject}`;
  };
  const registry: SchemaRegistry = {
    register: (subject, schema) => shared.register(own(subject), schema),
    versions: (subject) => shared.versions(own(subject)),
    byId: (id) => shared.byId(id),
  };
  const close = async () => {
    for (const query of ['', '?permanent=true']) {
      for (const subject of used) await fetch(`${url}/subjects/${subject}${query}`, { method: 'DELETE' });
    }
  };
  return { registry, close };
}

registrySuite('Confluent', async () => openApart());

test('our schemas are kept as they are, known again at the next start, and held to be compatible', async () => {
  const prefix = `${systemRandom.uuid()}.`;
  const { registry, close } = openApart(prefix);
  const names = Object.keys(schemaTable) as RecordName[];
  try {
    await useRegistry(registry);
    const later = openApart(prefix).registry;
    for (const name of names) {
      const versions = await later.versions(subjectOf(name));
      assert.equal(versions.length, 1 + schemaTable[name].older.length);
      assert.equal(await later.register(subjectOf(name), schemaTable[name].schema), versions.at(-1)?.id);
    }
    const bytes = Buffer.alloc(100);
    const end = serdeOf('CustomerPurchases').encode({ quantity: 3 }, bytes, 0);
    const schema = await later.byId(bytes.readInt32BE(1));
    const reader = new AvroSerde<unknown>('CustomerPurchases', { id: bytes.readInt32BE(1), schema, older: [] });
    assert.deepEqual(reader.decode(bytes.subarray(0, end)), { quantity: 3 });
    const config = await fetch(`${url}/config/${prefix}${subjectOf('OrderEvent')}`);
    assert.deepEqual(await config.json(), { compatibilityLevel: 'BACKWARD_TRANSITIVE' });
  } finally {
    bindSchemas(unbound);
    await close();
  }
});
