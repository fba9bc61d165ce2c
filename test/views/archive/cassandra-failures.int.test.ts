// What Cassandra's refusals and absences are to us, and that tables which aren't ours are left alone.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { Client } from 'cassandra-driver';
import { openCassandraArchive } from '../../../views/archive/cassandra/cassandra-archive.ts';
import { services } from '../../services.ts';

const { contactPoints, datacenter } = services.cassandra;
const order = {
  id: 'o1',
  position: 1,
  fields: { customerId: 'carl', placedAt: 1, status: 'delivered', sellers: ['ann'] },
};

async function setUp(t: TestContext) {
  const keyspace = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ contactPoints, localDataCenter: datacenter });
  await client.connect();
  t.after(async () => {
    await client.execute(`DROP KEYSPACE IF EXISTS "${keyspace}"`);
    await client.shutdown();
  });
  return { client, keyspace, options: { contactPoints, datacenter, keyspace, replication: { [datacenter]: 1 } } };
}

test('no server at the address is unavailable and says which', async (t) => {
  const { options } = await setUp(t);
  const nobody = openCassandraArchive({ ...options, contactPoints: ['127.0.0.1:1'] });
  await assert.rejects(nobody, { code: 'ARCHIVE_UNAVAILABLE', message: /127\.0\.0\.1:1.*ECONNREFUSED/ });
});

test('a table that is not what we would make is refused with the difference, one with more is taken', async (t) => {
  const { client, keyspace, options } = await setUp(t);
  await (await openCassandraArchive(options)).close();
  await client.execute(`ALTER TABLE "${keyspace}".orders ADD newer text`);
  await (await openCassandraArchive(options)).close();
  await client.execute(`DROP TABLE "${keyspace}".places`);
  await client.execute(`CREATE TABLE "${keyspace}".places (order_id text PRIMARY KEY, customer_id int)`);
  const opening = openCassandraArchive(options);
  await assert.rejects(opening, { code: 'ARCHIVE_REFUSED', message: /\.places is not ours: customer_id is int/ });
});

test('a keyspace that is there keeps its replication', async (t) => {
  const { client, keyspace, options } = await setUp(t);
  const own = `{'class': 'SimpleStrategy', 'replication_factor': '1'}`;
  await client.execute(`CREATE KEYSPACE "${keyspace}" WITH replication = ${own}`);
  const archive = await openCassandraArchive({ ...options, replication: { [datacenter]: 3 } });
  t.after(() => archive.close());
  await archive.put([order]);
  assert.deepEqual(await archive.find(['o1']), [order]);
});

test('several that start at once on nothing all find their tables', async (t) => {
  const { options } = await setUp(t);
  const archives = await Promise.all(Array.from({ length: 4 }, () => openCassandraArchive(options)));
  for (const archive of archives) await archive.put([order]);
  assert.deepEqual(await archives[3]!.find(['o1']), [order]);
  await Promise.all(archives.map((archive) => archive.close()));
});
