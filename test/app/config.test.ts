// Settings: where values come from, what is refused and how it is told, what is never shown.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { Command } from 'commander';
import { type ConfigSources, readConfig } from '../../app/config.ts';
import type { Config } from '../../app/config-schema.ts';
import { addSettings } from '../../app/flags.ts';
import { flagOf, settingEntries, variableOf } from '../../app/settings.ts';
import { isStockstreamError } from '../../base/errors.ts';

const both = ['gateway', 'worker'] as const;
const secret = 'correct-horse-battery-staple-0123456789';

const read = (
  flags: ConfigSources['flags'] = {},
  env: ConfigSources['env'] = {},
  parts: ConfigSources['parts'] = both,
) => readConfig({ flags, env, parts });

/** The problem lines that the sources give, or none. */
function problems(...sources: Parameters<typeof read>): string[] {
  try {
    read(...sources);
    return [];
  } catch (error) {
    assert.ok(isStockstreamError(error, 'CONFIG_INVALID'), String(error));
    return error.message.split('\n').slice(1);
  }
}

describe('values', () => {
  test('have defaults', () => {
    const { data, log, host, port, threads, holdSeconds, brokers, demo, traffic }: Config = read();
    assert.deepEqual(
      { data, log, host, port, threads, holdSeconds, brokers, demo, traffic },
      {
        data: 'data',
        log: 'embedded',
        host: '127.0.0.1',
        port: 3000,
        threads: 1,
        holdSeconds: 900,
        brokers: undefined,
        demo: true,
        traffic: true,
      },
    );
  });

  test('come from variables, and a flag wins', () => {
    const env = { STOCKSTREAM_PORT: '4000', STOCKSTREAM_APP_ID: 'shop', STOCKSTREAM_TRAFFIC: 'off' };
    const config = read({ port: '5000', unknown: 'ignored' }, env);
    assert.deepEqual([config.port, config.appId, config.traffic], [5000, 'shop', false]);
  });

  test('of an empty variable are not set', () => {
    assert.equal(read({}, { STOCKSTREAM_PORT: '' }).port, 3000);
  });

  test('are lists where several make sense', () => {
    const config = read({ log: 'kafka', brokers: 'a:9092, b:9092,' });
    assert.deepEqual(config.brokers, ['a:9092', 'b:9092']);
  });

  test('never change', () => {
    const config = read({ cors: 'https://shop.example' });
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.cors));
  });

  test('without a default are on where they do no harm', () => {
    const on = (...sources: Parameters<typeof read>) => [read(...sources).demo, read(...sources).traffic];
    assert.deepEqual(on(), [true, true]);
    assert.deepEqual(on({ log: 'kafka', brokers: 'a:1' }), [true, false]);
    assert.deepEqual(on({ host: '0.0.0.0', jwtSecret: secret }), [false, false]);
    assert.deepEqual(on({ log: 'kafka', brokers: 'a:1' }, {}, ['worker']), [false, false]);
    assert.deepEqual(on({ demo: false }), [false, false]);
    assert.deepEqual(on({ payments: 'stripe', stripeKey: 'sk_test_aaaaaaaaaaaaaaaa' }), [true, false]);
  });
});

describe('every flag', () => {
  test('is a variable of the same name', () => {
    assert.deepEqual([flagOf('jwtSecret'), variableOf('jwtSecret')], ['--jwt-secret', 'STOCKSTREAM_JWT_SECRET']);
  });

  test('reaches the config through commander', () => {
    const command = addSettings(new Command('start'));
    command.parse(['--port', '81', '--no-traffic', '--log', 'embedded'], { from: 'user' });
    assert.deepEqual(command.opts(), { port: '81', traffic: false, log: 'embedded' });
    const config = read(command.opts());
    assert.deepEqual([config.port, config.traffic, config.demo], [81, false, true]);
  });

  test('stands in the help with its variable, and groups can be chosen', () => {
    const help = addSettings(new Command('start')).helpInformation();
    for (const [name] of settingEntries)
      assert.ok(help.includes(flagOf(name)) && help.includes(variableOf(name)), name);
    const some = addSettings(new Command('worker'), ['Worker']).helpInformation();
    assert.ok(some.includes('--threads') && !some.includes('--port'));
  });
});

