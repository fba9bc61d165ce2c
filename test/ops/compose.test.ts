// docker-compose.yml holds together, without Docker: shape, images, checks, volumes, rights, order of starting.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Compile } from 'typebox/compile';
import { version } from '../../app/manifest.ts';
import { root } from '../arch/tree.ts';
import { isOnce, isOurs, loadCompose, portsOf, readCompose, seconds, volumesOf } from './compose.ts';
import { composeSchema } from './compose-schema.ts';
import { readDockerfile } from './dockerfile.ts';

const compose = loadCompose();
const services = Object.entries(compose.services);

test('the file has the shape that Compose asks for', () => {
  const problems = Compile(composeSchema).Errors(readCompose());
  assert.deepEqual(
    problems.map(({ instancePath, message }) => `${instancePath} ${message}`),
    [],
  );
});

test('it has all that the shop is made of', () => {
  const names = Object.keys(compose.services).sort();
  const databases = ['cassandra', 'elasticsearch', 'mongo', 'mongo-init', 'redis', 's3'];
  const kafka = ['kafka-1', 'kafka-2', 'kafka-3', 'registry', 'topics'];
  const programs = ['gateway', 'worker-1', 'worker-2'];
  assert.deepEqual(names, [...databases, ...kafka, ...programs, 'grafana', 'prometheus'].sort());
});

test('it refuses to start without a secret, and says what to do', () => {
  assert.throws(() => readCompose({}), /STOCKSTREAM_JWT_SECRET is missing a value: .*32 random characters in \.env/);
});

test('only gateways and the workers that they ask know the secret', () => {
  const knowing = services.filter(([, { environment = {} }]) => 'STOCKSTREAM_JWT_SECRET' in environment);
  assert.deepEqual(
    knowing.map(([name]) => name),
    ['gateway', 'worker-1', 'worker-2'],
  );
});

describe('every service', () => {
  for (const [name, service] of services) {
    test(`${name} names its image to the patch`, () => {
      assert.match(service.image, /^[\w./-]+:v?\d+\.\d+\.\d+(-[a-z]+)?$/);
      if (isOurs(service)) assert.deepEqual([service.image, service.build], [`stockstream:${version}`, '.']);
    });

    test(`${name} is checked and restarted, or ends`, () => {
      const { test: command, disable, interval, timeout, start_period, retries } = service.healthcheck;
      if (isOnce(service)) return assert.deepEqual([disable, command], [true, undefined]);
      assert.equal(service.restart, 'unless-stopped');
      assert.match(command?.[0] ?? '', /^CMD(-SHELL)?$/);
      assert.ok(seconds(timeout) > 0 && seconds(timeout) < seconds(interval), 'a check ends before the next one');
      assert.ok(seconds(start_period) >= 60 && retries !== undefined);
    });

    test(`${name} has few rights and an end to what it takes`, () => {
      assert.deepEqual([service.security_opt, service.cap_drop], [['no-new-privileges:true'], ['ALL']]);
      assert.deepEqual(Object.keys(service.logging.options).sort(), ['max-file', 'max-size']);
      if (isOurs(service)) assert.deepEqual([service.read_only, service.init], [true, true]);
      if (!isOnce(service)) assert.ok(service.deploy, 'it has no limits');
    });

    test(`${name} is reached from this machine alone`, () => {
      for (const { address } of portsOf(service)) assert.equal(address, '127.0.0.1');
    });

    test(`${name} uses networks, volumes and files that are there`, () => {
      for (const network of service.networks) assert.ok(network in compose.networks, network);
      for (const { from, isPath, isReadOnly } of volumesOf(service)) {
        assert.ok(isPath ? existsSync(join(root, from)) : from in compose.volumes, from);
        assert.equal(isPath, isReadOnly, `${from}: what is in the repository is only read, a volume is written`);
      }
    });

    test(`${name} waits for what it needs`, () => {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = compose.services[needed];
        assert.ok(other, `${needed} is no service`);
        assert.equal(condition, isOnce(other) ? 'service_completed_successfully' : 'service_healthy', needed);
      }
    });
  }
});

test('what keeps data keeps it in a volume of its own', () => {
  const kept: Record<string, readonly string[]> = {
    'kafka-1': ['/var/lib/kafka/data'],
    'kafka-2': ['/var/lib/kafka/data'],
    'kafka-3': ['/var/lib/kafka/data'],
    mongo: ['/data/db', '/data/configdb'],
    elasticsearch: ['/usr/share/elasticsearch/data'],
    cassandra: ['/var/lib/cassandra'],
    redis: ['/data'],
    s3: ['/data'],
    gateway: ['/data', '/simulators'],
    'worker-1': ['/data', '/simulators'],
    'worker-2': ['/data', '/simulators'],
    prometheus: ['/prometheus'],
    grafana: ['/var/lib/grafana'],
  };
  const named = services.map(([name, service]) => [name, volumesOf(service).filter(({ isPath }) => !isPath)] as const);
  const found = named.filter(([, volumes]) => volumes.length > 0).map(([name, all]) => [name, all.map(({ to }) => to)]);
  assert.deepEqual(Object.fromEntries(found), kept);
  const names = named.flatMap(([, volumes]) => volumes.map(({ from }) => from));
  const own = names.filter((name) => name !== 'simulators');
  assert.deepEqual([...own, 'simulators'].sort(), Object.keys(compose.volumes).sort(), 'each is used, by one service');
});

test('who asks the simulators, or reads what they know, has one directory for it, which the image lets them write', () => {
  const made = readDockerfile().instructions.find(({ rest }) => rest.includes('install --directory'))?.rest ?? '';
  for (const name of ['gateway', 'worker-1', 'worker-2']) {
    const { environment = {}, ...service } = compose.services[name] ?? assert.fail(name);
    const { from, to } = volumesOf(service).find(({ to: path }) => path !== '/data') ?? assert.fail(name);
    assert.deepEqual([from, to], ['simulators', environment.STOCKSTREAM_SIMULATOR_DATA]);
    assert.match(made, new RegExp(`--owner 10001 --group 10001 (.* )?${to}( |$)`));
  }
});

test('no two services want one port', () => {
  const ports = services.flatMap(([, service]) => portsOf(service).map(({ host }) => host));
  assert.deepEqual(ports, [...new Set(ports)]);
});

test('nothing waits for itself', () => {
  const needs = (name: string, trail: readonly string[] = []): void => {
    assert.ok(!trail.includes(name), [...trail, name].join(' -> '));
    for (const needed of Object.keys(compose.services[name]?.depends_on ?? {})) needs(needed, [...trail, name]);
  };
  for (const [name] of services) needs(name);
});

test('programs start after the topics, the registry and the databases that they use', () => {
  const needs = ['topics', 'mongo-init', 'registry', 'cassandra', 'redis'];
  for (const name of ['gateway', 'worker-1', 'worker-2'])
    assert.deepEqual(Object.keys(compose.services[name]?.depends_on ?? {}), needs);
});

test('those who watch reach no database', () => {
  for (const name of ['prometheus', 'grafana']) assert.deepEqual(compose.services[name]?.networks, ['figures']);
});
