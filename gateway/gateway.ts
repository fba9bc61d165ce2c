// The gateway: Fastify with everything that a request meets on its way, and the routes. Commands go into the log,
// queries are answered from the views; nothing is decided here. Any number of gateways may run beside each other.
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import type { Clock } from '../base/clock.ts';
import { StockstreamError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { Archive } from '../views/archive/archive.ts';
import { OrderReader } from '../views/archive/read-orders.ts';
import type { ProductReader } from '../views/cache/product-reader.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { ExpiryRecords } from '../views/expiry/expiry-records.ts';
import type { Ranks } from '../views/ranks/ranks.ts';
import type { Search } from '../views/search/search.ts';
import { Accounts } from './accounts.ts';
import { useAuth } from './auth.ts';
import { CatalogDesk } from './change-product.ts';
import { allowOrigins } from './cors.ts';
import { DeliveryTail } from './delivery-tail.ts';
import { EventTail } from './event-tail.ts';
import { OrderFinder } from './find-order.ts';
import { AnswerOnce } from './idempotency/answer-once.ts';
import type { Idempotency } from './idempotency/idempotency.ts';
import { ImageDesk } from './images/image-desk.ts';
import { ImageUrls } from './images/image-urls.ts';
import type { Images } from './images/images.ts';
import { LogWriter } from './log-writer.ts';
import { createGatewayMetrics, measureRequests } from './metrics.ts';
import { NetworkDesk } from './network-desk.ts';
import { openApiRoute, useOpenApi } from './open-api.ts';
import type { Operations } from './operations.ts';
import { Passwords } from './passwords.ts';
import type { PaymentWebhook } from './payment-webhook.ts';
import { answerProblems, sendProblem } from './problem.ts';
import { type ProductTypesOptions as FollowingOptions, ProductTypes } from './product-types.ts';
import { RatingReader } from './rating-reader.ts';
import { Refusal } from './refusal.ts';
import { ReviewDesk } from './review-desk.ts';
import type { App, Gateway } from './route.ts';
import { adminRoutes } from './routes/admin.ts';
import { checkpointRoutes } from './routes/checkpoints.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { deliveryRoutes } from './routes/delivery.ts';
import { eventRoutes } from './routes/events.ts';
import { feedRoutes } from './routes/feeds.ts';
import { gatewayHealth, healthRoutes } from './routes/health.ts';
import { imageRoutes } from './routes/images.ts';
import { isLiveUpgrade, liveRoutes } from './routes/live.ts';
import { logisticsRoutes } from './routes/logistics.ts';
import { orderExpiryRoute } from './routes/order-expiry.ts';
import { orderWishRoutes } from './routes/order-wishes.ts';
import { orderRoutes } from './routes/orders.ts';
import { outboxRoutes } from './routes/outbox.ts';
import { paymentRoutes } from './routes/payments.ts';
import { popularRoute } from './routes/popular.ts';
import { productImportRoutes } from './routes/product-imports.ts';
import { productTypeRoutes } from './routes/product-types.ts';
import { productRoutes } from './routes/products.ts';
import { reconciliationRoutes } from './routes/reconciliation.ts';
import { replayRoutes } from './routes/replay.ts';
import { reviewModerationRoutes } from './routes/review-moderation.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { rootRoute } from './routes/root.ts';
import { searchRoutes } from './routes/search.ts';
import { searchSettingsRoutes } from './routes/search-settings.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { shipmentRoutes } from './routes/shipments.ts';
import { stateRoutes } from './routes/state.ts';
import { stockRoutes } from './routes/stock.ts';
import { stockChangeRoutes } from './routes/stock-changes.ts';
import { unsubscribeRoutes } from './routes/unsubscribe.ts';
import { userRoutes } from './routes/users.ts';
import { viewGenerationRoutes } from './routes/view-generations.ts';
import { SearchSettingsTail } from './search-settings.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { GatewaySettings } from './settings.ts';
import { StockDesk } from './stock-desk.ts';
import { OrderDesk } from './submit-order.ts';
import { unsubscribeTokens } from './unsubscribe-tokens.ts';
import { validatorCompiler } from './validation.ts';

/** All that a gateway needs. It closes none of them, for others may use them, too. */
export interface GatewayDeps {
  readonly log: Log;
  /** Opened with the collections of views/collections.ts. */
  readonly documents: Documents;
  /** The products among them, through a cache. */
  readonly products: ProductReader;
  /**
   * Calls `next` so that all that it leads to reads one set of views, whatever is switched to meanwhile; with the set's
   * name, which the answer then carries.
   */
  readonly pinViews?: (next: (generation: string) => void) => void;
  readonly archive: Archive;
  readonly expiry: ExpiryRecords;
  readonly search: Search;
  readonly ranks: Ranks;
  readonly idempotency: Idempotency;
  readonly images: Images;
  /** Reads what the payment provider tells; without it, that is refused. */
  readonly paymentWebhook?: PaymentWebhook;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Registry;
  /** All figures of the process in Prometheus' text format; default: those of `metrics`. */
  readonly figures?: () => Promise<string>;
  readonly settings: GatewaySettings;
  /** Shown in the documentation. */
  readonly version?: string;
}

/** Ready to listen. Its topics must exist. Closing it finishes what runs and ends streams and waiting requests. */
export async function buildGateway(deps: GatewayDeps): Promise<FastifyInstance> {
  const { settings, logger } = deps;
  const app = fastify({
    loggerInstance: logger,
    http: { shouldUpgradeCallback: isLiveUpgrade },
    // A line a request would cost more than most requests; figures are in the metrics, failures are logged.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: settings.bodyBytes,
    trustProxy: settings.trustProxy,
    // The longest bulk upload.
    requestTimeout: 3_600_000,
    genReqId: () => deps.random.uuid(),
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, error),
  });
  app.setValidatorCompiler(validatorCompiler);
  answerProblems(app);
  await guard(app, settings);
  const gateway = await assemble(app, deps);
  await useOpenApi(app, deps.version ?? '0.0.0');
  addRoutes(app, gateway, deps);
  return app;
}

