// The one table of settings. Flags, environment variables, .env.example, `--help` and docs/settings.md come from it.
// It says what a single value may be; how values depend on each other stands in config-relations.ts.

import { checkpointSettings } from './checkpoint-settings.ts';
import { feedSettings } from './feed-settings.ts';
import { searchSettings } from './search-settings.ts';
import { boolean, choice, integer, list, optional, type Setting, text, url } from './setting.ts';
import { stateSettings } from './state-settings.ts';
import { storageSettings } from './storage-settings.ts';

export const webhookSecretExpected = 'at least 24 bytes in base64, `whsec_` before it or not';
export const webhookSecretPattern = /^(whsec_)?([A-Za-z0-9+/]{4}){8,}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const simulatedBehaviour =
  /^(decline|no_answer|pending|late_success|duplicate|timeout|error_500|capture_refused|capture_no_answer_then_works|refund_error_500|success)=(0(\.\d+)?|1)$/;

export const settings = {
  data: text('dir', 'a directory', {
    group: 'Process',
    default: 'data',
    pattern: /./,
    doc: 'Directory of all that this process keeps on disk.',
  }),
  logLevel: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    group: 'Process',
    default: 'info',
    doc: 'The least important lines that are written to standard output.',
  }),
  log: choice(['embedded', 'kafka'], {
    group: 'Log',
    default: 'embedded',
    doc: 'Where the streams live: in this process (one machine), or in Apache Kafka.',
  }),
  brokers: optional(
    list('host:port', /^[\w.-]+:\d{1,5}$/, {
      group: 'Log',
      doc: 'Kafka brokers to ask first; one that answers is enough.',
    }),
  ),
  topicPrefix: text('prefix', 'up to 64 letters, digits, dots, dashes', {
    group: 'Log',
    default: '',
    pattern: /^[A-Za-z0-9._-]{0,64}$/,
    doc: 'Before the names of topics and groups in Kafka, so that installations can share a cluster.',
  }),
  replication: integer(-1, 9, {
    group: 'Log',
    default: -1,
    doc: 'Copies of each Kafka topic that is created; -1 leaves it to the brokers.',
  }),
  minInSync: integer(1, 9, {
    group: 'Log',
    default: 1,
    doc: 'Copies that must have a record before it counts as written, of each Kafka topic that is created.',
  }),
  compression: choice(['none', 'lz4', 'zstd', 'gzip'], {
    group: 'Log',
    default: 'none',
    doc: 'How record batches are packed that are written to Kafka.',
  }),
  tls: boolean({ group: 'Log', default: false, doc: 'Connect to Kafka over TLS.' }),
  tlsCa: optional(
    text('file', 'a file', {
      group: 'Log',
      pattern: /./,
      doc: "Certificate authorities of Kafka's brokers, PEM. Without one, the machine's own are trusted.",
    }),
  ),
  tlsCert: optional(text('file', 'a file', { group: 'Log', pattern: /./, doc: 'Certificate to show to Kafka, PEM.' })),
  tlsKey: optional(text('file', 'a file', { group: 'Log', pattern: /./, doc: 'Key of that certificate, PEM.' })),
  sasl: choice(['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], {
    group: 'Log',
    default: 'none',
    doc: 'How to log in to Kafka.',
  }),
  saslUsername: optional(text('name', 'a name', { group: 'Log', pattern: /./, doc: 'For --sasl plain and scram.' })),
  saslPassword: optional(
    text('secret', 'a password', { group: 'Log', secret: true, pattern: /./, doc: 'For --sasl plain and scram.' }),
  ),
  saslTokenFile: optional(
    text('file', 'a file', {
      group: 'Log',
      pattern: /./,
      doc: 'Where the token for --sasl oauthbearer is; read anew for every connection.',
    }),
  ),
  registry: optional(
    url('http://127.0.0.1:8081', {
      group: 'Log',
      secret: true,
      doc: 'Confluent-compatible schema registry. Without one, schema ids come from schemas/.',
    }),
  ),
  appId: text('id', 'up to 64 letters, digits, dots, dashes', {
    group: 'Log',
    default: 'stockstream',
    pattern: /^[A-Za-z0-9._-]{1,64}$/,
    doc: 'Prefix of consumer groups, transactional ids and internal topics. Workers with one id share the work.',
  }),
  partitions: optional(
    integer(1, 1000, {
      group: 'Log',
      doc: 'Partitions of the topics keyed by product when they are created; fixed from then on. Without it 8 on Kafka, 1 on the embedded log.',
    }),
  ),
  threads: integer(1, 64, {
    group: 'Worker',
    default: 1,
    doc: 'Worker threads of this process.',
  }),
  instanceId: optional(
    text('id', 'up to 64 letters, digits, dots, dashes', {
      group: 'Worker',
      pattern: /^[A-Za-z0-9._-]{1,64}$/,
      doc: "Tells this process from the application's others, over restarts. Without one, the host name does.",
    }),
  ),
  sessionTimeoutMs: integer(6_000, 1_800_000, {
    group: 'Worker',
    default: 10_000,
    doc: 'A worker that was not heard of for so long loses its tasks to the others, in milliseconds.',
  }),
  metricsPort: integer(0, 65535, {
    group: 'Worker',
    default: 9464,
    doc: 'Where a worker that runs apart answers health checks and Prometheus; 0 takes any free port.',
  }),
  ...stateSettings,
  advertise: optional(
    text('host[:port]', 'a host name or an address, with or without a port', {
      group: 'Worker',
      pattern: /^[\w.-]+(:\d{1,5})?$/,
      doc: 'Where other processes reach this one to ask for state. Default: where it listens, or the name of the machine.',
    }),
  ),
  reconcileEvery: integer(0, 86_400, {
    group: 'Worker',
    default: 300,
    doc: 'Seconds between two looks whether stock, orders, payments and views agree; 0 for none but on command.',
  }),
  ...checkpointSettings,
  holdSeconds: integer(1, 86_400, {
    group: 'Gateway',
    default: 900,
    doc: 'How long stock is held for an order that is not paid yet.',
  }),
  documents: choice(['sqlite', 'mongo'], {
    group: 'Views',
    default: 'sqlite',
    doc: 'Where orders, products and other documents are read from.',
  }),
  mongo: optional(
    url('mongodb://127.0.0.1:27017/stockstream', {
      group: 'Views',
      secret: true,
      doc: 'MongoDB, for --documents mongo.',
    }),
  ),
  archive: choice(['sqlite', 'cassandra'], {
    group: 'Archive',
    default: 'sqlite',
    doc: 'Where orders are kept that ended long ago: in a file of this machine, with --documents sqlite alone, or in Apache Cassandra. With --documents mongo and no Cassandra they stay in MongoDB.',
  }),
  archiveAfter: integer(0, 315_360_000, {
    group: 'Archive',
    default: 2_592_000,
    doc: 'Orders move to the archive so many seconds after their last news. Before 7 days are over late news are to be expected; they reach the archive, too.',
  }),
  cassandra: optional(
    list('host or host:port', /^[\w.-]+(:\d{1,5})?$/, {
      group: 'Archive',
      doc: 'Cassandra servers to ask first, for --archive cassandra; one that answers is enough.',
    }),
  ),
  cassandraDatacenter: text('name', 'the name of a data centre', {
    group: 'Archive',
    default: 'datacenter1',
    pattern: /^[\w.-]{1,64}$/,
    doc: "Cassandra's data centre near to this process; a majority of its copies acknowledges.",
  }),
  cassandraKeyspace: text('name', 'up to 48 letters, digits, underscores', {
    group: 'Archive',
    default: 'stockstream',
    pattern: /^[A-Za-z]\w{0,47}$/,
    doc: 'Keyspace of the tables; made if it is missing.',
  }),
  cassandraReplication: list('datacenter:copies', /^[\w.-]{1,64}:[1-9]$/, {
    group: 'Archive',
    default: ['datacenter1:1'],
    doc: 'Copies by data centre, for a keyspace that is made; one that is there keeps its own. 3 or more in production.',
  }),
  cassandraUser: optional(
    text('name', 'a name', { group: 'Archive', pattern: /./, doc: 'For Cassandra servers that ask for one.' }),
  ),
  cassandraPassword: optional(
    text('secret', 'a password', { group: 'Archive', secret: true, pattern: /./, doc: 'Of --cassandra-user.' }),
  ),
  ...searchSettings,
  cache: choice(['memory', 'redis'], {
    group: 'Views',
    default: 'memory',
    doc: 'Where products are cached, and where the answers to repeated requests and the expiry of orders live: with each process, or where all find them.',
  }),
  redis: optional(
    url('redis://127.0.0.1:6379', {
      group: 'Views',
      secret: true,
      doc: 'Redis, for --cache redis.',
    }),
  ),
  ...storageSettings,
  ...feedSettings,
  host: text('address', 'an address or a host name', {
    group: 'Gateway',
    default: '127.0.0.1',
    pattern: /^[\w.:-]+$/,
    doc: 'The address to listen on; 0.0.0.0 for all.',
  }),
  port: integer(0, 65535, {
    group: 'Gateway',
    default: 3000,
    doc: 'The port to listen on; 0 takes any free one.',
  }),
  jwtSecret: optional(
    text('secret', 'at least 32 characters', {
      group: 'Process',
      secret: true,
      pattern: /^.{32,}$/,
      doc: 'Signs bearer tokens; all gateways and workers share it. On a loopback address one is made and kept in the data directory.',
    }),
  ),
  cors: optional(
    list('an origin like https://shop.example', /^https?:\/\/[^\s/]+$/, {
      group: 'Gateway',
      doc: 'Origins whose pages may call the gateway. Without any, only its own pages may.',
    }),
  ),
  reviewWords: optional(
    list('a word', /^\S{1,50}$/, {
      group: 'Gateway',
      doc: 'Words that send a review of a product to a moderator, in place of a few of the rudest, English and German.',
    }),
  ),
  simulatorData: optional(
    text('dir', 'a directory', {
      group: 'Payments',
      pattern: /./,
      doc: 'Directory of what the simulated payment provider and the simulated carrier know. Several workers of one machine share it, and a gateway beside them may read it. Without one, it is the data directory.',
    }),
  ),
  payments: choice(['simulator', 'stripe', 'off'], {
    group: 'Payments',
    default: 'simulator',
    doc: 'Who is asked for the money. With off, a worker asks nobody, and orders of a gateway wait for their expiry unpaid.',
  }),
  paymentWebhookSecret: optional(
    text('secret', 'at least 24 characters of base64, `whsec_` before them or not', {
      group: 'Payments',
      secret: true,
      pattern: /^(whsec_)?[A-Za-z0-9+/=]{24,}$/,
      doc: 'Checks the signature of POST /v1/payments/webhook; the provider signs with it. Without one, that route takes nothing, but for the simulator one is made and kept in the data directory.',
    }),
  ),
  simulatedPaymentMs: integer(0, 60_000, {
    group: 'Payments',
    default: 500,
    doc: 'How long the simulated payment provider takes to answer, in milliseconds.',
  }),
  simulatedPaymentRates: optional(
    list('BEHAVIOUR=SHARE like decline=0.02', simulatedBehaviour, {
      group: 'Payments',
      doc: 'The share of orders, from 0 to 1, that meet a behaviour of the simulated payment provider; docs/payments.md lists them. Tokens that name a behaviour are left out.',
    }),
  ),
  stripeKey: optional(
    text('secret', 'a secret or restricted key of Stripe', {
      group: 'Payments',
      secret: true,
      pattern: /^(sk|rk)_\w+$/,
      doc: 'For --payments stripe. A worker needs it.',
    }),
  ),
  stripeUrl: optional(
    url('http://127.0.0.1:12111', {
      group: 'Payments',
      doc: "Another server than Stripe's own, such as stripe-mock.",
    }),
  ),
  carrier: choice(['simulator', 'webhook', 'off'], {
    group: 'Shipping',
    default: 'simulator',
    doc: 'Who is asked to bring the parcels. With off, a worker asks nobody.',
  }),
  carrierUrl: optional(
    url('http://127.0.0.1:4000/parcels', {
      group: 'Shipping',
      secret: true,
      doc: 'Where shipment requests are POSTed, for --carrier webhook.',
    }),
  ),
  carrierSecret: optional(
    text('secret', webhookSecretExpected, {
      group: 'Shipping',
      secret: true,
      pattern: webhookSecretPattern,
      doc: 'Signs those requests as Standard Webhooks say; the carrier checks it.',
    }),
  ),
  shipmentWebhookSecret: optional(
    text('secret', webhookSecretExpected, {
      group: 'Shipping',
      secret: true,
      pattern: webhookSecretPattern,
      doc: 'Checks the signature of POST /v1/shipments/webhook; the carrier signs with it. Without one, that route takes nothing.',
    }),
  ),
  simulatedPackMs: integer(0, 86_400_000, {
    group: 'Shipping',
    default: 2_000,
    doc: 'How long the simulated carrier takes to pack a parcel, in milliseconds.',
  }),
  simulatedPickUpMs: integer(0, 86_400_000, {
    group: 'Shipping',
    default: 2_000,
    doc: 'From then until the parcel is on its way, in milliseconds.',
  }),
  simulatedDeliveryMs: integer(0, 86_400_000, {
    group: 'Shipping',
    default: 4_000,
    doc: 'From then until it is delivered, in milliseconds.',
  }),
  simulatedReturnMs: integer(0, 86_400_000, {
    group: 'Shipping',
    default: 4_000,
    doc: 'How long the simulated carrier takes to bring a parcel back, in milliseconds.',
  }),
  mail: choice(['outbox', 'smtp', 'off'], {
    group: 'Mail',
    default: 'outbox',
    doc: 'Where mails go: into files of the data directory, or to a mail server. With off, a worker sends none: they wait in the log for one that does.',
  }),
  mailFrom: optional(
    text('address', 'an address like orders@shop.example or The Shop <orders@shop.example>', {
      group: 'Mail',
      pattern: /^([^<>\r\n]* <[^\s<>@,]+@[A-Za-z0-9.-]+>|[^\s<>@,]+@[A-Za-z0-9.-]+)$/,
      doc: 'Who sends the mails. People may answer to it. The outbox does without one.',
    }),
  ),
  smtp: optional(
    url('smtp://user:password@mail.example:587', {
      group: 'Mail',
      secret: true,
      doc: 'The mail server, for --mail smtp. With smtps it is TLS from the beginning (port 465). With smtp it goes over to TLS, or nothing is sent, unless the server is on this machine or the URL ends with ?tls=optional.',
    }),
  ),
  smtpCa: optional(
    text('file', 'a file', {
      group: 'Mail',
      pattern: /./,
      doc: "Certificate authorities of the mail server, PEM. Without one, the machine's own are trusted.",
    }),
  ),
  publicUrl: optional(
    text('url', 'an address like https://shop.example', {
      group: 'Mail',
      pattern: /^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/,
      doc: 'Where people reach the gateway: links in mails begin with it. Without one, it is --host and --port.',
    }),
  ),
  demo: optional(
    boolean({
      group: 'Demo',
      doc: 'A demo catalogue and demo accounts. On by default when gateway and worker run together on a loopback address.',
    }),
  ),
  traffic: optional(
    boolean({
      group: 'Demo',
      doc: 'A trickle of simulated shoppers. On by default with the demo on the embedded log, unless payments are real.',
    }),
  ),
};

export type SettingName = keyof typeof settings;

/** All settings in the table's order. */
export const settingEntries = Object.entries(settings) as readonly (readonly [SettingName, Setting])[];

/** `appId` -> `--app-id`. */
export function flagOf(name: SettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `appId` -> `STOCKSTREAM_APP_ID`. */
export function variableOf(name: SettingName): string {
  return `STOCKSTREAM_${flagOf(name).slice(2).replaceAll('-', '_').toUpperCase()}`;
}
