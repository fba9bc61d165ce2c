// What routes are made of: the parts of a gateway that handlers use, and the form in which a route describes itself.
// Every route says who may use it and which refusals it knows; open-api.ts turns that into the documentation.
import type {
  FastifyBaseLogger,
  FastifyContextConfig,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Registry } from 'prom-client';
import type { Static, TSchema } from 'typebox';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import type { Random } from '../base/random.ts';
import type { Log } from '../log/log.ts';
import type { Archive } from '../views/archive/archive.ts';
import type { OrderReader } from '../views/archive/read-orders.ts';
import type { ProductReader } from '../views/cache/product-reader.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { ExpiryRecords } from '../views/expiry/expiry-records.ts';
import type { Ranks } from '../views/ranks/ranks.ts';
import type { Search } from '../views/search/search.ts';
import type { Access, Tokens } from './auth.ts';
import type { DeliveryTail } from './delivery-tail.ts';
import type { EventTail } from './event-tail.ts';
import type { OrderFinder } from './find-order.ts';
import type { AnswerOnce } from './idempotency/answer-once.ts';
import type { Idempotency } from './idempotency/idempotency.ts';
import type { ImageUrls } from './images/image-urls.ts';
import type { Images } from './images/images.ts';
import type { LogWriter } from './log-writer.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Operations } from './operations.ts';
import type { PaymentWebhook } from './payment-webhook.ts';
import type { ProductTypes } from './product-types.ts';
import type { RatingReader } from './rating-reader.ts';
import type { SearchSettingsTail } from './search-settings.ts';
import type { GatewaySettings } from './settings.ts';
import type { OrderDesk } from './submit-order.ts';

/** Requests are typed by their schemas; what is sent is held to its schema when it is written. */
interface RequestTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: unknown;
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  RequestTypes
>;

/** All that handlers use. */
export interface Gateway {
  readonly log: Log;
  readonly documents: Documents;
  /** Products through the cache. */
  readonly products: ProductReader;
  readonly ratings: RatingReader;
  readonly archive: Archive;
  readonly expiry: ExpiryRecords;
  readonly search: Search;
  readonly ranks: Ranks;
  readonly searchSettings: SearchSettingsTail;
  readonly delivery: DeliveryTail;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: FastifyBaseLogger;
  readonly settings: GatewaySettings;
  readonly registry: Registry;
  readonly metrics: GatewayMetrics;
  readonly writer: LogWriter;
  readonly tail: EventTail;
  readonly once: AnswerOnce;
  readonly idempotency: Idempotency;
  readonly images: Images;
  readonly imageUrls: ImageUrls;
  readonly tokens: Tokens;
  readonly orders: OrderDesk;
  readonly productTypes: ProductTypes;
  readonly finder: OrderFinder;
  /** Orders, archived ones too. */
  readonly reader: OrderReader;
  /** Not there if nobody could sign news of payments. */
  readonly paymentWebhook?: PaymentWebhook;
  /** Aborts when the gateway closes: what waits should end. */
  readonly closing: AbortSignal;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The refusals of this route beyond those that any route of its kind has. */
    problems?: readonly ErrorCode[];
    /** Content types of answers that the schema can't tell, by status. */
    produces?: { readonly [status: number]: readonly string[] };
    /** What under-pressure calls instead of refusing. */
    pressureHandler?: () => void;
  }
}

export type Tag =
  | 'Accounts'
  | 'Mails'
  | 'Orders'
  | 'Products'
  | 'Reviews'
  | 'Search'
  | 'Stock'
  | 'Delivery'
  | 'Shipping'
  | 'Payments'
  | 'Operations'
  | 'Health';

/** The part of a route's schema that is words. */
export function about(tag: Tag, summary: string, description = '') {
  return { tags: [tag], summary, ...(description && { description }) };
}

/** The part of a route's options that says who may use it and how it refuses. */
export function config(access: Access, problems: readonly ErrorCode[] = [], more: FastifyContextConfig = {}) {
  return { config: { access, problems, ...more } };
}