/** Makes the parts, and lets them end with `app`. */
async function assemble(app: FastifyInstance, deps: GatewayDeps): Promise<Gateway> {
  const { log, documents, products, archive, idempotency, clock, settings, metrics: registry, logger } = deps;
  const partitions = await partitionCounts(log);
  const writer = new LogWriter({ producer: await log.producer(), partitions, clock });
  const tail = new EventTail({ log, partitions, clock, logger });
  await tail.start();
  tellProducts(products, tail);
  const followed = await followTopics({ log, partitions, clock, logger });
  const { searchSettings, productTypes, delivery } = followed;
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  // Else a connection stays for as long as its caller likes to keep it, and closing waits for that.
  const { pinViews } = deps;
  if (pinViews) {
    app.addHook('onRequest', (_request, reply, done) => {
      pinViews((generation) => {
        reply.header('views-generation', generation);
        done();
      });
    });
  }
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onClose', async () => {
    await tail.close();
    await followed.close();
    await writer.close();
  });
  const { ordersGroup, ordersViewGroup, searchBytes, holdMillis, jwtSecret } = settings;
  const reader = new OrderReader(documents, archive);
  const finder = new OrderFinder({ log, reader, tail, partitions, ordersGroup, ordersViewGroup, searchBytes });
  const metrics = createGatewayMetrics(registry, { tail, products });
  measureRequests(app, metrics);
  const waiting = { clock, closing: closing.signal };
  const onAccepted = () => metrics.ordersAccepted.inc();
  const { collectsPayments } = settings;
  return {
    ...deps,
    registry,
    metrics,
    writer,
    tail,
    searchSettings,
    finder,
    reader,
    productTypes,
    ratings: new RatingReader({ documents, clock }),
    delivery,
    imageUrls: new ImageUrls(settings.imageBaseUrl),
    once: new AnswerOnce({ idempotency, clock, logger, secret: jwtSecret }),
    tokens: await useAuth(app, { secret: jwtSecret, lifetimeMs: settings.tokenLifetimeMs, clock }),
    orders: new OrderDesk({
      documents,
      products,
      writer,
      tail,
      finder,
      delivery,
      waiting,
      holdMillis,
      collectsPayments,
      onAccepted,
    }),
    closing: closing.signal,
  };
}

/** What this gateway holds of topics that it reads whole. */
async function followTopics(options: FollowingOptions) {
  const searchSettings = new SearchSettingsTail(options);
  const productTypes = new ProductTypes(options);
  const delivery = new DeliveryTail(options);
  const all = [searchSettings, productTypes, delivery];
  await Promise.all(all.map((each) => each.start()));
  const close = async () => {
    await Promise.all(all.map((each) => each.close()));
  };
  return { searchSettings, productTypes, delivery, close };
}

/** How many partitions each topic really has. @throws LOG_UNKNOWN_TOPIC if one is missing */
async function partitionCounts(log: Log): Promise<ReadonlyMap<string, number>> {
  const names = Object.values(topics).map(({ name }) => name);
  const counts = new Map((await log.admin.describeTopics(names)).map(({ name, partitions }) => [name, partitions]));
  const missing = names.find((name) => !counts.has(name));
  if (missing) throw new StockstreamError('LOG_UNKNOWN_TOPIC', { topic: missing, partition: 0 });
  return counts;
}

