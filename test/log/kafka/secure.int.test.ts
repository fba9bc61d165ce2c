// On a real Kafka of the test's own: each way in by TLS and SASL works, each wrong one is told by its code, soon, and without
// secrets; rights are enough or missed; transactions that take too long are aborted, and their producers go on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { type KafkaLog, openKafkaLog } from '../../../log/kafka/kafka-log.ts';
import type { KafkaLogOptions, Sasl, Tls } from '../../../log/kafka/options.ts';
import { TestMember } from '../../conformance/log/test-member.ts';
import { batchOf, quick } from './fake/kit.ts';
import { missing, type OwnKafka, passwords, startKafka } from './own-kafka.ts';

type Ways = Pick<KafkaLogOptions, 'brokers'> & { readonly tls?: Tls; readonly sasl?: Sasl };

/** Each test says that it was not run, if it can't be. */
const check = (name: string, body: () => Promise<void>) => test(`a broker ${name}`, { skip: missing }, body);

/** A token that the broker takes at its word: JSON web token, algorithm none. */
function tokenOf(name: string): string {
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: name, iat: now - 1, exp: now + 60 })}.`;
}

const options = { ...quick, connectTimeoutMs: 5_000, requestTimeoutMs: 10_000 };

let kafka: OwnKafka;
before(async () => {
  if (!missing) kafka = await startKafka();
});
const opened: KafkaLog[] = [];
after(async () => {
  await Promise.all(opened.map((log) => log.close()));
  await kafka?.stop();
});

/** Closed at the end, if not before. */
async function open(ways: Ways & Partial<KafkaLogOptions>): Promise<KafkaLog> {
  const log = await openKafkaLog({ ...options, ...ways });
  opened.push(log);
  return log;
}

const loginOf = (name: keyof typeof passwords, mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' = 'PLAIN') => {
  return { mechanism, username: name, password: passwords[name] };
};
const secure = (sasl: Sasl): Ways => {
  return { brokers: [kafka.at.secure], tls: { ca: kafka.certificates.ca }, sasl };
};

/** Writes and reads a record in a topic of its own. */
async function works(log: KafkaLog, topic: string): Promise<void> {
  await log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
  const producer = await log.transactionalProducer(topic);
  const transaction = producer.begin();
  transaction.append(topic, 0, batchOf('there'));
  await transaction.commit();
  await producer.close();
  const fetcher = log.fetcher();
  fetcher.assign({ topic, partition: 0 }, 0);
  let count = 0;
  while (count === 0) {
    for (const { batches } of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 1_000 })) count += batches.length;
  }
  await fetcher.close();
}

async function letsIn(ways: Ways, topic: string): Promise<void> {
  const log = await openKafkaLog({ ...options, ...ways });
  try {
    await works(log, topic);
  } finally {
    await log.close();
  }
}

async function turnsAway(ways: Ways, code: ErrorCode, message = /./): Promise<void> {
  const began = performance.now();
  await assert.rejects(openKafkaLog({ ...options, ...ways }), (error) => {
    assert.ok(isStockstreamError(error, code), String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(JSON.stringify(error.details) + error.stack, /secret|wrong-password/);
    return true;
  });
  assert.ok(performance.now() - began < 4_000, 'it is told soon');
}

check('lets in who trusts its certificate', () => {
  return letsIn({ brokers: [kafka.at.tls], tls: { ca: kafka.certificates.ca } }, 'tls');
});

check('lets in who shows a certificate', () => {
  const tls = { ca: kafka.certificates.ca, ...kafka.certificates.client };
  return letsIn({ brokers: [kafka.at.mutual], tls }, 'mutual');
});

for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
  check(`lets in who has a password, by ${mechanism}`, () => letsIn(secure(loginOf('alice', mechanism)), mechanism));
  check(`turns a wrong password away, by ${mechanism}`, async () => {
    const login = { ...loginOf('alice', mechanism), password: 'wrong-password' };
    await turnsAway(secure(login), 'LOG_AUTHENTICATION_FAILED', new RegExp(kafka.at.secure));
    await turnsAway(secure({ ...login, username: 'nobody' }), 'LOG_AUTHENTICATION_FAILED');
  });
}

check('lets in who has a token, and asks for a new one for each connection', async () => {
  let asked = 0;
  const token = async () => {
    asked++;
    return tokenOf('alice');
  };
  await letsIn(secure({ mechanism: 'OAUTHBEARER', token }), 'oauthbearer');
  assert.ok(asked > 1);
  await turnsAway(secure({ mechanism: 'OAUTHBEARER', token: () => 'no-token' }), 'LOG_AUTHENTICATION_FAILED');
});

check('is told from one that nobody should trust', async () => {
  const { ca, otherCa } = kafka.certificates;
  await turnsAway({ brokers: [kafka.at.tls], tls: { ca: otherCa } }, 'LOG_TLS_FAILED', /certificate/);
  await turnsAway({ brokers: [kafka.at.tls], tls: {} }, 'LOG_TLS_FAILED', /certificate/);
  const byNumber = kafka.at.tls.replace('localhost', '127.0.0.1');
  await turnsAway({ brokers: [byNumber], tls: { ca } }, 'LOG_TLS_FAILED', /127\.0\.0\.1/);
});

check('turns away who has no certificate, no credentials, or speaks in the clear', async () => {
  const tls = { ca: kafka.certificates.ca };
  await turnsAway({ brokers: [kafka.at.mutual], tls }, 'LOG_TLS_FAILED', /certificate/);
  await turnsAway({ brokers: [kafka.at.secure], tls }, 'LOG_AUTHENTICATION_FAILED', /may ask for SASL/);
  await turnsAway({ brokers: [kafka.at.tls] }, 'LOG_TLS_FAILED');
  await turnsAway({ brokers: [kafka.at.plain], tls }, 'LOG_TLS_FAILED');
  const sasl = loginOf('alice');
  await turnsAway({ brokers: [kafka.at.plain], sasl }, 'LOG_AUTHENTICATION_FAILED');
});

check('goes on with who is there when a session is over', async () => {
  const log = await open(secure(loginOf('alice', 'SCRAM-SHA-256')));
  await log.admin.createTopics([{ name: 'sessions', partitions: 1, cleanup: 'delete' }]);
  const producer = await log.producer();
  const fetcher = log.fetcher();
  fetcher.assign({ topic: 'sessions', partition: 0 }, 0);
  const until = performance.now() + 5_000;
  let [written, read] = [0, 0];
  while (performance.now() < until || read < written) {
    if (performance.now() < until) await producer.append('sessions', 0, batchOf(String(written++)));
    for (const { batches } of await fetcher.poll({ maxWaitMs: 20, maxBytes: 10_000 })) {
      for (const batch of batches) read += batch.count;
    }
    assert.deepEqual(log.health, { answers: true });
    await wait(5);
  }
  assert.equal(read, written);
  await log.close();
});

check('says what somebody may not do', async () => {
  const guest = await open(secure(loginOf('guest')));
  const denied = (work: Promise<unknown>) => assert.rejects(work, { code: 'LOG_NOT_AUTHORIZED' });
  await letsIn({ brokers: [kafka.at.plain] }, 'private');
  await denied(guest.admin.createTopics([{ name: 'own', partitions: 1, cleanup: 'delete' }]));
  await denied(guest.transactionalProducer('id'));
  await denied(guest.admin.offsets([{ topic: 'private', partition: 0 }], 'latest'));
  await denied(guest.admin.committedOffsets('group', [{ topic: 'private', partition: 0 }]));
  await denied(guest.producer().then((producer) => producer.append('private', 0, batchOf('a'))));
  const fetcher = guest.fetcher();
  fetcher.assign({ topic: 'private', partition: 0 }, 0);
  await denied(fetcher.poll({ maxWaitMs: 5_000, maxBytes: 1 }));
  const group = { group: 'group', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000 };
  await denied(TestMember.join(guest, group, 'one'));
  await guest.close();
});

check('lets who has the rights that are documented do all of it', async () => {
  const prefix = 'shop-';
  await grant(kafka.at.plain, 'worker', prefix);
  const log = await open({ ...secure(loginOf('worker')), prefix });
  await works(log, 'topic');
  const group = { group: 'group', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000 };
  const member = await TestMember.join(log, group, 'one');
  while (member.assigned === undefined) await wait(10);
  const producer = await log.transactionalProducer('id');
  const transaction = producer.begin();
  transaction.commitOffsets(member.metadata, [{ topic: 'topic', partition: 0, offset: 1 }]);
  await transaction.commit();
  await (await log.producer()).append('topic', 0, batchOf('plain'));
  assert.deepEqual(await log.admin.committedOffsets('group', [{ topic: 'topic', partition: 0 }]), [1]);
  assert.deepEqual(await log.admin.topicDrift([{ name: 'topic', partitions: 1, cleanup: 'delete' }]), []);
  await log.admin.deleteRecords({ topic: 'topic', partition: 0 }, 1);
  await member.leave();
  await log.admin.deleteTopics(['topic']);
  await log.close();
});

check('aborts a transaction that takes too long, and its producer goes on', async () => {
  const log = await open({ brokers: [kafka.at.plain], transactionTimeoutMs: 1_000 });
  await log.admin.createTopics([{ name: 'late', partitions: 3, cleanup: 'delete' }]);
  const end = async (partition: number) => {
    return (await log.admin.offsets([{ topic: 'late', partition }], 'latest', 'uncommitted'))[0]!;
  };
  const producer = await log.transactionalProducer('late');
  for (const [partition, isContinued] of [true, false].entries()) {
    const late = producer.begin();
    late.append('late', partition, batchOf('lost'));
    // The record, then the mark of its abort.
    while ((await end(partition)) < 2) await wait(20);
    if (isContinued) late.append('late', partition, batchOf('lost, too'));
    await assert.rejects(late.commit(), { code: 'LOG_TRANSACTION_ABORTED' });
    const next = producer.begin();
    next.append('late', partition, batchOf('kept'));
    await next.commit();
  }
  const replaced = producer.begin();
  replaced.append('late', 2, batchOf('zombie'));
  while ((await end(2)) < 1) await wait(20);
  const heir = await log.transactionalProducer('late');
  replaced.append('late', 2, batchOf('zombie, too'));
  await assert.rejects(replaced.commit(), { code: 'LOG_PRODUCER_FENCED' });
  assert.throws(() => producer.begin(), { code: 'LOG_PRODUCER_FENCED' });
  const last = heir.begin();
  last.append('late', 2, batchOf('kept'));
  await last.commit();
  const fetcher = log.fetcher();
  const seen: string[] = [];
  for (const partition of [0, 1, 2]) fetcher.assign({ topic: 'late', partition }, 0);
  while (seen.length < 3) {
    for (const { partition, batches } of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 10_000 })) {
      for (const batch of batches) for (const { value } of batch.records()) seen.push(`${partition} ${value}`);
    }
  }
  assert.deepEqual(seen.sort(), ['0 kept', '1 kept', '2 kept']);
  await log.close();
});

/** The rights that docs/decisions/0004-kafka-adapter.md lists. */
async function grant(broker: string, name: string, prefix: string): Promise<void> {
  const { AclOperationTypes: may, AclResourceTypes: on, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
  const onTopics = [may.CREATE, may.DESCRIBE, may.DESCRIBE_CONFIGS, may.READ, may.WRITE, may.DELETE];
  const rights = [
    ...onTopics.map((operation) => ({ resourceType: on.TOPIC, operation })),
    { resourceType: on.GROUP, operation: may.READ },
    { resourceType: on.TRANSACTIONAL_ID, operation: may.WRITE },
  ];
  const admin = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const acl = rights.map((right) => ({
    ...{ ...right, resourceName: prefix, principal: `User:${name}`, host: '*' },
    ...{ resourcePatternType: ResourcePatternTypes.PREFIXED, permissionType: AclPermissionTypes.ALLOW },
  }));
  await admin.createAcls({ acl });
  await admin.disconnect();
}

check('whose transactions are of an older version is refused', async () => {
  const kafka = await startKafka(['transaction.version=1']);
  try {
    await assert.rejects(openKafkaLog({ ...options, brokers: [kafka.at.plain] }), (error) => {
      assert.ok(isStockstreamError(error, 'LOG_UNSUPPORTED_BROKER'), String(error));
      assert.match(error.message, /transaction\.version is 1, and 2 is needed/);
      return true;
    });
  } finally {
    await kafka.stop();
  }
});
