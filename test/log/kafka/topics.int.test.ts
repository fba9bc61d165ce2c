// Topics on a real cluster: made as the catalogue and the settings say, as another client sees them; what differs is told,
// and left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import kafkajs from 'kafkajs';
import type { TopicSpec } from '../../../log/log.ts';
import { openLog, runSettings } from './kit.ts';
import { full, withAdmin } from './oracle.ts';

const oneCopy = { ...runSettings, replicationFactor: 1, topicConfigs: { 'min.insync.replicas': '1' } };

/** What kafkajs sees of a topic. */
async function seen(topic: string) {
  return await withAdmin(async (admin) => {
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    const { topics } = await admin.fetchTopicMetadata({ topics: [full(topic)] });
    const resources = [{ type, name: full(topic) }];
    const { resources: described } = await admin.describeConfigs({ resources, includeSynonyms: false });
    const configs = described[0]!.configEntries.map(
      ({ configName, configValue }) => [configName, configValue] as const,
    );
    const { partitions } = topics[0]!;
    return { partitions: partitions.length, copies: partitions[0]!.replicas.length, configs: new Map(configs) };
  });
}

test('a topic is made with its partitions, copies, cleanup, retention and copies in sync', async () => {
  const log = await openLog(oneCopy);
  const hour = 3_600_000;
  await log.admin.createTopics([
    { name: 'events', partitions: 5, cleanup: 'delete', retentionMs: hour, retentionBytes: 10 ** 9 },
    { name: 'forever', partitions: 1, cleanup: 'delete' },
    { name: 'state', partitions: 3, cleanup: 'compact' },
  ]);
  const events = await seen('events');
  assert.deepEqual([events.partitions, events.copies], [5, 1]);
  const expected = {
    'cleanup.policy': 'delete',
    'retention.ms': String(hour),
    'retention.bytes': String(10 ** 9),
    'min.insync.replicas': '1',
    'max.message.bytes': String(runSettings.maxBatchBytes),
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(events.configs.get(name), value, name);
  const forever = await seen('forever');
  assert.deepEqual([forever.configs.get('retention.ms'), forever.configs.get('retention.bytes')], ['-1', '-1']);
  const state = await seen('state');
  assert.deepEqual([state.partitions, state.configs.get('cleanup.policy')], [3, 'compact']);
});

test('what the cluster cannot give is refused, with its reason', async () => {
  const log = await openLog({ ...runSettings, replicationFactor: 50 });
  const spec = { name: 'many-copies', partitions: 1, cleanup: 'delete' } as const;
  await assert.rejects(log.admin.createTopics([spec]), { code: 'LOG_REFUSED', message: /INVALID_REPLICATION_FACTOR/ });
  const odd = await openLog({ ...runSettings, topicConfigs: { 'no.such.setting': '1' } });
  await assert.rejects(odd.admin.createTopics([spec]), { code: 'LOG_REFUSED', message: /no\.such\.setting/ });
  await assert.rejects(log.admin.createTopics([{ ...spec, name: 'not/a/name' }]), { code: 'LOG_REFUSED' });
});

test('topics that are made at once by many are made once', async () => {
  const spec = { name: 'contended', partitions: 2, cleanup: 'delete' } as const;
  const logs = await Promise.all([1, 2, 3, 4].map(() => openLog(runSettings)));
  const created = await Promise.all(logs.map((log) => log.admin.createTopics([spec])));
  assert.deepEqual(created.flat(), ['contended']);
});

test('what differs is told and left as it is', async () => {
  const log = await openLog(oneCopy);
  const [one, two] = ['drift-one', 'drift-two'];
  const specs: TopicSpec[] = [
    { name: one, partitions: 2, cleanup: 'delete', retentionMs: 1_000_000 },
    { name: two, partitions: 2, cleanup: 'compact' },
  ];
  await log.admin.createTopics(specs);
  assert.deepEqual(await log.admin.topicDrift(specs), []);
  const other = await openLog({ ...oneCopy, topicConfigs: { 'min.insync.replicas': '2' }, replicationFactor: 3 });
  const wanted: TopicSpec[] = [
    { name: one, partitions: 2, cleanup: 'delete', retentionMs: 2_000_000 },
    { name: two, partitions: 4, cleanup: 'delete' },
    { name: 'not-there', partitions: 1, cleanup: 'delete' },
  ];
  const drift = await other.admin.topicDrift(wanted);
  const found = drift.map(({ topic, setting, expected, actual }) => `${topic} ${setting} ${expected} ${actual}`);
  assert.deepEqual(found.sort(), [
    `${one} min.insync.replicas 2 1`,
    `${one} replicas 3 1`,
    `${one} retention.ms 2000000 1000000`,
    `${two} cleanup.policy delete compact`,
    `${two} min.insync.replicas 2 1`,
    `${two} partitions 4 2`,
    `${two} replicas 3 1`,
    `${two} retention.ms -1 604800000`,
  ]);
  assert.deepEqual(await other.admin.createTopics([{ ...wanted[0]! }]), []);
  await assert.rejects(other.admin.createTopics([wanted[1]!]), {
    code: 'LOG_TOPIC_EXISTS',
    message: `Topic ${two} exists with 2 partitions; 4 were asked for.`,
  });
  assert.deepEqual(await log.admin.topicDrift(specs), []);
});
