// The outbox keeps the contract of the mail port: one file a mail, written once and whole.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { isStockstreamError } from '../../../../base/errors.ts';
import { openOutboxMail } from '../../../../effects/mail/outbox/outbox-mail.ts';
import { mailSuite } from '../../../conformance/mail.suite.ts';
import { from, mailTo } from '../mails.ts';

const base = mkdtempSync(join(tmpdir(), 'outbox-'));
after(() => rmSync(base, { recursive: true }));
let count = 0;
const newDirectory = () => join(base, String(++count), 'made');
const filesOf = (directory: string) => readdirSync(directory).toSorted();

let directory = '';
mailSuite('The outbox', {
  open: async (sender) => {
    directory = newDirectory();
    return await openOutboxMail({ directory, from: sender });
  },
  arrived: async () => filesOf(directory).map((file) => readFileSync(join(directory, file))),
});

describe('the outbox', () => {
  test('is a file a message id; sending again leaves it untouched, over a restart, too', async () => {
    const directory = newDirectory();
    const first = await openOutboxMail({ directory, from });
    await Promise.all([first.send(mailTo('ada@example.com')), first.send(mailTo('ada@example.com'))]);
    await first.close();
    const file = join(directory, 'news-1@shop.example.eml');
    assert.deepEqual(filesOf(directory), ['news-1@shop.example.eml']);
    const { ino, mtimeMs } = statSync(file);
    const bytes = readFileSync(file);
    const second = await openOutboxMail({ directory, from });
    assert.deepEqual(await second.send(mailTo('ada@example.com', { text: 'other words' })), { kind: 'accepted' });
    assert.deepEqual([statSync(file).ino, statSync(file).mtimeMs, readFileSync(file)], [ino, mtimeMs, bytes]);
    assert.deepEqual(filesOf(directory), ['news-1@shop.example.eml']);
    await second.close();
  });

  test('what a crash left half written goes with a later start; what another one is writing stays', async () => {
    const directory = newDirectory();
    await (await openOutboxMail({ directory, from })).close();
    for (const file of ['left.part', 'new.part']) writeFileSync(join(directory, file), 'Subject: hal');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(directory, 'left.part'), longAgo, longAgo);
    const mail = await openOutboxMail({ directory, from });
    assert.deepEqual(filesOf(directory), ['new.part']);
    await mail.close();
  });

  test('a directory that cannot be is told when it opens; one that is gone, with the mail', async () => {
    const isUnavailable = (error: unknown) => isStockstreamError(error, 'MAIL_UNAVAILABLE');
    const file = join(base, 'a-file');
    writeFileSync(file, '');
    await assert.rejects(openOutboxMail({ directory: join(file, 'below'), from }), isUnavailable);
    const directory = newDirectory();
    const mail = await openOutboxMail({ directory, from });
    rmSync(directory, { recursive: true });
    await assert.rejects(mail.send(mailTo('ada@example.com')), isUnavailable);
    await mail.close();
  });
});
