// What can be wrong at the start is told by its code, soon: addresses that lead nowhere, somebody else who answers, a broker
// that is too old, a listener that wants TLS or credentials.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { errorCatalogue } from '../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { openKafkaLog } from '../../../log/kafka/kafka-log.ts';
import type { KafkaLogOptions } from '../../../log/kafka/options.ts';
import { FakeKafka } from './fake/fake-kafka.ts';
import { openOn, quick } from './fake/kit.ts';

/** Somebody at a port who isn't Kafka. */
async function stranger(t: TestContext, talk: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    talk(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that nobody listens at. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

async function refuses(
  options: Pick<KafkaLogOptions, 'brokers'> & Partial<KafkaLogOptions>,
  code: ErrorCode,
  message: RegExp,
) {
  const began = performance.now();
  await assert.rejects(openKafkaLog({ ...quick, ...options }), (error) => {
    assert.ok(isStockstreamError(error, code), String(error));
    assert.match(error.message, message);
    assert.ok(errorCatalogue[code].remedy.length > 0);
    return true;
  });
  assert.ok(performance.now() - began < 4 * quick.connectTimeoutMs, 'it is told soon');
}

describe('an address', () => {
  test('where nobody listens', async () => {
    const broker = await nobody();
    await refuses({ brokers: [broker] }, 'LOG_UNREACHABLE', new RegExp(`${broker}: connect ECONNREFUSED`));
  });

  test('whose name does not exist', async () => {
    await refuses({ brokers: ['no-such-host.invalid:9092'] }, 'LOG_UNREACHABLE', /no-such-host\.invalid:9092/);
  });

  test('whose port is none', async () => {
    await refuses({ brokers: ['127.0.0.1:99999'] }, 'LOG_UNREACHABLE', /99999/);
  });

  test('that takes connections and stays silent', async (t) => {
    const broker = await stranger(t, () => {});
    await refuses({ brokers: [broker] }, 'LOG_TIMED_OUT', new RegExp(`${broker} did not answer within 500 ms`));
  });

  test('where something else answers', async (t) => {
    const broker = await stranger(t, (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
    });
    await refuses({ brokers: [broker] }, 'LOG_UNREACHABLE', new RegExp(broker));
  });

  test('where nonsense of the right length comes back', async (t) => {
    const broker = await stranger(t, (socket) => {
      // The length, the correlation id of the first request, no error, an array that never ends.
      socket.once('data', () => socket.write(Buffer.from('0000000e000000010000ffffffff0f0000ff', 'hex')));
    });
    await refuses({ brokers: [broker] }, 'LOG_UNAVAILABLE', /cannot be understood/);
  });

  test('is passed over if another one answers', async (t) => {
    const fake = await FakeKafka.start(t);
    const silent = await stranger(t, () => {});
    for (const _ of [1, 2, 3]) {
      const log = await openOn(t, { addresses: [await nobody(), silent, ...fake.addresses] });
      assert.equal(log.health.answers, true);
    }
  });

  test('that brokers give of themselves, and that leads nowhere', async (t) => {
    const fake = await FakeKafka.start(t);
    const [address = ''] = fake.addresses;
    fake.brokers[0]!.port = Number((await nobody()).split(':')[1]);
    const advertised = fake.addresses[0]!;
    await refuses({ brokers: [address] }, 'LOG_UNREACHABLE', new RegExp(advertised));
  });
});

describe('a broker is of no use', () => {
  const isOld = (change: (fake: FakeKafka) => void, message: RegExp) => async (t: TestContext) => {
    const fake = await FakeKafka.start(t);
    change(fake);
    await refuses({ brokers: fake.addresses }, 'LOG_UNSUPPORTED_BROKER', message);
    assert.ok(
      fake.heard.every(({ api }) => api === 'ApiVersions'),
      'nothing else is asked of it',
    );
  };
  const change = (api: 'EndTxn' | 'Produce' | 'Fetch', version: number) => (fake: FakeKafka) => {
    fake.newest = { [api]: version };
  };
  test('that ends transactions without new epochs', isOld(change('EndTxn', 4), /version 5 of request 26/));
  test('that is of Kafka 3.5', isOld(change('Fetch', 15), /too old.*version 17 of request 1\b/));
  test(
    'whose transactions were not upgraded',
    isOld((fake) => (fake.transactionVersion = 1), /transaction\.version is 1, and 2 is needed/),
  );
  test(
    'that does not know how it is asked for its versions',
    // Error 35 and a list of versions, in the encoding of the first version.
    isOld((fake) => fake.fail('ApiVersions', () => Buffer.from('002300000001001200000003', 'hex')), /too old/),
  );
});

describe('a listener', () => {
  test('that hangs up on who has no credentials', async (t) => {
    const fake = await FakeKafka.start(t);
    fake.fail('Metadata', 'unheard', 'unheard');
    await refuses({ brokers: fake.addresses }, 'LOG_AUTHENTICATION_FAILED', /it may ask for SASL/);
  });

  test('that hangs up once is asked again', async (t) => {
    const fake = await FakeKafka.start(t);
    fake.fail('Metadata', 'unheard');
    await openOn(t, fake);
  });

  test('that speaks TLS', async (t) => {
    // An alert of TLS 1.2, fatal: unexpected message.
    const broker = await stranger(t, (socket) =>
      socket.once('data', () => socket.end(Buffer.from('1503030002020a', 'hex'))),
    );
    await refuses({ brokers: [broker] }, 'LOG_TLS_FAILED', /requires TLS/);
  });

  test('that does not speak TLS', async (t) => {
    const fake = await stranger(t, (socket) => socket.once('data', () => socket.destroy()));
    await refuses({ brokers: [fake], tls: {} }, 'LOG_TLS_FAILED', /TLS/);
  });
});

test('a broker that has just started and knows nobody is asked again, and then told', async (t) => {
  const fake = await FakeKafka.start(t);
  const nobodyYet = () => Buffer.from('00000000010566616b65000000000100', 'hex');
  fake.fail('Metadata', nobodyYet);
  await refuses({ brokers: fake.addresses }, 'LOG_UNAVAILABLE', /who is in the cluster.*just started/);
  fake.fail('Metadata', nobodyYet);
  await openOn(t, { addresses: [...fake.addresses, ...fake.addresses] });
});
