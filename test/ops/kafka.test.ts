// The three Kafka nodes of docker-compose.yml form one cluster that one node may leave: ids, quorum, listeners, copies.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadCompose, portsOf } from './compose.ts';

const { services } = loadCompose();
const nodes = Object.entries(services).filter(([, { image }]) => image.startsWith('apache/kafka:'));
const settingsOf = (name: string) => services[name]?.environment ?? {};

/** `SERVICES://kafka-1:19092,HOST://...` by listener. */
function listeners(text = ''): Map<string, { readonly host: string; readonly port: number }> {
  const entries = text.split(',').map((each) => /^([A-Z]+):\/\/([\w.-]*):(\d+)$/.exec(each) ?? assert.fail(each));
  return new Map(entries.map(([, name = '', host = '', port]) => [name, { host, port: Number(port) }]));
}

test('there are three, of one version, in one cluster', () => {
  assert.equal(nodes.length, 3);
  assert.equal(new Set(nodes.map(([, { image }]) => image)).size, 1);
  const clusters = new Set(nodes.map(([name]) => settingsOf(name).CLUSTER_ID));
  assert.equal(clusters.size, 1);
  const [id = ''] = clusters;
  assert.equal(Buffer.from(id, 'base64url').length, 16);
  assert.equal(Buffer.from(id, 'base64url').toString('base64url'), id);
});

test('the quorum is these three, by id and controller port', () => {
  const voters = nodes.map(([name]) => {
    const { KAFKA_NODE_ID, KAFKA_LISTENERS, KAFKA_CONTROLLER_LISTENER_NAMES = '' } = settingsOf(name);
    return `${KAFKA_NODE_ID}@${name}:${listeners(KAFKA_LISTENERS).get(KAFKA_CONTROLLER_LISTENER_NAMES)?.port}`;
  });
  assert.equal(new Set(voters.map((voter) => voter.split('@')[0])).size, 3, 'each has an id of its own');
  for (const [name] of nodes) assert.equal(settingsOf(name).KAFKA_CONTROLLER_QUORUM_VOTERS, voters.join(','));
});

test('what is acknowledged is on two of three nodes, and topics are made on purpose', () => {
  for (const [name] of nodes) {
    const settings = settingsOf(name);
    assert.equal(settings.KAFKA_AUTO_CREATE_TOPICS_ENABLE, 'false');
    const copies = Object.entries(settings).filter(([key]) => key.endsWith('REPLICATION_FACTOR'));
    const inSync = Object.entries(settings).filter(([key]) => /MIN_(ISR|INSYNC_REPLICAS)$/.test(key));
    assert.deepEqual([copies.length, inSync.length], [4, 3]);
    for (const [key, value] of copies) assert.equal(Number(value), nodes.length, key);
    for (const [key, value] of inSync) assert.equal(Number(value), nodes.length - 1, key);
  }
});

describe('the listeners of', () => {
  for (const [name, service] of nodes) {
    const settings = settingsOf(name);
    const bound = listeners(settings.KAFKA_LISTENERS);
    const advertised = listeners(settings.KAFKA_ADVERTISED_LISTENERS);

    test(`${name} are bound to all addresses, and their protocols are known`, () => {
      for (const { host } of bound.values()) assert.equal(host, '');
      const protocols = (settings.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP ?? '').split(',');
      assert.deepEqual(
        protocols.map((each) => each.split(':')[0]),
        [...bound.keys()],
      );
    });

    test(`${name} are advertised as they are reached`, () => {
      const controller = settings.KAFKA_CONTROLLER_LISTENER_NAMES ?? '';
      assert.deepEqual([...advertised.keys(), controller], [...bound.keys()]);
      const inner = settings.KAFKA_INTER_BROKER_LISTENER_NAME ?? '';
      assert.deepEqual(advertised.get(inner), { host: name, port: bound.get(inner)?.port });
      const [published] = portsOf(service);
      assert.deepEqual(advertised.get('HOST'), { host: published?.address, port: published?.host });
      assert.equal(bound.get('HOST')?.port, published?.container);
    });

    test(`${name} are what its check asks, and its data lies in its volume`, () => {
      const port = bound.get(settings.KAFKA_INTER_BROKER_LISTENER_NAME ?? '')?.port;
      assert.ok(service.healthcheck.test?.at(-1)?.includes(`/127.0.0.1/${port}`));
      assert.deepEqual(service.volumes, [`${name}:${settings.KAFKA_LOG_DIRS}`]);
    });
  }
});
