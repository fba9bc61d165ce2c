// MongoDB under the documents suite: a real server, each place a database of its own.
import { MongoClient } from 'mongodb';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { openMongoDocuments } from '../../../views/documents/mongo/mongo-documents.ts';
import { documentsSuite } from '../../conformance/documents.suite.ts';

const makePlace = () => {
  const url = `mongodb://127.0.0.1:27017/stockstream-test-${systemRandom.uuid()}`;
  return {
    open: () => openMongoDocuments({ url, logger: silentLogger }),
    remove: async () => {
      await using client = new MongoClient(url);
      await client.db().dropDatabase();
    },
  };
};

documentsSuite('MongoDB documents', makePlace);
