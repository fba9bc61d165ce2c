// The process that the kill test of mails kills: the effect and the outbox view as workers run them, on a log and
// documents on disk. It prints the id of each mail that was handed over, and says when all have been told of.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { readConfig } from '../../app/config.ts';
import { createLogger } from '../../app/logging.ts';
import { mailsOf } from '../../app/mails.ts';
import { openMail } from '../../app/wire/effects.ts';
import { openLog } from '../../app/wire/log.ts';
import { openDocuments } from '../../app/wire/views.ts';
import { systemClock as clock } from '../../base/clock.ts';
import { systemRandom as random } from '../../base/random.ts';
import type { Mail } from '../../effects/mail/mail.ts';
import { topics } from '../../schemas/topics.ts';
import { effectTask } from '../../streams/effect.ts';
import { EffectThread } from '../../streams/effect-thread.ts';
import { createEffectMetrics, createViewMetrics } from '../../streams/metrics.ts';
import { view } from '../../streams/view.ts';
import { ViewThread } from '../../streams/view-thread.ts';
import { collections } from '../../views/collections.ts';
import { projectMails } from '../../views/mails.ts';

const [data = '', smtp = '', count = '0'] = process.argv.slice(2);

const say = (line: string) => writeSync(1, `${line}\n`);
const onFailure = (error: unknown) => {
  console.error(error);
  process.exit(1);
};

/** Says what was handed over, at the moment when a kill loses what came of it. */
function telling(mail: Mail): Mail {
  return {
    async send(outgoing, signal) {
      const answer = await mail.send(outgoing, signal);
      say(outgoing.messageId);
      return answer;
    },
    close: () => mail.close(),
  };
}

async function run(): Promise<void> {
  const sender = { mail: 'smtp', smtp, mailFrom: 'orders@shop.example', publicUrl: 'https://shop.example' };
  const flags = { data: join(data, 'data'), logLevel: 'silent', ...(smtp === '' ? {} : sender) };
  const config = readConfig({ flags, env: {}, parts: ['gateway', 'worker'] });
  const logger = createLogger(config);
  const log = await openLog(config, logger);
  const documents = await openDocuments(config, logger);
  const mail = telling(await openMail(config, smtp === '' ? 'outbox' : 'smtp'));
  const { deadLetters } = topics;
  const parts = {
    log,
    clock,
    random,
    appId: 'test',
    instanceId: '0',
    deadLetters,
    codeVersion: 'test',
    logger,
    onFailure,
  };
  const outbox = view(collections.outbox.name, { topic: topics.mails, projection: projectMails, sink: documents });
  new ViewThread({ ...parts, view: outbox, metrics: createViewMetrics(new Registry()) }).start();
  const effect = effectTask(topics.notifications, await mailsOf({ config, topics, documents, mail }));
  const metrics = createEffectMetrics(new Registry());
  new EffectThread({ ...parts, task: effect, metrics }).start();
  while ((await documents.count(collections.outbox.name)) < Number(count)) {
    await new Promise((resolve) => clock.schedule(20, () => resolve(undefined)));
  }
  say('all');
}

if (data !== '') await run().catch(onFailure);
