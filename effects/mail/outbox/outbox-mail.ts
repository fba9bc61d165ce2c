// Mails as files of a directory, one .eml a message id: the embedded default, to be looked at with any mail program. A
// file is there as a whole or not at all, and is written once: sending the same mail again changes nothing. It refuses
// nothing, and carries nothing on.
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { link, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import { syncDirectory, writeSynced } from '../../../base/whole-files.ts';
import type { Mail, MailAnswer, OutgoingMail } from '../mail.ts';
import { messageOf } from '../message.ts';

export interface OutboxMailOptions {
  /** Made if need be. Several may write to it. */
  readonly directory: string;
  readonly from: string;
}

/** What a crash may leave; never a mail. */
const unfinished = '.part';
/** Nobody is still writing one that is so old. Milliseconds. */
const abandonedMs = 60_000;

/** @throws MAIL_UNAVAILABLE if the directory can't be made or read */
export async function openOutboxMail({ directory, from }: OutboxMailOptions): Promise<Mail> {
  await reported(async () => {
    mkdirSync(directory, { recursive: true });
    const left = (await readdir(directory)).filter((file) => file.endsWith(unfinished));
    for (const file of left) await removeAbandoned(join(directory, file));
  });
  return new OutboxMail(directory, from);
}

class OutboxMail implements Mail {
  readonly #directory: string;
  readonly #from: string;
  readonly #composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  #isClosed = false;

  constructor(directory: string, from: string) {
    this.#directory = directory;
    this.#from = from;
  }

  async send(mail: OutgoingMail): Promise<MailAnswer> {
    const composed = messageOf(mail, this.#from);
    return await reported(async () => {
      if (this.#isClosed) throw new Error('it is closed');
      const { message } = await this.#composer.sendMail(composed);
      await this.#write(`${mail.messageId}.eml`, message as Buffer);
      return { kind: 'accepted' };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** Under another name first. A link never replaces a file, as a rename would. */
  async #write(name: string, bytes: Buffer): Promise<void> {
    const part = join(this.#directory, `${randomUUID()}${unfinished}`);
    try {
      await writeSynced(part, bytes);
      await link(part, join(this.#directory, name)).catch(unlessThere);
    } finally {
      await unlink(part).catch(() => undefined);
    }
    await syncDirectory(this.#directory);
  }
}

async function removeAbandoned(file: string): Promise<void> {
  const { mtimeMs } = await stat(file);
  if (Date.now() - mtimeMs > abandonedMs) await unlink(file);
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function reported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StockstreamError('MAIL_UNAVAILABLE', { reason: reasonOf(error) }, error);
  }
}
