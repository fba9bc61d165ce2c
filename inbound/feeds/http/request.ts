// One HTTP request to the outside: only where it may go, also when it is sent on, and for no longer than agreed. The
// address is looked up and checked in the same step in which it is connected to, so that it can't change in between.
import { lookup as lookUp } from 'node:dns';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';

export interface OutboundRequest {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** Whether an address may be connected to. */
  readonly mayConnect: (address: string) => boolean;
  /** Without a word from the other side. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
/** What another host has no business with. */
const own = /^(authorization|cookie|proxy-authorization|x-.*)$/i;

/** The answer, whose body isn't read yet. @throws FEED_UNREADABLE, FEED_ADDRESS_REFUSED */
export async function get(request: OutboundRequest): Promise<IncomingMessage> {
  let { url, headers } = request;
  for (let sentOn = 0; ; sentOn++) {
    const answer = await getOnce({ ...request, url, headers });
    const { location } = answer.headers;
    if (!redirects.has(answer.statusCode ?? 0) || location === undefined) return answer;
    answer.destroy();
    if (sentOn === mostRedirects) throw unreadable(request.url, `it was sent on more than ${mostRedirects} times`);
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (next === undefined) throw unreadable(request.url, 'it was sent on to no address');
    const from = new URL(url);
    if (from.protocol === 'https:' && next.protocol !== 'https:') {
      throw unreadable(request.url, 'it was sent on from https to http');
    }
    if (next.origin !== from.origin) {
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));
    }
    url = next.href;
  }
}

function getOnce({ url, headers, mayConnect, silenceMs, signal }: OutboundRequest): Promise<IncomingMessage> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return Promise.reject(unreadable(url, 'it is not http or https'));
  const host = hostname.replace(/^\[|\]$/g, '');
  // A literal address isn't looked up.
  if (isIP(host) !== 0 && !mayConnect(host)) return Promise.reject(refused(url, host));
  const open = protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const lookup = checkedLookup(url, mayConnect);
    const sent = open(url, { headers, lookup, signal, timeout: silenceMs, agent: false });
    sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${silenceMs} ms`)));
    sent.on('response', resolve);
    sent.on('error', (error) =>
      reject(error instanceof StockstreamError ? error : unreadable(url, reasonOf(error), error)),
    );
    sent.end();
  });
}

/** Of a name with several addresses all must be good: which one is taken is chance. */
function checkedLookup(url: string, mayConnect: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const inside = addresses.find(({ address }) => !mayConnect(address));
      if (inside) return callback(refused(url, inside.address) as NodeJS.ErrnoException, '');
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      callback(null, first?.address ?? '', first?.family);
    });
  };
}

function refused(url: string, address: string): StockstreamError {
  return new StockstreamError('FEED_ADDRESS_REFUSED', { name: withoutQuery(url), address });
}

function unreadable(url: string, reason: string, cause?: unknown): StockstreamError {
  return new StockstreamError('FEED_UNREADABLE', { name: withoutQuery(url), reason }, cause);
}

/** Queries hold keys sometimes. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}
