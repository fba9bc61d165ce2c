// What becomes of a notification: who gets which mail, when none goes out, and what is told of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isStockstreamError, StockstreamError } from '../../../base/errors.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { MailAnswer, OutgoingMail } from '../../../effects/mail/mail.ts';
import { type NotifyParts, type Recipient, sendMails } from '../../../effects/mail/notify.ts';
import { topics } from '../../../schemas/topics.ts';
import type { MailOutcome, Notification } from '../../../schemas/types.generated.ts';
import type { Forwarded, Record } from '../../../streams/api.ts';
import { news } from './news.ts';

const carl: Recipient = { email: 'carl@home.example', name: 'Carl', wantsOrderMails: true };

function given(recipient: Recipient | undefined, change: Partial<NotifyParts> & { answer?: MailAnswer } = {}) {
  const { answer = { kind: 'accepted' }, ...parts } = change;
  const sent: OutgoingMail[] = [];
  const clock = new SteppedClock();
  const effect = sendMails({
    mail: {
      send: async (mail) => {
        sent.push(mail);
        return answer;
      },
      close: async () => undefined,
    },
    topics,
    clock,
    domain: 'shop.example',
    recipientOf: async (userId) => (userId === 'carl' ? recipient : undefined),
    isTold: async () => false,
    unsubscribeUrlOf: (userId) => `https://shop.example/off?token=${userId}`,
    ...parts,
  });
  const perform = (value: Notification) => effect.perform(recordOf(value), new AbortController().signal);
  return { sent, clock, effect, perform };
}

function recordOf(value: Notification): Record<Notification> {
  return { topic: 'topic', partition: 0, offset: 7, key: value.userId, value, timestamp: 1, headers: [] };
}

/** What was told, which is one record. */
function told(forwarded: readonly Forwarded[] | undefined): MailOutcome {
  assert.equal(forwarded?.length, 1);
  const { topic, key, value } = forwarded[0]!;
  assert.deepEqual([topic.name, key], ['mails', 'carl']);
  const bytes = Buffer.alloc(4_096);
  return topics.mails.serde.decode(bytes.subarray(0, topics.mails.serde.encode(value as MailOutcome, bytes, 0)));
}

