// A real SMTP server of the test's own, on a free port, that keeps what it takes and says no when it is told to.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A "no", by its code. */
export interface No {
  readonly code: number;
  readonly words: string;
}

/** What it answers from now on; nothing set: it takes every mail. */
export interface Moods {
  from?: No | undefined;
  recipient?: No | undefined;
  data?: No | undefined;
  /** Cuts the connection at that moment; `afterData` has taken the mail but never says so. */
  cut?: 'connect' | 'recipient' | 'afterData' | undefined;
  /** Takes a mail and never answers; called then. */
  silent?: (() => void) | undefined;
}

export interface Arrived {
  readonly raw: Buffer;
  readonly from: string | undefined;
  readonly to: readonly string[];
  readonly isSecure: boolean;
  readonly user: string | undefined;
}

export class MailServer {
  readonly arrived: Arrived[] = [];
  readonly moods: Moods = {};
  connections = 0;
  readonly #server: SMTPServer;

  private constructor(options: SMTPServerOptions) {
    const cut = () => {
      for (const { _socket: socket } of this.#server.connections as Iterable<{ _socket?: { destroy(): void } }>) {
        socket?.destroy();
      }
    };
    this.#server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      logger: false,
      ...options,
      onConnect: (_session, done) => {
        this.connections++;
        if (this.moods.cut === 'connect') cut();
        else done();
      },
      onAuth: ({ username, password }, _session, done) => {
        if (username === 'shop' && password === 'p@ss%word') done(null, { user: username });
        else done(asError({ code: 535, words: '5.7.8 wrong password' }));
      },
      onMailFrom: (_address, _session, done) => done(asError(this.moods.from)),
      onRcptTo: (_address, _session, done) => {
        if (this.moods.cut === 'recipient') cut();
        else done(asError(this.moods.recipient));
      },
      onData: async (stream, { envelope, secure, user }, done) => {
        const raw = await buffer(stream).catch(() => undefined);
        // The client went away in the middle.
        if (raw === undefined) return;
        const { data, silent, cut: moment } = this.moods;
        if (data) return done(asError(data));
        if (silent) return silent();
        const { mailFrom, rcptTo } = envelope;
        const from = mailFrom === false ? undefined : mailFrom.address;
        this.arrived.push({ raw, from, to: rcptTo.map(({ address }) => address), isSecure: secure, user });
        if (moment === 'afterData') cut();
        else done(null);
      },
    });
    // A client that goes away in the middle is no fault of the server's.
    this.#server.on('error', () => undefined);
  }

  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    const { server: listener } = server.#server;
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** Also ends connections that are open. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

function asError(no: No | undefined): Error | null {
  return no ? Object.assign(new Error(no.words), { responseCode: no.code }) : null;
}
