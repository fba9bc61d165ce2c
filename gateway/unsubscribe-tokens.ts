// What the links in mails carry: a signed word that says whose mails it is about. It opens nothing else, no login is
// taken for one, and it holds no address; it is good for as long as the secret is, as old mails are.
import type { FastifyInstance } from 'fastify';
import { Refusal } from './refusal.ts';

export interface UnsubscribeTokens {
  /** The same for a user every time. */
  issue(userId: string): string;
  /** @throws UNSUBSCRIBE_LINK_INVALID */
  userIn(token: string): string;
}

/** Sets these tokens apart from logins, which one secret signs, too. */
const audience = 'unsubscribe';

/** @param app with auth.ts in use */
export function unsubscribeTokens({ jwt }: FastifyInstance): UnsubscribeTokens {
  return {
    issue: (userId) => jwt.sign({ sub: userId, aud: audience }, { noTimestamp: true }),

    userIn(token) {
      const { sub, aud } = verified(() => jwt.verify<{ [claim: string]: unknown }>(token));
      if (aud !== audience || typeof sub !== 'string') throw new Refusal('UNSUBSCRIBE_LINK_INVALID');
      return sub;
    },
  };
}

function verified<T>(verify: () => T): T {
  try {
    return verify();
  } catch (cause) {
    throw new Refusal('UNSUBSCRIBE_LINK_INVALID', { cause });
  }
}
