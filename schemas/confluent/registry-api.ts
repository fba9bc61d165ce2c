// The registry's HTTP interface: requests with a time-out and a bounded number of tries, answers told apart. Tries again
// only what passes. The URL's user and password go into a header and nowhere else.
import { type Clock, sleep } from '../../base/clock.ts';
import { reasonOf, StockstreamError } from '../../base/errors.ts';

export interface ApiOptions {
  /** http:// or https://, down to where `/subjects` follows; may carry a user and a password. */
  readonly url: string;
  readonly clock: Clock;
  /** Milliseconds until a request is given up. */
  readonly timeoutMs: number;
}

/** Two answers that are no success mean something to the caller: it isn't there, and it doesn't go with what is there. */
export type Answer =
  | { readonly type: 'ok'; readonly body: unknown }
  | { readonly type: 'unknown' }
  | { readonly type: 'conflict'; readonly reason: string };

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly tries: number;
}

const mediaType = 'application/vnd.schemaregistry.v1+json';
const firstDelayMs = 250;

/** Of the interface itself; a bare 404 comes from something else that answers at this address. */
const unknownCodes = new Set([40401, 40402, 40403, 40408]);

export class RegistryApi {
  readonly #options: ApiOptions;
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws REGISTRY_REFUSED if the URL makes no sense */
  constructor(options: ApiOptions) {
    const { protocol, host, pathname, username, password } = parse(options.url);
    this.#options = options;
    this.#base = `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
    const credentials = `${decoded(username)}:${decoded(password)}`;
    this.#headers = {
      accept: `${mediaType}, application/json`,
      'content-type': mediaType,
      ...(username !== '' && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    };
  }

  /** @throws REGISTRY_UNAVAILABLE when every try has failed in a way that passes, REGISTRY_REFUSED */
  async send(request: Request): Promise<Answer> {
    for (let left = request.tries, delay = firstDelayMs; ; delay *= 2) {
      const answer = await this.#try(request);
      if (!(answer instanceof StockstreamError)) return answer;
      left--;
      if (left === 0) throw answer;
      await sleep(this.#options.clock, delay);
    }
  }

  /** Returns the error if it passes, throws one that doesn't. */
  async #try({ method, path, body }: Request): Promise<Answer | StockstreamError> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        headers: this.#headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      return new StockstreamError('REGISTRY_UNAVAILABLE', { url: this.#base, reason: networkReason(error) }, error);
    }
    if (status >= 500 || status === 408 || status === 429) {
      return new StockstreamError('REGISTRY_UNAVAILABLE', { url: this.#base, reason: `it answers ${status}` });
    }
    return this.#answer(status, jsonOf(text));
  }

  #answer(status: number, body: unknown): Answer {
    const { error_code: code, message = '' } = (body ?? {}) as { error_code?: unknown; message?: unknown };
    if (status < 300 && body !== undefined) return { type: 'ok', body };
    if (status === 404 && unknownCodes.has(Number(code))) return { type: 'unknown' };
    if (status === 409) return { type: 'conflict', reason: String(message) };
    if (status < 300 || status === 404) throw this.refused(`no registry has this path (${status})`);
    throw this.refused(`it answers ${status} ${message}`.trimEnd());
  }

  refused(reason: string): StockstreamError {
    return new StockstreamError('REGISTRY_REFUSED', { url: this.#base, reason });
  }
}

function parse(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed !== null && ['http:', 'https:'].includes(parsed.protocol)) return parsed;
  throw new StockstreamError('REGISTRY_REFUSED', { url: '(hidden)', reason: 'this is no http URL' });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Undefined if it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch failed` alone says nothing; its cause does. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return reasonOf(cause) || String((cause as { code?: unknown }).code);
}
