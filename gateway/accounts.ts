// Accounts: registering and logging in. The first registration of an address in the log wins; the view of users says
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

  async #find(email: string): Promise<UserDocument | undefined> {
    const document = await this.#options.documents.get(collections.users.name, email);
    return document?.fields as UserDocument | undefined;
  }
}

/** An address as accounts are kept by it. */
export function normalEmail(email: string): string {
  return email.normalize('NFC').toLowerCase();
}
