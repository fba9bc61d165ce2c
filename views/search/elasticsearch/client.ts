// How we connect: one address, which may be a balancer before many nodes. TLS comes with https.
import { Client } from '@elastic/elasticsearch';
import { searchFailure } from './failures.ts';

export interface Connection {
  /** http:// or https://, with user and password if the server asks for them. Never logged. */
  readonly url: string;
  /** Instead of user and password: what the server's API keys call `encoded`. */
  readonly apiKey?: string | undefined;
  /** Certificate authorities to trust instead of the machine's own, PEM. */
  readonly ca?: string | Buffer | undefined;
}

/** Milliseconds. Searches are for people, who wait no longer; bulks and what makes an index take as long as they take. */
export const patience = { read: 10_000, bulk: 60_000, admin: 60_000 };

/** Doesn't connect yet. @throws SEARCH_REFUSED if the URL makes no sense */
export function makeClient({ url, apiKey, ca }: Connection): Client {
  try {
    return new Client({
      node: url,
      requestTimeout: patience.read,
      // Once, for a connection that was closed while it was idle. Who calls knows better when to try again.
      maxRetries: 1,
      redaction: { type: 'remove' },
      ...(apiKey !== undefined && { auth: { apiKey } }),
      ...(ca !== undefined && { tls: { ca } }),
    });
  } catch (error) {
    throw searchFailure(error);
  }
}