describe('refused:', () => {
  const needs = (flags: Record<string, unknown>, line: RegExp, parts: ConfigSources['parts'] = both) =>
    test(`${inspect(flags)} of ${parts.join(' and ') || 'a tool'}`, () => {
      const found = problems({ traffic: false, ...flags }, {}, parts);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', line);
    });
  needs({ port: '3000x' }, /^ {2}--port: "3000x" is of no use; give a whole number from 0 to 65535\.$/);
  needs({ port: '65536' }, /--port: .*0 to 65535/);
  needs({ threads: '0' }, /--threads: .*from 1/);
  needs({ log: 'redpanda' }, /--log: .*one of embedded, kafka/);
  needs({ appId: 'a b' }, /--app-id: /);
  needs({ cors: 'shop.example' }, /--cors: /);
  needs({ log: 'kafka', brokers: 'localhost' }, /--brokers: .*host:port/);
  needs({ log: 'kafka', brokers: ',' }, /--brokers: /);
  needs({ log: 'kafka' }, /--brokers or STOCKSTREAM_BROKERS: is missing while --log is kafka/);
  needs({ documents: 'mongo' }, /--mongo or STOCKSTREAM_MONGO: is missing/);
  needs({ documents: 'mongo', mongo: 'http://host' }, /--mongo: /);
  needs({ search: 'elasticsearch' }, /--elasticsearch or STOCKSTREAM_ELASTICSEARCH: is missing while --search/);
  const elastic = { search: 'elasticsearch', elasticsearch: 'https://shop:hush@search.example' };
  needs(
    { ...elastic, elasticsearchApiKey: 'VnVhQ2ZHY0JDZGJrU' },
    /--elasticsearch-api-key: is given, and --elasticsearch has/,
  );
  needs({ standbys: '1' }, /--standbys: is above 0 on the embedded log/);
  needs({ cache: 'redis' }, /--redis or .*: is missing/);
  const cassandra = { archive: 'cassandra', cassandra: '10.0.0.1,10.0.0.2:9142' };
  needs({ archive: 'cassandra' }, /--cassandra or .*: is missing while --archive is cassandra/);
  needs({ ...cassandra, cassandra: 'http://10.0.0.1' }, /--cassandra: .*host or host:port/);
  needs({ ...cassandra, cassandraUser: 'shop' }, /--cassandra-password or .*: is missing, while its other half/);
  needs({ ...cassandra, cassandraPassword: 'hush' }, /--cassandra-user or .*: is missing, while its other half/);
  needs({ ...cassandra, cassandraReplication: 'dc2:3' }, /--cassandra-replication: has no copies in datacenter1/);
  needs({ ...cassandra, cassandraReplication: 'dc2' }, /--cassandra-replication: .*datacenter:copies/);
  needs({ ...cassandra, cassandraKeyspace: 'a"b' }, /--cassandra-keyspace: /);
  needs({ images: 's3' }, /--s3-bucket or .*: is missing while --images is s3/);
  needs({ images: 's3', s3Bucket: 'Shop' }, /--s3-bucket: .*lower-case/);
  needs({ s3KeyId: 'shop' }, /--s3-secret or .*: is missing, while its other half/);
  needs({ s3Secret: 'hush' }, /--s3-key-id or .*: is missing, while its other half/);
  needs({ imageBaseUrl: 'cdn.shop.example' }, /--image-base-url: .*https:/);
  needs({ archiveAfter: '-1' }, /--archive-after: .*from 0/);
  const smtp = { mail: 'smtp', smtp: 'smtp://mail:25', mailFrom: 'a@shop.example', publicUrl: 'https://shop.example' };
  needs({ ...smtp, smtp: undefined }, /--smtp or .*: is missing while --mail is smtp/);
  needs({ ...smtp, mailFrom: undefined }, /--mail-from or .*: is missing while --mail is smtp/);
  needs({ ...smtp, publicUrl: undefined }, /--public-url or .*: is missing while --mail is smtp/);
  needs({ ...smtp, smtp: 'mail:25' }, /--smtp: the value \(hidden\) is of no use; give a URL like smtp:/);
  needs({ ...smtp, mailFrom: 'The Shop' }, /--mail-from: .*give an address like/);
  needs({ ...smtp, mailFrom: 'a@x, b@y' }, /--mail-from: /);
  needs({ ...smtp, publicUrl: 'shop.example?a=1' }, /--public-url: /);
  needs({ ...smtp, log: 'kafka', brokers: 'a:1' }, /--jwt-secret or .*links/, ['worker']);
  const webhook = { carrier: 'webhook', carrierUrl: 'http://c:4000/p', carrierSecret: `whsec_${'A'.repeat(32)}` };
  needs({ ...webhook, carrierUrl: undefined }, /--carrier-url or .*: is missing while --carrier is webhook/);
  needs({ ...webhook, carrierSecret: undefined }, /--carrier-secret or .*: is missing while --carrier is webhook/);
  needs({ ...webhook, carrierSecret: 'abc' }, /--carrier-secret: the value \(hidden\) is of no use; give at least/);
  needs({}, /--log or .*: is embedded, .* this is the worker alone; use `stockstream start`/, ['worker']);
  needs({ demo: true, host: '0.0.0.0', jwtSecret: secret }, /--demo: .*0\.0\.0\.0 .*; use --no-demo/);
  needs({ demo: false, traffic: true }, /--traffic: needs the demo/);
  needs({ payments: 'stripe' }, /--stripe-key or .*: is missing while --payments is stripe/);
  needs({ payments: 'stripe', stripeKey: 'sk_test_aaaaaaaaaaaaaaaa', traffic: true }, /--traffic: .*use --no-traffic/);
  needs(
    { payments: 'stripe', stripeKey: 'pk_test_a', traffic: false },
    /--stripe-key: the value \(hidden\) is of no use/,
  );
  needs({ stripeUrl: 'api.stripe.com' }, /--stripe-url: .*give a URL like/);
  needs({ paymentWebhookSecret: 'short' }, /--payment-webhook-secret: the value \(hidden\) is of no use/);
  needs({ paymentWebhookSecret: `whsec_${'A'.repeat(33)}` }, /--payment-webhook-secret: is not whole base64/);
  needs({ simulatedPaymentRates: 'decline=2' }, /--simulated-payment-rates: .*give BEHAVIOUR=SHARE like decline=0.02/);
  needs({ host: '10.1.2.3' }, /--jwt-secret or .*: is missing/);
  needs({ log: 'kafka', brokers: 'a:1' }, /--jwt-secret or .*: is missing/, ['gateway']);
  needs({ jwtSecret: 'short' }, /--jwt-secret: the value \(hidden\) is of no use; give at least 32 characters/);
});

