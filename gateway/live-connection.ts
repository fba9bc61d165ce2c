// One WebSocket: tells its user the steps of all their own orders, and those of single orders that it asks to follow,
// history first. It is closed with a code that says why; whoever was too slow or missed something connects anew.
//
//   1001 the gateway stops   1008 no such message, or too many   1009 message too large   1013 too slow, or steps missed
//   4401 the token has expired
import type { WebSocket } from '@fastify/websocket';
import { isStockstreamError } from '../base/errors.ts';
import type { TokenHolder } from './auth.ts';
import { orderEventsSource } from './order-events-source.ts';
import type { OwnOrders } from './own-orders.ts';
import { asStockstreamError, codeText, problemOf } from './problem.ts';
import { Refusal } from './refusal.ts';
import type { Gateway } from './route.ts';
import { type EventSource, eventsOf } from './server-sent-events.ts';
import { type LiveMessage, LiveWish } from './shapes/live.ts';
import { checkerOf } from './validation.ts';

const closeCodes = { goingAway: 1001, policy: 1008, tryAgain: 1013, tokenExpired: 4401 } as const;
const mostFollowed = 20;
const mostWishesWaiting = 32;
/** setTimeout knows no more. */
const longestTimerMs = 2 ** 31 - 1;
const checkWish = checkerOf(LiveWish);

export interface LiveConnectionParts {
  readonly socket: WebSocket;
  readonly holder: TokenHolder;
  readonly gateway: Gateway;
  readonly ownOrders: OwnOrders;
}

export class LiveConnection {
  readonly #parts: LiveConnectionParts;
  readonly #closed = new AbortController();
  readonly #followed = new Map<string, AbortController>();
  #wishes: Promise<void> = Promise.resolve();
  #wishesWaiting = 0;
  #hasAnswered = true;
  #cancelHeartbeat = () => {};

  constructor(parts: LiveConnectionParts) {
    this.#parts = parts;
  }

  /** Returns at once; everything ends with the socket. */
  start(): void {
    const { socket, holder, gateway } = this.#parts;
    const { clock, closing } = gateway;
    const leftMs = Math.min(holder.expiresAt - clock.now(), longestTimerMs);
    const cancelExpiry = clock.schedule(leftMs, () => this.#close('tokenExpired', 'the token has expired'));
    const stop = () => this.#close('goingAway', 'the gateway stops');
    closing.addEventListener('abort', stop, { once: true });
    socket.on('pong', () => {
      this.#hasAnswered = true;
    });
    socket.on('message', (data, isBinary) => this.#take(isBinary ? undefined : String(data)));
    socket.once('close', () => {
      cancelExpiry();
      this.#cancelHeartbeat();
      closing.removeEventListener('abort', stop);
      this.#closed.abort();
    });
    this.#beat();
    if (holder.role === 'shopper') void this.#tellOwn();
    void this.#send({ type: 'ready', expiresAt: holder.expiresAt });
    if (closing.aborted) stop();
  }

  async #tellOwn(): Promise<void> {
    const { holder, ownOrders } = this.#parts;
    const source = ownOrders.of(holder.userId);
    this.#closed.signal.addEventListener('abort', () => source.close(), { once: true });
    void source.ended.then((why) => {
      const reason = why === 'slow' ? 'too slow: steps would be missing' : 'steps are missing';
      this.#close('tryAgain', `${reason}; connect again`);
    });
    await this.#tell(source, 0, this.#closed.signal, ({ orderId, ...step }) => {
      // Who follows an order hears of it there.
      return this.#followed.has(orderId) ? undefined : { type: 'step', orderId, step };
    });
  }

  async #follow({ orderId, after = 0 }: LiveWish): Promise<void> {
    const { holder, gateway } = this.#parts;
    const { finder, tail } = gateway;
    if (this.#followed.has(orderId)) return;
    if (this.#followed.size >= mostFollowed)
      return this.#close('policy', `at most ${mostFollowed} orders are followed`);
    const order = await finder.find(orderId);
    const isVisible = order && (holder.role === 'operator' || order.customerId === holder.userId);
    if (!isVisible) throw new Refusal('ORDER_NOT_FOUND');
    const ending = new AbortController();
    this.#followed.set(orderId, ending);
    const signal = AbortSignal.any([ending.signal, this.#closed.signal]);
    void this.#tellOne(orderId, orderEventsSource(orderId, tail, finder), after, signal);
  }

  async #tellOne(orderId: string, source: EventSource, afterId: number, signal: AbortSignal): Promise<void> {
    await this.#tell(source, afterId, signal, (step) => ({ type: 'step', orderId, step }));
    this.#followed.delete(orderId);
    await this.#send({ type: 'over', orderId });
  }

  /** Sends the source's steps at the client's pace, until it or the signal ends. Never rejects. */
  async #tell(
    source: EventSource,
    afterId: number,
    signal: AbortSignal,
    messageOf: (data: { readonly orderId: string }) => LiveMessage | undefined,
  ): Promise<void> {
    const { clock, settings, logger } = this.#parts.gateway;
    const { heartbeatMs } = settings;
    try {
      for await (const event of eventsOf(source, { clock, heartbeatMs, afterId, signal })) {
        const message = event && messageOf(event.data as { orderId: string });
        if (message) await this.#send(message);
      }
    } catch (error) {
      logger.warn({ err: error }, 'a live connection could not be told the steps of an order');
      this.#close('tryAgain', 'steps are missing; connect again');
    }
  }

  /** One wish after the other: each may cost a search. */
  #take(text: string | undefined): void {
    const wish = text === undefined ? undefined : wishIn(text);
    if (!wish) this.#close('policy', 'no message of a known form');
    else if (this.#wishesWaiting >= mostWishesWaiting) this.#close('policy', 'too many messages at a time');
    else {
      this.#wishesWaiting++;
      this.#wishes = this.#wishes
        .then(() => this.#grant(wish))
        .finally(() => {
          this.#wishesWaiting--;
        });
    }
  }

  async #grant(wish: LiveWish): Promise<void> {
    if (this.#closed.signal.aborted) return;
    if (wish.type === 'unfollow') return this.#followed.get(wish.orderId)?.abort();
    try {
      await this.#follow(wish);
    } catch (thrown) {
      if (!isStockstreamError(thrown))
        this.#parts.gateway.logger.error({ err: thrown }, 'an order could not be followed');
      const error = asStockstreamError(thrown);
      const { detail } = problemOf(error);
      await this.#send({ type: 'refused', orderId: wish.orderId, code: codeText(error.code), detail });
    }
  }

  /** A client that doesn't answer one heartbeat until the next is gone. */
  #beat(): void {
    const { socket, gateway } = this.#parts;
    if (!this.#hasAnswered) {
      socket.terminate();
      return;
    }
    this.#hasAnswered = false;
    socket.ping();
    this.#cancelHeartbeat = gateway.clock.schedule(gateway.settings.heartbeatMs, () => this.#beat());
  }

  /** Resolves when the message has left for the client, or never will. */
  #send(message: LiveMessage): Promise<void> {
    const { socket } = this.#parts;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    return new Promise((resolve) => socket.send(JSON.stringify(message), () => resolve()));
  }

  #close(why: keyof typeof closeCodes, reason: string): void {
    this.#closed.abort();
    this.#parts.socket.close(closeCodes[why], reason);
  }
}

function wishIn(text: string): LiveWish | undefined {
  try {
    const wish: unknown = JSON.parse(text);
    return checkWish(wish).length === 0 ? (wish as LiveWish) : undefined;
  } catch {
    return undefined;
  }
}
