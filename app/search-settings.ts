// The part of the table of settings that is about the product search. settings.ts puts all together.
import { choice, integer, optional, text, url } from './setting.ts';

export const searchSettings = {
  search: choice(['embedded', 'elasticsearch'], {
    group: 'Views',
    default: 'embedded',
    doc: 'Where the product search runs: in a file of this machine (with Kafka each gateway fills its own), or in Elasticsearch.',
  }),
  elasticsearch: optional(
    url('http://127.0.0.1:9200', {
      group: 'Views',
      secret: true,
      doc: 'Elasticsearch, for --search elasticsearch: with https over TLS, with user and password in it if the servers ask for them.',
    }),
  ),
  elasticsearchApiKey: optional(
    text('secret', 'an API key as the servers give it under `encoded`', {
      group: 'Views',
      secret: true,
      pattern: /^[A-Za-z0-9+/_=-]{8,}$/,
      doc: 'For Elasticsearch, instead of user and password.',
    }),
  ),
  elasticsearchCa: optional(
    text('file', 'a file', {
      group: 'Views',
      pattern: /./,
      doc: "Certificate authorities of Elasticsearch, PEM. Without one, the machine's own are trusted.",
    }),
  ),
  elasticsearchShards: integer(1, 1_024, {
    group: 'Views',
    default: 6,
    doc: 'Primary shards of an index that is made; one that is there keeps its own. A query within a category asks two of them at most.',
  }),
  elasticsearchReplicas: optional(
    integer(0, 10, {
      group: 'Views',
      doc: 'Copies of each shard of an index that is made. Without it, one where a second node can hold it.',
    }),
  ),
};