/** What a request passes before any route. */
async function guard(app: FastifyInstance, settings: GatewaySettings): Promise<void> {
  allowOrigins(app, settings.corsOrigins);
  await addSecurityHeaders(app, settings.imageBaseUrl);
  const { mostEventLoopDelayMs: maxEventLoopDelay, requestsPerMinute } = settings;
  await app.register(underPressure, {
    maxEventLoopDelay,
    pressureHandler: async () => {
      throw new Refusal('OVERLOADED', { retryAfter: 2 });
    },
  });
  await app.register(rateLimit, {
    global: requestsPerMinute > 0,
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ principal, ip }) => principal?.userId ?? ip,
    errorResponseBuilder: (_request, { ttl }) => new Refusal('RATE_LIMITED', { retryAfter: Math.ceil(ttl / 1000) }),
  });
}

function addRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  { documents, products, settings, figures }: GatewayDeps,
): void {
  const { writer, tail } = gateway;
  const waitMs = settings.decisionWaitMs;
  const accounts = new Accounts({ documents, writer, waiting: gateway, passwords: new Passwords(), waitMs });
  const typed: App = app;
  rootRoute(typed);
  const ownFigures = () => gateway.registry.metrics();
  healthRoutes(typed, { health: () => gatewayHealth(gateway), figures: figures ?? ownFigures });
  openApiRoute(typed);
  userRoutes(typed, gateway, accounts);
  sessionRoutes(typed, gateway, accounts);
  outboxRoutes(typed, gateway);
  orderRoutes(typed, gateway);
  orderExpiryRoute(typed, gateway);
  orderWishRoutes(typed, gateway);
  liveRoutes(typed, gateway);
  productRoutes(typed, gateway, new CatalogDesk({ documents, products, writer, tail, waiting: gateway, waitMs }));
  const reviews = { gateway, accounts, desk: new ReviewDesk({ ...gateway, waiting: gateway, waitMs }) };
  reviewRoutes(typed, reviews);
  reviewModerationRoutes(typed, reviews);
  searchRoutes(typed, gateway);
  popularRoute(typed, gateway);
  eventRoutes(typed, gateway);
  searchSettingsRoutes(typed, gateway);
  productTypeRoutes(typed, gateway);
  stockRoutes(typed, gateway);
  deliveryRoutes(typed, gateway);
  adminRoutes(typed, gateway);
  deadLetterRoutes(typed, gateway);
  stateRoutes(typed, gateway);
  checkpointRoutes(typed, gateway);
  replayRoutes(typed, gateway);
  feedRoutes(typed, gateway);
  reconciliationRoutes(typed, gateway);
  viewGenerationRoutes(typed, gateway);
  app.register((scope, _options, done) => {
    const { random } = gateway;
    logisticsRoutes(scope, gateway, new NetworkDesk({ documents, writer, tail, waiting: gateway, random, waitMs }));
    done();
  });
  app.register((scope, _options, done) => {
    shipmentRoutes(scope, gateway);
    done();
  });
  app.register((scope, _options, done) => {
    paymentRoutes(scope, gateway);
    done();
  });
  // Body parsers are for their own routes alone.
  app.register((scope, _options, done) => {
    imageRoutes(scope, gateway, imageDesk(gateway));
    done();
  });
  app.register((scope, _options, done) => {
    unsubscribeRoutes(scope, accounts, unsubscribeTokens(app));
    done();
  });
  app.register((scope, _options, done) => {
    stockChangeRoutes(scope, gateway, new StockDesk({ documents, writer, tail, waiting: gateway }));
    done();
  });
  app.register((scope, _options, done) => {
    productImportRoutes(scope, gateway);
    done();
  });
}

function imageDesk({ images, settings }: Gateway): ImageDesk {
  const { imagePixels: mostPixels, imagesAtOnce: atOnce, imageUploads: mostUploads } = settings;
  return new ImageDesk({ images, mostPixels, atOnce, mostUploads });
}

/** A version that anybody caused is known to this process before a view has it. */
function tellProducts(products: ProductReader, tail: EventTail): void {
  tail.catalog.watch({
    take({ productId, outcome }) {
      if (outcome.type === 'ProductChanged') products.heard(productId, outcome.version);
    },
    // What was missed the cache hears of, or it is read anew within a minute.
    lost() {},
  });
}
