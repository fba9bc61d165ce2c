// Passwords as Argon2id hashes with OWASP's parameters. A few at a time, for each takes a thread and 19 MB; checking
// takes as long for an unknown account as for a wrong password.
import { hash, verify } from '@node-rs/argon2';
import { Gate } from './gate.ts';

// OWASP's password storage cheat sheet: 19 MiB, 2 passes, 1 lane. The library's default algorithm is Argon2id.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export class Passwords {
  readonly #gate = new Gate(2, 200);
  /** What an unknown account's password is compared with. */
  #nobody: Promise<string> | undefined;

  /** @throws OVERLOADED */
  hash(password: string): Promise<string> {
    return this.#gate.run(() => hash(password, parameters));
  }

  /** `stored` is undefined for an unknown account. @throws OVERLOADED */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    this.#nobody ??= hash('nobody has this password', parameters);
    const against = stored ?? (await this.#nobody);
    const isRight = await this.#gate.run(() => verify(against, password));
    return isRight && stored !== undefined;
  }
}
