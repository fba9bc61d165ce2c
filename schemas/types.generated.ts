// Written by `npm run generate` from the .avsc files: do not edit.

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

/** A line of the order, merged by product. */
export interface AskedLine {
  /** The first line of the product. */
  readonly line: number;
  /** Of which product. */
  readonly productId: string;
  /** Units. */
  readonly quantity: number;
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
  | 'by_operator';

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
  /** What is asked. */
  readonly change: CreateProduct | ChangeProduct | DeleteProduct;
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
  /** Applied or refused. */
  readonly outcome: ProductChanged | CatalogChangeRefused;
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
  | 'invalid_limit';

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
}

/** The order is paid: the held units leave. Not answered. */
export interface CommitStock {
  readonly type: 'CommitStock';
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
}

/** Units of a product with a limit a customer that one customer holds or bought. Key: `<productId>/<customerId>`. */
export interface CustomerPurchases {
  /** Units; the entry goes when there are none. */
  readonly quantity: number;
}

/** Not for sale any more. Open orders keep their stock. */
export interface DeleteProduct {
  readonly type: 'DeleteProduct';
}

/** The units left with the paid order. */
export interface HoldCommitted {
  readonly type: 'HoldCommitted';
  /** Where they lay. */
  readonly allocations: readonly Allocation[];
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

/** What became of an order's wish for a product that isn't its lead. Key: `<productId>/<orderId>`. */
export interface HoldState {
  /** The order's line. */
  readonly line: number;
  /** Where it stands. */
  readonly phase: HoldOpen | HoldRefused | HoldReleased | HoldCommitted;
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
  | 'hold_time_out_of_range';

/** An amount in one currency. */
export interface Money {
  /** In the currency's minor unit (cents, yen). */
  readonly amount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
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
}

/** The order was given up; nothing is held. Final. */
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
  readonly command: CancelOrder | RequestReturn;
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
  readonly event: OrderCreated | OrderReserved | OrderRejected | OrderCancelled;
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

/** What the home partition knows of an order. Key: order id. processors/order-state.ts draws the phases. */
export interface OrderState {
  /** Where it stands. */
  readonly phase: AwaitingReservations | Reserved | Rejected | Cancelled | CancelledEarly;
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
}

/** How it will be paid. */
export interface Payment {
  /** The payment provider's word, such as `card`. */
  readonly method: string;
  /** The provider's token; never a card number. */
  readonly token: string;
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
  /** Deleted products stay known, so that old orders can show them. */
  readonly status: ProductStatus;
  /** 1 at first; rises with every change. */
  readonly version: number;
  /** When it was first created. */
  readonly createdAt: number;
  /** When this version was made. */
  readonly updatedAt: number;
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
  /** What is asked. */
  readonly command: ReserveStock | CommitStock | ReleaseStock;
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
  | 'too_many_warehouses';

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
  /** Applied or refused. */
  readonly outcome: StockChanged | StockChangeRefused;
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
  readonly event: UserRegistered;
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

/** The stock in one warehouse. */
export interface WarehouseLevel {
  /** Which. */
  readonly warehouseId: string;
  /** Units there. */
  readonly onHand: number;
  /** Of these, units set aside for open orders. */
  readonly held: number;
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

/** The values of topics and stores by name. */
export interface RecordTypes {
  readonly CatalogChange: CatalogChange;
  readonly CatalogEvent: CatalogEvent;
  readonly CustomerPurchases: CustomerPurchases;
  readonly HoldState: HoldState;
  readonly OrderCommand: OrderCommand;
  readonly OrderEvent: OrderEvent;
  readonly OrderState: OrderState;
  readonly OrderSubmitted: OrderSubmitted;
  readonly Product: Product;
  readonly ReservationCommand: ReservationCommand;
  readonly ReservationReply: ReservationReply;
  readonly StockChange: StockChange;
  readonly StockEvent: StockEvent;
  readonly StockLevel: StockLevel;
  readonly StockState: StockState;
  readonly UserEvent: UserEvent;
}
