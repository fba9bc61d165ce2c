// Live updates for those who look at all of their orders: over a WebSocket, or as server-sent events. Both tell the same
// steps as GET /v1/orders/{id}/events.
import type { IncomingMessage } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Gauge } from 'prom-client';
import { Type } from 'typebox';
import { sleep } from '../../base/clock.ts';
import { principalOf } from '../auth.ts';
import { Connections } from '../connections.ts';
import { LiveConnection } from '../live-connection.ts';
import { OwnOrders } from '../own-orders.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { eventStream } from '../server-sent-events.ts';

const path = '/v1/live';
const protocol = 'stockstream.v1';
const mostMessageBytes = 4_096;
/** How long a client has to answer that the gateway goes. */
const farewellMs = 1_000;
/** setTimeout knows no more. */
const longestTimerMs = 2 ** 31 - 1;

/** Only a WebSocket for the one address that has any: other clients offer an upgrade with any request, and mean nothing. */
export function isLiveUpgrade({ url, headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && url?.split('?', 1)[0] === path;
}

export function liveRoutes(app: App, gateway: Gateway): void {
  const { settings, tail, clock, closing } = gateway;
  const { liveConnectionsForEach: mostForEach, liveConnections: most, liveStepsWaiting, heartbeatMs } = settings;
  const connections = new Connections({ mostForEach, most });
  const ownOrders = new OwnOrders(tail.orders, liveStepsWaiting);
  new Gauge({
    name: 'gateway_live_connections',
    help: 'WebSockets and streams that follow all orders of a user',
    registers: [gateway.registry],
    collect() {
      this.set(connections.count);
    },
  });
  app.register((scope, _options, done) => {
    webSocketRoute(scope, gateway, connections, ownOrders);
    done();
  });

  app.get(
    '/v1/orders/events',
    {
      ...config(['shopper'], ['CONNECTIONS_EXCEEDED'], { produces: { 200: ['text/event-stream'] } }),
      schema: {
        ...about(
          'Orders',
          'Follow all own orders',
          'Server-sent events: the steps of all of your orders from now on, each with its order id. Read GET /v1/orders whenever the connection opens: what happened before is there. Ends with the token.',
        ),
        response: { 200: Type.String({ description: 'Events whose data is a step, and its order id.' }) },
      },
    },
    async (request, reply) => {
      const { userId, expiresAt } = principalOf(request);
      const leave = connections.enter(userId);
      const source = ownOrders.of(userId);
      const gone = new AbortController();
      const cancel = clock.schedule(Math.min(expiresAt - clock.now(), longestTimerMs), () => gone.abort());
      reply.raw.once('close', () => gone.abort());
      gone.signal.addEventListener('abort', () => {
        cancel();
        source.close();
        leave();
      });
      const signal = AbortSignal.any([gone.signal, closing]);
      reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' });
      return reply.send(eventStream(source, { clock, heartbeatMs, afterId: 0, signal, hidesIds: true }));
    },
  );
}

/** The plugin's hooks are for this route alone. */
function webSocketRoute(
  scope: FastifyInstance,
  gateway: Gateway,
  connections: Connections,
  ownOrders: OwnOrders,
): void {
  scope.register(websocket, {
    options: {
      maxPayload: mostMessageBytes,
      handleProtocols: (offered) => offered.has(protocol) && protocol,
    },
    // By then each connection was told that the gateway stops; one that doesn't answer isn't waited for.
    preClose: async () => {
      const { clients } = scope.websocketServer;
      const answered = new AbortController();
      for (const client of clients) client.once('close', () => clients.size === 0 && answered.abort());
      if (clients.size > 0) await sleep(gateway.clock, farewellMs, answered.signal);
      for (const client of clients) client.terminate();
    },
    errorHandler(error, socket, request) {
      request.log.debug({ err: error }, 'a live connection failed');
      socket.terminate();
    },
  });
  // A refusal goes over a connection that isn't Fastify's any more.
  scope.addHook('onResponse', async ({ raw }) => {
    if (isLiveUpgrade(raw)) raw.socket.destroySoon();
  });
  void scope.after(() => {
    scope.route({
      method: 'GET',
      url: path,
      ...config(['shopper', 'operator'], ['CONNECTIONS_EXCEEDED', 'ORIGIN_REFUSED', 'UPGRADE_REQUIRED']),
      schema: {
        ...about('Orders', 'Follow orders over a WebSocket', words),
        response: { 101: Type.Null({ description: `The connection speaks \`${protocol}\`.` }) },
      },
      preValidation: async (request) => {
        if (!isLiveUpgrade(request.raw)) throw new Refusal('UPGRADE_REQUIRED');
        checkOrigin(request, gateway.settings.corsOrigins);
        const { socket } = request.raw;
        socket.once('close', connections.enter(principalOf(request).userId));
      },
      handler: async () => {
        throw new Refusal('UPGRADE_REQUIRED');
      },
      wsHandler: (socket, request) => {
        new LiveConnection({ socket, holder: principalOf(request), gateway, ownOrders }).start();
      },
    });
  });
}

const words = `The steps of all of a shopper's own orders as they happen; an operator names orders. The token comes in the
header Authorization, or, from pages, as a second subprotocol: \`new WebSocket(url, ['${protocol}', 'bearer.' + token])\`.
Messages and close codes: docs/live-updates.md.`;

/** Browsers say which page connects: those of the gateway's own host, and those that the settings name, may. */
function checkOrigin({ headers, host }: FastifyRequest, allowed: readonly string[]): void {
  const { origin } = headers;
  if (origin === undefined || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new Refusal('ORIGIN_REFUSED', { details: { origin: origin.slice(0, 200) } });
}
