// What every adapter of the mail port does. It is read where the adapter says that mails arrive.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { Mail } from '../../effects/mail/mail.ts';
import { from, mailTo, readMail } from '../effects/mail/mails.ts';

export interface MailAdapter {
  open(from: string): Promise<Mail>;
  /** All mails that arrived since `open`, as bytes; the same one twice if it arrived twice. */
  arrived(): Promise<readonly Buffer[]>;
}

export function mailSuite(name: string, adapter: MailAdapter): void {
  describe(`${name} as mail`, () => {
    let mail: Mail;
    beforeEach(async () => {
      mail = await adapter.open(from);
    });
    afterEach(() => mail.close());

    const only = async () => {
      const arrived = await adapter.arrived();
      assert.equal(arrived.length, 1);
      return await readMail(arrived[0]!);
    };

    test('a mail arrives as it was sent', async () => {
      const headers = { 'List-Unsubscribe': '<https://shop.example/off?token=a.b>' };
      const sent = mailTo('ada@example.com', { headers });
      assert.deepEqual(await mail.send(sent), { kind: 'accepted' });
      const read = await only();
      assert.equal(read.messageId, '<news-1@shop.example>');
      assert.equal(read.from, from);
      assert.deepEqual(read.to, ['ada@example.com']);
      assert.equal(read.subject, sent.subject);
      assert.equal(read.text.trimEnd(), sent.text.trimEnd());
      assert.equal(read.html.trim(), sent.html);
      assert.equal(read.date, '2026-11-21T08:00:00.000Z');
      assert.equal(read.headers['list-unsubscribe'], headers['List-Unsubscribe']);
    });

    test('sent again it has the same bytes', async () => {
      for (let time = 0; time < 3; time++) await mail.send(mailTo('ada@example.com'));
      const arrived = await adapter.arrived();
      assert.equal(new Set(arrived.map((raw) => raw.toString())).size, 1);
    });

    test('mails with ids of their own are mails of their own', async () => {
      const ids = Array.from({ length: 20 }, (_, each) => `news-${each}@shop.example`);
      await Promise.all(ids.map((messageId) => mail.send(mailTo('ada@example.com', { messageId }))));
      const read = await Promise.all((await adapter.arrived()).map(readMail));
      assert.deepEqual(read.map(({ messageId }) => messageId).toSorted(), ids.map((id) => `<${id}>`).toSorted());
    });

    test('an address is one address, and a subject one line, whatever is in them', async () => {
      const subject = 'News\r\nBcc: eve@example.com\r\n\r\nIn the body?';
      await mail.send(mailTo('a,eve@example.com', { subject }));
      const read = await only();
      assert.deepEqual(read.to, ['"a,eve"@example.com']);
      assert.equal(read.headers.bcc, undefined);
      assert.equal(read.text.trimEnd(), mailTo('').text.trimEnd());
    });

    test('content is text, never the name of something to read', async () => {
      await mail.send(mailTo('ada@example.com', { text: 'file:///etc/hostname', html: 'data:text/html,x' }));
      const read = await only();
      assert.equal(read.text.trim(), 'file:///etc/hostname');
      assert.equal(read.html.trim(), 'data:text/html,x');
    });

    test('an id that could be a path or a header is a fault of the program', async () => {
      for (const messageId of ['../news@shop.example', 'a\r\nb@shop.example', 'noatsign', '']) {
        await assert.rejects(mail.send(mailTo('ada@example.com', { messageId })), /can be a message id/);
      }
      assert.deepEqual(await adapter.arrived(), []);
    });

    test('closed, it takes nothing more', async () => {
      await mail.close();
      await assert.rejects(mail.send(mailTo('ada@example.com')), (error) =>
        isStockstreamError(error, 'MAIL_UNAVAILABLE'),
      );
      await mail.close();
      assert.deepEqual(await adapter.arrived(), []);
    });
  });
}
