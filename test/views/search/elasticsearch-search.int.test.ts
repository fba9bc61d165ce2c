// Elasticsearch under the search suite: a real server, each place an index of its own.
import { Client } from '@elastic/elasticsearch';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { openElasticsearchSearch } from '../../../views/search/elasticsearch/elasticsearch-search.ts';
import { relevanceSuite } from '../../conformance/relevance.suite.ts';
import { searchSuite } from '../../conformance/search.suite.ts';
import { services } from '../../services.ts';

function makePlace() {
  const url = services.elasticsearch;
  const index = `stockstream-test-${systemRandom.uuid()}`;
  const options = { url, index, shards: 3, clock: systemClock, logger: silentLogger };
  return {
    open: () => openElasticsearchSearch(options),
    remove: async () => void (await new Client({ node: url }).indices.delete({ index, ignore_unavailable: true })),
  };
}

searchSuite('Elasticsearch', makePlace);
relevanceSuite('Elasticsearch', makePlace);
