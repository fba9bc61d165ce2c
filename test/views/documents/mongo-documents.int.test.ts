// MongoDB under the documents suite: a real server, each place a database of its own.
import { MongoClient } from 'mongodb';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { openMongoDocuments } from '../../../views/documents/mongo/mongo-documents.ts';
import { documentsSuite } from '../../conformance/documents.suite.ts';
import { services } from '../../services.ts';

const makePlace = (writes?: 'guarded') => () => {
  const url = `${services.mongo}/stockstream-test-${systemRandom.uuid()}`;
  return {
    open: () => openMongoDocuments({ url, logger: silentLogger, ...(writes && { writes }) }),
    remove: async () => {
      await using client = new MongoClient(url);
      for (const collection of await client.db().collections()) await collection.drop();
    },
  };
};

documentsSuite('MongoDB documents, as suits the server', makePlace());
documentsSuite('MongoDB documents, guarded by the server', makePlace('guarded'));
