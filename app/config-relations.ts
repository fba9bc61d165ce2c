// How settings depend on each other, one rule a function. A rule looks at values that are each good by themselves.
import { isIPv4 } from 'node:net';
import type { Config, Part } from './config-schema.ts';
import { flagOf, type SettingName, webhookSecretExpected, webhookSecretPattern } from './settings.ts';

/** What is wrong with a setting, and what to do about it. */
export interface Broken {
  readonly setting: SettingName;
  readonly problem: string;
  readonly remedy: string;
}

type Relation = (config: Config, parts: readonly Part[]) => Broken | undefined;

/** Adding a rule is a function, an entry here, a test. */
export const relations: readonly Relation[] = [
  needs('log', 'kafka', 'brokers'),
  needs('sasl', 'plain', 'saslUsername'),
  needs('sasl', 'plain', 'saslPassword'),
  needs('sasl', 'scram-sha-256', 'saslUsername'),
  needs('sasl', 'scram-sha-256', 'saslPassword'),
  needs('sasl', 'scram-sha-512', 'saslUsername'),
  needs('sasl', 'scram-sha-512', 'saslPassword'),
  needs('sasl', 'oauthbearer', 'saslTokenFile'),
  tlsCertAndKeyGoTogether,
  plainNeedsTls,
  needs('documents', 'mongo', 'mongo'),
  needs('search', 'elasticsearch', 'elasticsearch'),
  elasticsearchKnowsOneLogin,
  needs('cache', 'redis', 'redis'),
  needs('archive', 'cassandra', 'cassandra'),
  needs('images', 's3', 's3Bucket', 'gateway'),
  s3KeyAndSecretGoTogether,
  cassandraUserAndPasswordGoTogether,
  cassandraNeedsCopiesHere,
  needs('payments', 'stripe', 'stripeKey', 'worker'),
  simulatorSignsInBase64,
  needs('carrier', 'webhook', 'carrierUrl', 'worker'),
  needs('carrier', 'webhook', 'carrierSecret', 'worker'),
  needs('mail', 'smtp', 'smtp', 'worker'),
  needs('mail', 'smtp', 'mailFrom', 'worker'),
  needs('mail', 'smtp', 'publicUrl', 'worker'),
  embeddedIsOneProcess,
  embeddedIsOneThread,
  embeddedHasNoStandbys,
  demoStaysAtHome,
  trafficNeedsDemo,
  trafficPaysNobody,
  tokensNeedSecret,
  linksNeedSecret,
];

/** @param by the part that needs it; default: whatever reads the settings */
function needs(setting: SettingName, value: string, needed: SettingName, by?: Part): Relation {
  return (config, parts) => {
    if (config[setting] !== value || config[needed] !== undefined) return undefined;
    if (by !== undefined && !parts.includes(by)) return undefined;
    return {
      setting: needed,
      problem: `is missing while ${flagOf(setting)} is ${value}`,
      remedy: `set ${flagOf(needed)}`,
    };
  };
}

/** A setting of the contract whose work isn't done: refused, for to be ignored in silence would be worse. */
function embeddedIsOneProcess({ log }: Config, parts: readonly Part[]): Broken | undefined {
  if (log !== 'embedded' || parts.length !== 1) return undefined;
  const problem = `is embedded, which is one process for gateway and worker; this is the ${parts[0]} alone`;
  return { setting: 'log', problem, remedy: 'use `stockstream start`, or --log kafka' };
}

function embeddedIsOneThread({ log, threads }: Config): Broken | undefined {
  if (log !== 'embedded' || threads === 1) return undefined;
  return {
    setting: 'threads',
    problem: 'is above 1 on the embedded log, which serves one thread',
    remedy: 'use 1, or --log kafka',
  };
}

function embeddedHasNoStandbys({ log, standbys }: Config): Broken | undefined {
  if (log !== 'embedded' || standbys === 0) return undefined;
  return {
    setting: 'standbys',
    problem: 'is above 0 on the embedded log, where there is no other process to copy state to',
    remedy: 'use 0, or --log kafka',
  };
}

function tlsCertAndKeyGoTogether({ tlsCert, tlsKey }: Config): Broken | undefined {
  if ((tlsCert === undefined) === (tlsKey === undefined)) return undefined;
  const setting = tlsCert === undefined ? 'tlsCert' : 'tlsKey';
  return { setting, problem: 'is missing, while its other half is given', remedy: 'give both, or none' };
}

