// What docker-compose.yml tells our own programs are settings that they take, and addresses that are there.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Command } from 'commander';
import { addStart } from '../../app/commands/start.ts';
import { addTopics } from '../../app/commands/topics.ts';
import { readConfig } from '../../app/config.ts';
import type { Config, Part } from '../../app/config-schema.ts';
import { settingEntries, settings, variableOf } from '../../app/settings.ts';
import { usualPartitions } from '../../schemas/topics.ts';
import { isOurs, loadCompose, portsOf, seconds } from './compose.ts';
import type { Service } from './compose-schema.ts';
import { readDockerfile } from './dockerfile.ts';

const image = readDockerfile().environment;
const variables = new Set(settingEntries.map(([name]) => variableOf(name)));
const program = new Command('stockstream');
addStart(program);
addTopics(program);

type Services = Readonly<Record<string, Service>>;

function configOf({ environment = {}, command = [] }: Service): Config {
  const parts = (['gateway', 'worker'] satisfies Part[]).filter((part) => command[0] === part);
  return readConfig({ flags: {}, parts, env: { ...image, ...environment } });
}

/** Where others reach a service: what it publishes, or what our settings and Kafka's listeners say. */
function innerPorts(service: Service): number[] {
  const published = portsOf(service).map(({ container }) => container);
  const listeners = [...(service.environment?.KAFKA_LISTENERS ?? '').matchAll(/:(\d+)/g)].map(([, port]) => port);
  const own = isOurs(service) ? [configOf(service).port, configOf(service).metricsPort] : [];
  return [...published, ...listeners.map(Number), ...own];
}

/** Every `host:port` that a config names. */
function addressesIn({ brokers = [], cassandra = [], registry, mongo, elasticsearch, redis }: Config): URL[] {
  const urls = [registry, mongo, elasticsearch, redis].filter((url) => url !== undefined);
  const hosts = [...brokers, ...cassandra].map((host) => `tcp://${host}`);
  return [...hosts, ...urls].map((url) => new URL(url));
}

function checkAddresses(services: Services): void {
  for (const [name, service] of Object.entries(services).filter(([, each]) => isOurs(each))) {
    for (const { hostname, port, href } of addressesIn(configOf(service))) {
      const other = services[hostname];
      assert.ok(other, `${name}: ${href} is no service`);
      assert.ok(innerPorts(other).includes(Number(port)), `${name}: nothing answers at ${href}`);
      assert.ok(
        other.networks.some((network) => service.networks.includes(network)),
        `${name} shares no network with ${hostname}`,
      );
    }
  }
}

const compose = loadCompose();
const ours = Object.entries(compose.services).filter(([, service]) => isOurs(service));

describe('our program', () => {
  for (const [name, service] of ours) {
    test(`${name} gets variables that are settings`, () => {
      const given = [...Object.keys(service.environment ?? {}), ...Object.keys(image)];
      const unknown = given.filter((key) => key.startsWith('STOCKSTREAM_') && !variables.has(key));
      assert.deepEqual(unknown, []);
    });

    test(`${name} is content with them`, () => {
      const { log, documents, brokers, data, host } = configOf(service);
      assert.deepEqual([log, documents, brokers?.length, data, host], ['kafka', 'mongo', 3, '/data', '0.0.0.0']);
    });

    test(`${name} has a verb that exists`, () => {
      let command: Command | undefined = program;
      for (const word of service.command ?? []) command = command?.commands.find((each) => each.name() === word);
      assert.ok(command !== undefined && command !== program && command.commands.length === 0);
    });
  }
});

test('what they are to talk to is there', () => {
  checkAddresses(compose.services);
});

test("gateways know each other's answers", () => {
  const gateways = ours.filter(([, { command }]) => command?.[0] === 'gateway');
  assert.deepEqual(
    gateways.map(([, service]) => configOf(service).cache),
    ['redis'],
  );
});

test('what is acknowledged is on as many nodes as Kafka itself asks for', () => {
  const asked = compose.services['kafka-1']?.environment?.KAFKA_MIN_INSYNC_REPLICAS;
  for (const [name, service] of ours) assert.equal(String(configOf(service).minInSync), asked, name);
});

test('an address that leads nowhere is found', () => {
  const gateway = structuredClone(compose.services.gateway ?? assert.fail());
  const wrong = (name: string, value: string) => ({
    ...compose.services,
    gateway: { ...gateway, environment: { ...gateway.environment, [name]: value } },
  });
  assert.throws(() => checkAddresses(wrong('STOCKSTREAM_REDIS', 'redis://rediss:6379')), /is no service/);
  assert.throws(() => checkAddresses(wrong('STOCKSTREAM_BROKERS', 'kafka-1:9999')), /nothing answers/);
  assert.throws(
    () => checkAddresses({ ...compose.services, gateway: { ...gateway, networks: ['figures'] } }),
    /shares no network/,
  );
});

test('health checks ask where the programs answer', () => {
  const asked = ours.map(([name, { healthcheck }]) => [name, healthcheck.test?.slice(1, 3), healthcheck.test?.at(-1)]);
  const expected = ours.map(([name, service]) => {
    const { port, metricsPort } = configOf(service);
    if (service.healthcheck.disable) return [name, undefined, undefined];
    return [name, ['node', '-e'], String(name === 'gateway' ? port : metricsPort)];
  });
  assert.deepEqual(asked, expected);
});

test('a health check is JavaScript that ends by itself', () => {
  for (const [, { healthcheck }] of ours.filter(([, each]) => !each.healthcheck.disable)) {
    const code = healthcheck.test?.[3] ?? '';
    assert.doesNotThrow(() => new Function('fetch', 'process', code));
    assert.match(code, /process\.exit\(ok \? 0 : 1\), \(\) => process\.exit\(1\)/);
  }
});

test('workers are told apart, over restarts', () => {
  const workers = ours.filter(([, { command }]) => command?.[0] === 'worker');
  assert.deepEqual(
    workers.map(([, service]) => configOf(service).instanceId),
    workers.map(([name]) => name),
  );
  assert.equal(workers.length, 2);
});

test('there are partitions for every thread', () => {
  const { partitions = usualPartitions.kafka } = configOf(compose.services.topics ?? assert.fail());
  const threads = ours.filter(([, { command }]) => command?.[0] === 'worker').map(([, each]) => configOf(each).threads);
  assert.ok(partitions >= threads.reduce((sum, each) => sum + each, 0));
});

test('programs get longer to stop than they give themselves', () => {
  for (const name of ['gateway', 'worker-1', 'worker-2'])
    assert.ok(seconds(compose.services[name]?.stop_grace_period) >= 20, name);
});

test('programs on this machine find the servers where the settings say by example', () => {
  const published = new Set(Object.values(compose.services).flatMap((each) => portsOf(each).map(({ host }) => host)));
  const examples = [settings.registry, settings.mongo, settings.elasticsearch, settings.redis];
  for (const { expected } of examples) {
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(expected) ?? assert.fail(expected);
    assert.ok(published.has(Number(port)), expected);
  }
  assert.ok(published.has(settings.port.default ?? assert.fail()));
});
