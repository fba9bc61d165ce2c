// The archive in Cassandra, held to the suite of its port, each place in a keyspace of its own.
import { randomUUID } from 'node:crypto';
import { Client } from 'cassandra-driver';
import { openCassandraArchive } from '../../../views/archive/cassandra/cassandra-archive.ts';
import { archiveSuite } from '../../conformance/archive.suite.ts';
import { services } from '../../services.ts';

archiveSuite(
  'Cassandra archive',
  () => {
    const { contactPoints, datacenter } = services.cassandra;
    const keyspace = `test_${randomUUID().replaceAll('-', '')}`;
    const options = { contactPoints, datacenter, keyspace, replication: { [datacenter]: 1 } };
    return {
      open: () => openCassandraArchive(options),
      async remove() {
        const client = new Client({ contactPoints, localDataCenter: datacenter });
        await client.execute(`DROP KEYSPACE "${keyspace}"`);
        await client.shutdown();
      },
    };
  },
  { runs: 25 },
);
