// A mail server that counts: how often each mail came, by its Message-ID.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export class Postbox {
  /** Times of arrival by Message-ID. */
  readonly arrived = new Map<string, number>();
  readonly #server: SMTPServer;

  constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      logger: false,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          const [, id = ''] = /^Message-ID: <([^@>]+)/im.exec(Buffer.concat(parts).toString('latin1')) ?? [];
          this.arrived.set(id, (this.arrived.get(id) ?? 0) + 1);
          done();
        });
      },
    });
    // A shop that is killed in the middle is no fault of the server's.
    this.#server.on('error', () => undefined);
  }

  async open(): Promise<string> {
    const listening = this.#server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    return `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
