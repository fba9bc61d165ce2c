// Secrets in the headers of feeds: a header has `{secret:<name>}` where a worker puts the content of the file of that
// name. What is kept in the log, and shown to operators, is the name alone.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, StockstreamError } from '../base/errors.ts';

type Headers = { readonly [name: string]: string };

const reference = /\{secret:([A-Za-z0-9_-]{1,64})\}/g;

/** @throws FEED_SECRET_MISSING */
export async function withSecrets(headers: Headers, directory: string | undefined): Promise<Headers> {
  const known = new Map<string, string>();
  for (const [, secret = ''] of Object.values(headers).flatMap((value) => [...value.matchAll(reference)])) {
    known.set(secret, await secretIn(directory, secret));
  }
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, value.replaceAll(reference, (_, secret: string) => known.get(secret) ?? '')] as const;
  });
  return Object.fromEntries(entries);
}

async function secretIn(directory: string | undefined, secret: string): Promise<string> {
  try {
    if (directory === undefined) throw new Error('--feed-secrets is not set');
    return (await readFile(join(directory, secret), 'utf8')).trim();
  } catch (error) {
    throw new StockstreamError('FEED_SECRET_MISSING', { secret, reason: reasonOf(error) }, error);
  }
}
