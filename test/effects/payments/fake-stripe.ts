// A Stripe that remembers, for the tests: payment intents, charges and refunds over HTTP in the shapes that Stripe's own
// answers have, with idempotency keys. As much of it as the adapter uses; tokens say what goes wrong.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Fields {
  [name: string]: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

interface Charge extends Fields {
  readonly id: string;
  readonly amount: number;
  captured: boolean;
  amount_captured: number;
  amount_refunded: number;
  refunded: boolean;
}

interface Intent extends Fields {
  readonly id: string;
  readonly amount: number;
  status: string;
  amount_received: number;
}

interface Refund extends Fields {
  readonly charge: string;
  readonly amount: number;
}

/** What goes wrong once, with the next request whose address fits `on`, or with the next one. */
export interface Trouble {
  readonly status: number;
  readonly error: object;
  readonly on?: RegExp;
}

export class FakeStripe {
  readonly #server: Server;
  readonly #intents = new Map<string, Intent>();
  readonly #charges: Charge[] = [];
  readonly #refunds: Refund[] = [];
  readonly #keys = new Map<string, { readonly body: string; readonly answer: Answer }>();
  readonly #tokens = new Map<string, string>();
  readonly #failedOnce = new Set<string>();
  /** Of requests to come. */
  readonly troubles: Trouble[] = [];
  /** What was asked: method, path, body. */
  readonly asked: string[] = [];
  #count = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(): Promise<FakeStripe> {
    const fake = new FakeStripe();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stripe');
    const text = Buffer.concat(chunks).toString();
    const params = new URLSearchParams(request.method === 'GET' ? searchParams : text);
    this.asked.push(`${request.method} ${pathname} ${decodeURIComponent(params.toString())}`);
    const key = request.headers['idempotency-key'];
    const send = ({ status, body }: Answer) => {
      response.writeHead(status, { 'content-type': 'application/json', 'request-id': `req_${++this.#count}` });
      response.end(JSON.stringify(body));
    };
    const trouble = this.troubles.find(({ on }) => on === undefined || on.test(pathname));
    if (trouble) this.troubles.splice(this.troubles.indexOf(trouble), 1);
    if (trouble) return send({ status: trouble.status, body: { error: trouble.error } });
    const known = typeof key === 'string' ? this.#keys.get(key) : undefined;
    const body = `${pathname} ${text}`;
    if (known && known.body !== body) {
      return send(refusal(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be ...' }));
    }
    if (known) return send(known.answer);
    const token = params.get('payment_method') ?? '';
    if (token === 'pm_silent') return;
    if (token === 'pm_failing' && !this.#failedOnce.has(String(key))) {
      this.#failedOnce.add(String(key));
      return send(refusal(503, { type: 'api_error', message: 'Try again.' }));
    }
    const answer = this.#answer(request.method ?? '', pathname, params);
    if (typeof key === 'string') this.#keys.set(key, { body, answer });
    if (token !== 'pm_lost' || known) send(answer);
  }

  #answer(method: string, path: string, params: URLSearchParams): Answer {
    const [, , kind = '', id = '', verb = ''] = path.split('/');
    switch (`${method} ${kind} ${verb}`) {
      case 'POST payment_intents ':
        return this.#create(params);
      case 'POST payment_methods ':
        return { status: 200, body: { object: 'payment_method', id: `pm_of_${params.get('card[token]')}` } };
      case 'GET payment_intents ':
        return this.#listIntents(Number(params.get('created[gte]')));
      case 'POST payment_intents capture':
        return this.#capture(id, Number(params.get('amount_to_capture')));
      case 'POST payment_intents cancel':
        return this.#cancel(id);
      case 'GET charges ':
        return listOf(this.#charges.filter(({ transfer_group }) => transfer_group === params.get('transfer_group')));
      case 'GET refunds ':
        return listOf(this.#refunds.filter(({ charge }) => charge === params.get('charge')));
      case 'POST refunds ':
        return this.#refund(params);
      default:
        return refusal(404, {
          type: 'invalid_request_error',
          message: `Unrecognized request URL (${method}: ${path}).`,
        });
    }
  }

  #create(params: URLSearchParams): Answer {
    const token = params.get('payment_method') ?? '';
    const amount = Number(params.get('amount'));
    const intent: Intent = {
      id: `pi_${++this.#count}`,
      object: 'payment_intent',
      amount,
      amount_received: 0,
      currency: params.get('currency'),
      created: Math.floor(Date.now() / 1000),
      metadata: metadataIn(params),
      status: 'requires_capture',
      last_payment_error: null,
      latest_charge: null,
    };
    this.#intents.set(intent.id, intent);
    this.#tokens.set(intent.id, token);
    if (token === 'pm_processing') return { status: 200, body: Object.assign(intent, { status: 'processing' }) };
    const isDeclined = token === 'pm_declined';
    const charge: Charge = {
      id: `ch_${++this.#count}`,
      object: 'charge',
      amount,
      amount_captured: 0,
      amount_refunded: 0,
      captured: false,
      created: intent.created,
      metadata: intent.metadata,
      payment_intent: intent.id,
      refunded: false,
      status: isDeclined ? 'failed' : 'succeeded',
      transfer_group: params.get('transfer_group'),
    };
    this.#charges.push(charge);
    intent.latest_charge = charge.id;
    if (!isDeclined) return { status: 200, body: intent };
    const error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Declined.' };
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error });
    return refusal(402, { ...error, payment_intent: intent });
  }

  #capture(id: string, amount: number): Answer {
    const intent = this.#intents.get(id);
    const charge = this.#charges.find(({ payment_intent }) => payment_intent === id);
    if (!intent || !charge) return noSuch(id);
    if (this.#tokens.get(id) === 'pm_lapsed') {
      return refusal(400, { type: 'invalid_request_error', code: 'charge_expired_for_capture', message: 'Expired.' });
    }
    if (intent.status !== 'requires_capture') return unexpectedState(intent);
    if (amount > intent.amount) {
      return refusal(400, { type: 'invalid_request_error', code: 'amount_too_large', message: 'Too large.' });
    }
    Object.assign(intent, { status: 'succeeded', amount_received: amount });
    // What isn't taken of the authorization is let go at once.
    Object.assign(charge, { captured: true, amount_captured: amount });
    return { status: 200, body: intent };
  }

  #cancel(id: string): Answer {
    const intent = this.#intents.get(id);
    const charge = this.#charges.find(({ payment_intent }) => payment_intent === id);
    if (!intent || !charge) return noSuch(id);
    if (intent.status === 'succeeded' || intent.status === 'canceled') return unexpectedState(intent);
    intent.status = 'canceled';
    Object.assign(charge, { refunded: true, amount_refunded: charge.amount });
    return { status: 200, body: intent };
  }

  #refund(params: URLSearchParams): Answer {
    const charge = this.#charges.find(({ id }) => id === params.get('charge'));
    const amount = Number(params.get('amount'));
    if (!charge) return noSuch('charge');
    if (charge.refunded) {
      return refusal(400, { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'Refunded.' });
    }
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount_captured;
    const metadata = metadataIn(params);
    const refund = {
      id: `re_${++this.#count}`,
      object: 'refund',
      charge: charge.id,
      amount,
      metadata,
      status: 'succeeded',
    };
    this.#refunds.push(refund);
    return { status: 200, body: refund };
  }

  #listIntents(since: number): Answer {
    const found = [...this.#intents.values()].filter(({ created }) => Number(created) >= since);
    const charges = new Map(this.#charges.map((charge) => [charge.id, charge]));
    return listOf(
      found.map((intent) => ({ ...intent, latest_charge: charges.get(String(intent.latest_charge)) ?? null })),
    );
  }
}

function metadataIn(params: URLSearchParams): Record<string, string> {
  const pairs = [...params].flatMap(([name, value]) => {
    const [, field] = /^metadata\[(\w+)\]$/.exec(name) ?? [];
    return field === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function listOf(data: readonly object[]): Answer {
  return { status: 200, body: { object: 'list', url: '/v1/list', has_more: false, data } };
}

function refusal(status: number, error: object): Answer {
  return { status, body: { error } };
}

function noSuch(id: string): Answer {
  return refusal(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such object: '${id}'` });
}

function unexpectedState(intent: Intent): Answer {
  const message = `This PaymentIntent has a status of ${intent.status}.`;
  const code = 'payment_intent_unexpected_state';
  return refusal(400, { type: 'invalid_request_error', code, message, payment_intent: intent });
}
