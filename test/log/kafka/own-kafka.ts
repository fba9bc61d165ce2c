// A Kafka of the test's own, of one node, on free ports, with every kind of listener: for what a shared server can't show.
// It needs Java, openssl and Kafka's jars; without them the tests that ask for it are skipped, and say so.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeCertificates } from './certificates.ts';

/** A folder with Kafka's jars: as named, or as the cache of servers keeps it. */
const jars = process.env.STOCKSTREAM_TEST_KAFKA_JARS ?? cached();

/** Why there is no Kafka of our own, if there is none: for `skip`. */
export const missing =
  jars === undefined ? 'no Kafka jars: set STOCKSTREAM_TEST_KAFKA_JARS to a folder of them' : false;

export const passwords = { alice: 'alice-secret', worker: 'worker-secret', guest: 'guest-secret' } as const;

const listeners = {
  /** Nobody is asked for anything. */
  plain: 'PLAINTEXT',
  tls: 'SSL',
  /** Clients show a certificate, too. */
  mutual: 'SSL',
  /** SASL over TLS; a session lasts two seconds. */
  secure: 'SASL_SSL',
} as const;

type Listener = keyof typeof listeners;

export interface OwnKafka {
  /** `host:port` of each listener. */
  readonly at: Readonly<Record<Listener, string>>;
  readonly certificates: ReturnType<typeof makeCertificates>;
  stop(): Promise<void>;
}

/** `features` as the storage tool takes them: `transaction.version=1`. Resolves when it answers. */
export async function startKafka(features: readonly string[] = []): Promise<OwnKafka> {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-kafka-'));
  const names = Object.keys(listeners) as Listener[];
  const ports = await freePorts(names.length + 1);
  const at = Object.fromEntries(names.map((name, index) => [name, `localhost:${ports[index + 1]}`]));
  const certificates = makeCertificates(directory);
  const properties = join(directory, 'server.properties');
  writeFileSync(properties, settings(directory, ports[0]!, at));
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => {
    return Object.entries(passwords).flatMap(([name, password]) => {
      return ['--add-scram', `${mechanism}=[name=${name},password=${password}]`];
    });
  });
  const flags = features.flatMap((feature) => ['--feature', feature]);
  const format = ['format', '--cluster-id', 'c3RvY2tzdHJlYW0tdGVzdA', '--config', properties, ...scram, ...flags];
  execFileSync('java', [...java(), 'kafka.tools.StorageTool', ...format], { stdio: ['ignore', 'ignore', 'inherit'] });
  const output = openSync(join(directory, 'output.txt'), 'w');
  const server = spawn('java', [...java(), 'kafka.Kafka', properties], { stdio: ['ignore', output, output] });
  // A test file that is ended early takes its server with it.
  process.once('exit', () => server.kill('SIGKILL'));
  const stop = async () => {
    await ended(server);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await answering(server, Number(ports[1]), join(directory, 'output.txt'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { at: at as OwnKafka['at'], certificates, stop };
}

function java(): string[] {
  return ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars ?? '', '*')];
}

function settings(directory: string, controllerPort: number, at: Readonly<Record<string, string>>): string {
  const own = Object.entries(at).map(([name, address]) => `${name.toUpperCase()}://${address}`);
  const protocols = Object.entries(listeners).map(([name, protocol]) => `${name.toUpperCase()}:${protocol}`);
  const users = Object.entries(passwords).map(([name, password]) => `user_${name}="${password}"`);
  const login = 'org.apache.kafka.common.security';
  return `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:${controllerPort}
controller.listener.names=CONTROLLER
listeners=${own.join(',')},CONTROLLER://localhost:${controllerPort}
advertised.listeners=${own.join(',')}
listener.security.protocol.map=${protocols.join(',')},CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
log.dirs=${join(directory, 'log')}
ssl.keystore.type=PEM
ssl.keystore.location=${join(directory, 'broker.pem')}
ssl.truststore.type=PEM
ssl.truststore.location=${join(directory, 'ca.crt')}
listener.name.mutual.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
listener.name.secure.connections.max.reauth.ms=2000
listener.name.secure.plain.sasl.jaas.config=${login}.plain.PlainLoginModule required ${users.join(' ')};
listener.name.secure.scram-sha-256.sasl.jaas.config=${login}.scram.ScramLoginModule required;
listener.name.secure.scram-sha-512.sasl.jaas.config=${login}.scram.ScramLoginModule required;
listener.name.secure.oauthbearer.sasl.jaas.config=${login}.oauthbearer.OAuthBearerLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:alice;User:CN=client
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
transaction.abort.timed.out.transaction.cleanup.interval.ms=200
log.cleaner.dedupe.buffer.size=2097152
`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, 'localhost'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A broker opens its ports when it has caught up with the cluster. */
async function answering(server: ChildProcess, port: number, output: string): Promise<void> {
  while (server.exitCode === null) {
    const socket = connect(port, 'localhost');
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await wait(100);
  }
  throw new Error(`Kafka ended:\n${readFileSync(output, 'utf8').slice(-4_000)}`);
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}

function cached(): string | undefined {
  const cache = process.env.SERVICES_HOME ?? join(homedir(), '.cache', 'services');
  return existsSync(cache) ? globSync(join(cache, 'kafka-*')).find((each) => !each.endsWith('.tmp')) : undefined;
}
