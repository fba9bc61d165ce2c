// SMTP keeps the contract of the mail port, against a real server; what refusals, greylisting, lost connections, logins
// and TLS become.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { isStockstreamError } from '../../../../base/errors.ts';
import type { Mail } from '../../../../effects/mail/mail.ts';
import { openSmtpMail, type SmtpMailOptions } from '../../../../effects/mail/smtp/smtp-mail.ts';
import { mailSuite } from '../../../conformance/mail.suite.ts';
import { from, mailTo, readMail } from '../mails.ts';
import { makeCertificate } from './certificate.ts';
import { MailServer, type Moods } from './mail-server.ts';

let server: MailServer;
const opened: Mail[] = [];
const connect = (change: Partial<SmtpMailOptions> = {}, at = server): Mail => {
  const mail = openSmtpMail({ url: `smtp://127.0.0.1:${at.port}`, from, ...change });
  opened.push(mail);
  return mail;
};
before(async () => {
  server = await MailServer.start();
});
after(() => server.close());
afterEach(async () => {
  for (const mail of opened.splice(0)) await mail.close();
  for (const mood of Object.keys(server.moods) as (keyof Moods)[]) delete server.moods[mood];
  server.arrived.length = 0;
});

mailSuite('SMTP', {
  open: async () => connect(),
  arrived: async () => server.arrived.map(({ raw }) => raw),
});

const unavailable = (reason: RegExp) => (error: unknown) => {
  assert.ok(isStockstreamError(error, 'MAIL_UNAVAILABLE'), String(error));
  assert.match(error.message, reason);
  return true;
};

describe('SMTP, what the server says:', () => {
  const refused: [name: string, moods: Moods][] = [
    ['no such mailbox', { recipient: { code: 550, words: '5.1.1 no such user' } }],
    ['a mailbox name that cannot be', { recipient: { code: 553, words: '5.1.3 bad mailbox' } }],
    ['the content', { data: { code: 554, words: '5.7.1 looks like spam' } }],
  ];
  for (const [name, moods] of refused) {
    test(`refused for good: ${name}`, async () => {
      Object.assign(server.moods, moods);
      const { code, words } = Object.values(moods)[0] as { code: number; words: string };
      const mail = connect();
      assert.deepEqual(await mail.send(mailTo('ada@example.com')), { kind: 'refused', reason: `${code} ${words}` });
      Object.assign(server.moods, { recipient: undefined, data: undefined });
      assert.deepEqual(await mail.send(mailTo('ada@example.com')), { kind: 'accepted' });
      assert.equal(server.arrived.length, 1);
    });
  }

  const passing: [name: string, moods: Moods, reason: RegExp][] = [
    ['greylisting', { recipient: { code: 451, words: '4.7.1 try again later' } }, /451 4\.7\.1 try again later/],
    ['a mailbox that is full', { recipient: { code: 452, words: '4.2.2 mailbox full' } }, /452/],
    ['not now, after the content', { data: { code: 451, words: '4.3.0 no room' } }, /451/],
    ['the service closes', { recipient: { code: 421, words: '4.3.2 shutting down' } }, /421/],
    ['our sender, which is a setting', { from: { code: 550, words: '5.7.1 not your domain' } }, /550/],
    ['a login comes first', { recipient: { code: 530, words: '5.7.0 authentication required' } }, /530/],
    ['a cut before the greeting', { cut: 'connect' }, /./],
    ['a cut in the middle', { cut: 'recipient' }, /./],
  ];
  for (const [name, moods, reason] of passing) {
    test(`for a later try: ${name}`, async () => {
      Object.assign(server.moods, moods);
      const mail = connect();
      await assert.rejects(mail.send(mailTo('ada@example.com')), unavailable(reason));
      assert.equal(server.arrived.length, 0);
      for (const mood of Object.keys(moods) as (keyof Moods)[]) delete server.moods[mood];
      assert.deepEqual(await mail.send(mailTo('ada@example.com')), { kind: 'accepted' });
      assert.equal(server.arrived.length, 1);
    });
  }

  test('a mail that was taken but not answered is not sent again by itself; sent again it is the same mail', async () => {
    server.moods.cut = 'afterData';
    const mail = connect();
    await assert.rejects(mail.send(mailTo('ada@example.com')), unavailable(/./));
    assert.equal(server.arrived.length, 1);
    server.moods.cut = undefined;
    await mail.send(mailTo('ada@example.com'));
    const ids = await Promise.all(server.arrived.map(async ({ raw }) => (await readMail(raw)).messageId));
    assert.deepEqual(ids, ['<news-1@shop.example>', '<news-1@shop.example>']);
    assert.deepEqual(server.arrived[0]?.raw, server.arrived[1]?.raw);
  });

  /** Resolves when the server has a mail that it never answers. */
  const silence = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.moods.silent = resolve;
    return promise;
  };

  test('a server that says nothing is given up', async () => {
    void silence();
    await assert.rejects(connect({ answerMs: 200 }).send(mailTo('ada@example.com')), unavailable(/./));
  });

  test('a try that is given up ends at once', async () => {
    const silent = silence();
    const giveUp = new AbortController();
    const sending = assert.rejects(connect().send(mailTo('ada@example.com'), giveUp.signal), unavailable(/./));
    await silent;
    giveUp.abort();
    await sending;
  });

  test('closing ends what is being sent', async () => {
    const silent = silence();
    const mail = connect();
    const sending = assert.rejects(mail.send(mailTo('ada@example.com')), unavailable(/./));
    await silent;
    await mail.close();
    await sending;
  });

  test('nobody listens', async () => {
    const gone = await MailServer.start();
    const mail = connect({}, gone);
    await gone.close();
    await assert.rejects(mail.send(mailTo('ada@example.com')), unavailable(/ECONNREFUSED/));
  });

  test('an address that SMTP has no form for is refused', async () => {
    const answer = await connect().send(mailTo('ada@exa mple.com'));
    assert.equal(answer.kind, 'refused');
    assert.equal(server.arrived.length, 0);
  });

  test('the envelope is the sender and the one recipient, over few connections', async () => {
    const before = server.connections;
    const mail = connect();
    const ids = Array.from({ length: 30 }, (_, each) => `many-${each}@shop.example`);
    await Promise.all(ids.map((messageId) => mail.send(mailTo('ada@example.com', { messageId }))));
    assert.equal(server.arrived.length, 30);
    for (const { from: sender, to } of server.arrived) {
      assert.deepEqual([sender, to], ['orders@shop.example', ['ada@example.com']]);
    }
    assert.ok(server.connections - before <= 4);
  });
});

