// The gateway with what it needs beside the ports that it shares with others of the process.
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Random } from '../base/random.ts';
import { buildGateway } from '../gateway/gateway.ts';
import type { Operations } from '../gateway/operations.ts';
import { gatewayDefaults } from '../gateway/settings.ts';
import type { Log } from '../log/log.ts';
import { topologyNames } from '../streams/names.ts';
import { viewGroup } from '../streams/view.ts';
import { shopTopology } from '../topologies/shop.ts';
import { collections } from '../views/collections.ts';
import type { Config } from './config-schema.ts';
import { registerLogFigures } from './log-figures.ts';
import { version } from './manifest.ts';
import { tokenSecret } from './secret.ts';
import type { ViewSets } from './view-sets.ts';
import { viewIn } from './views.ts';
import { keepProductsWarm } from './warm-products.ts';
import { openPaymentWebhook } from './wire/effects.ts';
import { openIdempotency, openImages } from './wire/gateway.ts';
import { clock } from './wire/places.ts';
import { openArchive, openExpiryRecords } from './wire/views.ts';

export interface GatewayParts {
  readonly config: Config;
  readonly log: Log;
  readonly viewSets: ViewSets;
  readonly operations: Operations;
  readonly logger: Logger;
  readonly random: Random;
  /** Default: one of its own. */
  readonly metrics?: Registry;
  /** All figures of the process; default: those of `metrics`. */
  readonly figures?: () => Promise<string>;
}

export interface OpenGateway {
  readonly app: FastifyInstance;
  /** Finishes what runs. The log and the documents stay open. */
  close(): Promise<void>;
}

export async function openGateway(parts: GatewayParts): Promise<OpenGateway> {
  const { config, viewSets, metrics = new Registry() } = parts;
  collectDefaultMetrics({ register: metrics });
  registerLogFigures(metrics, parts.log);
  const idempotency = await openIdempotency(config, parts.logger);
  const archive = await openArchive(config);
  const expiry = await openExpiryRecords(config, parts.logger);
  const images = await openImages(config);
  const settings = {
    ...gatewayDefaults,
    jwtSecret: tokenSecret(config),
    holdMillis: config.holdSeconds * 1000,
    ordersGroup: topologyNames(config.appId, shopTopology().name).group,
    ordersViewGroup: () => viewGroup(config.appId, viewIn(viewSets.generations.active, collections.orders.name)),
    corsOrigins: config.cors ?? [],
    collectsPayments: config.payments !== 'off',
    ...(config.reviewWords !== undefined && { reviewWords: config.reviewWords }),
    ...(config.imageBaseUrl !== undefined && { imageBaseUrl: config.imageBaseUrl }),
    ...(config.shipmentWebhookSecret !== undefined && { shipmentWebhookSecret: config.shipmentWebhookSecret }),
  };
  const paymentWebhook = await openPaymentWebhook(config);
  const app = await buildGateway({
    ...parts,
    documents: viewSets.documents,
    products: viewSets.products,
    search: viewSets.search,
    ranks: viewSets.ranks,
    pinViews: (next) => viewSets.pinned(next),
    ...(paymentWebhook && { paymentWebhook }),
    idempotency,
    images,
    archive,
    expiry,
    clock,
    metrics,
    settings,
    version,
  });
  const letCool = keepProductsWarm({ ranks: viewSets.ranks, products: viewSets.products, clock, logger: parts.logger });
  return {
    app,
    async close() {
      await letCool();
      await app.close();
      await Promise.all([idempotency.close(), archive.close(), expiry.close(), images.close()]);
    },
  };
}
