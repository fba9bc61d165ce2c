// A carrier or a warehouse's own system behind a URL: each request is POSTed as JSON, with its id as the idempotency key
// and signed as Standard Webhooks say. What becomes of a parcel comes back through the gateway's shipment webhook.
//
//     2xx {"trackingCode"} taken     408 409 425 429, 5xx, no answer: later     any other: refused
import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../../base/clock.ts';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Acceptance, Carrier, ShipmentRequest } from '../carrier.ts';

export interface WebhookCarrierOptions {
  readonly url: string;
  /** As Standard Webhooks write one: base64, `whsec_` before it or not. */
  readonly secret: string;
  readonly clock: Clock;
}

/** Statuses that say "not now" although they are the caller's fault by their number. */
const passing: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** An answer is a tracking code; more than this isn't read. */
const mostAnswerBytes = 64 * 1024;
const trackingCodePattern = /^[\x20-\x7e]{0,100}$/;

export function openWebhookCarrier(options: WebhookCarrierOptions): Carrier {
  return new WebhookCarrier(options);
}

class WebhookCarrier implements Carrier {
  readonly #options: WebhookCarrierOptions;
  readonly #webhook: Webhook;
  readonly #closing = new AbortController();

  constructor(options: WebhookCarrierOptions) {
    this.#options = options;
    this.#webhook = new Webhook(options.secret);
  }

  send(parcel: ShipmentRequest, signal: AbortSignal): Promise<Acceptance> {
    return this.#ask(parcel, 'send', signal);
  }

  fetch(parcel: ShipmentRequest, signal: AbortSignal): Promise<Acceptance> {
    return this.#ask(parcel, 'fetch', signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async #ask(parcel: ShipmentRequest, verb: 'send' | 'fetch', signal: AbortSignal): Promise<Acceptance> {
    const { requestId } = parcel;
    const { command: _, ...facts } = parcel;
    const body = JSON.stringify({ ...facts, command: verb });
    const response = await this.#post(requestId, body, AbortSignal.any([signal, this.#closing.signal]));
    const { status } = response;
    if (status >= 500 || passing.has(status)) throw unavailable(requestId, `it answered ${status}`);
    if (!response.ok) throw refused(requestId, status, response.text);
    return { trackingCode: trackingCodeIn(requestId, response.text) };
  }

  /** @throws CARRIER_UNAVAILABLE if there is no answer, or not a whole one */
  async #post(requestId: string, body: string, signal: AbortSignal): Promise<Answer> {
    const { url, clock } = this.#options;
    const now = new Date(clock.now());
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'idempotency-key': requestId,
      'webhook-id': requestId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': this.#webhook.sign(requestId, now, body),
    };
    try {
      // A redirect would send the customer's address elsewhere.
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      const { status, ok } = response;
      return { status, ok, text: await readText(response) };
    } catch (error) {
      throw unavailable(requestId, causeOf(error), error);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly text: string;
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) throw new Error(`its answer is longer than ${mostAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Empty where the carrier tells none yet. @throws CARRIER_UNAVAILABLE if the answer isn't one: it may be a proxy's */
function trackingCodeIn(requestId: string, text: string): string {
  if (text.trim() === '') return '';
  try {
    const { trackingCode = '' } = JSON.parse(text) as { readonly trackingCode?: unknown };
    if (typeof trackingCode === 'string' && trackingCodePattern.test(trackingCode)) return trackingCode;
  } catch (error) {
    throw unavailable(requestId, 'its answer is not JSON', error);
  }
  throw unavailable(requestId, 'the trackingCode in its answer is not a text of up to 100 ASCII characters');
}

function unavailable(request: string, reason: string, cause?: unknown): StockstreamError {
  return new StockstreamError('CARRIER_UNAVAILABLE', { request, reason }, cause);
}

function refused(request: string, status: number, text: string): StockstreamError {
  const said = text.trim().slice(0, 300);
  return new StockstreamError('CARRIER_REFUSED', { request, reason: `it answered ${status}${said && `: ${said}`}` });
}

/** `fetch failed` alone says nothing; what it failed with does. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return reasonOf(cause);
}
