// Accounts: registering, logging in, choosing which mails come. The first registration of an address in the log wins; the view of users says
// which one that was, so registering waits for it.
import { topics } from '../schemas/topics.ts';
import type { UserRole } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { Principal } from './auth.ts';
import type { LogWriter } from './log-writer.ts';
import type { Passwords } from './passwords.ts';
import { Refusal } from './refusal.ts';
import { lookFor, type Waiting } from './waiting.ts';

export interface AccountsOptions {
  readonly documents: Documents;
  readonly writer: LogWriter;
  readonly waiting: Waiting;
  readonly passwords: Passwords;
  /** How long to wait for the view. Milliseconds. */
  readonly waitMs: number;
}

export interface Registrant {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: UserRole;
}

interface UserDocument {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly role: UserRole;
  /** Not there before the person has chosen. */
  readonly orderMails?: boolean;
}

/** Which mails a person wants. */
export interface Notifications {
  /** Those that tell of deliveries and sales. */
  readonly orderMails: boolean;
}

/** What a person sees of their own account. */
export interface OwnAccount extends Pick<UserDocument, 'userId' | 'email' | 'name' | 'role'> {
  readonly notifications: Notifications;
}

export class Accounts {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /**
   * Registers, or finds that the very same registration was made before.
   * @returns whether the view has it; if not in time, the log has it and the address may still turn out to be taken
   * @throws EMAIL_TAKEN
   */
  async register({ userId, email, password, name, role }: Registrant): Promise<boolean> {
    const { writer, waiting, passwords, waitMs } = this.#options;
    const known = await this.#find(email);
    if (!known) {
      const event = { type: 'UserRegistered', name, passwordHash: await passwords.hash(password), role } as const;
      await writer.append(topics.users, email, { userId, email, at: waiting.clock.now(), event });
    }
    const registered = known ?? (await lookFor(waiting, waitMs, () => this.#find(email)));
    if (registered && registered.userId !== userId) throw new Refusal('EMAIL_TAKEN');
    return registered !== undefined;
  }

  /** Takes as long for an unknown address as for a wrong password. @throws LOGIN_REFUSED */
  async logIn(email: string, password: string): Promise<Principal> {
    const user = await this.#find(email);
    const isRight = await this.#options.passwords.matches(user?.passwordHash, password);
    if (!user || !isRight) throw new Refusal('LOGIN_REFUSED');
    return { userId: user.userId, role: user.role, email: user.email };
  }

  /** @throws USER_NOT_FOUND */
  async own(userId: string): Promise<OwnAccount> {
    const { email, name, role, orderMails = true } = await this.#findById(userId);
    return { userId, email, name, role, notifications: { orderMails } };
  }

  /**
   * Appends the choice, whatever the view says, for another one may be on its way.
   * @returns the account as it is then, and whether the view shows it already
   * @throws USER_NOT_FOUND
   */
  async choose(userId: string, choice: Notifications): Promise<{ account: OwnAccount; isShown: boolean }> {
    const { writer, waiting, waitMs } = this.#options;
    const account = await this.own(userId);
    const { email } = account;
    const event = { type: 'NotificationsChosen', ...choice } as const;
    await writer.append(topics.users, email, { userId, email, at: waiting.clock.now(), event });
    const shown = await lookFor(waiting, waitMs, async () => {
      const { orderMails } = (await this.#find(email)) ?? {};
      return orderMails === choice.orderMails ? true : undefined;
    });
    return { account: { ...account, notifications: choice }, isShown: shown === true };
  }

  async #findById(userId: string): Promise<UserDocument> {
    const sort = { field: 'userId', direction: 'asc' } as const;
    const { documents } = this.#options;
    const { documents: found } = await documents.find(collections.users.name, { where: { userId }, sort, limit: 1 });
    if (!found[0]) throw new Refusal('USER_NOT_FOUND');
    return found[0].fields as unknown as UserDocument;
  }

  async #find(email: string): Promise<UserDocument | undefined> {
    const document = await this.#options.documents.get(collections.users.name, email);
    return document?.fields as UserDocument | undefined;
  }
}

/** An address as accounts are kept by it. */
export function normalEmail(email: string): string {
  return email.normalize('NFC').toLowerCase();
}
