// What a gateway can be told; plain values, checked by the app. Times in milliseconds unless the name says otherwise.
import { rudeWords } from './review-words.ts';

export interface GatewaySettings {
  /** At least 32 characters; the same for all gateways. */
  readonly jwtSecret: string;
  readonly tokenLifetimeMs: number;
  /** How long stock is held for an order that isn't paid. */
  readonly holdMillis: number;
  /** Whether orders go on to payment by themselves; else they wait for their expiry. */
  readonly collectsPayments: boolean;
  /** Checks what carriers tell, as Standard Webhooks write a secret; without one, nothing is taken from them. */
  readonly shipmentWebhookSecret?: string;
  /** The consumer group that decides orders: what it hasn't committed isn't decided. */
  readonly ordersGroup: string;
  /** The consumer group of the view of orders that answers now. */
  readonly ordersViewGroup: () => string;
  /** Origins whose pages may call; none by default. */
  readonly corsOrigins: readonly string[];
  /** Whether a proxy in front is believed about the caller's address. */
  readonly trustProxy: boolean;
  /** For each user or address; 0 for no limit. */
  readonly requestsPerMinute: number;
  /** For each address and e-mail address. */
  readonly loginsPerMinute: number;
  /** For each address. */
  readonly registrationsPerMinute: number;
  /** With shoppers' events, for each user or address. */
  readonly eventRequestsPerMinute: number;
  /** Words that send a review to a moderator. */
  readonly reviewWords: readonly string[];
  /** Characters of a password at least. */
  readonly shortestPassword: number;
  /** Beyond this delay of the event loop requests are refused; 0 for never. */
  readonly mostEventLoopDelayMs: number;
  readonly heartbeatMs: number;
  /** Live connections at the same time, of each user and of all. */
  readonly liveConnectionsForEach: number;
  readonly liveConnections: number;
  /** Steps that may wait for a live connection; one that is further behind is closed. */
  readonly liveStepsWaiting: number;
  /** How long a catalogue change or a registration is waited for before 202 is answered. */
  readonly decisionWaitMs: number;
  /** How much of the log is searched at most for an order that the view doesn't know; beyond it the answer is 503. */
  readonly searchBytes: number;
  /** The most bytes of a JSON body. */
  readonly bodyBytes: number;
  /** The most bytes of an uploaded image, and its most pixels. */
  readonly imageBytes: number;
  readonly imagePixels: number;
  /** Images that are resized at a time, and uploads that may be under way. */
  readonly imagesAtOnce: number;
  readonly imageUploads: number;
  /** Before the addresses of images; without one they are below the gateway's own. */
  readonly imageBaseUrl?: string;
  /** The most bytes of a bulk body, which is never in memory as a whole. */
  readonly bulkBytes: number;
}

/** All but what has no sensible default. */
export const gatewayDefaults = {
  tokenLifetimeMs: 12 * 3_600_000,
  holdMillis: 15 * 60_000,
  collectsPayments: false,
  corsOrigins: [],
  trustProxy: false,
  requestsPerMinute: 0,
  loginsPerMinute: 20,
  registrationsPerMinute: 60,
  eventRequestsPerMinute: 120,
  reviewWords: rudeWords,
  shortestPassword: 8,
  mostEventLoopDelayMs: 1_000,
  heartbeatMs: 15_000,
  liveConnectionsForEach: 10,
  liveConnections: 10_000,
  liveStepsWaiting: 1_000,
  decisionWaitMs: 5_000,
  searchBytes: 64 * 1024 * 1024,
  bodyBytes: 1024 * 1024,
  imageBytes: 10 * 1024 * 1024,
  imagePixels: 50_000_000,
  imagesAtOnce: 2,
  imageUploads: 16,
  bulkBytes: 1024 * 1024 * 1024,
} as const satisfies Partial<GatewaySettings>;
