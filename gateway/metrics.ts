// What the gateway counts, for Prometheus. Labels are routes as they are declared, never addresses as they come.
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ProductReader } from '../views/cache/product-reader.ts';
import type { EventTail } from './event-tail.ts';

export interface GatewayMetrics {
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
  /** Orders that the log has acknowledged. */
  readonly ordersAccepted: Counter;
  /** Lines of bulk uploads by what became of them. */
  readonly bulkLines: Counter<'result'>;
  readonly searchesWithoutResults: Counter;
  /** Shoppers' events that came too late to count. */
  readonly lateEvents: Counter;
}

const buckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createGatewayMetrics(
  registry: Registry,
  { tail, products }: { readonly tail: EventTail; readonly products: ProductReader },
): GatewayMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, collect: (this: Gauge) => void) => {
    new Gauge({ name, help, registers, collect });
  };
  gauge('gateway_waiters', 'Orders and products whose outcome somebody waits for', function () {
    this.set(tail.orders.listening + tail.stock.listening + tail.catalog.listening);
  });
  new Gauge({
    name: 'gateway_event_tail_lag',
    help: 'Events in the log that the gateway has not seen yet',
    labelNames: ['topic'],
    registers,
    collect() {
      for (const [topic, lag] of tail.lag()) this.set({ topic }, lag);
    },
  });
  new Counter({
    name: 'gateway_product_reads_total',
    help: 'Products asked for: found in the cache, missed and read from the documents, joined with another; and how many of all while the cache was away',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(products.counts)) this.inc({ result }, count);
    },
  });
  return {
    requestSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from a request to the end of its answer, by route',
      labelNames: ['method', 'route', 'status'],
      registers,
      buckets,
    }),
    ordersAccepted: new Counter({
      name: 'gateway_orders_accepted_total',
      help: 'Orders that the log has acknowledged',
      registers,
    }),
    searchesWithoutResults: new Counter({
      name: 'stockstream_search_zero_results_total',
      help: 'Searches for a text that found nothing',
      registers,
    }),
    lateEvents: new Counter({
      name: 'gateway_late_events_total',
      help: 'Events of shoppers that came more than a day after they happened',
      registers,
    }),
    bulkLines: new Counter({
      name: 'gateway_bulk_lines_total',
      help: 'Lines of bulk uploads by what became of them',
      labelNames: ['result'],
      registers,
    }),
  };
}

/** Measures every request of `app`. Those of unknown addresses share one label. */
export function measureRequests(app: FastifyInstance, { requestSeconds }: GatewayMetrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode };
    requestSeconds.observe(labels, reply.elapsedTime / 1000);
  });
}
