// Whether the process lives, and whether it can serve: for load balancers and orchestrators. And its figures.
import { Registry } from 'prom-client';
import { Type } from 'typebox';
import { reasonOf } from '../../base/errors.ts';
import type { PartHealth } from '../operations.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described } from '../shapes/common.ts';
import { Health } from '../shapes/operations.ts';

/** Asked while the process is under pressure, too: it isn't dead then. */
const always = { pressureHandler: () => {} };

export interface HealthParts {
  /** Of every part that serving needs. */
  readonly health: () => Promise<readonly PartHealth[]>;
  /** In Prometheus' text format. */
  readonly figures: () => Promise<string>;
}

export function healthRoutes(app: App, { health, figures }: HealthParts): void {
  app.get(
    '/health/live',
    {
      ...config('public', [], always),
      schema: {
        ...about('Health', 'Is the process alive?', 'Answers as long as it can answer.'),
        response: { 200: Type.Object({ status: Type.String() }, { description: 'It is.' }) },
      },
    },
    async () => ({ status: 'live' }),
  );

  app.get(
    '/health/ready',
    {
      ...config('public', [], always),
      schema: {
        ...about('Health', 'Can it serve?', 'Not while it starts or stops, nor while a part that it needs is away.'),
        response: {
          200: described(Health, 'It can; if it is degraded, all but some writes.'),
          503: described(Health, 'It cannot; the parts say why.'),
        },
      },
    },
    async (_request, reply) => {
      const parts = await health();
      const away = parts.filter(({ healthy }) => !healthy);
      // A part that all gateways share must not take every one of them out of a load balancer that need not be.
      const isReady = away.every(({ isPartial }) => isPartial);
      const status = away.length === 0 ? 'ready' : isReady ? 'degraded' : 'not ready';
      return reply.code(isReady ? 200 : 503).send({ status, parts });
    },
  );

  app.get(
    '/metrics',
    {
      ...config('public', [], { ...always, produces: { 200: ['text/plain'] } }),
      schema: {
        ...about('Health', 'Figures for Prometheus'),
        response: { 200: Type.String({ description: "In Prometheus' text format." }) },
      },
    },
    async (_request, reply) => reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await figures()),
  );
}

export async function gatewayHealth(gateway: Gateway): Promise<PartHealth[]> {
  const { operations, tail, delivery, closing } = gateway;
  const { failure } = tail;
  const down = (name: string, detail: string): PartHealth => ({ name, healthy: false, detail });
  const answers = (name: 'idempotency' | 'archive' | 'expiry' | 'images' | 'products' | 'search') =>
    gateway[name].ping().then(
      (): PartHealth => ({ name, healthy: true }),
      (error: unknown): PartHealth => ({ ...down(name, reasonOf(error)), isPartial: true }),
    );
  const own: PartHealth[] = [
    failure === undefined ? { name: 'event tail', healthy: true } : down('event tail', failure),
    delivery.health(),
    closing.aborted ? down('gateway', 'it is stopping') : { name: 'gateway', healthy: true },
  ];
  const others = await operations.health().catch((error: unknown) => [down('operations', reasonOf(error))]);
  return [
    ...own,
    ...(await Promise.all(
      (['idempotency', 'archive', 'expiry', 'images', 'products', 'search'] as const).map(answers),
    )),
    ...others,
  ];
}