function cassandraUserAndPasswordGoTogether({ cassandraUser, cassandraPassword }: Config): Broken | undefined {
  if ((cassandraUser === undefined) === (cassandraPassword === undefined)) return undefined;
  const setting = cassandraUser === undefined ? 'cassandraUser' : 'cassandraPassword';
  return { setting, problem: 'is missing, while its other half is given', remedy: 'give both, or none' };
}

function cassandraNeedsCopiesHere({
  archive,
  cassandraDatacenter: here,
  cassandraReplication,
}: Config): Broken | undefined {
  if (archive !== 'cassandra' || cassandraReplication.some((copies) => copies.startsWith(`${here}:`))) return undefined;
  const problem = `has no copies in ${here}, whose copies acknowledge every write`;
  return { setting: 'cassandraReplication', problem, remedy: `add ${here}:3, or set --cassandra-datacenter` };
}

function s3KeyAndSecretGoTogether({ s3KeyId, s3Secret }: Config): Broken | undefined {
  if ((s3KeyId === undefined) === (s3Secret === undefined)) return undefined;
  const setting = s3KeyId === undefined ? 's3KeyId' : 's3Secret';
  return { setting, problem: 'is missing, while its other half is given', remedy: 'give both, or none' };
}

/** Stripe's secrets are any text, those of Standard Webhooks are not. */
function simulatorSignsInBase64({ payments, paymentWebhookSecret: secret }: Config): Broken | undefined {
  if (payments !== 'simulator' || secret === undefined || webhookSecretPattern.test(secret)) return undefined;
  const problem = 'is not whole base64, in which the simulated provider has its secret';
  return { setting: 'paymentWebhookSecret', problem, remedy: `give ${webhookSecretExpected}, or leave it out` };
}

function elasticsearchKnowsOneLogin({ elasticsearch, elasticsearchApiKey }: Config): Broken | undefined {
  if (elasticsearchApiKey === undefined || !elasticsearch || new URL(elasticsearch).username === '') return undefined;
  const problem = 'is given, and --elasticsearch has a user, too';
  return { setting: 'elasticsearchApiKey', problem, remedy: 'give one of them' };
}

function plainNeedsTls({ sasl, tls, brokers = [] }: Config): Broken | undefined {
  const isHome = brokers.every((broker) => isLoopback(broker.replace(/:\d+$/, '')));
  if (sasl !== 'plain' || tls || isHome) return undefined;
  const problem = 'is plain, which would send the password readably over the network';
  return { setting: 'sasl', problem, remedy: 'add --tls, or use scram-sha-512' };
}

function demoStaysAtHome({ demo, host }: Config): Broken | undefined {
  if (!demo || isLoopback(host)) return undefined;
  const problem = `opens accounts whose password everybody knows, and ${host} can be reached from elsewhere`;
  return { setting: 'demo', problem, remedy: 'use --no-demo, or --host 127.0.0.1' };
}

function trafficNeedsDemo({ demo, traffic }: Config): Broken | undefined {
  if (!traffic || demo) return undefined;
  return { setting: 'traffic', problem: 'needs the demo catalogue', remedy: 'use --demo, or --no-traffic' };
}

function trafficPaysNobody({ traffic, payments }: Config): Broken | undefined {
  if (!traffic || payments !== 'stripe') return undefined;
  const problem = 'lets simulated shoppers pay, and Stripe would be asked for their money';
  return { setting: 'traffic', problem, remedy: 'use --no-traffic, or --payments simulator' };
}

function tokensNeedSecret({ host, jwtSecret }: Config, parts: readonly Part[]): Broken | undefined {
  const isGatewayApart = parts.includes('gateway') && !parts.includes('worker');
  const isOpen = parts.includes('gateway') && !isLoopback(host);
  if (jwtSecret !== undefined || !(isGatewayApart || isOpen)) return undefined;
  const problem = 'is missing while the gateway is reached from elsewhere or is one of several';
  return { setting: 'jwtSecret', problem, remedy: 'set 32 random characters, the same for every gateway' };
}

/** The gateways check the links that workers put into mails. */
function linksNeedSecret({ mail, jwtSecret }: Config, parts: readonly Part[]): Broken | undefined {
  if (mail !== 'smtp' || jwtSecret !== undefined || !parts.includes('worker') || parts.includes('gateway')) return;
  const problem = 'is missing, while mails have links that a gateway elsewhere has to know';
  return { setting: 'jwtSecret', problem, remedy: 'set the one that the gateways have' };
}

/** Whether only this machine can connect to `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
