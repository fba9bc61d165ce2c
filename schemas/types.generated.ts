// Written by `npm run generate` from the .avsc files: do not edit.

/** What shoppers of one task did with a product within the last second, summed, on its way to the product's task. Key: product id. */
export interface ActivityBatch {
  /** In the order in which they began. */
  readonly sums: readonly ActivitySum[];
}

/** What happened with a product. A kind that a reader doesn't know yet reads as `other`. */
export type ActivityKind =
  | 'other'
  | 'viewed'
  | 'chosen'
  | 'carted'
  | 'wished'
  | 'ordered'
  | 'delivered'
  | 'returned';

/** What of one kind happened within ten seconds. */
export interface ActivitySum {
  /** What. */
  readonly kind: ActivityKind;
  /** The first of these ten seconds. */
  readonly at: number;
  /** Units, or times. */
  readonly quantity: number;
}

/** Where a parcel goes. */
export interface Address {
  /** Who receives it. */
  readonly name: string;
  /** Street and number, further lines joined by a line break. */
  readonly street: string;
  /** Town or city. */
  readonly city: string;
  /** As the country writes it. */
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
}

/** Units of one product set aside in one warehouse. */
export interface Allocation {
  /** Where they lie. */
  readonly warehouseId: string;
  /** How many; at least 1. */
  readonly quantity: number;
}

/** The seller's answer. */
export interface AnswerReview {
  readonly type: 'AnswerReview';
  /** Plain text; empty takes the answer back. */
  readonly text: string;
}

/** How an area is reached. */
export interface AreaOptions {
  readonly type: 'AreaOptions';
  /** Which. */
  readonly area: DeliveryArea;
  /** Those that no other way from the same warehouse is at least as good as, in every respect. */
  readonly ways: readonly DeliveryWay[];
}

/** An area of the delivery network with what leads to it. Key: area id. */
export interface AreaState {
  /** As it stands. */
  readonly area: DeliveryArea;
  /** By route id. */
  readonly routes: readonly DeliveryRoute[];
}

/** A line of the order, merged by product. */
export interface AskedLine {
  /** The first line of the product. */
  readonly line: number;
  /** Of which product. */
  readonly productId: string;
  /** Units. */
  readonly quantity: number;
  /** Of one unit. */
  readonly weightGrams: number;
  /** Who sells it; empty if that isn't known. */
  readonly sellerId: string;
}

/** Every line is held; whether it looks like fraud is being found out. */
export interface Assessing {
  readonly type: 'Assessing';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
}

/** How a value is written: a number as JSON writes it, a boolean as `true` or `false`, a choice as one of the choices. A kind that a reader doesn't know yet reads as `text`. */
export type AttributeKind =
  | 'text'
  | 'number'
  | 'boolean'
  | 'choice';

/** What one attribute is. */
export interface AttributeRule {
  /** As products have it. */
  readonly name: string;
  /** The name for people; empty for none. */
  readonly label: string;
  /** What its values are. */
  readonly kind: AttributeKind;
  /** Whether every product of the type has it, as an attribute or as an option of its variants. */
  readonly required: boolean;
  /** Of a choice: all values, in the order to show them. */
  readonly choices: readonly string[];
  /** Of a number: `cm`; empty for none. */
  readonly unit: string;
  /** Of a number: the smallest; null for any. */
  readonly min: number | null;
  /** Of a number: the largest; null for any. */
  readonly max: number | null;
  /** Of a text: in characters; null for as long as any attribute may be. */
  readonly maxLength: number | null;
  /** Whether shoppers filter by it. */
  readonly facet: boolean;
}

/** Something was set right by hand or by the operator's wish, outside of the usual course of things: who, when, what, why. */
export interface AuditEntry {
  /** The repair's. */
  readonly auditId: string;
  /** When it was decided. */
  readonly at: number;
  /** The user id of who asked. */
  readonly actor: string;
  /** The kind of repair, such as `correct-stock`. */
  readonly action: string;
  /** The order, product or document. */
  readonly subject: string;
  /** The finding and the operator's words. */
  readonly reason: string;
  /** What became of it. */
  readonly outcome: AuditOutcome;
  /** How it stood, as JSON; empty if that isn't known. */
  readonly before: string;
  /** How it stands now, what was asked, or why it was refused; as JSON. */
  readonly after: string;
}

/** `asked`: it is a question to others, whose answer stands where theirs do; `done`: it is as `after` says; `refused`: nothing was changed. One that a reader doesn't know yet reads as `other`. */
export type AuditOutcome =
  | 'other'
  | 'asked'
  | 'done'
  | 'refused';

