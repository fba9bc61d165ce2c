// One mail an event, however often the worker is killed: by SMTP every notification arrives under one Message-ID of its
// own and none is missing; only what was in hand at a kill arrives twice, as the same bytes. In the outbox each is one file.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock as clock } from '../../base/clock.ts';
import { seededRandom } from '../../base/random.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { topics } from '../../schemas/topics.ts';
import type { MailOutcome, Notification } from '../../schemas/types.generated.ts';
import { readMail } from '../effects/mail/mails.ts';
import { news } from '../effects/mail/news.ts';
import { MailServer } from '../effects/mail/smtp/mail-server.ts';
import { readBatches } from '../log/embedded/records.ts';

const count = 400;
const users = 25;
const kills = 6;
const script = fileURLToPath(new URL('mail-worker.ts', import.meta.url));
const ids = Array.from({ length: count }, (_, each) => `order/${each}/user-${each % users}`);

const notificationOf = new Map(
  ids.map((id) => [`<${createHash('sha256').update(id).digest('base64url')}@shop.example>`, id]),
);

function openLogOf(directory: string): Promise<EmbeddedLog> {
  return openEmbeddedLog({ directory: join(directory, 'data', 'log'), clock });
}

async function writeNews(directory: string): Promise<void> {
  const log = await openLogOf(directory);
  await log.admin.createTopics(Object.values(topics));
  const producer = await log.producer();
  const { name, partitions, serde } = topics.notifications;
  for (const [each, notificationId] of ids.entries()) {
    const userId = `user-${each % users}`;
    const value: Notification = { ...news, notificationId, userId, email: `${userId}@example.com` };
    const batch = new RecordBatchBuilder().encode(clock.now(), userId, value, serde);
    await producer.append(name, partitionOf(userId, partitions), batch);
  }
  await producer.close();
  await log.close();
}

/** The ids of notifications whose outcome the log has, in the order of each partition. */
async function readTold(directory: string): Promise<string[]> {
  const log = await openLogOf(directory);
  const { name: topic, partitions, serde } = topics.mails;
  const told: MailOutcome[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    for (const batch of await readBatches(log, { topic, partition }, 0, 1 << 20)) {
      for (const { value } of batch.records()) told.push(serde.decode(value!));
    }
  }
  await log.close();
  assert.ok(told.every(({ outcome }) => outcome.type === 'MailSent'));
  return told.map(({ notificationId }) => notificationId);
}

function start(directory: string, smtp: string): ChildProcess {
  return spawn(process.execPath, [script, directory, smtp, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the worker after so many mails, or at the end. Gives whether that came. */
async function runUntil(child: ChildProcess, mails: number): Promise<boolean> {
  let handed = 0;
  let isDone = false;
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line === 'all') isDone = true;
    else handed++;
    if (handed >= mails || isDone) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  return isDone;
}

/** Runs workers on `directory`, each killed after some mails, the last one when all is told. */
async function runAll(directory: string, smtp: string, onKill: (told: ReadonlySet<string>) => void): Promise<void> {
  const seed = Date.now() % 1_000_000;
  console.log(`killed by seed ${seed}`);
  const random = seededRandom(seed);
  for (let kill = 0; ; kill++) {
    const mails = kill < kills ? 1 + random.int((2 * count) / (kills + 4)) : Number.POSITIVE_INFINITY;
    const isDone = await runUntil(start(directory, smtp), mails);
    if (isDone) return;
    onKill(new Set(await readTold(directory)));
  }
}

describe('kill -9 while mails go out, repeatedly', () => {
  const directory = () => mkdtempSync(join(tmpdir(), 'stockstream-mail-'));

  test('by SMTP: none missing, one Message-ID each, twice only what was in hand', { timeout: 110_000 }, async () => {
    const data = directory();
    const server = await MailServer.start();
    try {
      await writeNews(data);
      /** For each run: where its mails begin, and what the log had been told of by then. */
      const runs: { from: number; told: ReadonlySet<string> }[] = [{ from: 0, told: new Set() }];
      await runAll(data, `smtp://127.0.0.1:${server.port}`, (told) => runs.push({ from: server.arrived.length, told }));
      assert.ok(runs.length > kills / 2, 'it was killed in the middle');
      const mails = await Promise.all(server.arrived.map(({ raw }) => readMail(raw)));
      const messageIds = mails.map(({ messageId }) => messageId);
      assert.equal(new Set(messageIds).size, count, 'every notification has one Message-ID, and none is missing');
      const bytes = new Set(server.arrived.map(({ raw }) => raw.toString()));
      assert.equal(bytes.size, count, 'what arrived twice is the same mail');
      assert.deepEqual((await readTold(data)).toSorted(), ids.toSorted(), 'each is told of once');

      const runOf = (index: number) => runs.findLastIndex(({ from }) => from <= index);
      for (const [index, messageId] of messageIds.entries()) {
        const { told } = runs[runOf(index)]!;
        const id = notificationOf.get(messageId ?? '') ?? '';
        assert.ok(ids.includes(id), `${messageId} is of no notification`);
        assert.ok(!told.has(id), `${id} was told of, and sent again`);
        const again = messageIds.indexOf(messageId, index + 1);
        assert.ok(again < 0 || runOf(again) > runOf(index), `${id} was sent twice without a kill`);
      }
      console.log(`${count} mails, ${runs.length - 1} kills, ${messageIds.length - count} arrived twice`);
    } finally {
      await server.close();
      rmSync(data, { recursive: true, force: true });
    }
  });

  test('in the outbox: one whole file each', { timeout: 110_000 }, async () => {
    const data = directory();
    try {
      await writeNews(data);
      let killed = 0;
      await runAll(data, '', () => killed++);
      assert.ok(killed > kills / 2, 'it was killed in the middle');
      const outbox = join(data, 'data', 'outbox');
      const files = readdirSync(outbox).filter((file) => file.endsWith('.eml'));
      assert.equal(files.length, count);
      for (const file of files) {
        const { messageId, html } = await readMail(readFileSync(join(outbox, file)));
        assert.equal(`${messageId?.slice(1, -1)}.eml`, file);
        assert.ok(html.trimEnd().endsWith('</html>'), `${file} is whole`);
      }
      assert.deepEqual((await readTold(data)).toSorted(), ids.toSorted(), 'each is told of once');
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
});