describe('SMTP, the login and TLS:', () => {
  const good = makeCertificate();
  const other = makeCertificate();
  const servers: MailServer[] = [];
  const start = async (options: Parameters<typeof MailServer.start>[0]) => {
    const started = await MailServer.start(options);
    servers.push(started);
    return started;
  };
  after(() => Promise.all(servers.map((each) => each.close())));

  test('a user and a password with any characters', async () => {
    const locked = await start({ authOptional: false });
    const url = `smtp://shop:p%40ss%25word@127.0.0.1:${locked.port}`;
    assert.deepEqual(await connect({ url }).send(mailTo('ada@example.com')), { kind: 'accepted' });
    assert.equal(locked.arrived[0]?.user, 'shop');
  });

  test('a login that is not taken loses no mail', async () => {
    const locked = await start({ authOptional: false });
    for (const url of [`smtp://shop:wrong@127.0.0.1:${locked.port}`, `smtp://127.0.0.1:${locked.port}`]) {
      await assert.rejects(connect({ url }).send(mailTo('ada@example.com')), unavailable(/53[05]/));
    }
    assert.equal(locked.arrived.length, 0);
  });

  for (const [scheme, secure] of [
    ['smtp', false],
    ['smtps', true],
  ] as const) {
    test(`${scheme}: with a certificate that is trusted it is secure`, async () => {
      const safe = await start({ ...good, secure });
      const url = `${scheme}://shop:p%40ss%25word@localhost:${safe.port}`;
      assert.deepEqual(await connect({ url, ca: good.cert }).send(mailTo('ada@example.com')), { kind: 'accepted' });
      assert.deepEqual([safe.arrived[0]?.isSecure, safe.arrived[0]?.user], [true, 'shop']);
    });

    test(`${scheme}: with another certificate nothing is said`, async () => {
      const strange = await start({ ...good, secure });
      const url = `${scheme}://shop:p%40ss%25word@localhost:${strange.port}?tls=required`;
      for (const ca of [other.cert, undefined]) {
        const mail = connect({ url, ...(ca !== undefined && { ca }) });
        await assert.rejects(mail.send(mailTo('ada@example.com')), unavailable(/certificate|self-signed/));
      }
      assert.equal(strange.arrived.length, 0);
    });
  }

  test('without STARTTLS nothing is said, but on this machine or where it may be left out', async () => {
    const bare = await start({ disabledCommands: ['STARTTLS'] });
    const url = (rest: string) => `smtp://${rest.replace('PORT', String(bare.port))}`;
    for (const rest of ['0.0.0.0:PORT', '127.0.0.1:PORT?tls=required']) {
      await assert.rejects(connect({ url: url(rest) }).send(mailTo('ada@example.com')), unavailable(/STARTTLS|TLS/));
    }
    assert.equal(bare.arrived.length, 0);
    for (const rest of ['127.0.0.1:PORT', '0.0.0.0:PORT?tls=optional']) {
      assert.deepEqual(await connect({ url: url(rest) }).send(mailTo('ada@example.com')), { kind: 'accepted' });
    }
  });

  test('a URL of no use is told without its password', () => {
    for (const [url, reason] of [
      ['http://shop:secret@host', /not a URL like smtp:/],
      ['smtp://shop:secret@', /not a URL like smtp:/],
      ['smtp://shop:secret@host?tls=maybe', /give required or optional/],
      ['smtp://shop:secret%@host', /%25/],
    ] as const) {
      assert.throws(
        () => openSmtpMail({ url, from }),
        (error) => {
          assert.ok(isStockstreamError(error, 'CONFIG_INVALID'), String(error));
          assert.match(error.message, reason);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    }
  });
});