/** Set the money aside. */
export interface AuthorizePayment {
  readonly type: 'AuthorizePayment';
  /** `card`, `wallet` or `invoice`. */
  readonly method: string;
  /** The provider's token; never a card number. */
  readonly token: string;
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** Every line is held; the provider was asked to set the money aside. */
export interface Authorizing {
  readonly type: 'Authorizing';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
}

/** Other partitions were asked and some haven't answered. */
export interface AwaitingReservations {
  readonly type: 'AwaitingReservations';
  /** The order. */
  readonly facts: OrderFacts;
  /** In the order of their coming; the lead's is the first. */
  readonly answers: readonly LineAnswer[];
}

/** Give the order up and its stock back. */
export interface CancelOrder {
  readonly type: 'CancelOrder';
  /** On whose behalf. */
  readonly reason: CancelReason;
}

/** Why an order is cancelled. A reason that a reader doesn't know yet reads as `other`. */
export type CancelReason =
  | 'other'
  | 'expired'
  | 'by_customer'
  | 'by_operator'
  | 'payment_failed'
  | 'fraud_suspected';

/** Given up. Nothing is held. */
export interface Cancelled {
  readonly type: 'Cancelled';
  /** The order; an answer of the payment may still come. */
  readonly facts: OrderFacts;
  /** Why. */
  readonly reason: CancelReason;
  /** When. */
  readonly endedAt: number;
}

/** The cancellation overtook its order, which ends as soon as it comes. */
export interface CancelledEarly {
  readonly type: 'CancelledEarly';
  /** Why. */
  readonly reason: CancelReason;
  /** When the cancellation came. */
  readonly endedAt: number;
}

/** Given up; the provider was asked to give the money back. */
export interface CancelledRefunding {
  readonly type: 'CancelledRefunding';
  /** The order. */
  readonly facts: OrderFacts;
  /** Why. */
  readonly reason: CancelReason;
  /** How often the last question to the provider was asked. */
  readonly tries: number;
  /** When. */
  readonly endedAt: number;
}

/** Given up. Nothing was set aside or taken so far; a success may still come. */
export interface CancelledUnpaid {
  readonly type: 'CancelledUnpaid';
  /** The order. */
  readonly facts: OrderFacts;
  /** Why. */
  readonly reason: CancelReason;
  /** When. */
  readonly endedAt: number;
}

/** Given up; the provider was asked to let go of the money. */
export interface CancelledVoiding {
  readonly type: 'CancelledVoiding';
  /** The order. */
  readonly facts: OrderFacts;
  /** Why. */
  readonly reason: CancelReason;
  /** The provider's name for what is known to be set aside; empty if nothing is. */
  readonly paymentReference: string;
  /** How often the last question to the provider was asked. */
  readonly tries: number;
  /** When. */
  readonly endedAt: number;
}

/** Take what was set aside. */
export interface CapturePayment {
  readonly type: 'CapturePayment';
  /** The provider's name for the payment. */
  readonly paymentReference: string;
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What was set aside can no longer be taken. */
export interface CaptureRefused {
  readonly type: 'CaptureRefused';
  /** The provider's or the adapter's words, never with a card number. */
  readonly reason: string;
}

/** The money is set aside; the provider was asked to take it. The hold has no end any more. */
export interface Capturing {
  readonly type: 'Capturing';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
  /** The provider's name for the payment. */
  readonly paymentReference: string;
  /** How often the last question to the provider was asked. */
  readonly tries: number;
}

/** Put units into a cart. */
export interface CartAdded {
  readonly type: 'CartAdded';
  /** Which. */
  readonly productId: string;
  /** Units. */
  readonly quantity: number;
}

/** A seller's edit of the catalogue. */
export interface CatalogChange {
  /** Unique within the product; the same for every retry. */
  readonly changeId: string;
  /** Which product; `[A-Za-z0-9._-]{1,64}`. */
  readonly productId: string;
  /** Who says so; must own the product. */
  readonly sellerId: string;
  /** When the gateway took it. */
  readonly at: number;
  /** The bulk import or the supplier's feed that it came with; empty for none. */
  readonly importId: string;
  /** Its line there, from 1; 0 for none. */
  readonly importLine: number;
  /** What is asked. */
  readonly change: CreateProduct | ChangeProduct | DeleteProduct | PutVariant | DropVariant;
}

/** Nothing changed. */
export interface CatalogChangeRefused {
  readonly type: 'CatalogChangeRefused';
  /** Why. */
  readonly reason: CatalogRefusalReason;
}

/** The answer to a catalogue change; a repeated change is answered by the same event again. */
export interface CatalogEvent {
  /** The change that is answered. */
  readonly changeId: string;
  /** Which product. */
  readonly productId: string;
  /** Who asked. */
  readonly sellerId: string;
  /** When it was decided. */
  readonly at: number;
  /** As the change has it. */
  readonly importId: string;
  /** As the change has it. */
  readonly importLine: number;
  /** Applied or refused; or what a line of an import says is no change at all. */
  readonly outcome: ProductChanged | CatalogChangeRefused | LineRefused;
}

/** Why a catalogue change is refused. A reason that a reader doesn't know yet reads as `other`. */
export type CatalogRefusalReason =
  | 'other'
  | 'invalid_product_id'
  | 'already_exists'
  | 'unknown_product'
  | 'product_deleted'
  | 'not_owner'
  | 'invalid_title'
  | 'invalid_price'
  | 'invalid_weight'
  | 'invalid_limit'
  | 'invalid_language'
  | 'invalid_attributes'
  | 'invalid_variants'
  | 'is_a_variant'
  | 'invalid_description'
  | 'invalid_category'
  | 'invalid_brand'
  | 'invalid_images'
  | 'invalid_type'
  | 'superseded'
  | 'not_its_variant';

/** New values for some fields; null leaves a field as it is. */
export interface ChangeProduct {
  readonly type: 'ChangeProduct';
  /** One line. */
  readonly title: string | null;
  /** Plain text. */
  readonly description: string | null;
  /** Path of the category, parts joined by `/`. */
  readonly category: string | null;
  /** May be empty. */
  readonly brand: string | null;
  /** Of one unit, before tax. */
  readonly price: Money | null;
  /** All of them. */
  readonly images: readonly string[] | null;
  /** All of them. */
  readonly attributes: { readonly [key: string]: string } | null;
  /** Of one unit, packed. */
  readonly weightGrams: number | null;
  /** Units that one customer may buy; 0 lifts the limit. */
  readonly customerLimit: number | null;
  /** Which type's attributes it has; empty for any. */
  readonly productType: string | null;
  /** ISO 639-1 of title and description. */
  readonly language: string | null;
  /** Whether some routes may not carry it. */
  readonly hazardous: boolean | null;
  /** All of them; those that are missing go off sale. */
  readonly variants: readonly Variant[] | null;
}

/** What payment, mail and shipping need. */
export interface Checkout {
  /** The payment provider's word, such as `card`. */
  readonly method: string;
  /** The provider's token; never a card number. */
  readonly token: string;
  /** What is paid, in the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Where mails go; empty for none. */
  readonly email: string;
  /** Where it goes. */
  readonly shipTo: Address;
  /** Best first; the others follow by name. */
  readonly warehouses: readonly string[];
  /** How long its stock is held for payment, in milliseconds. */
  readonly holdMillis: number;
  /** Empty if not told. */
  readonly billingCountry: string;
  /** Empty if not told. */
  readonly billingPostalCode: string;
  /** 0 if not known. */
  readonly customerSince: number;
  /** By warehouse, the soonest first. */
  readonly promises: readonly DeliveryPromise[];
  /** Warehouses that the delivery network has no way from. */
  readonly notFrom: readonly string[];
}

/** The order is paid: the held units leave. Not answered. */
export interface CommitStock {
  readonly type: 'CommitStock';
}

/** When a country rests. */
export interface CountryHolidays {
  readonly type: 'CountryHolidays';
  /** All of it. */
  readonly calendar: HolidayCalendar;
}

/** A new product, or a deleted one of the same seller again. */
export interface CreateProduct {
  readonly type: 'CreateProduct';
  /** One line. */
  readonly title: string;
  /** Plain text. */
  readonly description: string;
  /** Path of the category, parts joined by `/`. */
  readonly category: string;
  /** May be empty. */
  readonly brand: string;
  /** Of one unit, before tax. */
  readonly price: Money;
  /** URLs, the main one first. */
  readonly images: readonly string[];
  /** Free facets such as `color`. */
  readonly attributes: { readonly [key: string]: string };
  /** Of one unit, packed. */
  readonly weightGrams: number;
  /** Units that one customer may buy; null for no limit. */
  readonly customerLimit: number | null;
  /** Which type's attributes it has; empty for any. */
  readonly productType: string;
  /** ISO 639-1 of title and description. */
  readonly language: string;
  /** Whether some routes may not carry it. */
  readonly hazardous: boolean;
  /** What it comes in; each is a product of its own that is bought instead of this one. */
  readonly variants: readonly Variant[];
  /** Whether it takes the place of what the seller offers under this id already. */
  readonly replaces: boolean;
}

/** Units of a product with a limit a customer that one customer holds or bought. Key: `<productId>/<customerId>`. */
export interface CustomerPurchases {
  /** Units; the entry goes when there are none. */
  readonly quantity: number;
}

/** What became of a dead letter. It is over then: neither listed with those that wait nor replayed again. */
export interface DeadLetterMark {
  /** `<partition>-<offset>` in the dead letters. */
  readonly letterId: string;
  /** What was done with it. */
  readonly outcome: DeadLetterOutcome;
  /** The user id of who decided. */
  readonly actor: string;
  /** When. */
  readonly at: number;
}

/** One that a reader doesn't know yet reads as `other`. */
export type DeadLetterOutcome =
  | 'other'
  | 'replayed'
  | 'edited'
  | 'dropped';

/** Not for sale any more. Open orders keep their stock. */
export interface DeleteProduct {
  readonly type: 'DeleteProduct';
}

/** Take one's own back. */
export interface DeleteReview {
  readonly type: 'DeleteReview';
}

/** Every parcel has arrived. */
export interface Delivered {
  readonly type: 'Delivered';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
  /** One a warehouse. */
  readonly parcels: readonly Parcel[];
  /** The provider's name for the payment. */
  readonly paymentReference: string;
  /** When. */
  readonly endedAt: number;
}

/** Places that are reached in the same ways. */
export interface DeliveryArea {
  /** Unique. */
  readonly areaId: string;
  /** For people; may be empty. */
  readonly name: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  /** Beginnings (`10`) and ranges (`10115..14199`), without spaces and dashes; an empty beginning is the whole country. */
  readonly postalCodes: readonly string[];
}

/** A part of the delivery network as it stands, as far as those who promise deliveries need it. Keyed by its kind and id, such as `area/DE-10`. */
export interface DeliveryEntry {
  /** What it is. */
  readonly entry: AreaOptions | WarehouseHours | CountryHolidays | NetworkInForce | EntryGone;
}

/** What the delivery network promised when an order was placed: from where, by whom, and when it arrives. */
export interface DeliveryPromise {
  /** From where. */
  readonly warehouseId: string;
  /** By whom. */
  readonly carrier: string;
  /** The first day on which it may arrive: days since 1970-01-01. */
  readonly fromDay: number;
  /** The last one. */
  readonly toDay: number;
  /** Lines of the order that can't be sent from there. */
  readonly notLines: readonly number[];
}

/** How a carrier brings parcels from a warehouse to an area. */
export interface DeliveryRoute {
  /** Unique. */
  readonly routeId: string;
  /** Where to. */
  readonly areaId: string;
  /** Where from, by whom, how fast. */
  readonly way: DeliveryWay;
}

/** What a carrier takes from a warehouse, and how fast it is. */
export interface DeliveryWay {
  /** Who carries it. */
  readonly carrier: string;
  /** Where from. */
  readonly warehouseId: string;
  /** The carrier's work days from pick-up to the door, at best; 0 for the same day. */
  readonly minDays: number;
  /** At worst. */
  readonly maxDays: number;
  /** Of the heaviest parcel. */
  readonly maxWeightGrams: number;
  /** Whether hazardous goods may go this way. */
  readonly hazardous: boolean;
  /** Whether it can be paid at the door. */
  readonly cash: boolean;
  /** A bit a day on which the carrier picks up and delivers, Monday the lowest. */
  readonly workDays: number;
  /** Minutes after midnight at the warehouse, if this carrier comes earlier than the warehouse's own. */
  readonly cutOff: number | null;
  /** Further days on which the carrier rests: days since 1970-01-01, sorted. */
  readonly holidays: readonly number[];
}

/** Files that are put into a directory. */
export interface DirectoryOrigin {
  readonly type: 'DirectoryOrigin';
  /** Below the directory of all feeds. */
  readonly path: string;
  /** Whether a file is moved into `done` once it was taken. */
  readonly movesDone: boolean;
}

/** The product has this variant no more, or is off sale itself. Only the streams send it. */
export interface DropVariant {
  readonly type: 'DropVariant';
  /** The product that says so. */
  readonly variantOf: string;
  /** Its version; what an older version said counts no more. */
  readonly parentVersion: number;
}

/** Change one's own. */
export interface EditReview {
  readonly type: 'EditReview';
  /** All of it. */
  readonly content: ReviewContent;
}

/** It was removed. */
export interface EntryGone {
  readonly type: 'EntryGone';
}

/** Each is as good as the others. */
export interface EqualWords {
  readonly type: 'EqualWords';
  /** ISO 639-1; empty for all. */
  readonly language: string;
  /** Each of one or more words. */
  readonly words: readonly string[];
}

/** A supplier's feed as operators want it: where it comes from, what it has, how often it is looked for. */
export interface Feed {
  /** Its name; `[A-Za-z0-9._-]{1,64}`. */
  readonly feedId: string;
  /** Whose products and stock it tells. */
  readonly sellerId: string;
  /** Where it comes from. */
  readonly origin: HttpOrigin | DirectoryOrigin;
  /** How it is written. */
  readonly format: FeedFormat;
  /** What its lines are. */
  readonly content: ImportContent;
  /** How often it is looked for. */
  readonly everySeconds: number;
  /** Whether products of the run before that it has no more go off sale. */
  readonly deletesMissing: boolean;
  /** If more of them are missing, none goes off sale: the content is rather broken. */
  readonly mostDeletedPercent: number;
  /** Whether it is looked for at all. */
  readonly isEnabled: boolean;
  /** Gone; its runs stay. */
  readonly isRemoved: boolean;
  /** When somebody asked to look for it at once. */
  readonly requestedAt: number | null;
  /** When this was written. */
  readonly updatedAt: number;
  /** The operator who wrote it. */
  readonly updatedBy: string;
}

/** Files that were taken and are still where they were put. */
export interface FeedFiles {
  readonly type: 'FeedFiles';
  /** By name. */
  readonly versions: { readonly [key: string]: string };
}

/** How it is written. */
export type FeedFormat =
  | 'other'
  | 'ndjson'
  | 'csv';

/** How far a feed was taken, written in one transaction with what was taken. */
export interface FeedPosition {
  /** Of which feed. */
  readonly feedId: string;
  /** A run, or what was taken for good. */
  readonly what: FeedRun | FeedFiles;
}

/** The last run: one content, taken line by line. */
export interface FeedRun {
  readonly type: 'FeedRun';
  /** From 1; 0 if there was none yet. */
  readonly run: number;
  /** `idle` once all of it was taken. */
  readonly status: FeedRunStatus;
  /** Of the content: an address, or a file's name. */
  readonly name: string;
  /** Of the content, as its origin tells: a tag, or size and time. */
  readonly version: string;
  /** SHA-256 of the content: a run that broke off goes on with the same alone. */
  readonly digest: string;
  /** The first line that isn't in the log. */
  readonly nextLine: number;
  /** Bytes before that line, about. */
  readonly bytes: number;
  /** Lines in the log. */
  readonly lines: number;
  /** Of these, those that never became a change. */
  readonly refused: number;
  /** Products that go off sale because the content has them no more. */
  readonly deleted: number;
  /** The first run whose products weren't looked for in a later one yet. */
  readonly comparedFrom: number;
  /** When the run began. */
  readonly startedAt: number;
  /** When it ended. */
  readonly finishedAt: number | null;
  /** When the origin was asked last, about. */
  readonly lookedAt: number;
  /** Looks that failed in a row. */
  readonly failures: number;
  /** Why the last one did; empty if it didn't. */
  readonly error: string;
  /** What the last run left undone; empty for nothing. */
  readonly warning: string;
}

/** How far the run came. */
export type FeedRunStatus =
  | 'other'
  | 'idle'
  | 'taking'
  | 'deleting';

/** Bring it back from the customer. */
export interface FetchParcel {
  readonly type: 'FetchParcel';
}

/** It answers from now on. The one before is filled further, to go back to. */
export interface GenerationActivated {
  readonly type: 'GenerationActivated';
}

/** Workers fill it from the log from now on. */
export interface GenerationBegun {
  readonly type: 'GenerationBegun';
}

/** It was held against the one that answered then. */
export interface GenerationChecked {
  readonly type: 'GenerationChecked';
  /** Which one that was. */
  readonly against: string;
  /** Documents, listings and the like. */
  readonly compared: number;
  /** Of these, those that were not the same. */
  readonly differences: number;
}

/** It is filled no more, and what it stored goes. */
export interface GenerationDropped {
  readonly type: 'GenerationDropped';
}

/** The units left with the paid order. */
export interface HoldCommitted {
  readonly type: 'HoldCommitted';
  /** Where they lay. */
  readonly allocations: readonly Allocation[];
  /** Whether the units count against a limit a customer. */
  readonly limited: boolean;
  /** When. */
  readonly endedAt: number;
}

/** Units are set aside. */
export interface HoldOpen {
  readonly type: 'HoldOpen';
  /** Where. */
  readonly allocations: readonly Allocation[];
  /** Whether the units count against a limit a customer. */
  readonly limited: boolean;
}

/** Nothing was set aside. */
export interface HoldRefused {
  readonly type: 'HoldRefused';
  /** Why. */
  readonly reason: LineRefusalReason;
  /** Units that were free at that moment. */
  readonly free: number;
  /** When. */
  readonly endedAt: number;
}

/** The order ended; no unit is set aside for it any more. */
export interface HoldReleased {
  readonly type: 'HoldReleased';
  /** When. */
  readonly endedAt: number;
}

/** The units left and came back. */
export interface HoldReturned {
  readonly type: 'HoldReturned';
  /** When. */
  readonly endedAt: number;
}

/** What became of an order's wish for a product that isn't its lead. Key: `<productId>/<orderId>`. */
export interface HoldState {
  /** The order's line. */
  readonly line: number;
  /** Where it stands. */
  readonly phase: HoldOpen | HoldRefused | HoldReleased | HoldCommitted | HoldReturned;
  /** The last one that was asked for. */
  readonly attempt: number;
}

/** Days on which a country rests: nothing is packed, picked up or delivered there. */
export interface HolidayCalendar {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  /** Days since 1970-01-01, sorted. */
  readonly holidays: readonly number[];
}

/** A file at an address, whole each time. */
export interface HttpOrigin {
  readonly type: 'HttpOrigin';
  /** http or https. */
  readonly url: string;
  /** To send along; `{secret:<name>}` stands for what only the workers know. */
  readonly headers: { readonly [key: string]: string };
}

/** How far a bulk import or a run of a supplier's feed was taken into the log. What became of its lines is told by the tallies. */
export interface Import {
  /** Unique with its seller: an upload's name, or `<feed>~<run>`. */
  readonly importId: string;
  /** Whose. */
  readonly sellerId: string;
  /** The feed that it is a run of; empty for an upload. */
  readonly feedId: string;
  /** What its lines are. */
  readonly content: ImportContent;
  /** Whether more lines are to come. */
  readonly status: ImportStatus;
  /** The first line, from 1, that isn't safe in the log yet. */
  readonly nextLine: number;
  /** Lines before that which say something: not empty ones, nor the names of columns. */
  readonly lines: number;
  /** Of these, those that never became a change. */
  readonly refused: number;
  /** Bytes before that line. */
  readonly bytes: number;
  /** When its first line came. */
  readonly startedAt: number;
  /** When this was written. */
  readonly updatedAt: number;
}

/** What the lines of an import are. Content that a reader doesn't know yet reads as `other`. */
export type ImportContent =
  | 'other'
  | 'products'
  | 'stock';

/** Whether more lines are to come. */
export type ImportStatus =
  | 'other'
  | 'running'
  | 'interrupted'
  | 'taken';

/** How many changes of an import were decided in one partition. Each is counted once, however often it came. */
export interface ImportTally {
  /** Of which import. */
  readonly importId: string;
  /** Whose. */
  readonly sellerId: string;
  /** Of the changes. */
  readonly partition: number;
  /** Changes that were applied. */
  readonly applied: number;
  /** Changes that were refused. */
  readonly refused: number;
  /** When the last one was decided. */
  readonly at: number;
}

/** Every line is held; an operator looks at it. */
export interface InReview {
  readonly type: 'InReview';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
}

/** At least one parcel is on its way. */
export interface InTransit {
  readonly type: 'InTransit';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
  /** One a warehouse. */
  readonly parcels: readonly Parcel[];
  /** The provider's name for the payment. */
  readonly paymentReference: string;
}

/** The last news of a product that is or was part of the listing. */
export interface KeptPart {
  /** The product as an offer. */
  readonly offer: ListingOffer;
  /** It is no part any more; kept so that older news are known as such. */
  readonly isWithdrawn: boolean;
}

/** What was answered for one product. */
export interface LineAnswer {
  /** Of which product. */
  readonly productId: string;
  /** All or nothing. */
  readonly outcome: StockHeld | StockRefused;
}

/** Why a line of an order is refused. A reason that a reader doesn't know yet reads as `other`. */
export type LineRefusalReason =
  | 'other'
  | 'insufficient_stock'
  | 'unknown_product'
  | 'product_deleted'
  | 'customer_limit'
  | 'price_mismatch'
  | 'currency_mismatch'
  | 'quantity_out_of_range'
  | 'too_many_lines'
  | 'no_lines'
  | 'wrong_lead_product'
  | 'totals_mismatch'
  | 'amount_out_of_range'
  | 'unsupported_country'
  | 'unsupported_currency'
  | 'hold_time_out_of_range'
  | 'choose_variant';

/** A line of an import that never became a change: whoever took the file refused it. */
export interface LineRefused {
  readonly type: 'LineRefused';
  /** Of the error catalogue, in lower case. */
  readonly code: string;
  /** What is wrong with it, and where. */
  readonly message: string;
}

/** What the catalogue says, as far as a listing shows it. */
export interface ListedProduct {
  /** Who sells it. */
  readonly sellerId: string;
  /** One line. */
  readonly title: string;
  /** Plain text. */
  readonly description: string;
  /** Path of the category, parts joined by `/`. */
  readonly category: string;
  /** May be empty. */
  readonly brand: string;
  /** ISO 639-1 of title and description. */
  readonly language: string;
  /** URL of the main image; empty for none. */
  readonly image: string;
  /** Its own. */
  readonly attributes: { readonly [key: string]: string };
  /** Whether some routes may not carry it. */
  readonly hazardous: boolean;
  /** Whether its variants are bought in its place. */
  readonly hasVariants: boolean;
  /** False if it is deleted, or a variant of another product. */
  readonly isListed: boolean;
  /** When it was first created. */
  readonly createdAt: number;
}

/** What shoppers find: a product alone, or all variants of one, with all that a search needs to find, rank, filter and show it. */
export interface Listing {
  /** Id of the product, or of that whose variants these are. */
  readonly listingId: string;
  /** Who sells it. */
  readonly sellerId: string;
  /** One line. */
  readonly title: string;
  /** Plain text. */
  readonly description: string;
  /** Path of the category, parts joined by `/`. */
  readonly category: string;
  /** May be empty. */
  readonly brand: string;
  /** ISO 639-1 of title and description. */
  readonly language: string;
  /** URL of the main image; empty for none. */
  readonly image: string;
  /** The product's own; options of the variants come with the offers. */
  readonly attributes: { readonly [key: string]: string };
  /** Whether some routes may not carry it. */
  readonly hazardous: boolean;
  /** What is for sale, by product id: one for a product without variants. */
  readonly offers: readonly ListingOffer[];
  /** Decayed score of all offers, rounded. */
  readonly popularity: number;
  /** 0 to 9: the logarithm of the score. */
  readonly popularityRange: number;
  /** Of all offers. */
  readonly rating: Stars;
  /** False once it is deleted: it leaves the search. */
  readonly isForSale: boolean;
  /** Top categories in which it was before, so that no index keeps it there; sorted. */
  readonly formerCategories: readonly string[];
  /** Rises with every change. */
  readonly version: number;
  /** When the product was first created. */
  readonly createdAt: number;
  /** When this version was made. */
  readonly updatedAt: number;
}

/** What a listing must know of one of its products: all that changes where and how it can be bought, and no more, so that a unit less is no news. */
export interface ListingOffer {
  /** The product itself, or one of its variants. */
  readonly productId: string;
  /** `size` -> `M`; empty for what isn't a variant. */
  readonly options: { readonly [key: string]: string };
  /** Of one unit, before tax. */
  readonly price: Money;
  /** Of one unit, packed. */
  readonly weightGrams: number;
  /** False once it is deleted. */
  readonly isForSale: boolean;
  /** Where units are free; sorted. */
  readonly warehouses: readonly string[];
  /** Its decayed score. */
  readonly popularity: number;
  /** Of its published reviews. */
  readonly rating: Stars;
  /** Rises with every change of this record. */
  readonly version: number;
}

/** News of a product on its way to the listing that shows it. Keyed by listing: for a variant that is the product which it is a variant of. */
export interface ListingPart {
  /** Which listing. */
  readonly listingId: string;
  /** The product as an offer. */
  readonly offer: ListingOffer;
  /** It is no part of this listing any more. */
  readonly isWithdrawn: boolean;
}

/** All that a listing is made from. Key: listing id, which is the product's. */
export interface ListingState {
  /** Null as long as variants know it and the catalogue doesn't. */
  readonly product: ListedProduct | null;
  /** By product id. */
  readonly parts: readonly KeptPart[];
  /** Top categories in which it was before; sorted. */
  readonly formerCategories: readonly string[];
  /** Of the listing that was told last; 0 for none. */
  readonly version: number;
}

/** An operator's change of the delivery network. */
export interface LogisticsChange {
  /** Unique; the same for every retry. */
  readonly changeId: string;
  /** The user id of who asks. */
  readonly actor: string;
  /** When the gateway took it. */
  readonly at: number;
  /** What is asked. */
  readonly change: PutWarehouse | RemoveWarehouse | PutArea | RemoveArea | PutRoute | RemoveRoute | PutCalendar | SuspendNetwork;
}

/** Applied. */
export interface LogisticsChanged {
  readonly type: 'LogisticsChanged';
}

/** The answer to a change of the delivery network; a repeated change is answered by the same event again. */
export interface LogisticsEvent {
  /** The change that is answered. */
  readonly changeId: string;
  /** The user id of who asked. */
  readonly actor: string;
  /** When it was decided. */
  readonly at: number;
  /** What was asked. */
  readonly change: PutWarehouse | RemoveWarehouse | PutArea | RemoveArea | PutRoute | RemoveRoute | PutCalendar | SuspendNetwork;
  /** Applied or refused. */
  readonly outcome: LogisticsChanged | LogisticsRefused;
}

/** Why a change is refused. A reason that a reader doesn't know yet reads as `other`. */
export type LogisticsRefusalReason =
  | 'other'
  | 'invalid_id'
  | 'unknown_warehouse'
  | 'unknown_area'
  | 'unknown_route'
  | 'still_in_use'
  | 'invalid_country'
  | 'invalid_time_zone'
  | 'invalid_cut_off'
  | 'invalid_days'
  | 'invalid_postal_code'
  | 'invalid_weight'
  | 'too_many_routes';

/** Nothing changed. */
export interface LogisticsRefused {
  readonly type: 'LogisticsRefused';
  /** Why. */
  readonly reason: LogisticsRefusalReason;
}

/** What became of a notification: the mail that was written, and whether it went out. One a notification. */
export interface MailOutcome {
  /** Which notification. */
  readonly notificationId: string;
  /** Of which order it tells. */
  readonly orderId: string;
  /** Whom it is for. */
  readonly userId: string;
  /** The mail address; empty if none is known. */
  readonly to: string;
  /** The notification's kind. */
  readonly kind: string;
  /** Of the mail. */
  readonly subject: string;
  /** The mail as plain text, without the link that ends such mails. */
  readonly text: string;
  /** When it was decided. */
  readonly at: number;
  /** Whether it went out. */
  readonly outcome: MailSent | MailSuppressed | MailRefused | MailWithoutAddress;
}

/** The mail server refuses it for good. */
export interface MailRefused {
  readonly type: 'MailRefused';
  /** The server's words. */
  readonly reason: string;
}

/** It was handed over. */
export interface MailSent {
  readonly type: 'MailSent';
}

/** The user wants no such mails. */
export interface MailSuppressed {
  readonly type: 'MailSuppressed';
}

/** No address is known. */
export interface MailWithoutAddress {
  readonly type: 'MailWithoutAddress';
}

/** A moderator's word. */
export interface ModerateReview {
  readonly type: 'ModerateReview';
  /** Whether shoppers may see it. */
  readonly approve: boolean;
  /** The moderator's words, to its author; may be empty if approved. */
  readonly reason: string;
}

/** An amount in one currency. */
export interface Money {
  /** In the currency's minor unit (cents, yen). */
  readonly amount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** Whether anybody looks at the network. */
export interface NetworkInForce {
  readonly type: 'NetworkInForce';
  /** Whether everything is delivered everywhere, whatever it says. */
  readonly isSuspended: boolean;
}

/** Nothing was set aside so far. */
export interface NothingToVoid {
  readonly type: 'NothingToVoid';
}

/** News for somebody about an order. One a piece of news and recipient. */
export interface Notification {
  /** `<orderId>/<sequence>/<recipient>`: the same however often it is sent. */
  readonly notificationId: string;
  /** Which order. */
  readonly orderId: string;
  /** When it was decided. */
  readonly at: number;
  /** Whom it is for. */
  readonly userId: string;
  /** Where it goes; empty if that has to be looked up by the user id. */
  readonly email: string;
  /** What happened. */
  readonly kind: NotificationKind;
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Of a cancellation; else empty. */
  readonly reason: string;
  /** What was ordered. */
  readonly lines: readonly ParcelLine[];
  /** Where it is; empty before it is packed. */
  readonly parcels: readonly Parcel[];
}

/** Which template. One that a reader doesn't know yet reads as `other`. */
export type NotificationKind =
  | 'other'
  | 'order_placed'
  | 'order_cancelled'
  | 'order_in_transit'
  | 'order_delivered'
  | 'order_refunded'
  | 'seller_order_placed';

/** Which mails the person wants. */
export interface NotificationsChosen {
  readonly type: 'NotificationsChosen';
  /** Whether mails come that tell of deliveries and sales. Those that tell of money always come. */
  readonly orderMails: boolean;
}

/** What the catalogue says, as far as orders and stock changes ask. */
export interface Offer {
  /** Who sells it. */
  readonly sellerId: string;
  /** Whether it is for sale. */
  readonly status: ProductStatus;
  /** Of one unit, before tax. */
  readonly price: Money;
  /** Of one unit, packed. */
  readonly weightGrams: number;
  /** Units that one customer may buy; null for no limit. */
  readonly customerLimit: number | null;
  /** The product's version. */
  readonly version: number;
  /** Then these are bought instead of it. */
  readonly hasVariants: boolean;
}

/** What is known of a product for the listing that shows it. Key: product id. */
export interface OfferState {
  /** Null as long as others know it and the catalogue doesn't. */
  readonly product: OfferedProduct | null;
  /** Where units are free; sorted. */
  readonly warehouses: readonly string[];
  /** Its decayed score, rounded so that small changes are none. */
  readonly popularity: number;
  /** Of its published reviews. */
  readonly rating: Stars;
  /** Of the offer that was told last; 0 for none. */
  readonly version: number;
}

/** What the catalogue says, as far as an offer asks. */
export interface OfferedProduct {
  /** The product that this is a variant of. */
  readonly variantOf: string | null;
  /** Of a variant: `size` -> `M`. */
  readonly options: { readonly [key: string]: string };
  /** Of one unit, before tax. */
  readonly price: Money;
  /** Of one unit, packed. */
  readonly weightGrams: number;
  /** False once it is deleted. */
  readonly isForSale: boolean;
}

/** Who looks for the one finds the others, too, and not the other way. */
export interface OneWayWords {
  readonly type: 'OneWayWords';
  /** ISO 639-1; empty for all. */
  readonly language: string;
  /** What is looked for. */
  readonly from: string;
  /** What is found, too. */
  readonly to: readonly string[];
}

/** The order was given up; nothing is held. Final, but for a payment that succeeds late. */
export interface OrderCancelled {
  readonly type: 'OrderCancelled';
  /** Why. */
  readonly reason: CancelReason;
}

/** A wish about an order that was submitted. It may overtake its order. */
export interface OrderCommand {
  /** Unique; the same for every retry. */
  readonly commandId: string;
  /** Which order. */
  readonly orderId: string;
  /** The user id of who asks. */
  readonly actor: string;
  /** When it was asked. */
  readonly at: number;
  /** What is asked. */
  readonly command: CancelOrder | RequestReturn | ReviewOrder;
}

/** The order is known; its stock is being asked for. */
export interface OrderCreated {
  readonly type: 'OrderCreated';
  /** Lines of one product are merged into the first of them. */
  readonly lines: readonly OrderLine[];
  /** ISO 4217 code of every amount in the order. */
  readonly currency: string;
  /** What it costs. */
  readonly totals: Totals;
  /** Where it goes. */
  readonly shipTo: Address;
  /** The payment provider's word, such as `card`. */
  readonly paymentMethod: string;
  /** When the gateway took it. */
  readonly placedAt: number;
  /** When it is cancelled unless it is paid. */
  readonly expiresAt: number;
  /** By warehouse, the soonest first. */
  readonly promises: readonly DeliveryPromise[];
}

/** The last parcel has arrived. */
export interface OrderDelivered {
  readonly type: 'OrderDelivered';
  /** All of the order's. */
  readonly parcels: readonly Parcel[];
}

/** One step of an order's life. The steps of an order carry 1, 2, 3 and so on, in order and once each. */
export interface OrderEvent {
  /** Which order. */
  readonly orderId: string;
  /** The step: 1 for OrderCreated. */
  readonly sequence: number;
  /** Whose order. */
  readonly customerId: string;
  /** When it was decided. */
  readonly at: number;
  /** What happened. Growing: append a record to this union, never remove one; deploy readers before writers. */
  readonly event: OrderCreated | OrderReserved | OrderRejected | OrderCancelled | OrderHeldForReview | OrderReviewed | OrderPlaced | ParcelMoved | OrderInTransit | OrderDelivered | OrderReinstated | PaymentReturned | ReturnRequested | OrderReturned | OrderRefunded;
}

/** What every later step of the order needs. */
export interface OrderFacts {
  /** Who buys. */
  readonly customerId: string;
  /** The last event's. */
  readonly sequence: number;
  /** When the hold ends. */
  readonly expiresAt: number;
  /** The lead product's first. */
  readonly lines: readonly AskedLine[];
  /** Whether the lead's units count against a limit a customer. */
  readonly limited: boolean;
  /** 1 once a late payment has asked for the stock again. */
  readonly attempt: number;
  /** Null for an order that isn't paid through us: it waits for its expiry. */
  readonly checkout: Checkout | null;
}

/** It looks like fraud; an operator looks at it before it is paid. */
export interface OrderHeldForReview {
  readonly type: 'OrderHeldForReview';
  /** Sum of what the findings weigh. */
  readonly score: number;
  /** Names of the rules that spoke. */
  readonly findings: readonly string[];
  /** When it is cancelled unless somebody has looked at it. */
  readonly expiresAt: number;
}

/** The first parcel is on its way. */
export interface OrderInTransit {
  readonly type: 'OrderInTransit';
  /** All of the order's. */
  readonly parcels: readonly Parcel[];
}

/** One line as the gateway quoted it. */
export interface OrderLine {
  /** 1 for the first line. */
  readonly line: number;
  /** What is bought. */
  readonly productId: string;
  /** Units, 1 to 999. */
  readonly quantity: number;
  /** Price of one unit in the minor unit of the order's currency. */
  readonly unitPrice: number;
  /** The version of the product that price and weight were read from. */
  readonly productVersion: number;
  /** Weight of one unit. */
  readonly weightGrams: number;
  /** Who sells it; empty if that isn't known. */
  readonly sellerId: string;
}

/** It is paid; its units leave the stock and are packed. */
export interface OrderPlaced {
  readonly type: 'OrderPlaced';
  /** The provider's name for the payment. */
  readonly paymentReference: string;
  /** What was paid, in the minor unit of the order's currency. */
  readonly amount: number;
  /** One a warehouse. */
  readonly parcels: readonly Parcel[];
}

/** A returned order's money is the customer's again. Final. */
export interface OrderRefunded {
  readonly type: 'OrderRefunded';
  /** In the minor unit of the order's currency. */
  readonly amount: number;
}

/** The payment succeeded after the end; all lines are held again. */
export interface OrderReinstated {
  readonly type: 'OrderReinstated';
  /** In the order's order. */
  readonly lines: readonly ReservedLine[];
}

/** At least one line was refused; nothing is held. Final. */
export interface OrderRejected {
  readonly type: 'OrderRejected';
  /** Every refused line; a fault of the whole order is told on each line. */
  readonly lines: readonly RejectedLine[];
}

/** Every line is held. */
export interface OrderReserved {
  readonly type: 'OrderReserved';
  /** In the order's order. */
  readonly lines: readonly ReservedLine[];
  /** Until when they are held. */
  readonly expiresAt: number;
}

/** All parcels are back; the units are in stock again. */
export interface OrderReturned {
  readonly type: 'OrderReturned';
  /** All of the order's. */
  readonly parcels: readonly Parcel[];
}

/** An operator looked at it. */
export interface OrderReviewed {
  readonly type: 'OrderReviewed';
  /** Whether it goes on to payment; else it is cancelled next. */
  readonly release: boolean;
  /** The operator's user id. */
  readonly actor: string;
  /** The operator's words. */
  readonly note: string;
  /** When it is cancelled unless it is paid. */
  readonly expiresAt: number;
}

/** What the home partition knows of an order. Key: order id. processors/order-state.ts draws the phases. */
export interface OrderState {
  /** Where it stands. */
  readonly phase: AwaitingReservations | Reserved | Rejected | Cancelled | CancelledEarly | Assessing | InReview | Authorizing | Capturing | CancelledUnpaid | CancelledVoiding | CancelledRefunding | Retaking | Placed | InTransit | Delivered | Returning | Refunding | Refunded;
}

/** An order as a shopper sent it and the gateway priced it. Nothing is decided yet. */
export interface OrderSubmitted {
  /** `<id>~<leadProductId>`, see schemas/ids.ts: the same for every retry. */
  readonly orderId: string;
  /** Who buys. */
  readonly customerId: string;
  /** ISO 4217 code of every amount in the order. */
  readonly currency: string;
  /** 1 to 100; the first one's product is the lead. */
  readonly lines: readonly OrderLine[];
  /** Where it goes. */
  readonly shipTo: Address;
  /** How it will be paid. */
  readonly payment: Payment;
  /** What the shopper was quoted; checked again on acceptance. */
  readonly totals: Totals;
  /** Warehouses by arrival time, best first. May be empty or partial: the others follow by name. */
  readonly warehouses: readonly string[];
  /** How long the stock is held for payment, in milliseconds from acceptance. */
  readonly holdMillis: number;
  /** When the gateway took it. */
  readonly placedAt: number;
  /** Where mails about it go; empty for none. */
  readonly email: string;
  /** When the customer registered; 0 if not known. */
  readonly customerSince: number;
  /** By warehouse, the soonest first. */
  readonly promises: readonly DeliveryPromise[];
  /** Warehouses that the delivery network has no way from. */
  readonly notFrom: readonly string[];
}

/** What one warehouse sends of an order. */
export interface Parcel {
  /** `<orderId>/<warehouseId>`. */
  readonly shipmentId: string;
  /** Where it comes from. */
  readonly warehouseId: string;
  /** Who carries it. */
  readonly carrier: string;
  /** The carrier's; empty until it is known. */
  readonly trackingCode: string;
  /** Where it is. */
  readonly status: ParcelStatus;
  /** What is in it. */
  readonly lines: readonly ParcelLine[];
}

/** Units of one product in a parcel. */
export interface ParcelLine {
  /** Of which product. */
  readonly productId: string;
  /** Units; at least 1. */
  readonly quantity: number;
}

/** News of one parcel, before the order as a whole is on its way or delivered. */
export interface ParcelMoved {
  readonly type: 'ParcelMoved';
  /** All of the order's. */
  readonly parcels: readonly Parcel[];
}

/** Where a parcel is on its way: each comes after the one before. A status that a reader doesn't know yet reads as `requested`. */
export type ParcelStatus =
  | 'requested'
  | 'packed'
  | 'in_transit'
  | 'delivered'
  | 'returning'
  | 'returned';

/** The last version of a product that said something of a variant, so that what an older one said is passed over, however late it comes. Key: `<variant id>/<product id>`. */
export interface ParentVersion {
  /** Of the product. */
  readonly version: number;
}

/** How it will be paid. */
export interface Payment {
  /** The payment provider's word, such as `card`. */
  readonly method: string;
  /** The provider's token; never a card number. */
  readonly token: string;
  /** Whether the order goes on to payment by itself; else it waits for its expiry. */
  readonly collect: boolean;
  /** Of who pays, ISO 3166-1 alpha-2; empty if not told. */
  readonly billingCountry: string;
  /** Of who pays; empty if not told. */
  readonly billingPostalCode: string;
}

/** The money is set aside. */
export interface PaymentAuthorized {
  readonly type: 'PaymentAuthorized';
  /** The provider's name for the payment. */
  readonly paymentReference: string;
}

/** The money is taken. */
export interface PaymentCaptured {
  readonly type: 'PaymentCaptured';
  /** The provider's name for the payment. */
  readonly paymentReference: string;
  /** In the currency's minor unit. */
  readonly amount: number;
}

/** No money was or will be set aside. */
export interface PaymentDeclined {
  readonly type: 'PaymentDeclined';
  /** The provider's or the adapter's words, never with a card number. */
  readonly reason: string;
}

/** The money is given back. */
export interface PaymentRefunded {
  readonly type: 'PaymentRefunded';
  /** In the currency's minor unit. */
  readonly amount: number;
}

/** A question to the payment provider. Asked again, it has the same id: the effect of once. */
export interface PaymentRequest {
  /** `<orderId>/<verb>-<attempt>`: the idempotency key at the provider. */
  readonly requestId: string;
  /** Which order. */
  readonly orderId: string;
  /** Who pays. */
  readonly customerId: string;
  /** When it was decided. */
  readonly at: number;
  /** What is asked. Every question gets an answer. */
  readonly command: AuthorizePayment | CapturePayment | VoidPayment | RefundPayment;
}

/** What the payment provider said: as an answer, or by itself, late or twice. */
export interface PaymentResult {
  /** The same for every delivery of one piece of news. */
  readonly resultId: string;
  /** The question that it answers; empty for news that came by itself. */
  readonly requestId: string;
  /** Which order. */
  readonly orderId: string;
  /** When it was decided. */
  readonly at: number;
  /** What was said. */
  readonly outcome: PaymentAuthorized | PaymentDeclined | PaymentCaptured | CaptureRefused | PaymentVoided | NothingToVoid | VoidTooLate | PaymentRefunded | PaymentUnanswered;
}

/** What was paid or set aside for a cancelled order is the customer's again. */
export interface PaymentReturned {
  readonly type: 'PaymentReturned';
  /** Whether money came back; else it was only set aside. */
  readonly refunded: boolean;
  /** In the minor unit of the order's currency. */
  readonly amount: number;
}

/** The provider did not answer, or not in a way that settles it. News may still come by itself. */
export interface PaymentUnanswered {
  readonly type: 'PaymentUnanswered';
  /** What was asked. */
  readonly verb: PaymentVerb;
  /** The provider's or the adapter's words, never with a card number. */
  readonly reason: string;
}

/** A question to the provider. */
export type PaymentVerb =
  | 'authorize'
  | 'capture'
  | 'void'
  | 'refund';

/** What was set aside is let go. */
export interface PaymentVoided {
  readonly type: 'PaymentVoided';
}

/** Paid; its parcels are being packed. */
export interface Placed {
  readonly type: 'Placed';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
  /** One a warehouse. */
  readonly parcels: readonly Parcel[];
  /** The provider's name for the payment. */
  readonly paymentReference: string;
}

/** How much shoppers want a product, its variants included. Told when it changes enough to matter, not for every look. */
export interface Popularity {
  /** Which. */
  readonly productId: string;
  /** Of the product, for ranks within it; empty while not known. */
  readonly category: string;
  /** The hopping window of one hour that ended last. */
  readonly lastHour: PopularityCounts;
  /** The hopping window of one day that ended last. */
  readonly lastDay: PopularityCounts;
  /** Weighted counts of all time, each losing half of its weight a week. */
  readonly score: number;
  /** 0 to 9: the logarithm of the score. */
  readonly range: number;
  /** As of when. */
  readonly at: number;
}

/** What shoppers did with a product within a window. */
export interface PopularityCounts {
  /** Times that its page was looked at. */
  readonly views: number;
  /** Times that it was chosen from a result page. */
  readonly searches: number;
  /** Units put into carts. */
  readonly cartAdds: number;
  /** Times that it was put on a wishlist. */
  readonly wishes: number;
  /** Units ordered. */
  readonly orders: number;
}

/** Counts of one advance of the window. */
export interface PopularityPane {
  /** From when. */
  readonly start: number;
  /** What happened. */
  readonly value: PopularityCounts;
}

/** What shoppers do with a product, its variants included. Key: product id. */
export interface PopularityState {
  /** One hour, hopping by five minutes. */
  readonly lastHour: PopularityWindows;
  /** One day, hopping by one hour. */
  readonly lastDay: PopularityWindows;
  /** Weighted counts of all time, each losing half of its weight a week. */
  readonly score: number;
  /** As of when. */
  readonly scoreAt: number;
  /** So that what is no news isn't told again. */
  readonly told: ToldPopularity;
}

/** Windows of counts. */
export interface PopularityWindows {
  /** By start. */
  readonly panes: readonly PopularityPane[];
  /** Up to when windows have ended. */
  readonly streamTime: number;
}

/** A product as it stands. */
export interface Product {
  /** Its id. */
  readonly productId: string;
  /** Who sells it. */
  readonly sellerId: string;
  /** One line. */
  readonly title: string;
  /** Plain text. */
  readonly description: string;
  /** Path of the category, parts joined by `/`. */
  readonly category: string;
  /** May be empty. */
  readonly brand: string;
  /** Of one unit, before tax. */
  readonly price: Money;
  /** URLs, the main one first. */
  readonly images: readonly string[];
  /** Free facets such as `color`. */
  readonly attributes: { readonly [key: string]: string };
  /** Of one unit, packed. */
  readonly weightGrams: number;
  /** Units that one customer may buy; null for no limit. */
  readonly customerLimit: number | null;
  /** Which type's attributes it has; empty for any. */
  readonly productType: string;
  /** ISO 639-1 of title and description. */
  readonly language: string;
  /** Whether some routes may not carry it. */
  readonly hazardous: boolean;
  /** What it comes in; then it can't be bought itself. */
  readonly variants: readonly Variant[];
  /** The product that this is a variant of. */
  readonly variantOf: string | null;
  /** Of a variant: `size` -> `M`. */
  readonly options: { readonly [key: string]: string };
  /** Deleted products stay known, so that old orders can show them. */
  readonly status: ProductStatus;
  /** 1 at first; rises with every change. */
  readonly version: number;
  /** When it was first created. */
  readonly createdAt: number;
  /** When this version was made. */
  readonly updatedAt: number;
}

/** What happened with a product, on its way to where the product's popularity and reviews are kept. Looks and the like of many shoppers come summed. */
export interface ProductActivity {
  /** Which. */
  readonly productId: string;
  /** The variant of the product with which it happened; empty for none, or if that isn't found out yet. */
  readonly variantId: string;
  /** Who; empty for a sum. */
  readonly shopperId: string;
  /** What. */
  readonly kind: ActivityKind;
  /** Units, or times. */
  readonly quantity: number;
  /** Of which order; empty for none. */
  readonly orderId: string;
  /** When it happened; of a sum to ten seconds. */
  readonly at: number;
}

/** Applied. */
export interface ProductChanged {
  readonly type: 'ProductChanged';
  /** The product's version from now on. */
  readonly version: number;
}

/** Whether a product is for sale. A status that a reader doesn't know yet reads as `deleted`. */
export type ProductStatus =
  | 'active'
  | 'deleted';

/** Which attributes the products of a type have: a shirt has size, fabric and colour, a television has a screen size and a resolution. */
export interface ProductType {
  /** Its name; `[a-z][a-z0-9-]{0,63}`. */
  readonly type: string;
  /** The name for people. */
  readonly title: string;
  /** In the order to show them. */
  readonly attributes: readonly AttributeRule[];
  /** Gone: products that have it keep their attributes until their next change. */
  readonly isDeleted: boolean;
  /** When it was written. */
  readonly updatedAt: number;
  /** The operator who wrote it. */
  readonly updatedBy: string;
}

/** Looked at a product's page. */
export interface ProductViewed {
  readonly type: 'ProductViewed';
  /** Which. */
  readonly productId: string;
  /** The search that it was chosen from; empty for none. */
  readonly query: string;
}

/** Put it on a wishlist. */
export interface ProductWished {
  readonly type: 'ProductWished';
  /** Which. */
  readonly productId: string;
}

/** Make an area, or change it. */
export interface PutArea {
  readonly type: 'PutArea';
  /** All of it. */
  readonly area: DeliveryArea;
}

/** Set a country's holidays. */
export interface PutCalendar {
  readonly type: 'PutCalendar';
  /** All of them. */
  readonly calendar: HolidayCalendar;
}

/** Make a route, or change it. */
export interface PutRoute {
  readonly type: 'PutRoute';
  /** All of it. */
  readonly route: DeliveryRoute;
}

/** What a product says of one of its variants, whole. Only the streams send it: each change of a product leads to one for each variant. */
export interface PutVariant {
  readonly type: 'PutVariant';
  /** The product that says so. */
  readonly variantOf: string;
  /** Its version; what an older version said counts no more. */
  readonly parentVersion: number;
  /** `size` -> `M`. */
  readonly options: { readonly [key: string]: string };
  /** As the product has it. */
  readonly title: string;
  /** As the product has it. */
  readonly description: string;
  /** As the product has it. */
  readonly category: string;
  /** As the product has it. */
  readonly brand: string;
  /** Of one unit, before tax. */
  readonly price: Money;
  /** URLs, its own one first. */
  readonly images: readonly string[];
  /** As the product has them. */
  readonly attributes: { readonly [key: string]: string };
  /** Of one unit, packed. */
  readonly weightGrams: number;
  /** As the product has it. */
  readonly customerLimit: number | null;
  /** As the product has it. */
  readonly productType: string;
  /** As the product has it. */
  readonly language: string;
  /** As the product has it. */
  readonly hazardous: boolean;
}

/** Make a warehouse, or change it. */
export interface PutWarehouse {
  readonly type: 'PutWarehouse';
  /** All of it. */
  readonly warehouse: Warehouse;
}

/** `replay`: try it again, and then those behind it; `drop`: pass it over, and go on with those behind it. One that a reader doesn't know yet reads as `other`, and changes nothing. */
export type QuarantineAction =
  | 'other'
  | 'replay'
  | 'drop';

/** What an operator decided of a record that its key stands still for. */
export interface QuarantineCommand {
  /** As in the audit. */
  readonly commandId: string;
  /** The user id of who decided. */
  readonly actor: string;
  /** When the gateway took it. */
  readonly at: number;
  /** The key that stands still. */
  readonly key: string;
  /** Which record it is, as its dead letter says. One that the key does not stand still for any more changes nothing. */
  readonly place: string;
  /** What to do with it. */
  readonly action: QuarantineAction;
  /** Base64 of another value for the record; null leaves it as it is. */
  readonly value: string | null;
}

/** What buyers think of a product: exact sums over its published reviews. */
export interface Rating {
  /** Which. */
  readonly productId: string;
  /** How many reviews gave one star, two, ... five. */
  readonly stars: readonly number[];
  /** Their sum. */
  readonly reviews: number;
  /** Mean of the stars times 100, rounded half up; 0 without any. */
  readonly average: number;
  /** When it became so. */
  readonly at: number;
}

/** One order. */
export interface RecentPayment {
  /** Which. */
  readonly orderId: string;
  /** Whose. */
  readonly customerId: string;
  /** When it was checked. */
  readonly at: number;
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** The orders that a customer or a payment token was used for lately. Key: `customer/<id>` or `token/<hash>`. */
export interface RecentPayments {
  /** The oldest first; at most 50. */
  readonly orders: readonly RecentPayment[];
}

/** Give back what was taken. */
export interface RefundPayment {
  readonly type: 'RefundPayment';
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** Its money is the customer's again. Final. */
export interface Refunded {
  readonly type: 'Refunded';
  /** The order. */
  readonly facts: OrderFacts;
  /** When. */
  readonly endedAt: number;
}

/** Its parcels are back; the provider was asked to give the money back. */
export interface Refunding {
  readonly type: 'Refunding';
  /** The order. */
  readonly facts: OrderFacts;
  /** How often the last question to the provider was asked. */
  readonly tries: number;
}

/** A line was refused. Nothing is held. */
export interface Rejected {
  readonly type: 'Rejected';
  /** When. */
  readonly endedAt: number;
}

/** A refused line. */
export interface RejectedLine {
  /** The order's line. */
  readonly line: number;
  /** Of which product. */
  readonly productId: string;
  /** Why. */
  readonly reason: LineRefusalReason;
}

/** The order has ended: the held units are free again. Not answered. */
export interface ReleaseStock {
  readonly type: 'ReleaseStock';
}

/** Forget an area that no route leads to. */
export interface RemoveArea {
  readonly type: 'RemoveArea';
  /** Which. */
  readonly areaId: string;
}

/** Forget a route. */
export interface RemoveRoute {
  readonly type: 'RemoveRoute';
  /** Which. */
  readonly routeId: string;
}

/** Forget a warehouse that no route starts from. */
export interface RemoveWarehouse {
  readonly type: 'RemoveWarehouse';
  /** Which. */
  readonly warehouseId: string;
}

/** What a warehouse has. */
export interface RepairedWarehouse {
  /** Which; the stock knows it. */
  readonly warehouseId: string;
  /** Units there. */
  readonly onHand: number;
  /** Of these, units set aside for open orders. */
  readonly held: number;
}

/** Say that it should not be there. */
export interface ReportReview {
  readonly type: 'ReportReview';
  /** The customer's words; may be empty. */
  readonly reason: string;
}

/** Send a delivered order back. */
export interface RequestReturn {
  readonly type: 'RequestReturn';
  /** The customer's words. */
  readonly reason: string;
}

/** What an order asks of the stock of a product that is not its lead. One a product and order and verb. */
export interface ReservationCommand {
  /** Which order. */
  readonly orderId: string;
  /** Of which product. */
  readonly productId: string;
  /** The order's lead product: where the reply goes. */
  readonly leadProductId: string;
  /** Who buys; for limits a customer. */
  readonly customerId: string;
  /** The order's line. */
  readonly line: number;
  /** When it was decided. */
  readonly at: number;
  /** 1 when a late payment asks for the stock again. A higher one replaces what has ended. */
  readonly attempt: number;
  /** What is asked. */
  readonly command: ReserveStock | CommitStock | ReleaseStock | RestockStock;
}

/** The answer to a ReserveStock; a repeated command gets the same answer. */
export interface ReservationReply {
  /** Which order. */
  readonly orderId: string;
  /** Of which product. */
  readonly productId: string;
  /** The order's line. */
  readonly line: number;
  /** When it was decided. */
  readonly at: number;
  /** All or nothing. */
  readonly outcome: StockHeld | StockRefused;
  /** Of the command. */
  readonly attempt: number;
}

/** Hold the whole quantity, or nothing. Answered by a reply. */
export interface ReserveStock {
  readonly type: 'ReserveStock';
  /** Units. */
  readonly quantity: number;
  /** What the shopper was quoted for one unit. */
  readonly unitPrice: number;
  /** Of the price. */
  readonly currency: string;
  /** What the shopper was quoted as the weight of one unit. */
  readonly weightGrams: number;
  /** The version of the product that price and weight were read from. */
  readonly productVersion: number;
  /** Best first; the others follow by name. */
  readonly warehouses: readonly string[];
  /** Warehouses that can't send it. */
  readonly notFrom: readonly string[];
}

/** Every line is held, until payment or expiry. */
export interface Reserved {
  readonly type: 'Reserved';
  /** The order. */
  readonly facts: OrderFacts;
  /** The lead line's hold. */
  readonly allocations: readonly Allocation[];
}

/** A line and where its units lie. */
export interface ReservedLine {
  /** The order's line. */
  readonly line: number;
  /** Of which product. */
  readonly productId: string;
  /** Units. */
  readonly quantity: number;
  /** They add up to the quantity. */
  readonly allocations: readonly Allocation[];
}

/** The paid order came back: its units are on hand again. Not answered. */
export interface RestockStock {
  readonly type: 'RestockStock';
  /** Where they lie again. */
  readonly allocations: readonly Allocation[];
}

/** Paid after its end: the stock is asked for again. */
export interface Retaking {
  readonly type: 'Retaking';
  /** The order. */
  readonly facts: OrderFacts;
  /** Why it had ended. */
  readonly reason: CancelReason;
  /** In the order of their coming. */
  readonly answers: readonly LineAnswer[];
  /** The provider's name for the payment. */
  readonly paymentReference: string;
}

/** The customer sends a delivered order back. */
export interface ReturnRequested {
  readonly type: 'ReturnRequested';
  /** The customer's words. */
  readonly reason: string;
}

/** Its parcels come back. */
export interface Returning {
  readonly type: 'Returning';
  /** The order. */
  readonly facts: OrderFacts;
  /** Where its units are held. */
  readonly reserved: readonly ReservedLine[];
  /** One a warehouse. */
  readonly parcels: readonly Parcel[];
  /** The provider's name for the payment. */
  readonly paymentReference: string;
}

/** What a customer who has received a product says about it. */
export interface Review {
  /** About which product; for a variant that is the product which it is a variant of. */
  readonly productId: string;
  /** Derived from product and customer, for each writes one. */
  readonly reviewId: string;
  /** Of the wish with which it was written: what is written after it was taken back is another one, though of the same id. */
  readonly submissionId: string;
  /** Who wrote it. */
  readonly customerId: string;
  /** The name that is shown: no more than a first name and an initial. */
  readonly author: string;
  /** 1 to 5 stars. */
  readonly rating: number;
  /** One line; may be empty. */
  readonly title: string;
  /** Plain text. */
  readonly text: string;
  /** ISO 639-1. */
  readonly language: string;
  /** Only what is published is shown and counted. */
  readonly status: ReviewStatus;
  /** Names of the rules because of which it is held. */
  readonly findings: readonly string[];
  /** Why a moderator rejected it; empty if none did. */
  readonly rejection: string;
  /** Customers who found it helpful. */
  readonly helpful: number;
  /** Customers who reported it since a moderator last looked at it. */
  readonly reports: number;
  /** The seller's; empty for none. */
  readonly answer: string;
  /** When; 0 for never. */
  readonly answeredAt: number;
  /** Rises with every change, votes included. */
  readonly version: number;
  /** When it was written. */
  readonly createdAt: number;
  /** When its author last changed it. */
  readonly updatedAt: number;
}

/** It is as asked. */
export interface ReviewChanged {
  readonly type: 'ReviewChanged';
  /** As it stands. */
  readonly review: Review;
}

/** A wish about a review of a product. */
export interface ReviewCommand {
  /** Unique; the same for every retry. */
  readonly commandId: string;
  /** Of which product; never a variant. */
  readonly productId: string;
  /** Which review. */
  readonly reviewId: string;
  /** The user id of who asks. */
  readonly actor: string;
  /** When it was asked. */
  readonly at: number;
  /** What is asked. */
  readonly command: SubmitReview | EditReview | DeleteReview | VoteReview | ReportReview | ModerateReview | AnswerReview;
}

/** What its author says. */
export interface ReviewContent {
  /** The name that is shown: no more than a first name and an initial. */
  readonly author: string;
  /** 1 to 5 stars. */
  readonly rating: number;
  /** One line; may be empty. */
  readonly title: string;
  /** Plain text. */
  readonly text: string;
  /** ISO 639-1. */
  readonly language: string;
  /** What the gateway found in it, such as words of its list; a moderator looks at it then. */
  readonly flags: readonly string[];
}

/** There is none any more. */
export interface ReviewDeleted {
  readonly type: 'ReviewDeleted';
}

/** The answer to a wish about a review. A repeated wish changes nothing: it is answered by the review as it stands, or by the same refusal. */
export interface ReviewEvent {
  /** The wish that is answered. */
  readonly commandId: string;
  /** Of which product. */
  readonly productId: string;
  /** Which review. */
  readonly reviewId: string;
  /** Who asked. */
  readonly actor: string;
  /** When it was decided. */
  readonly at: number;
  /** What came of it. */
  readonly outcome: ReviewChanged | ReviewDeleted | ReviewRefused;
}

/** An operator's word about an order that waits for review. */
export interface ReviewOrder {
  readonly type: 'ReviewOrder';
  /** Whether it goes on to payment; else it is cancelled. */
  readonly release: boolean;
  /** The operator's words. */
  readonly note: string;
}

/** What came of a wish about a review, so that a repeated one changes nothing. Key: `<product id>/<command id>`. */
export interface ReviewOutcome {
  /** When it was decided. */
  readonly at: number;
  /** Why it was refused; null if it wasn't. */
  readonly refusal: ReviewRefusalReason | null;
}

/** Why a wish about a review is refused. A reason that a reader doesn't know yet reads as `other`. */
export type ReviewRefusalReason =
  | 'other'
  | 'not_delivered'
  | 'already_reviewed'
  | 'unknown_review'
  | 'own_review'
  | 'not_author'
  | 'not_owner'
  | 'invalid_content'
  | 'card_number';

/** Nothing changed. */
export interface ReviewRefused {
  readonly type: 'ReviewRefused';
  /** Why. */
  readonly reason: ReviewRefusalReason;
}

/** A review. Key: `<product id>/<review id>`. */
export interface ReviewState {
  /** As it stands. */
  readonly review: Review;
}

/** Whether shoppers see it. One that a reader doesn't know yet reads as `held`. */
export type ReviewStatus =
  | 'published'
  | 'held'
  | 'rejected';

/** What a customer thinks of another's review. Key: `<product id>/<review id>/<customer id>`. */
export interface ReviewVote {
  /** Of the review: a vote isn't one for what its author writes after taking it back. */
  readonly submissionId: string;
  /** Whether it was found helpful. */
  readonly isHelpful: boolean;
  /** Whether it was reported. */
  readonly hasReported: boolean;
}

/** A question whether an order looks like fraud: first to the task that knows its customer, then to the one that knows its card. */
export interface RiskCheck {
  /** Which order. */
  readonly orderId: string;
  /** When it was decided. */
  readonly at: number;
  /** Who buys. */
  readonly customerId: string;
  /** A hash of the payment token; empty for a test card, which everybody may use. */
  readonly tokenId: string;
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** When the customer registered; 0 if not known. */
  readonly customerSince: number;
  /** Where it goes. */
  readonly shipToCountry: string;
  /** Where it goes. */
  readonly shipToPostalCode: string;
  /** Of who pays; empty if not told. */
  readonly billingCountry: string;
  /** Of who pays; empty if not told. */
  readonly billingPostalCode: string;
  /** Of the findings so far. */
  readonly score: number;
  /** Names of the rules that spoke so far. */
  readonly findings: readonly string[];
  /** Who is asked now; the record is keyed by it. */
  readonly subject: RiskOfCustomer | RiskOfToken;
}

/** The customer. */
export interface RiskOfCustomer {
  readonly type: 'RiskOfCustomer';
}

/** The payment token. */
export interface RiskOfToken {
  readonly type: 'RiskOfToken';
}

/** How much an order looks like fraud. */
export interface RiskVerdict {
  /** Which order. */
  readonly orderId: string;
  /** When it was decided. */
  readonly at: number;
  /** Sum of what the findings weigh. */
  readonly score: number;
  /** Names of the rules that spoke. */
  readonly findings: readonly string[];
}

/** Where a route is kept. Key: route id. */
export interface RouteState {
  /** The area that it leads to. */
  readonly areaId: string;
  /** The warehouse that it starts from. */
  readonly warehouseId: string;
}

/** A shopper looked for something and found nothing. Keyed by the text, so that one task counts it. */
export interface SearchMiss {
  /** The text, normalised. */
  readonly query: string;
  /** ISO 639-1. */
  readonly language: string;
  /** When. */
  readonly at: number;
}

/** Counts of one advance of the window. */
export interface SearchPane {
  /** From when. */
  readonly start: number;
  /** Searches. */
  readonly value: number;
}

/** Synonyms and ranking weights of the search, as a whole, in the place of those before. One that isn't based on the version before it changes nothing; versions are counted in the order of the topic. */
export interface SearchSettingsChange {
  /** Unique. */
  readonly changeId: string;
  /** When. */
  readonly at: number;
  /** User id of who asked for it. */
  readonly by: string;
  /** The version that it takes the place of; 0 for what stands in the code. */
  readonly basedOn: number;
  /** In the operators' order. */
  readonly synonyms: readonly (EqualWords | OneWayWords)[];
  /** All of them. */
  readonly weights: SearchWeights;
}

/** What relevance is blended from. */
export interface SearchWeights {
  /** Of the title against the other fields. */
  readonly title: number;
  /** Of the brand. */
  readonly brand: number;
  /** Of the category. */
  readonly category: number;
  /** Of attributes. */
  readonly attributes: number;
  /** Of the description. */
  readonly description: number;
  /** How much popularity adds to a text's score. */
  readonly popularity: number;
  /** How much stars add. */
  readonly rating: number;
  /** How much being in stock adds. */
  readonly stock: number;
}

/** Windows of counts. */
export interface SearchWindows {
  /** By start. */
  readonly panes: readonly SearchPane[];
  /** Up to when windows have ended. */
  readonly streamTime: number;
}

/** Saw a result page. */
export interface Searched {
  readonly type: 'Searched';
  /** The text, normalised. */
  readonly query: string;
  /** ISO 639-1. */
  readonly language: string;
  /** Within which category; empty for all. */
  readonly category: string;
  /** How many were found. */
  readonly results: number;
}

/** One that was counted. */
export interface SeenEvent {
  /** Its id. */
  readonly eventId: string;
  /** Whether it counts once in half an hour, whatever its id. */
  readonly isLook: boolean;
  /** When it happened. */
  readonly at: number;
}

/** What was counted of one shopper and one product or text, so that nothing is counted twice. Key: `<shopper id>/<product id>` or `<shopper id>?<text>`. */
export interface SeenEvents {
  /** Of the last day, in the order of their coming. */
  readonly events: readonly SeenEvent[];
}

/** Pack it and bring it to the customer. */
export interface SendParcel {
  readonly type: 'SendParcel';
}

/** What a warehouse and a carrier are asked to do with a parcel. */
export interface ShipmentRequest {
  /** `<shipmentId>/<verb>`: the idempotency key at the carrier. */
  readonly requestId: string;
  /** `<orderId>/<warehouseId>`. */
  readonly shipmentId: string;
  /** Which order. */
  readonly orderId: string;
  /** When it was decided. */
  readonly at: number;
  /** Where it comes from, or goes back to. */
  readonly warehouseId: string;
  /** Who carries it. */
  readonly carrier: string;
  /** The customer. */
  readonly shipTo: Address;
  /** Of all that is in it. */
  readonly weightGrams: number;
  /** What is in it. */
  readonly lines: readonly ParcelLine[];
  /** What is asked. */
  readonly command: SendParcel | FetchParcel;
}

/** What a warehouse or carrier said of a parcel; perhaps twice, or out of order. */
export interface ShipmentUpdate {
  /** The same for every delivery of one piece of news. */
  readonly updateId: string;
  /** Which parcel. */
  readonly shipmentId: string;
  /** Which order. */
  readonly orderId: string;
  /** When it was decided. */
  readonly at: number;
  /** Who carries it. */
  readonly carrier: string;
  /** The carrier's; empty if it isn't known yet. */
  readonly trackingCode: string;
  /** Where it is. */
  readonly status: ParcelStatus;
}

/** What a shopper did before buying. Counted once by its id. */
export interface ShopperEvent {
  /** Unique within the shopper; the same for every retry. */
  readonly eventId: string;
  /** The customer, or the visit of somebody who isn't logged in. */
  readonly shopperId: string;
  /** When it happened; it may arrive much later. */
  readonly at: number;
  /** What. */
  readonly event: ProductViewed | Searched | CartAdded | ProductWished;
}

/** Published reviews of a product, summed. */
export interface Stars {
  /** Of their stars. */
  readonly sum: number;
  /** How many. */
  readonly reviews: number;
}

/** A seller's change of what lies in a warehouse. */
export interface StockChange {
  /** Unique within the product; the same for every retry. */
  readonly changeId: string;
  /** Of which product. */
  readonly productId: string;
  /** Where. */
  readonly warehouseId: string;
  /** Who says so; must own the product. */
  readonly sellerId: string;
  /** The seller's own count of changes of this product and warehouse, rising. A change that isn't above the last applied one is stale. Null: unchecked. */
  readonly sequence: number | null;
  /** When the gateway took it. */
  readonly at: number;
  /** The supplier's feed that it came with; empty for none. */
  readonly importId: string;
  /** Its line there, from 1; 0 for none. */
  readonly importLine: number;
  /** Relative or absolute. */
  readonly change: StockDelta | StockCount;
}

/** Why a stock change is refused. A reason that a reader doesn't know yet reads as `other`. */
export type StockChangeRefusalReason =
  | 'other'
  | 'unknown_product'
  | 'not_owner'
  | 'stale_sequence'
  | 'below_zero'
  | 'below_held'
  | 'out_of_range'
  | 'too_many_warehouses'
  | 'choose_variant';

/** Nothing changed. */
export interface StockChangeRefused {
  readonly type: 'StockChangeRefused';
  /** Why. */
  readonly reason: StockChangeRefusalReason;
}

/** Applied. */
export interface StockChanged {
  readonly type: 'StockChanged';
  /** Units on hand in the warehouse before. */
  readonly before: number;
  /** Units on hand in the warehouse after. */
  readonly after: number;
}

/** The result of a count, held units included. */
export interface StockCount {
  readonly type: 'StockCount';
  /** Units on hand. */
  readonly count: number;
}

/** Units that came in, or went out if negative. */
export interface StockDelta {
  readonly type: 'StockDelta';
  /** Units; may be negative. */
  readonly delta: number;
}

/** The answer to a stock change; a repeated change is answered by the same event again. */
export interface StockEvent {
  /** The change that is answered. */
  readonly changeId: string;
  /** Of which product. */
  readonly productId: string;
  /** Where. */
  readonly warehouseId: string;
  /** Who asked. */
  readonly sellerId: string;
  /** When it was decided. */
  readonly at: number;
  /** As the change has it. */
  readonly importId: string;
  /** As the change has it. */
  readonly importLine: number;
  /** Applied or refused; or what a line of an import says is no change at all. */
  readonly outcome: StockChanged | StockChangeRefused | LineRefused;
}

/** The whole quantity of the line is held. */
export interface StockHeld {
  readonly type: 'StockHeld';
  /** Where; the quantities add up to the line's. */
  readonly allocations: readonly Allocation[];
}

/** The stock of a product as it stands. Always takenIn = committed + held + free. */
export interface StockLevel {
  /** Of which product. */
  readonly productId: string;
  /** Units in all warehouses: held + free. */
  readonly onHand: number;
  /** Units set aside for open orders. */
  readonly held: number;
  /** Units that can be bought. */
  readonly free: number;
  /** Units that left with paid orders. */
  readonly committed: number;
  /** Sum of all applied stock changes. */
  readonly takenIn: number;
  /** By name. */
  readonly warehouses: readonly WarehouseLevel[];
  /** Rises with every change of the product's stock. */
  readonly version: number;
  /** When it became so. */
  readonly at: number;
}

/** Nothing of the line is held. */
export interface StockRefused {
  readonly type: 'StockRefused';
  /** Why. */
  readonly reason: LineRefusalReason;
  /** Units that were free at that moment; 0 for an unknown product. */
  readonly free: number;
}

/** What reconciliation asks the task of a product to set right in its stock. It leaves a stock alone that has changed since it was looked at. */
export interface StockRepair {
  /** Unique. */
  readonly repairId: string;
  /** Of which product. */
  readonly productId: string;
  /** The user id of who asks. */
  readonly actor: string;
  /** When it was asked. */
  readonly at: number;
  /** The finding and the operator's words. */
  readonly reason: string;
  /** Of the stock that was looked at. */
  readonly version: number;
  /** All that the stock knows. */
  readonly warehouses: readonly RepairedWarehouse[];
  /** Sum of all applied stock changes. */
  readonly takenIn: number;
  /** Units that left with paid orders. */
  readonly committed: number;
}

/** All that deciding about a product needs. Key: product id. Always takenIn = committed + sum of onHand. */
export interface StockState {
  /** What is sold, and how. */
  readonly offer: Offer;
  /** By name. */
  readonly warehouses: readonly WarehouseStock[];
  /** Sum of all applied stock changes. */
  readonly takenIn: number;
  /** Units that left with paid orders. */
  readonly committed: number;
  /** Rises with every change of the stock. */
  readonly version: number;
}

/** A warehouse in which something was ever in stock, whether or not the delivery network knows it. Told once by each task. */
export interface StockedWarehouse {
  /** Which. */
  readonly warehouseId: string;
}

/** Write one. */
export interface SubmitReview {
  readonly type: 'SubmitReview';
  /** All of it. */
  readonly content: ReviewContent;
}

/** Look at the network, or at nothing: then everything is delivered everywhere. */
export interface SuspendNetwork {
  readonly type: 'SuspendNetwork';
  /** Whether nothing looks at it. */
  readonly isSuspended: boolean;
}

/** What was told last. */
export interface ToldPopularity {
  /** Of the hour. */
  readonly lastHour: PopularityCounts;
  /** Of the day. */
  readonly lastDay: PopularityCounts;
  /** 0 to 9. */
  readonly range: number;
}

/** What an order costs, in the minor unit of the order's currency. schemas/totals.ts computes it. */
export interface Totals {
  /** Sum of quantity times unit price. */
  readonly subtotal: number;
  /** By zone and weight. */
  readonly shipping: number;
  /** On subtotal and shipping, by country. */
  readonly tax: number;
  /** subtotal + shipping + tax. */
  readonly total: number;
}

/** One step of an account's life. */
export interface UserEvent {
  /** Whose account; never changes. */
  readonly userId: string;
  /** The address to log in with, lower case. */
  readonly email: string;
  /** When it happened. */
  readonly at: number;
  /** What happened. */
  readonly event: UserRegistered | NotificationsChosen;
}

/** The account was made. */
export interface UserRegistered {
  readonly type: 'UserRegistered';
  /** How to address the person. */
  readonly name: string;
  /** Argon2id in its own text form; never the password. */
  readonly passwordHash: string;
  /** What the account may do. */
  readonly role: UserRole;
}

/** What an account may do. A role that a reader doesn't know yet reads as `shopper`. */
export type UserRole =
  | 'shopper'
  | 'seller'
  | 'operator';

/** One of the things that a product comes in. What it doesn't say is as the product has it. */
export interface Variant {
  /** Its own id: it has its own stock and is bought by it. */
  readonly productId: string;
  /** `size` -> `M`; no two variants of a product have the same. */
  readonly options: { readonly [key: string]: string };
  /** Null for the product's. */
  readonly price: Money | null;
  /** Null for the product's. */
  readonly weightGrams: number | null;
  /** URL; empty for the product's. */
  readonly image: string;
}

/** A customer has received a product, or a variant of it. Key: `<product id>/<customer id>`. */
export interface VerifiedPurchase {
  /** With which order, first. */
  readonly orderId: string;
  /** When. */
  readonly at: number;
}

/** A step in the life of a complete set of views: filled beside the one that answers, checked, switched to, dropped. Which one answers follows from all of them in their order. */
export interface ViewGenerationEvent {
  /** Which set: `g1`, `g2`, ... */
  readonly generation: string;
  /** When. */
  readonly at: number;
  /** Who asked for it. */
  readonly by: string;
  /** What. */
  readonly event: GenerationBegun | GenerationChecked | GenerationActivated | GenerationDropped;
}

/** Let go of what was or may be set aside for the order; nothing of it was taken as far as we know. */
export interface VoidPayment {
  readonly type: 'VoidPayment';
  /** In the currency's minor unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** The money was taken already: it can only be given back. */
export interface VoidTooLate {
  readonly type: 'VoidTooLate';
  /** In the currency's minor unit. */
  readonly amount: number;
}

/** Say whether it is helpful. */
export interface VoteReview {
  readonly type: 'VoteReview';
  /** False takes the vote back. */
  readonly isHelpful: boolean;
}

/** Where parcels are packed, and when. */
export interface Warehouse {
  /** As stock changes name it. */
  readonly warehouseId: string;
  /** For people. */
  readonly name: string;
  /** ISO 3166-1 alpha-2, upper case: whose holidays it keeps. */
  readonly country: string;
  /** As the country writes it. */
  readonly postalCode: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Minutes after midnight there: what is ordered later counts as ordered on the next work day. */
  readonly cutOff: number;
  /** Work days from the order to the carrier; 0 for the same day. */
  readonly handlingDays: number;
  /** A bit a day on which it packs, Monday the lowest. */
  readonly workDays: number;
  /** Whether it sends nothing for now. */
  readonly isClosed: boolean;
}

/** When a warehouse sends. */
export interface WarehouseHours {
  readonly type: 'WarehouseHours';
  /** All of it. */
  readonly warehouse: Warehouse;
}

/** The stock in one warehouse. */
export interface WarehouseLevel {
  /** Which. */
  readonly warehouseId: string;
  /** Units there. */
  readonly onHand: number;
  /** Of these, units set aside for open orders. */
  readonly held: number;
}

/** A warehouse of the delivery network. Key: warehouse id. */
export interface WarehouseState {
  /** As it stands. */
  readonly warehouse: Warehouse;
  /** How many start from it. */
  readonly routes: number;
}

/** The stock in one warehouse: 0 <= held <= onHand. */
export interface WarehouseStock {
  /** Which. */
  readonly warehouseId: string;
  /** Units there. */
  readonly onHand: number;
  /** Of these, units set aside for open orders. */
  readonly held: number;
  /** The seller's sequence of the last applied change that had one. */
  readonly sequence: number | null;
}

/** How often a text was looked for without result. Told when the count changes. */
export interface ZeroResults {
  /** The text, normalised. */
  readonly query: string;
  /** ISO 639-1, of the search that was last. */
  readonly language: string;
  /** Searches within the hopping window of one day that ended last; 0 once it has passed. */
  readonly lastDay: number;
  /** As of when. */
  readonly at: number;
}

/** Searches for one text that found nothing. Key: the text. */
export interface ZeroResultsState {
  /** ISO 639-1, of the search that was last. */
  readonly language: string;
  /** One day, hopping by one hour. */
  readonly lastDay: SearchWindows;
  /** The count that was told last. */
  readonly told: number;
}

/** The values of topics and stores by name. */
export interface RecordTypes {
  readonly ActivityBatch: ActivityBatch;
  readonly AreaState: AreaState;
  readonly AuditEntry: AuditEntry;
  readonly CatalogChange: CatalogChange;
  readonly CatalogEvent: CatalogEvent;
  readonly CustomerPurchases: CustomerPurchases;
  readonly DeadLetterMark: DeadLetterMark;
  readonly DeliveryEntry: DeliveryEntry;
  readonly Feed: Feed;
  readonly FeedPosition: FeedPosition;
  readonly HoldState: HoldState;
  readonly Import: Import;
  readonly ImportTally: ImportTally;
  readonly Listing: Listing;
  readonly ListingPart: ListingPart;
  readonly ListingState: ListingState;
  readonly LogisticsChange: LogisticsChange;
  readonly LogisticsEvent: LogisticsEvent;
  readonly MailOutcome: MailOutcome;
  readonly Notification: Notification;
  readonly OfferState: OfferState;
  readonly OrderCommand: OrderCommand;
  readonly OrderEvent: OrderEvent;
  readonly OrderState: OrderState;
  readonly OrderSubmitted: OrderSubmitted;
  readonly ParentVersion: ParentVersion;
  readonly PaymentRequest: PaymentRequest;
  readonly PaymentResult: PaymentResult;
  readonly Popularity: Popularity;
  readonly PopularityState: PopularityState;
  readonly Product: Product;
  readonly ProductActivity: ProductActivity;
  readonly ProductType: ProductType;
  readonly QuarantineCommand: QuarantineCommand;
  readonly Rating: Rating;
  readonly RecentPayments: RecentPayments;
  readonly ReservationCommand: ReservationCommand;
  readonly ReservationReply: ReservationReply;
  readonly ReviewCommand: ReviewCommand;
  readonly ReviewEvent: ReviewEvent;
  readonly ReviewOutcome: ReviewOutcome;
  readonly ReviewState: ReviewState;
  readonly ReviewVote: ReviewVote;
  readonly RiskCheck: RiskCheck;
  readonly RiskVerdict: RiskVerdict;
  readonly RouteState: RouteState;
  readonly SearchMiss: SearchMiss;
  readonly SearchSettingsChange: SearchSettingsChange;
  readonly SeenEvents: SeenEvents;
  readonly ShipmentRequest: ShipmentRequest;
  readonly ShipmentUpdate: ShipmentUpdate;
  readonly ShopperEvent: ShopperEvent;
  readonly StockChange: StockChange;
  readonly StockEvent: StockEvent;
  readonly StockLevel: StockLevel;
  readonly StockRepair: StockRepair;
  readonly StockState: StockState;
  readonly StockedWarehouse: StockedWarehouse;
  readonly UserEvent: UserEvent;
  readonly VerifiedPurchase: VerifiedPurchase;
  readonly ViewGenerationEvent: ViewGenerationEvent;
  readonly WarehouseState: WarehouseState;
  readonly ZeroResults: ZeroResults;
  readonly ZeroResultsState: ZeroResultsState;
}
