// Lets pages of other origins call the gateway, if the settings name them. Without any, browsers keep to its own pages.
import type { FastifyInstance } from 'fastify';

const methods = 'GET, POST, PATCH, DELETE';
const requestHeaders = 'authorization, content-type, idempotency-key, if-match, last-event-id, prefer';
const readableHeaders = 'etag, idempotent-replayed, location, preference-applied, retry-after';
const preflightSeconds = 600;

export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    reply.header('vary', 'origin');
    if (origin === undefined || !allowed.has(origin)) return;
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', readableHeaders);
    if (request.method !== 'OPTIONS') return;
    reply.header('access-control-allow-methods', methods).header('access-control-allow-headers', requestHeaders);
    reply.header('access-control-max-age', preflightSeconds);
    return reply.code(204).send();
  });
}
