// Where the tests on real servers find them: the ports of docker-compose.yml, unless the environment says otherwise.
const env = (name: string, usual: string) => process.env[`STOCKSTREAM_TEST_${name}`] ?? usual;

export const services = {
  brokers: env('BROKERS', '127.0.0.1:9092'),
  registry: env('REGISTRY', 'http://127.0.0.1:8081/apis/ccompat/v7'),
  mongo: env('MONGO', 'mongodb://127.0.0.1:27017'),
  stripe: env('STRIPE', 'http://127.0.0.1:12111'),
  redis: env('REDIS', 'redis://127.0.0.1:6379'),
  /** Only for benchmarks. */
  postgres: env('POSTGRES', 'postgres://postgres@127.0.0.1:5433/postgres'),
  elasticsearch: env('ELASTICSEARCH', 'http://127.0.0.1:9200'),
  s3: {
    url: env('S3', 'http://127.0.0.1:9100'),
    keyId: env('S3_KEY_ID', 'local'),
    secret: env('S3_SECRET', 'local-secret'),
  },
  cassandra: {
    contactPoints: env('CASSANDRA', '127.0.0.1:9042').split(','),
    datacenter: env('CASSANDRA_DATACENTER', 'datacenter1'),
  },
} as const;
