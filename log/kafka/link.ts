// A line to one broker: connects when it is first used and again when it broke, ever more slowly while that fails.
// Brokers answer a connection's requests one after the other, so whatever must not wait for others has its own link.
//
//     idle --request--> connecting --> connected --broken, timed out, session over--> idle
//                            +--failed--> idle, not before a pause
import { isIP } from 'node:net';
import { type API, Connection, NetworkError, type Reader, ResponseError, type Writer } from '@platformatic/kafka';
import type { Clock } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { connectionError } from './connection-error.ts';
import type { Lifetime } from './lifetime.ts';
import type { KafkaSettings, Sasl, Tls } from './options.ts';
import { Backoff } from './retry.ts';
import { connectionSasl } from './sasl.ts';
import type { RequestWriter } from './wire/request-writer.ts';
import { ResponseReader } from './wire/response-reader.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What all links of a log share. */
export interface LinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly lifetime: Lifetime;
  readonly settings: KafkaSettings;
  readonly tls: Tls | undefined;
  readonly sasl: Sasl | undefined;
}

/** What is heard of a broker: that it answered, or why it didn't. */
export type LinkListener = (failure: StockstreamError | undefined) => void;

export interface LinkOptions {
  /** Asked at each connect, for brokers move. */
  readonly address: () => Address;
  readonly listener?: LinkListener;
  readonly requestTimeoutMs?: number;
}

/** A request in our own encoding. */
export interface Exchange<T> {
  readonly api: { readonly key: number; readonly version: number };
  readonly body: RequestWriter;
  readonly decode: (reader: ResponseReader) => T;
}

/** More than any user of one link has in flight: nothing queues inside the library. */
const maxInFlight = 64;
/** Of a session's life, after which a new connection takes over. */
const sessionShare = 0.8;

export class Link {
  readonly #parts: LinkParts;
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  readonly #forget: () => void;
  #connecting: Promise<Connection> | undefined;
  #connection: Connection | undefined;
  /** What the last connection said before it broke: requests hear only that it did. */
  #trouble: unknown;
  /** No attempt to connect before that. */
  #notBefore = 0;
  #expiresAt = Number.POSITIVE_INFINITY;
  /** Requests without an answer yet. */
  #sent = 0;
  #onIdle: (() => void)[] = [];
  #isClosed = false;

  constructor(parts: LinkParts, options: LinkOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#backoff = new Backoff(parts.random);
    this.#forget = parts.lifetime.onEnd(() => this.close());
  }

  /** `host:port` */
  get broker(): string {
    const { host, port } = this.#options.address();
    return `${host}:${port}`;
  }

  /** @throws LOG_UNREACHABLE, LOG_TIMED_OUT, LOG_TLS_FAILED, LOG_AUTHENTICATION_FAILED, LOG_CLOSED */
  request<T>({ api, body, decode }: Exchange<T>): Promise<T> {
    const writer = body.finish();
    return this.#use((connection) => send(connection, api, writer, (reader) => decode(ResponseReader.of(reader))));
  }

  /** A request in the library's encoding. Gives the answer even if there are error codes in it. @throws as `request` */
  call<A extends unknown[], R>(api: API<A, R>, ...args: A): Promise<R> {
    return this.#use(async (connection) => {
      try {
        return await api.async(connection, ...args);
      } catch (error) {
        if (error instanceof ResponseError) return error.response as R;
        throw error;
      }
    });
  }

  /** What is in flight fails with LOG_CLOSED; nothing more is taken. */
  close(): void {
    this.#isClosed = true;
    this.#forget();
    this.#drop();
  }

  async #use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    let patienceMs = this.#parts.settings.connectTimeoutMs;
    try {
      const connection = await this.#ready();
      patienceMs = this.#requestTimeoutMs;
      this.#sent++;
      try {
        const answer = await work(connection);
        this.#options.listener?.(undefined);
        return answer;
      } finally {
        if (--this.#sent === 0) for (const resume of this.#onIdle.splice(0)) resume();
      }
    } catch (error) {
      throw this.#failure(error, patienceMs);
    }
  }

  /** The connection to send on. Callers get it in the order in which they asked. */
  async #ready(): Promise<Connection> {
    // A session that is about to end finishes what is in flight, so that the order of requests holds, and is given up.
    while (this.#isExpired && this.#sent > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    if (this.#isExpired) this.#drop();
    if (this.#isClosed) throw new StockstreamError('LOG_CLOSED');
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<Connection> {
    const { clock, lifetime } = this.#parts;
    try {
      const pause = this.#notBefore - clock.monotonic();
      if (pause > 0) await lifetime.sleep(clock, pause);
      const { host, port } = this.#options.address();
      const connection = this.#newConnection(host);
      await connection.connect(host, port);
      if (this.#isClosed) {
        abandon(connection);
        throw new StockstreamError('LOG_CLOSED');
      }
      this.#backoff.reset();
      this.#connection = connection;
      connection.once('close', () => {
        if (this.#connection === connection) this.#drop();
      });
      return connection;
    } catch (error) {
      this.#notBefore = clock.monotonic() + this.#backoff.pause();
      this.#connecting = undefined;
      throw error;
    }
  }

  #newConnection(host: string): Connection {
    const { clock, settings, tls, sasl } = this.#parts;
    const onSession = (milliseconds: number) => {
      this.#expiresAt = clock.monotonic() + milliseconds * sessionShare;
    };
    const connection = new Connection(settings.clientId, {
      connectTimeout: settings.connectTimeoutMs,
      requestTimeout: this.#requestTimeoutMs,
      maxInflights: maxInFlight,
      // An address in numbers is none to ask a certificate for; that it is in the certificate is checked all the same.
      ...(tls && { tls, tlsServerName: tls.servername ?? isIP(host) === 0 }),
      ...(sasl && { sasl: connectionSasl(sasl, onSession) }),
    });
    this.#trouble = undefined;
    connection.on('error', (error) => {
      this.#trouble = error;
    });
    return connection;
  }

  #drop(): void {
    if (this.#connection !== undefined) abandon(this.#connection);
    this.#connection = this.#connecting = undefined;
    this.#expiresAt = Number.POSITIVE_INFINITY;
  }

  #failure(error: unknown, milliseconds: number): StockstreamError {
    if (this.#isClosed) return new StockstreamError('LOG_CLOSED');
    const attempt = { broker: this.broker, tls: this.#parts.tls !== undefined };
    const found = error instanceof NetworkError && this.#trouble !== undefined ? this.#trouble : error;
    const failure = connectionError(found, { ...attempt, milliseconds });
    if (failure.code !== 'LOG_CLOSED') this.#options.listener?.(failure);
    return failure;
  }

  get #isExpired(): boolean {
    return this.#parts.clock.monotonic() > this.#expiresAt;
  }

  get #requestTimeoutMs(): number {
    return this.#options.requestTimeoutMs ?? this.#parts.settings.requestTimeoutMs;
  }
}

function send<T>(
  connection: Connection,
  { key, version }: Exchange<T>['api'],
  body: Writer,
  parse: (reader: Reader) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const answer = (error: Error | null, response?: T) => (error ? reject(error) : resolve(response as T));
    connection.send(
      key,
      version,
      () => body,
      (_id, _key, _version, reader) => parse(reader),
      true,
      true,
      answer,
    );
  });
}

function abandon(connection: Connection): void {
  connection.close().catch(() => {});
}