describe('a notification', () => {
  test('becomes a mail, and a record of it', async () => {
    const { perform, sent, clock } = given(carl);
    const { text, subject, ...outcome } = told(await perform(news));
    const [mail] = sent;
    assert.equal(sent.length, 1);
    assert.match(mail?.messageId ?? '', /^[\w-]{43}@shop\.example$/);
    assert.deepEqual([mail?.to, mail?.date, mail?.subject], ['carl@example.com', news.at, 'Your order is confirmed']);
    assert.deepEqual(mail?.headers, { 'Auto-Submitted': 'auto-generated' });
    assert.ok(text.startsWith('Hello Carl,\n\nThank you'), text);
    assert.deepEqual([text, subject], [mail?.text, mail?.subject]);
    assert.deepEqual(outcome, {
      notificationId: news.notificationId,
      orderId: news.orderId,
      userId: 'carl',
      to: 'carl@example.com',
      kind: 'order_placed',
      at: clock.now(),
      outcome: { type: 'MailSent' },
    });
  });

  test('performed again it is the very same mail; another one is another', async () => {
    const { perform, sent, clock } = given(carl);
    const delivered = { ...news, kind: 'order_delivered' } as const;
    await perform(delivered);
    clock.step(60_000);
    await perform(delivered);
    await perform({ ...delivered, notificationId: `${news.orderId}/5/carl` });
    assert.deepEqual(sent[0], sent[1]);
    assert.notEqual(sent[0]?.messageId, sent[2]?.messageId);
  });

  test('whose outcome is known already sends nothing and tells nothing', async () => {
    const asked: string[] = [];
    const isTold = async (id: string) => asked.push(id) > 0;
    const { perform, sent } = given(carl, { isTold });
    assert.deepEqual([await perform(news), sent, asked], [[], [], [news.notificationId]]);
  });

  test('goes to the address of the account if it brings none', async () => {
    const { perform, sent } = given(carl);
    assert.equal(told(await perform({ ...news, email: '' })).to, 'carl@home.example');
    assert.equal(sent[0]?.to, 'carl@home.example');
  });

  test('of somebody without an account goes to the address that it brings', async () => {
    const { perform, sent } = given(undefined);
    assert.equal(told(await perform({ ...news, kind: 'order_delivered' })).outcome.type, 'MailSent');
    assert.ok(sent[0]?.text.startsWith('Hello,\n'));
    assert.ok(!('List-Unsubscribe' in (sent[0]?.headers ?? {})), 'there is no account that could choose');
  });

  test('of which no address is known is tried again, and then told as that', async () => {
    const { perform, sent, effect } = given(undefined);
    const value = { ...news, email: '' };
    const error: unknown = await perform(value).catch((thrown: unknown) => thrown);
    assert.ok(isStockstreamError(error, 'MAIL_ADDRESS_UNKNOWN') && error.disposition === 'retry');
    const { to, outcome, subject } = told(effect.giveUp(recordOf(value), error));
    assert.deepEqual([to, outcome, subject], ['', { type: 'MailWithoutAddress' }, 'Your order is confirmed']);
    assert.deepEqual(sent, []);
  });

  test('that the server refuses for good is told with its words', async () => {
    const { perform } = given(carl, { answer: { kind: 'refused', reason: '550 5.1.1 no such user' } });
    assert.deepEqual(told(await perform(news)).outcome, { type: 'MailRefused', reason: '550 5.1.1 no such user' });
  });

  test('that cannot be sent now is never given up', async () => {
    const away = new StockstreamError('MAIL_UNAVAILABLE', { reason: 'ECONNREFUSED' });
    const mail = { send: () => Promise.reject(away), close: async () => undefined };
    const { perform, effect } = given(carl, { mail });
    await assert.rejects(perform(news), away);
    assert.equal(effect.giveUp(recordOf(news), away), undefined);
    assert.equal(effect.giveUp(recordOf(news), new Error('anything')), undefined);
  });

  test('of a kind that only a newer program knows goes to the dead letters', async () => {
    const { perform, effect } = given(carl);
    const error: unknown = await perform({ ...news, kind: 'other' }).catch((thrown: unknown) => thrown);
    assert.ok(isStockstreamError(error, 'MAIL_KIND_UNKNOWN') && error.disposition === 'deadLetter');
    assert.equal(effect.giveUp(recordOf(news), error), undefined);
  });
});

describe('who wants no order mails', () => {
  const choosy = { ...carl, wantsOrderMails: false };
  for (const kind of ['order_in_transit', 'order_delivered', 'seller_order_placed'] as const) {
    test(`gets no ${kind}, and the record says so`, async () => {
      const { perform, sent } = given(choosy);
      const { outcome, to, text } = told(await perform({ ...news, kind }));
      assert.deepEqual([outcome.type, to, sent], ['MailSuppressed', 'carl@example.com', []]);
      assert.ok(text.startsWith('Hello Carl,'));
    });

    test(`else ${kind} says how to have no more, with one click`, async () => {
      const { perform, sent } = given(carl);
      const { text } = told(await perform({ ...news, kind }));
      const url = 'https://shop.example/off?token=carl';
      assert.equal(sent[0]?.headers['List-Unsubscribe'], `<${url}>`);
      assert.equal(sent[0]?.headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click');
      assert.ok(sent[0]?.text.endsWith(`${url}\n`) && sent[0].html.includes(url));
      assert.ok(!text.includes(url), 'the link is for the person alone');
    });
  }

  for (const kind of ['order_placed', 'order_cancelled', 'order_refunded'] as const) {
    test(`gets ${kind} all the same, without a way out that leads nowhere`, async () => {
      const { perform, sent } = given(choosy);
      assert.equal(told(await perform({ ...news, kind })).outcome.type, 'MailSent');
      assert.deepEqual(sent[0]?.headers, { 'Auto-Submitted': 'auto-generated' });
      assert.ok(!sent[0]?.text.includes('token='));
    });
  }

  test('one click is offered by HTTPS alone', async () => {
    const { perform, sent } = given(carl, { unsubscribeUrlOf: () => 'http://127.0.0.1:3000/off' });
    await perform({ ...news, kind: 'order_delivered' });
    assert.equal(sent[0]?.headers['List-Unsubscribe'], '<http://127.0.0.1:3000/off>');
    assert.ok(!('List-Unsubscribe-Post' in sent[0].headers));
  });
});