test('tools that only look need no peers', () => {
  assert.deepEqual(problems({}, {}, []), []);
});

test('all problems are told together, each with its source', () => {
  const env = { STOCKSTREAM_PORT: 'x', STOCKSTREAM_CACHE: 'redis', STOCKSTREAM_HOST: '0.0.0.0' };
  const sources = problems({ log: 'kafka', documents: 'files' }, env).map((line) => line.split(':')[0]?.trim());
  assert.deepEqual(sources, [
    '--documents',
    'STOCKSTREAM_PORT',
    '--brokers or STOCKSTREAM_BROKERS',
    '--redis or STOCKSTREAM_REDIS',
    '--jwt-secret or STOCKSTREAM_JWT_SECRET',
  ]);
});

test('secrets are never shown', () => {
  const mongo = 'mongodb://user:pass-word@host/shop';
  const config = read({ jwtSecret: secret, mongo });
  assert.equal(config.jwtSecret, secret);
  const shown = `${JSON.stringify(config)} ${inspect({ config })}`;
  assert.ok(shown.includes('(hidden)') && !shown.includes(secret) && !shown.includes('pass-word'), shown);
  const told = problems({ jwtSecret: 'tooshort', mongo: 'user:pass-word@host' }).join();
  assert.ok(!told.includes('tooshort') && !told.includes('pass-word'), told);
});
