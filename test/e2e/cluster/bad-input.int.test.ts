// What is wrong with the servers or with where they are said to be ends a start with a code and a remedy; what goes wrong
// later is a pause that health and figures tell of, and that ends by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Feeder, feedOrders } from '../../../bench/feeder.ts';
import { workload } from '../../../bench/workload.ts';
import { relay } from '../../relay.ts';
import { services } from '../../services.ts';
import { eventually } from '../server.ts';
import { atRest, viewsEqualLog } from './checks.ts';
import { appId, Installation } from './installation.ts';
import { prepare } from './prepare.ts';

const nobody = '127.0.0.1:9';

test('a start that cannot be says why, and what to do', async (t) => {
  const installation = await Installation.create(t);
  const cases: readonly (readonly [expected: RegExp, flags: readonly string[]])[] = [
    [/LOG_UNREACHABLE: .*127\.0\.0\.1:9[\s\S]*--brokers/, ['--brokers', nobody]],
    [/LOG_UNKNOWN_TOPIC: .*[\s\S]*topics create/, ['--topic-prefix', 'nobody-made-these-']],
    [/LOG_TLS_FAILED: /, ['--tls']],
    [
      /LOG_AUTHENTICATION_FAILED: /,
      ['--sasl', 'scram-sha-512', '--sasl-username', 'nobody', '--sasl-password', 'nothing'],
    ],
    [/REGISTRY_UNAVAILABLE: .*127\.0\.0\.1:9[\s\S]*--registry/, ['--registry', `http://${nobody}`]],
    [/DOCUMENTS_UNAVAILABLE: /, ['--mongo', `mongodb://${nobody}/views?serverSelectionTimeoutMS=500`]],
  ];
  for (const [expected, flags] of cases) {
    await assert.rejects(installation.startGateway('refused', ...flags), expected);
    await assert.rejects(installation.startWorker('refused', 'refused', ...flags), expected);
  }
});

test('topics with other partition counts than the rest are refused', async (t) => {
  const installation = await Installation.create(t);
  const { admin } = installation.log;
  const [topic] = await admin.describeTopics([`${appId}-shop-changelog`]);
  await admin.deleteTopics([topic!.name]);
  const remake = () => admin.createTopics([{ ...topic!, partitions: 3 }]).catch((error: Error) => error.message);
  await eventually(remake, (made) => Array.isArray(made));
  const expected = /LOG_TOPIC_EXISTS: .*shop-changelog exists with 3 partitions; 8 were asked for/;
  await assert.rejects(installation.startWorker('w1'), expected);
});

test('documents that go away pause the views, and only them, until they are back', async (t) => {
  const installation = await Installation.create(t);
  const options = { orders: 60, products: 20, load: 'uniform', seed: 3 } as const;
  await prepare(installation, options.products);
  const line = await relay(t, Number(new URL(services.mongo).port));
  const url = installation.mongo.replace(/:\d+\//, `:${line.port}/`);
  const worker = await installation.startWorker('w1', 'w1', '--mongo', `${url}?serverSelectionTimeoutMS=500`);
  await atRest(installation, 60);
  line.cut();
  const health = () => worker.call('GET', '/health/ready');
  await feedOrders(new Feeder(await installation.log.producer()), workload(options));
  const paused = await eventually(health, ({ status }) => status === 503, 30);
  const parts: readonly { name: string; healthy: boolean }[] = paused.body.parts;
  assert.equal(parts.find(({ name }) => name === 'shop')?.healthy, true);
  assert.equal(parts.find(({ name }) => name === 'documents')?.healthy, false);
  const figures = async () => await (await fetch(`${worker.url}/metrics`)).text();
  await eventually(figures, (text) => /view_retries_total\{view="orders"\} [1-9]/.test(text), 30);
  assert.match(await figures(), /^log_available 1$/m);
  line.mend();
  await eventually(health, ({ status }) => status === 200, 60);
  await atRest(installation, 60);
  assert.equal((await viewsEqualLog(installation)).get('orders'), options.orders);
});
