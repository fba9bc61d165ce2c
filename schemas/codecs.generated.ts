// Written by `npm run generate` from the .avsc files: do not edit.

import {
  type AvroReader,
  type Codec,
  numbersOf,
  unfit,
  writeBoolean,
  writeInt,
  writeLong,
  writeDouble,
  writeText,
  writeLength,
  writeSymbol,
} from './codec.ts';

import type {
  ActivityBatch,
  ActivityKind,
  ActivitySum,
  Address,
  Allocation,
  AnswerReview,
  AreaOptions,
  AreaState,
  AskedLine,
  Assessing,
  AttributeKind,
  AttributeRule,
  AuditEntry,
  AuditOutcome,
  AuthorizePayment,
  Authorizing,
  AwaitingReservations,
  CancelOrder,
  CancelReason,
  Cancelled,
  CancelledEarly,
  CancelledRefunding,
  CancelledUnpaid,
  CancelledVoiding,
  CapturePayment,
  CaptureRefused,
  Capturing,
  CartAdded,
  CatalogChange,
  CatalogChangeRefused,
  CatalogEvent,
  CatalogRefusalReason,
  ChangeProduct,
  Checkout,
  CommitStock,
  CountryHolidays,
  CreateProduct,
  CustomerPurchases,
  DeadLetterMark,
  DeadLetterOutcome,
  DeleteProduct,
  DeleteReview,
  Delivered,
  DeliveryArea,
  DeliveryEntry,
  DeliveryPromise,
  DeliveryRoute,
  DeliveryWay,
  DirectoryOrigin,
  DropVariant,
  EditReview,
  EntryGone,
  EqualWords,
  Feed,
  FeedFiles,
  FeedFormat,
  FeedPosition,
  FeedRun,
  FeedRunStatus,
  FetchParcel,
  GenerationActivated,
  GenerationBegun,
  GenerationChecked,
  GenerationDropped,
  HoldCommitted,
  HoldOpen,
  HoldRefused,
  HoldReleased,
  HoldReturned,
  HoldState,
  HolidayCalendar,
  HttpOrigin,
  Import,
  ImportContent,
  ImportStatus,
  ImportTally,
  InReview,
  InTransit,
  KeptPart,
  LineAnswer,
  LineRefusalReason,
  LineRefused,
  ListedProduct,
  Listing,
  ListingOffer,
  ListingPart,
  ListingState,
  LogisticsChange,
  LogisticsChanged,
  LogisticsEvent,
  LogisticsRefusalReason,
  LogisticsRefused,
  MailOutcome,
  MailRefused,
  MailSent,
  MailSuppressed,
  MailWithoutAddress,
  ModerateReview,
  Money,
  NetworkInForce,
  NothingToVoid,
  Notification,
  NotificationKind,
  NotificationsChosen,
  Offer,
  OfferState,
  OfferedProduct,
  OneWayWords,
  OrderCancelled,
  OrderCommand,
  OrderCreated,
  OrderDelivered,
  OrderEvent,
  OrderFacts,
  OrderHeldForReview,
  OrderInTransit,
  OrderLine,
  OrderPlaced,
  OrderRefunded,
  OrderReinstated,
  OrderRejected,
  OrderReserved,
  OrderReturned,
  OrderReviewed,
  OrderState,
  OrderSubmitted,
  Parcel,
  ParcelLine,
  ParcelMoved,
  ParcelStatus,
  ParentVersion,
  Payment,
  PaymentAuthorized,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  PaymentRequest,
  PaymentResult,
  PaymentReturned,
  PaymentUnanswered,
  PaymentVerb,
  PaymentVoided,
  Placed,
  Popularity,
  PopularityCounts,
  PopularityPane,
  PopularityState,
  PopularityWindows,
  Product,
  ProductActivity,
  ProductChanged,
  ProductStatus,
  ProductType,
  ProductViewed,
  ProductWished,
  PutArea,
  PutCalendar,
  PutRoute,
  PutVariant,
  PutWarehouse,
  QuarantineAction,
  QuarantineCommand,
  Rating,
  RecentPayment,
  RecentPayments,
  RefundPayment,
  Refunded,
  Refunding,
  Rejected,
  RejectedLine,
  ReleaseStock,
  RemoveArea,
  RemoveRoute,
  RemoveWarehouse,
  RepairedWarehouse,
  ReportReview,
  RequestReturn,
  ReservationCommand,
  ReservationReply,
  ReserveStock,
  Reserved,
  ReservedLine,
  RestockStock,
  Retaking,
  ReturnRequested,
  Returning,
  Review,
  ReviewChanged,
  ReviewCommand,
  ReviewContent,
  ReviewDeleted,
  ReviewEvent,
  ReviewOrder,
  ReviewOutcome,
  ReviewRefusalReason,
  ReviewRefused,
  ReviewState,
  ReviewStatus,
  ReviewVote,
  RiskCheck,
  RiskOfCustomer,
  RiskOfToken,
  RiskVerdict,
  RouteState,
  SearchMiss,
  SearchPane,
  SearchSettingsChange,
  SearchWeights,
  SearchWindows,
  Searched,
  SeenEvent,
  SeenEvents,
  SendParcel,
  ShipmentRequest,
  ShipmentUpdate,
  ShopperEvent,
  Stars,
  StockChange,
  StockChangeRefusalReason,
  StockChangeRefused,
  StockChanged,
  StockCount,
  StockDelta,
  StockEvent,
  StockHeld,
  StockLevel,
  StockRefused,
  StockRepair,
  StockState,
  StockedWarehouse,
  SubmitReview,
  SuspendNetwork,
  ToldPopularity,
  Totals,
  UserEvent,
  UserRegistered,
  UserRole,
  Variant,
  VerifiedPurchase,
  ViewGenerationEvent,
  VoidPayment,
  VoidTooLate,
  VoteReview,
  Warehouse,
  WarehouseHours,
  WarehouseLevel,
  WarehouseState,
  WarehouseStock,
  ZeroResults,
  ZeroResultsState,
} from './types.generated.ts';

const symbolsOfActivityKind: readonly ActivityKind[] = ['other', 'viewed', 'chosen', 'carted', 'wished', 'ordered', 'delivered', 'returned'];
const numbersOfActivityKind = numbersOf(symbolsOfActivityKind);

function writeActivitySum(target: Buffer, at: number, value: ActivitySum): number {
  at = writeSymbol(target, at, value.kind, numbersOfActivityKind);
  at = writeLong(target, at, value.at);
  at = writeLong(target, at, value.quantity);
  return at;
}

function readActivitySum(reader: AvroReader): ActivitySum {
  return {
    kind: reader.symbol(symbolsOfActivityKind),
    at: reader.int(),
    quantity: reader.int(),
  };
}

function writeActivitySumList(target: Buffer, at: number, value: readonly ActivitySum[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeActivitySum(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readActivitySumList(reader: AvroReader): readonly ActivitySum[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: ActivitySum[] = left === 2 ? [readActivitySum(reader), readActivitySum(reader)] : [readActivitySum(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readActivitySum(reader));
  return list;
}

function writeActivityBatch(target: Buffer, at: number, value: ActivityBatch): number {
  at = writeActivitySumList(target, at, value.sums);
  return at;
}

function readActivityBatch(reader: AvroReader): ActivityBatch {
  return {
    sums: readActivitySumList(reader),
  };
}

function writeTextList(target: Buffer, at: number, value: readonly string[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeText(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readTextList(reader: AvroReader): readonly string[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: string[] = left === 2 ? [reader.text(), reader.text()] : [reader.text()];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(reader.text());
  return list;
}

function writeDeliveryArea(target: Buffer, at: number, value: DeliveryArea): number {
  at = writeText(target, at, value.areaId);
  at = writeText(target, at, value.name);
  at = writeText(target, at, value.country);
  at = writeTextList(target, at, value.postalCodes);
  return at;
}

function readDeliveryArea(reader: AvroReader): DeliveryArea {
  return {
    areaId: reader.text(),
    name: reader.text(),
    country: reader.text(),
    postalCodes: readTextList(reader),
  };
}

function writeIntOrNull(target: Buffer, at: number, value: number | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeInt(target, at, value);
}

function readIntOrNull(reader: AvroReader): number | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? reader.int() : unfit();
}

function writeIntList(target: Buffer, at: number, value: readonly number[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeInt(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readIntList(reader: AvroReader): readonly number[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: number[] = left === 2 ? [reader.int(), reader.int()] : [reader.int()];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(reader.int());
  return list;
}

function writeDeliveryWay(target: Buffer, at: number, value: DeliveryWay): number {
  at = writeText(target, at, value.carrier);
  at = writeText(target, at, value.warehouseId);
  at = writeInt(target, at, value.minDays);
  at = writeInt(target, at, value.maxDays);
  at = writeInt(target, at, value.maxWeightGrams);
  at = writeBoolean(target, at, value.hazardous);
  at = writeBoolean(target, at, value.cash);
  at = writeInt(target, at, value.workDays);
  at = writeIntOrNull(target, at, value.cutOff);
  at = writeIntList(target, at, value.holidays);
  return at;
}

function readDeliveryWay(reader: AvroReader): DeliveryWay {
  return {
    carrier: reader.text(),
    warehouseId: reader.text(),
    minDays: reader.int(),
    maxDays: reader.int(),
    maxWeightGrams: reader.int(),
    hazardous: reader.boolean(),
    cash: reader.boolean(),
    workDays: reader.int(),
    cutOff: readIntOrNull(reader),
    holidays: readIntList(reader),
  };
}

function writeDeliveryRoute(target: Buffer, at: number, value: DeliveryRoute): number {
  at = writeText(target, at, value.routeId);
  at = writeText(target, at, value.areaId);
  at = writeDeliveryWay(target, at, value.way);
  return at;
}

function readDeliveryRoute(reader: AvroReader): DeliveryRoute {
  return {
    routeId: reader.text(),
    areaId: reader.text(),
    way: readDeliveryWay(reader),
  };
}

function writeDeliveryRouteList(target: Buffer, at: number, value: readonly DeliveryRoute[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeDeliveryRoute(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readDeliveryRouteList(reader: AvroReader): readonly DeliveryRoute[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: DeliveryRoute[] = left === 2 ? [readDeliveryRoute(reader), readDeliveryRoute(reader)] : [readDeliveryRoute(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readDeliveryRoute(reader));
  return list;
}

function writeAreaState(target: Buffer, at: number, value: AreaState): number {
  at = writeDeliveryArea(target, at, value.area);
  at = writeDeliveryRouteList(target, at, value.routes);
  return at;
}

function readAreaState(reader: AvroReader): AreaState {
  return {
    area: readDeliveryArea(reader),
    routes: readDeliveryRouteList(reader),
  };
}

const symbolsOfAuditOutcome: readonly AuditOutcome[] = ['other', 'asked', 'done', 'refused'];
const numbersOfAuditOutcome = numbersOf(symbolsOfAuditOutcome);

function writeAuditEntry(target: Buffer, at: number, value: AuditEntry): number {
  at = writeText(target, at, value.auditId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.actor);
  at = writeText(target, at, value.action);
  at = writeText(target, at, value.subject);
  at = writeText(target, at, value.reason);
  at = writeSymbol(target, at, value.outcome, numbersOfAuditOutcome);
  at = writeText(target, at, value.before);
  at = writeText(target, at, value.after);
  return at;
}

function readAuditEntry(reader: AvroReader): AuditEntry {
  return {
    auditId: reader.text(),
    at: reader.int(),
    actor: reader.text(),
    action: reader.text(),
    subject: reader.text(),
    reason: reader.text(),
    outcome: reader.symbol(symbolsOfAuditOutcome),
    before: reader.text(),
    after: reader.text(),
  };
}

function writeMoney(target: Buffer, at: number, value: Money): number {
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  return at;
}

function readMoney(reader: AvroReader): Money {
  return {
    amount: reader.int(),
    currency: reader.text(),
  };
}

function writeTextMap(target: Buffer, at: number, value: { readonly [key: string]: string }): number {
  const keys = Object.keys(value);
  at = writeLength(target, at, keys);
  for (const key of keys) {
    at = writeText(target, at, key);
    at = writeText(target, at, value[key]!);
  }
  return writeInt(target, at, 0);
}

function readTextMap(reader: AvroReader): { readonly [key: string]: string } {
  const map: { [key: string]: string } = {};
  for (let left = reader.block(); left > 0; left = reader.block()) {
    for (; left > 0; left--) {
      const key = reader.text();
      map[key] = reader.text();
    }
  }
  return map;
}

function writeMoneyOrNull(target: Buffer, at: number, value: Money | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeMoney(target, at, value);
}

function readMoneyOrNull(reader: AvroReader): Money | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? readMoney(reader) : unfit();
}

function writeVariant(target: Buffer, at: number, value: Variant): number {
  at = writeText(target, at, value.productId);
  at = writeTextMap(target, at, value.options);
  at = writeMoneyOrNull(target, at, value.price);
  at = writeIntOrNull(target, at, value.weightGrams);
  at = writeText(target, at, value.image);
  return at;
}

function readVariant(reader: AvroReader): Variant {
  return {
    productId: reader.text(),
    options: readTextMap(reader),
    price: readMoneyOrNull(reader),
    weightGrams: readIntOrNull(reader),
    image: reader.text(),
  };
}

function writeVariantList(target: Buffer, at: number, value: readonly Variant[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeVariant(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readVariantList(reader: AvroReader): readonly Variant[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: Variant[] = left === 2 ? [readVariant(reader), readVariant(reader)] : [readVariant(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readVariant(reader));
  return list;
}

function writeCreateProduct(target: Buffer, at: number, value: CreateProduct): number {
  at = writeText(target, at, value.title);
  at = writeText(target, at, value.description);
  at = writeText(target, at, value.category);
  at = writeText(target, at, value.brand);
  at = writeMoney(target, at, value.price);
  at = writeTextList(target, at, value.images);
  at = writeTextMap(target, at, value.attributes);
  at = writeInt(target, at, value.weightGrams);
  at = writeIntOrNull(target, at, value.customerLimit);
  at = writeText(target, at, value.productType);
  at = writeText(target, at, value.language);
  at = writeBoolean(target, at, value.hazardous);
  at = writeVariantList(target, at, value.variants);
  at = writeBoolean(target, at, value.replaces);
  return at;
}

function readCreateProduct(reader: AvroReader): CreateProduct {
  return {
    type: 'CreateProduct',
    title: reader.text(),
    description: reader.text(),
    category: reader.text(),
    brand: reader.text(),
    price: readMoney(reader),
    images: readTextList(reader),
    attributes: readTextMap(reader),
    weightGrams: reader.int(),
    customerLimit: readIntOrNull(reader),
    productType: reader.text(),
    language: reader.text(),
    hazardous: reader.boolean(),
    variants: readVariantList(reader),
    replaces: reader.boolean(),
  };
}

function writeTextOrNull(target: Buffer, at: number, value: string | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeText(target, at, value);
}

function readTextOrNull(reader: AvroReader): string | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? reader.text() : unfit();
}

function writeTextListOrNull(target: Buffer, at: number, value: readonly string[] | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeTextList(target, at, value);
}

function readTextListOrNull(reader: AvroReader): readonly string[] | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? readTextList(reader) : unfit();
}

function writeTextMapOrNull(target: Buffer, at: number, value: { readonly [key: string]: string } | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeTextMap(target, at, value);
}

function readTextMapOrNull(reader: AvroReader): { readonly [key: string]: string } | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? readTextMap(reader) : unfit();
}

function writeBooleanOrNull(target: Buffer, at: number, value: boolean | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeBoolean(target, at, value);
}

function readBooleanOrNull(reader: AvroReader): boolean | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? reader.boolean() : unfit();
}

function writeVariantListOrNull(target: Buffer, at: number, value: readonly Variant[] | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeVariantList(target, at, value);
}

function readVariantListOrNull(reader: AvroReader): readonly Variant[] | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? readVariantList(reader) : unfit();
}

function writeChangeProduct(target: Buffer, at: number, value: ChangeProduct): number {
  at = writeTextOrNull(target, at, value.title);
  at = writeTextOrNull(target, at, value.description);
  at = writeTextOrNull(target, at, value.category);
  at = writeTextOrNull(target, at, value.brand);
  at = writeMoneyOrNull(target, at, value.price);
  at = writeTextListOrNull(target, at, value.images);
  at = writeTextMapOrNull(target, at, value.attributes);
  at = writeIntOrNull(target, at, value.weightGrams);
  at = writeIntOrNull(target, at, value.customerLimit);
  at = writeTextOrNull(target, at, value.productType);
  at = writeTextOrNull(target, at, value.language);
  at = writeBooleanOrNull(target, at, value.hazardous);
  at = writeVariantListOrNull(target, at, value.variants);
  return at;
}

function readChangeProduct(reader: AvroReader): ChangeProduct {
  return {
    type: 'ChangeProduct',
    title: readTextOrNull(reader),
    description: readTextOrNull(reader),
    category: readTextOrNull(reader),
    brand: readTextOrNull(reader),
    price: readMoneyOrNull(reader),
    images: readTextListOrNull(reader),
    attributes: readTextMapOrNull(reader),
    weightGrams: readIntOrNull(reader),
    customerLimit: readIntOrNull(reader),
    productType: readTextOrNull(reader),
    language: readTextOrNull(reader),
    hazardous: readBooleanOrNull(reader),
    variants: readVariantListOrNull(reader),
  };
}

function writeDeleteProduct(_target: Buffer, at: number, _value: DeleteProduct): number {
  return at;
}

function readDeleteProduct(_reader: AvroReader): DeleteProduct {
  return {
    type: 'DeleteProduct',
  };
}

function writePutVariant(target: Buffer, at: number, value: PutVariant): number {
  at = writeText(target, at, value.variantOf);
  at = writeInt(target, at, value.parentVersion);
  at = writeTextMap(target, at, value.options);
  at = writeText(target, at, value.title);
  at = writeText(target, at, value.description);
  at = writeText(target, at, value.category);
  at = writeText(target, at, value.brand);
  at = writeMoney(target, at, value.price);
  at = writeTextList(target, at, value.images);
  at = writeTextMap(target, at, value.attributes);
  at = writeInt(target, at, value.weightGrams);
  at = writeIntOrNull(target, at, value.customerLimit);
  at = writeText(target, at, value.productType);
  at = writeText(target, at, value.language);
  at = writeBoolean(target, at, value.hazardous);
  return at;
}

function readPutVariant(reader: AvroReader): PutVariant {
  return {
    type: 'PutVariant',
    variantOf: reader.text(),
    parentVersion: reader.int(),
    options: readTextMap(reader),
    title: reader.text(),
    description: reader.text(),
    category: reader.text(),
    brand: reader.text(),
    price: readMoney(reader),
    images: readTextList(reader),
    attributes: readTextMap(reader),
    weightGrams: reader.int(),
    customerLimit: readIntOrNull(reader),
    productType: reader.text(),
    language: reader.text(),
    hazardous: reader.boolean(),
  };
}

function writeDropVariant(target: Buffer, at: number, value: DropVariant): number {
  at = writeText(target, at, value.variantOf);
  at = writeInt(target, at, value.parentVersion);
  return at;
}

function readDropVariant(reader: AvroReader): DropVariant {
  return {
    type: 'DropVariant',
    variantOf: reader.text(),
    parentVersion: reader.int(),
  };
}

function writeCatalogChangeChange(target: Buffer, at: number, value: CreateProduct | ChangeProduct | DeleteProduct | PutVariant | DropVariant): number {
  switch (value.type) {
    case 'CreateProduct':
      at = writeInt(target, at, 0);
      return writeCreateProduct(target, at, value);
    case 'ChangeProduct':
      at = writeInt(target, at, 1);
      return writeChangeProduct(target, at, value);
    case 'DeleteProduct':
      at = writeInt(target, at, 2);
      return writeDeleteProduct(target, at, value);
    case 'PutVariant':
      at = writeInt(target, at, 3);
      return writePutVariant(target, at, value);
    case 'DropVariant':
      at = writeInt(target, at, 4);
      return writeDropVariant(target, at, value);
    default:
      return unfit();
  }
}

function readCatalogChangeChange(reader: AvroReader): CreateProduct | ChangeProduct | DeleteProduct | PutVariant | DropVariant {
  switch (reader.int()) {
    case 0:
      return readCreateProduct(reader);
    case 1:
      return readChangeProduct(reader);
    case 2:
      return readDeleteProduct(reader);
    case 3:
      return readPutVariant(reader);
    case 4:
      return readDropVariant(reader);
    default:
      return unfit();
  }
}

function writeCatalogChange(target: Buffer, at: number, value: CatalogChange): number {
  at = writeText(target, at, value.changeId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.sellerId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.importId);
  at = writeLong(target, at, value.importLine);
  at = writeCatalogChangeChange(target, at, value.change);
  return at;
}

function readCatalogChange(reader: AvroReader): CatalogChange {
  return {
    changeId: reader.text(),
    productId: reader.text(),
    sellerId: reader.text(),
    at: reader.int(),
    importId: reader.text(),
    importLine: reader.int(),
    change: readCatalogChangeChange(reader),
  };
}

function writeProductChanged(target: Buffer, at: number, value: ProductChanged): number {
  at = writeInt(target, at, value.version);
  return at;
}

function readProductChanged(reader: AvroReader): ProductChanged {
  return {
    type: 'ProductChanged',
    version: reader.int(),
  };
}

const symbolsOfCatalogRefusalReason: readonly CatalogRefusalReason[] = ['other', 'invalid_product_id', 'already_exists', 'unknown_product', 'product_deleted', 'not_owner', 'invalid_title', 'invalid_price', 'invalid_weight', 'invalid_limit', 'invalid_language', 'invalid_attributes', 'invalid_variants', 'is_a_variant', 'invalid_description', 'invalid_category', 'invalid_brand', 'invalid_images', 'invalid_type', 'superseded', 'not_its_variant'];
const numbersOfCatalogRefusalReason = numbersOf(symbolsOfCatalogRefusalReason);

function writeCatalogChangeRefused(target: Buffer, at: number, value: CatalogChangeRefused): number {
  at = writeSymbol(target, at, value.reason, numbersOfCatalogRefusalReason);
  return at;
}

function readCatalogChangeRefused(reader: AvroReader): CatalogChangeRefused {
  return {
    type: 'CatalogChangeRefused',
    reason: reader.symbol(symbolsOfCatalogRefusalReason),
  };
}

function writeLineRefused(target: Buffer, at: number, value: LineRefused): number {
  at = writeText(target, at, value.code);
  at = writeText(target, at, value.message);
  return at;
}

function readLineRefused(reader: AvroReader): LineRefused {
  return {
    type: 'LineRefused',
    code: reader.text(),
    message: reader.text(),
  };
}

function writeCatalogEventOutcome(target: Buffer, at: number, value: ProductChanged | CatalogChangeRefused | LineRefused): number {
  switch (value.type) {
    case 'ProductChanged':
      at = writeInt(target, at, 0);
      return writeProductChanged(target, at, value);
    case 'CatalogChangeRefused':
      at = writeInt(target, at, 1);
      return writeCatalogChangeRefused(target, at, value);
    case 'LineRefused':
      at = writeInt(target, at, 2);
      return writeLineRefused(target, at, value);
    default:
      return unfit();
  }
}

function readCatalogEventOutcome(reader: AvroReader): ProductChanged | CatalogChangeRefused | LineRefused {
  switch (reader.int()) {
    case 0:
      return readProductChanged(reader);
    case 1:
      return readCatalogChangeRefused(reader);
    case 2:
      return readLineRefused(reader);
    default:
      return unfit();
  }
}

function writeCatalogEvent(target: Buffer, at: number, value: CatalogEvent): number {
  at = writeText(target, at, value.changeId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.sellerId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.importId);
  at = writeLong(target, at, value.importLine);
  at = writeCatalogEventOutcome(target, at, value.outcome);
  return at;
}

function readCatalogEvent(reader: AvroReader): CatalogEvent {
  return {
    changeId: reader.text(),
    productId: reader.text(),
    sellerId: reader.text(),
    at: reader.int(),
    importId: reader.text(),
    importLine: reader.int(),
    outcome: readCatalogEventOutcome(reader),
  };
}

function writeCustomerPurchases(target: Buffer, at: number, value: CustomerPurchases): number {
  at = writeInt(target, at, value.quantity);
  return at;
}

function readCustomerPurchases(reader: AvroReader): CustomerPurchases {
  return {
    quantity: reader.int(),
  };
}

const symbolsOfDeadLetterOutcome: readonly DeadLetterOutcome[] = ['other', 'replayed', 'edited', 'dropped'];
const numbersOfDeadLetterOutcome = numbersOf(symbolsOfDeadLetterOutcome);

function writeDeadLetterMark(target: Buffer, at: number, value: DeadLetterMark): number {
  at = writeText(target, at, value.letterId);
  at = writeSymbol(target, at, value.outcome, numbersOfDeadLetterOutcome);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  return at;
}

function readDeadLetterMark(reader: AvroReader): DeadLetterMark {
  return {
    letterId: reader.text(),
    outcome: reader.symbol(symbolsOfDeadLetterOutcome),
    actor: reader.text(),
    at: reader.int(),
  };
}

function writeDeliveryWayList(target: Buffer, at: number, value: readonly DeliveryWay[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeDeliveryWay(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readDeliveryWayList(reader: AvroReader): readonly DeliveryWay[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: DeliveryWay[] = left === 2 ? [readDeliveryWay(reader), readDeliveryWay(reader)] : [readDeliveryWay(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readDeliveryWay(reader));
  return list;
}

function writeAreaOptions(target: Buffer, at: number, value: AreaOptions): number {
  at = writeDeliveryArea(target, at, value.area);
  at = writeDeliveryWayList(target, at, value.ways);
  return at;
}

function readAreaOptions(reader: AvroReader): AreaOptions {
  return {
    type: 'AreaOptions',
    area: readDeliveryArea(reader),
    ways: readDeliveryWayList(reader),
  };
}

function writeWarehouse(target: Buffer, at: number, value: Warehouse): number {
  at = writeText(target, at, value.warehouseId);
  at = writeText(target, at, value.name);
  at = writeText(target, at, value.country);
  at = writeText(target, at, value.postalCode);
  at = writeText(target, at, value.timeZone);
  at = writeInt(target, at, value.cutOff);
  at = writeInt(target, at, value.handlingDays);
  at = writeInt(target, at, value.workDays);
  at = writeBoolean(target, at, value.isClosed);
  return at;
}

function readWarehouse(reader: AvroReader): Warehouse {
  return {
    warehouseId: reader.text(),
    name: reader.text(),
    country: reader.text(),
    postalCode: reader.text(),
    timeZone: reader.text(),
    cutOff: reader.int(),
    handlingDays: reader.int(),
    workDays: reader.int(),
    isClosed: reader.boolean(),
  };
}

function writeWarehouseHours(target: Buffer, at: number, value: WarehouseHours): number {
  at = writeWarehouse(target, at, value.warehouse);
  return at;
}

function readWarehouseHours(reader: AvroReader): WarehouseHours {
  return {
    type: 'WarehouseHours',
    warehouse: readWarehouse(reader),
  };
}

function writeHolidayCalendar(target: Buffer, at: number, value: HolidayCalendar): number {
  at = writeText(target, at, value.country);
  at = writeIntList(target, at, value.holidays);
  return at;
}

function readHolidayCalendar(reader: AvroReader): HolidayCalendar {
  return {
    country: reader.text(),
    holidays: readIntList(reader),
  };
}

function writeCountryHolidays(target: Buffer, at: number, value: CountryHolidays): number {
  at = writeHolidayCalendar(target, at, value.calendar);
  return at;
}

function readCountryHolidays(reader: AvroReader): CountryHolidays {
  return {
    type: 'CountryHolidays',
    calendar: readHolidayCalendar(reader),
  };
}

function writeNetworkInForce(target: Buffer, at: number, value: NetworkInForce): number {
  at = writeBoolean(target, at, value.isSuspended);
  return at;
}

function readNetworkInForce(reader: AvroReader): NetworkInForce {
  return {
    type: 'NetworkInForce',
    isSuspended: reader.boolean(),
  };
}

function writeEntryGone(_target: Buffer, at: number, _value: EntryGone): number {
  return at;
}

function readEntryGone(_reader: AvroReader): EntryGone {
  return {
    type: 'EntryGone',
  };
}

function writeDeliveryEntryEntry(target: Buffer, at: number, value: AreaOptions | WarehouseHours | CountryHolidays | NetworkInForce | EntryGone): number {
  switch (value.type) {
    case 'AreaOptions':
      at = writeInt(target, at, 0);
      return writeAreaOptions(target, at, value);
    case 'WarehouseHours':
      at = writeInt(target, at, 1);
      return writeWarehouseHours(target, at, value);
    case 'CountryHolidays':
      at = writeInt(target, at, 2);
      return writeCountryHolidays(target, at, value);
    case 'NetworkInForce':
      at = writeInt(target, at, 3);
      return writeNetworkInForce(target, at, value);
    case 'EntryGone':
      at = writeInt(target, at, 4);
      return writeEntryGone(target, at, value);
    default:
      return unfit();
  }
}

function readDeliveryEntryEntry(reader: AvroReader): AreaOptions | WarehouseHours | CountryHolidays | NetworkInForce | EntryGone {
  switch (reader.int()) {
    case 0:
      return readAreaOptions(reader);
    case 1:
      return readWarehouseHours(reader);
    case 2:
      return readCountryHolidays(reader);
    case 3:
      return readNetworkInForce(reader);
    case 4:
      return readEntryGone(reader);
    default:
      return unfit();
  }
}

function writeDeliveryEntry(target: Buffer, at: number, value: DeliveryEntry): number {
  at = writeDeliveryEntryEntry(target, at, value.entry);
  return at;
}

function readDeliveryEntry(reader: AvroReader): DeliveryEntry {
  return {
    entry: readDeliveryEntryEntry(reader),
  };
}

function writeHttpOrigin(target: Buffer, at: number, value: HttpOrigin): number {
  at = writeText(target, at, value.url);
  at = writeTextMap(target, at, value.headers);
  return at;
}

function readHttpOrigin(reader: AvroReader): HttpOrigin {
  return {
    type: 'HttpOrigin',
    url: reader.text(),
    headers: readTextMap(reader),
  };
}

function writeDirectoryOrigin(target: Buffer, at: number, value: DirectoryOrigin): number {
  at = writeText(target, at, value.path);
  at = writeBoolean(target, at, value.movesDone);
  return at;
}

function readDirectoryOrigin(reader: AvroReader): DirectoryOrigin {
  return {
    type: 'DirectoryOrigin',
    path: reader.text(),
    movesDone: reader.boolean(),
  };
}

function writeFeedOrigin(target: Buffer, at: number, value: HttpOrigin | DirectoryOrigin): number {
  switch (value.type) {
    case 'HttpOrigin':
      at = writeInt(target, at, 0);
      return writeHttpOrigin(target, at, value);
    case 'DirectoryOrigin':
      at = writeInt(target, at, 1);
      return writeDirectoryOrigin(target, at, value);
    default:
      return unfit();
  }
}

function readFeedOrigin(reader: AvroReader): HttpOrigin | DirectoryOrigin {
  switch (reader.int()) {
    case 0:
      return readHttpOrigin(reader);
    case 1:
      return readDirectoryOrigin(reader);
    default:
      return unfit();
  }
}

const symbolsOfFeedFormat: readonly FeedFormat[] = ['other', 'ndjson', 'csv'];
const numbersOfFeedFormat = numbersOf(symbolsOfFeedFormat);

const symbolsOfImportContent: readonly ImportContent[] = ['other', 'products', 'stock'];
const numbersOfImportContent = numbersOf(symbolsOfImportContent);

function writeLongOrNull(target: Buffer, at: number, value: number | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeLong(target, at, value);
}

function readLongOrNull(reader: AvroReader): number | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? reader.int() : unfit();
}

function writeFeed(target: Buffer, at: number, value: Feed): number {
  at = writeText(target, at, value.feedId);
  at = writeText(target, at, value.sellerId);
  at = writeFeedOrigin(target, at, value.origin);
  at = writeSymbol(target, at, value.format, numbersOfFeedFormat);
  at = writeSymbol(target, at, value.content, numbersOfImportContent);
  at = writeInt(target, at, value.everySeconds);
  at = writeBoolean(target, at, value.deletesMissing);
  at = writeInt(target, at, value.mostDeletedPercent);
  at = writeBoolean(target, at, value.isEnabled);
  at = writeBoolean(target, at, value.isRemoved);
  at = writeLongOrNull(target, at, value.requestedAt);
  at = writeLong(target, at, value.updatedAt);
  at = writeText(target, at, value.updatedBy);
  return at;
}

function readFeed(reader: AvroReader): Feed {
  return {
    feedId: reader.text(),
    sellerId: reader.text(),
    origin: readFeedOrigin(reader),
    format: reader.symbol(symbolsOfFeedFormat),
    content: reader.symbol(symbolsOfImportContent),
    everySeconds: reader.int(),
    deletesMissing: reader.boolean(),
    mostDeletedPercent: reader.int(),
    isEnabled: reader.boolean(),
    isRemoved: reader.boolean(),
    requestedAt: readLongOrNull(reader),
    updatedAt: reader.int(),
    updatedBy: reader.text(),
  };
}

const symbolsOfFeedRunStatus: readonly FeedRunStatus[] = ['other', 'idle', 'taking', 'deleting'];
const numbersOfFeedRunStatus = numbersOf(symbolsOfFeedRunStatus);

function writeFeedRun(target: Buffer, at: number, value: FeedRun): number {
  at = writeInt(target, at, value.run);
  at = writeSymbol(target, at, value.status, numbersOfFeedRunStatus);
  at = writeText(target, at, value.name);
  at = writeText(target, at, value.version);
  at = writeText(target, at, value.digest);
  at = writeLong(target, at, value.nextLine);
  at = writeLong(target, at, value.bytes);
  at = writeLong(target, at, value.lines);
  at = writeLong(target, at, value.refused);
  at = writeLong(target, at, value.deleted);
  at = writeInt(target, at, value.comparedFrom);
  at = writeLong(target, at, value.startedAt);
  at = writeLongOrNull(target, at, value.finishedAt);
  at = writeLong(target, at, value.lookedAt);
  at = writeInt(target, at, value.failures);
  at = writeText(target, at, value.error);
  at = writeText(target, at, value.warning);
  return at;
}

function readFeedRun(reader: AvroReader): FeedRun {
  return {
    type: 'FeedRun',
    run: reader.int(),
    status: reader.symbol(symbolsOfFeedRunStatus),
    name: reader.text(),
    version: reader.text(),
    digest: reader.text(),
    nextLine: reader.int(),
    bytes: reader.int(),
    lines: reader.int(),
    refused: reader.int(),
    deleted: reader.int(),
    comparedFrom: reader.int(),
    startedAt: reader.int(),
    finishedAt: readLongOrNull(reader),
    lookedAt: reader.int(),
    failures: reader.int(),
    error: reader.text(),
    warning: reader.text(),
  };
}

function writeFeedFiles(target: Buffer, at: number, value: FeedFiles): number {
  at = writeTextMap(target, at, value.versions);
  return at;
}

function readFeedFiles(reader: AvroReader): FeedFiles {
  return {
    type: 'FeedFiles',
    versions: readTextMap(reader),
  };
}

function writeFeedPositionWhat(target: Buffer, at: number, value: FeedRun | FeedFiles): number {
  switch (value.type) {
    case 'FeedRun':
      at = writeInt(target, at, 0);
      return writeFeedRun(target, at, value);
    case 'FeedFiles':
      at = writeInt(target, at, 1);
      return writeFeedFiles(target, at, value);
    default:
      return unfit();
  }
}

function readFeedPositionWhat(reader: AvroReader): FeedRun | FeedFiles {
  switch (reader.int()) {
    case 0:
      return readFeedRun(reader);
    case 1:
      return readFeedFiles(reader);
    default:
      return unfit();
  }
}

function writeFeedPosition(target: Buffer, at: number, value: FeedPosition): number {
  at = writeText(target, at, value.feedId);
  at = writeFeedPositionWhat(target, at, value.what);
  return at;
}

function readFeedPosition(reader: AvroReader): FeedPosition {
  return {
    feedId: reader.text(),
    what: readFeedPositionWhat(reader),
  };
}

function writeAllocation(target: Buffer, at: number, value: Allocation): number {
  at = writeText(target, at, value.warehouseId);
  at = writeInt(target, at, value.quantity);
  return at;
}

function readAllocation(reader: AvroReader): Allocation {
  return {
    warehouseId: reader.text(),
    quantity: reader.int(),
  };
}

function writeAllocationList(target: Buffer, at: number, value: readonly Allocation[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeAllocation(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readAllocationList(reader: AvroReader): readonly Allocation[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: Allocation[] = left === 2 ? [readAllocation(reader), readAllocation(reader)] : [readAllocation(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readAllocation(reader));
  return list;
}

function writeHoldOpen(target: Buffer, at: number, value: HoldOpen): number {
  at = writeAllocationList(target, at, value.allocations);
  at = writeBoolean(target, at, value.limited);
  return at;
}

function readHoldOpen(reader: AvroReader): HoldOpen {
  return {
    type: 'HoldOpen',
    allocations: readAllocationList(reader),
    limited: reader.boolean(),
  };
}

const symbolsOfLineRefusalReason: readonly LineRefusalReason[] = ['other', 'insufficient_stock', 'unknown_product', 'product_deleted', 'customer_limit', 'price_mismatch', 'currency_mismatch', 'quantity_out_of_range', 'too_many_lines', 'no_lines', 'wrong_lead_product', 'totals_mismatch', 'amount_out_of_range', 'unsupported_country', 'unsupported_currency', 'hold_time_out_of_range', 'choose_variant'];
const numbersOfLineRefusalReason = numbersOf(symbolsOfLineRefusalReason);

function writeHoldRefused(target: Buffer, at: number, value: HoldRefused): number {
  at = writeSymbol(target, at, value.reason, numbersOfLineRefusalReason);
  at = writeLong(target, at, value.free);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readHoldRefused(reader: AvroReader): HoldRefused {
  return {
    type: 'HoldRefused',
    reason: reader.symbol(symbolsOfLineRefusalReason),
    free: reader.int(),
    endedAt: reader.int(),
  };
}

function writeHoldReleased(target: Buffer, at: number, value: HoldReleased): number {
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readHoldReleased(reader: AvroReader): HoldReleased {
  return {
    type: 'HoldReleased',
    endedAt: reader.int(),
  };
}

function writeHoldCommitted(target: Buffer, at: number, value: HoldCommitted): number {
  at = writeAllocationList(target, at, value.allocations);
  at = writeBoolean(target, at, value.limited);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readHoldCommitted(reader: AvroReader): HoldCommitted {
  return {
    type: 'HoldCommitted',
    allocations: readAllocationList(reader),
    limited: reader.boolean(),
    endedAt: reader.int(),
  };
}

function writeHoldReturned(target: Buffer, at: number, value: HoldReturned): number {
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readHoldReturned(reader: AvroReader): HoldReturned {
  return {
    type: 'HoldReturned',
    endedAt: reader.int(),
  };
}

function writeHoldStatePhase(target: Buffer, at: number, value: HoldOpen | HoldRefused | HoldReleased | HoldCommitted | HoldReturned): number {
  switch (value.type) {
    case 'HoldOpen':
      at = writeInt(target, at, 0);
      return writeHoldOpen(target, at, value);
    case 'HoldRefused':
      at = writeInt(target, at, 1);
      return writeHoldRefused(target, at, value);
    case 'HoldReleased':
      at = writeInt(target, at, 2);
      return writeHoldReleased(target, at, value);
    case 'HoldCommitted':
      at = writeInt(target, at, 3);
      return writeHoldCommitted(target, at, value);
    case 'HoldReturned':
      at = writeInt(target, at, 4);
      return writeHoldReturned(target, at, value);
    default:
      return unfit();
  }
}

function readHoldStatePhase(reader: AvroReader): HoldOpen | HoldRefused | HoldReleased | HoldCommitted | HoldReturned {
  switch (reader.int()) {
    case 0:
      return readHoldOpen(reader);
    case 1:
      return readHoldRefused(reader);
    case 2:
      return readHoldReleased(reader);
    case 3:
      return readHoldCommitted(reader);
    case 4:
      return readHoldReturned(reader);
    default:
      return unfit();
  }
}

function writeHoldState(target: Buffer, at: number, value: HoldState): number {
  at = writeInt(target, at, value.line);
  at = writeHoldStatePhase(target, at, value.phase);
  at = writeInt(target, at, value.attempt);
  return at;
}

function readHoldState(reader: AvroReader): HoldState {
  return {
    line: reader.int(),
    phase: readHoldStatePhase(reader),
    attempt: reader.int(),
  };
}

const symbolsOfImportStatus: readonly ImportStatus[] = ['other', 'running', 'interrupted', 'taken'];
const numbersOfImportStatus = numbersOf(symbolsOfImportStatus);

function writeImport(target: Buffer, at: number, value: Import): number {
  at = writeText(target, at, value.importId);
  at = writeText(target, at, value.sellerId);
  at = writeText(target, at, value.feedId);
  at = writeSymbol(target, at, value.content, numbersOfImportContent);
  at = writeSymbol(target, at, value.status, numbersOfImportStatus);
  at = writeLong(target, at, value.nextLine);
  at = writeLong(target, at, value.lines);
  at = writeLong(target, at, value.refused);
  at = writeLong(target, at, value.bytes);
  at = writeLong(target, at, value.startedAt);
  at = writeLong(target, at, value.updatedAt);
  return at;
}

function readImport(reader: AvroReader): Import {
  return {
    importId: reader.text(),
    sellerId: reader.text(),
    feedId: reader.text(),
    content: reader.symbol(symbolsOfImportContent),
    status: reader.symbol(symbolsOfImportStatus),
    nextLine: reader.int(),
    lines: reader.int(),
    refused: reader.int(),
    bytes: reader.int(),
    startedAt: reader.int(),
    updatedAt: reader.int(),
  };
}

function writeImportTally(target: Buffer, at: number, value: ImportTally): number {
  at = writeText(target, at, value.importId);
  at = writeText(target, at, value.sellerId);
  at = writeInt(target, at, value.partition);
  at = writeLong(target, at, value.applied);
  at = writeLong(target, at, value.refused);
  at = writeLong(target, at, value.at);
  return at;
}

function readImportTally(reader: AvroReader): ImportTally {
  return {
    importId: reader.text(),
    sellerId: reader.text(),
    partition: reader.int(),
    applied: reader.int(),
    refused: reader.int(),
    at: reader.int(),
  };
}

function writeStars(target: Buffer, at: number, value: Stars): number {
  at = writeLong(target, at, value.sum);
  at = writeLong(target, at, value.reviews);
  return at;
}

function readStars(reader: AvroReader): Stars {
  return {
    sum: reader.int(),
    reviews: reader.int(),
  };
}

function writeListingOffer(target: Buffer, at: number, value: ListingOffer): number {
  at = writeText(target, at, value.productId);
  at = writeTextMap(target, at, value.options);
  at = writeMoney(target, at, value.price);
  at = writeInt(target, at, value.weightGrams);
  at = writeBoolean(target, at, value.isForSale);
  at = writeTextList(target, at, value.warehouses);
  at = writeDouble(target, at, value.popularity);
  at = writeStars(target, at, value.rating);
  at = writeLong(target, at, value.version);
  return at;
}

function readListingOffer(reader: AvroReader): ListingOffer {
  return {
    productId: reader.text(),
    options: readTextMap(reader),
    price: readMoney(reader),
    weightGrams: reader.int(),
    isForSale: reader.boolean(),
    warehouses: readTextList(reader),
    popularity: reader.double(),
    rating: readStars(reader),
    version: reader.int(),
  };
}

function writeListingOfferList(target: Buffer, at: number, value: readonly ListingOffer[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeListingOffer(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readListingOfferList(reader: AvroReader): readonly ListingOffer[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: ListingOffer[] = left === 2 ? [readListingOffer(reader), readListingOffer(reader)] : [readListingOffer(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readListingOffer(reader));
  return list;
}

function writeListing(target: Buffer, at: number, value: Listing): number {
  at = writeText(target, at, value.listingId);
  at = writeText(target, at, value.sellerId);
  at = writeText(target, at, value.title);
  at = writeText(target, at, value.description);
  at = writeText(target, at, value.category);
  at = writeText(target, at, value.brand);
  at = writeText(target, at, value.language);
  at = writeText(target, at, value.image);
  at = writeTextMap(target, at, value.attributes);
  at = writeBoolean(target, at, value.hazardous);
  at = writeListingOfferList(target, at, value.offers);
  at = writeDouble(target, at, value.popularity);
  at = writeInt(target, at, value.popularityRange);
  at = writeStars(target, at, value.rating);
  at = writeBoolean(target, at, value.isForSale);
  at = writeTextList(target, at, value.formerCategories);
  at = writeLong(target, at, value.version);
  at = writeLong(target, at, value.createdAt);
  at = writeLong(target, at, value.updatedAt);
  return at;
}

function readListing(reader: AvroReader): Listing {
  return {
    listingId: reader.text(),
    sellerId: reader.text(),
    title: reader.text(),
    description: reader.text(),
    category: reader.text(),
    brand: reader.text(),
    language: reader.text(),
    image: reader.text(),
    attributes: readTextMap(reader),
    hazardous: reader.boolean(),
    offers: readListingOfferList(reader),
    popularity: reader.double(),
    popularityRange: reader.int(),
    rating: readStars(reader),
    isForSale: reader.boolean(),
    formerCategories: readTextList(reader),
    version: reader.int(),
    createdAt: reader.int(),
    updatedAt: reader.int(),
  };
}

function writeListingPart(target: Buffer, at: number, value: ListingPart): number {
  at = writeText(target, at, value.listingId);
  at = writeListingOffer(target, at, value.offer);
  at = writeBoolean(target, at, value.isWithdrawn);
  return at;
}

function readListingPart(reader: AvroReader): ListingPart {
  return {
    listingId: reader.text(),
    offer: readListingOffer(reader),
    isWithdrawn: reader.boolean(),
  };
}

function writeListedProduct(target: Buffer, at: number, value: ListedProduct): number {
  at = writeText(target, at, value.sellerId);
  at = writeText(target, at, value.title);
  at = writeText(target, at, value.description);
  at = writeText(target, at, value.category);
  at = writeText(target, at, value.brand);
  at = writeText(target, at, value.language);
  at = writeText(target, at, value.image);
  at = writeTextMap(target, at, value.attributes);
  at = writeBoolean(target, at, value.hazardous);
  at = writeBoolean(target, at, value.hasVariants);
  at = writeBoolean(target, at, value.isListed);
  at = writeLong(target, at, value.createdAt);
  return at;
}

function readListedProduct(reader: AvroReader): ListedProduct {
  return {
    sellerId: reader.text(),
    title: reader.text(),
    description: reader.text(),
    category: reader.text(),
    brand: reader.text(),
    language: reader.text(),
    image: reader.text(),
    attributes: readTextMap(reader),
    hazardous: reader.boolean(),
    hasVariants: reader.boolean(),
    isListed: reader.boolean(),
    createdAt: reader.int(),
  };
}

function writeListedProductOrNull(target: Buffer, at: number, value: ListedProduct | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeListedProduct(target, at, value);
}

function readListedProductOrNull(reader: AvroReader): ListedProduct | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? readListedProduct(reader) : unfit();
}

function writeKeptPart(target: Buffer, at: number, value: KeptPart): number {
  at = writeListingOffer(target, at, value.offer);
  at = writeBoolean(target, at, value.isWithdrawn);
  return at;
}

function readKeptPart(reader: AvroReader): KeptPart {
  return {
    offer: readListingOffer(reader),
    isWithdrawn: reader.boolean(),
  };
}

function writeKeptPartList(target: Buffer, at: number, value: readonly KeptPart[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeKeptPart(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readKeptPartList(reader: AvroReader): readonly KeptPart[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: KeptPart[] = left === 2 ? [readKeptPart(reader), readKeptPart(reader)] : [readKeptPart(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readKeptPart(reader));
  return list;
}

function writeListingState(target: Buffer, at: number, value: ListingState): number {
  at = writeListedProductOrNull(target, at, value.product);
  at = writeKeptPartList(target, at, value.parts);
  at = writeTextList(target, at, value.formerCategories);
  at = writeLong(target, at, value.version);
  return at;
}

function readListingState(reader: AvroReader): ListingState {
  return {
    product: readListedProductOrNull(reader),
    parts: readKeptPartList(reader),
    formerCategories: readTextList(reader),
    version: reader.int(),
  };
}

function writePutWarehouse(target: Buffer, at: number, value: PutWarehouse): number {
  at = writeWarehouse(target, at, value.warehouse);
  return at;
}

function readPutWarehouse(reader: AvroReader): PutWarehouse {
  return {
    type: 'PutWarehouse',
    warehouse: readWarehouse(reader),
  };
}

function writeRemoveWarehouse(target: Buffer, at: number, value: RemoveWarehouse): number {
  at = writeText(target, at, value.warehouseId);
  return at;
}

function readRemoveWarehouse(reader: AvroReader): RemoveWarehouse {
  return {
    type: 'RemoveWarehouse',
    warehouseId: reader.text(),
  };
}

function writePutArea(target: Buffer, at: number, value: PutArea): number {
  at = writeDeliveryArea(target, at, value.area);
  return at;
}

function readPutArea(reader: AvroReader): PutArea {
  return {
    type: 'PutArea',
    area: readDeliveryArea(reader),
  };
}

function writeRemoveArea(target: Buffer, at: number, value: RemoveArea): number {
  at = writeText(target, at, value.areaId);
  return at;
}

function readRemoveArea(reader: AvroReader): RemoveArea {
  return {
    type: 'RemoveArea',
    areaId: reader.text(),
  };
}

function writePutRoute(target: Buffer, at: number, value: PutRoute): number {
  at = writeDeliveryRoute(target, at, value.route);
  return at;
}

function readPutRoute(reader: AvroReader): PutRoute {
  return {
    type: 'PutRoute',
    route: readDeliveryRoute(reader),
  };
}

function writeRemoveRoute(target: Buffer, at: number, value: RemoveRoute): number {
  at = writeText(target, at, value.routeId);
  return at;
}

function readRemoveRoute(reader: AvroReader): RemoveRoute {
  return {
    type: 'RemoveRoute',
    routeId: reader.text(),
  };
}

function writePutCalendar(target: Buffer, at: number, value: PutCalendar): number {
  at = writeHolidayCalendar(target, at, value.calendar);
  return at;
}

function readPutCalendar(reader: AvroReader): PutCalendar {
  return {
    type: 'PutCalendar',
    calendar: readHolidayCalendar(reader),
  };
}

function writeSuspendNetwork(target: Buffer, at: number, value: SuspendNetwork): number {
  at = writeBoolean(target, at, value.isSuspended);
  return at;
}

function readSuspendNetwork(reader: AvroReader): SuspendNetwork {
  return {
    type: 'SuspendNetwork',
    isSuspended: reader.boolean(),
  };
}

function writeLogisticsChangeChange(target: Buffer, at: number, value: PutWarehouse | RemoveWarehouse | PutArea | RemoveArea | PutRoute | RemoveRoute | PutCalendar | SuspendNetwork): number {
  switch (value.type) {
    case 'PutWarehouse':
      at = writeInt(target, at, 0);
      return writePutWarehouse(target, at, value);
    case 'RemoveWarehouse':
      at = writeInt(target, at, 1);
      return writeRemoveWarehouse(target, at, value);
    case 'PutArea':
      at = writeInt(target, at, 2);
      return writePutArea(target, at, value);
    case 'RemoveArea':
      at = writeInt(target, at, 3);
      return writeRemoveArea(target, at, value);
    case 'PutRoute':
      at = writeInt(target, at, 4);
      return writePutRoute(target, at, value);
    case 'RemoveRoute':
      at = writeInt(target, at, 5);
      return writeRemoveRoute(target, at, value);
    case 'PutCalendar':
      at = writeInt(target, at, 6);
      return writePutCalendar(target, at, value);
    case 'SuspendNetwork':
      at = writeInt(target, at, 7);
      return writeSuspendNetwork(target, at, value);
    default:
      return unfit();
  }
}

function readLogisticsChangeChange(reader: AvroReader): PutWarehouse | RemoveWarehouse | PutArea | RemoveArea | PutRoute | RemoveRoute | PutCalendar | SuspendNetwork {
  switch (reader.int()) {
    case 0:
      return readPutWarehouse(reader);
    case 1:
      return readRemoveWarehouse(reader);
    case 2:
      return readPutArea(reader);
    case 3:
      return readRemoveArea(reader);
    case 4:
      return readPutRoute(reader);
    case 5:
      return readRemoveRoute(reader);
    case 6:
      return readPutCalendar(reader);
    case 7:
      return readSuspendNetwork(reader);
    default:
      return unfit();
  }
}

function writeLogisticsChange(target: Buffer, at: number, value: LogisticsChange): number {
  at = writeText(target, at, value.changeId);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  at = writeLogisticsChangeChange(target, at, value.change);
  return at;
}

function readLogisticsChange(reader: AvroReader): LogisticsChange {
  return {
    changeId: reader.text(),
    actor: reader.text(),
    at: reader.int(),
    change: readLogisticsChangeChange(reader),
  };
}

function writeLogisticsEventChange(target: Buffer, at: number, value: PutWarehouse | RemoveWarehouse | PutArea | RemoveArea | PutRoute | RemoveRoute | PutCalendar | SuspendNetwork): number {
  switch (value.type) {
    case 'PutWarehouse':
      at = writeInt(target, at, 0);
      return writePutWarehouse(target, at, value);
    case 'RemoveWarehouse':
      at = writeInt(target, at, 1);
      return writeRemoveWarehouse(target, at, value);
    case 'PutArea':
      at = writeInt(target, at, 2);
      return writePutArea(target, at, value);
    case 'RemoveArea':
      at = writeInt(target, at, 3);
      return writeRemoveArea(target, at, value);
    case 'PutRoute':
      at = writeInt(target, at, 4);
      return writePutRoute(target, at, value);
    case 'RemoveRoute':
      at = writeInt(target, at, 5);
      return writeRemoveRoute(target, at, value);
    case 'PutCalendar':
      at = writeInt(target, at, 6);
      return writePutCalendar(target, at, value);
    case 'SuspendNetwork':
      at = writeInt(target, at, 7);
      return writeSuspendNetwork(target, at, value);
    default:
      return unfit();
  }
}

function readLogisticsEventChange(reader: AvroReader): PutWarehouse | RemoveWarehouse | PutArea | RemoveArea | PutRoute | RemoveRoute | PutCalendar | SuspendNetwork {
  switch (reader.int()) {
    case 0:
      return readPutWarehouse(reader);
    case 1:
      return readRemoveWarehouse(reader);
    case 2:
      return readPutArea(reader);
    case 3:
      return readRemoveArea(reader);
    case 4:
      return readPutRoute(reader);
    case 5:
      return readRemoveRoute(reader);
    case 6:
      return readPutCalendar(reader);
    case 7:
      return readSuspendNetwork(reader);
    default:
      return unfit();
  }
}

function writeLogisticsChanged(_target: Buffer, at: number, _value: LogisticsChanged): number {
  return at;
}

function readLogisticsChanged(_reader: AvroReader): LogisticsChanged {
  return {
    type: 'LogisticsChanged',
  };
}

const symbolsOfLogisticsRefusalReason: readonly LogisticsRefusalReason[] = ['other', 'invalid_id', 'unknown_warehouse', 'unknown_area', 'unknown_route', 'still_in_use', 'invalid_country', 'invalid_time_zone', 'invalid_cut_off', 'invalid_days', 'invalid_postal_code', 'invalid_weight', 'too_many_routes'];
const numbersOfLogisticsRefusalReason = numbersOf(symbolsOfLogisticsRefusalReason);

function writeLogisticsRefused(target: Buffer, at: number, value: LogisticsRefused): number {
  at = writeSymbol(target, at, value.reason, numbersOfLogisticsRefusalReason);
  return at;
}

function readLogisticsRefused(reader: AvroReader): LogisticsRefused {
  return {
    type: 'LogisticsRefused',
    reason: reader.symbol(symbolsOfLogisticsRefusalReason),
  };
}

function writeLogisticsEventOutcome(target: Buffer, at: number, value: LogisticsChanged | LogisticsRefused): number {
  switch (value.type) {
    case 'LogisticsChanged':
      at = writeInt(target, at, 0);
      return writeLogisticsChanged(target, at, value);
    case 'LogisticsRefused':
      at = writeInt(target, at, 1);
      return writeLogisticsRefused(target, at, value);
    default:
      return unfit();
  }
}

function readLogisticsEventOutcome(reader: AvroReader): LogisticsChanged | LogisticsRefused {
  switch (reader.int()) {
    case 0:
      return readLogisticsChanged(reader);
    case 1:
      return readLogisticsRefused(reader);
    default:
      return unfit();
  }
}

function writeLogisticsEvent(target: Buffer, at: number, value: LogisticsEvent): number {
  at = writeText(target, at, value.changeId);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  at = writeLogisticsEventChange(target, at, value.change);
  at = writeLogisticsEventOutcome(target, at, value.outcome);
  return at;
}

function readLogisticsEvent(reader: AvroReader): LogisticsEvent {
  return {
    changeId: reader.text(),
    actor: reader.text(),
    at: reader.int(),
    change: readLogisticsEventChange(reader),
    outcome: readLogisticsEventOutcome(reader),
  };
}

function writeMailSent(_target: Buffer, at: number, _value: MailSent): number {
  return at;
}

function readMailSent(_reader: AvroReader): MailSent {
  return {
    type: 'MailSent',
  };
}

function writeMailSuppressed(_target: Buffer, at: number, _value: MailSuppressed): number {
  return at;
}

function readMailSuppressed(_reader: AvroReader): MailSuppressed {
  return {
    type: 'MailSuppressed',
  };
}

function writeMailRefused(target: Buffer, at: number, value: MailRefused): number {
  at = writeText(target, at, value.reason);
  return at;
}

function readMailRefused(reader: AvroReader): MailRefused {
  return {
    type: 'MailRefused',
    reason: reader.text(),
  };
}

function writeMailWithoutAddress(_target: Buffer, at: number, _value: MailWithoutAddress): number {
  return at;
}

function readMailWithoutAddress(_reader: AvroReader): MailWithoutAddress {
  return {
    type: 'MailWithoutAddress',
  };
}

function writeMailOutcomeOutcome(target: Buffer, at: number, value: MailSent | MailSuppressed | MailRefused | MailWithoutAddress): number {
  switch (value.type) {
    case 'MailSent':
      at = writeInt(target, at, 0);
      return writeMailSent(target, at, value);
    case 'MailSuppressed':
      at = writeInt(target, at, 1);
      return writeMailSuppressed(target, at, value);
    case 'MailRefused':
      at = writeInt(target, at, 2);
      return writeMailRefused(target, at, value);
    case 'MailWithoutAddress':
      at = writeInt(target, at, 3);
      return writeMailWithoutAddress(target, at, value);
    default:
      return unfit();
  }
}

function readMailOutcomeOutcome(reader: AvroReader): MailSent | MailSuppressed | MailRefused | MailWithoutAddress {
  switch (reader.int()) {
    case 0:
      return readMailSent(reader);
    case 1:
      return readMailSuppressed(reader);
    case 2:
      return readMailRefused(reader);
    case 3:
      return readMailWithoutAddress(reader);
    default:
      return unfit();
  }
}

function writeMailOutcome(target: Buffer, at: number, value: MailOutcome): number {
  at = writeText(target, at, value.notificationId);
  at = writeText(target, at, value.orderId);
  at = writeText(target, at, value.userId);
  at = writeText(target, at, value.to);
  at = writeText(target, at, value.kind);
  at = writeText(target, at, value.subject);
  at = writeText(target, at, value.text);
  at = writeLong(target, at, value.at);
  at = writeMailOutcomeOutcome(target, at, value.outcome);
  return at;
}

function readMailOutcome(reader: AvroReader): MailOutcome {
  return {
    notificationId: reader.text(),
    orderId: reader.text(),
    userId: reader.text(),
    to: reader.text(),
    kind: reader.text(),
    subject: reader.text(),
    text: reader.text(),
    at: reader.int(),
    outcome: readMailOutcomeOutcome(reader),
  };
}

const symbolsOfNotificationKind: readonly NotificationKind[] = ['other', 'order_placed', 'order_cancelled', 'order_in_transit', 'order_delivered', 'order_refunded', 'seller_order_placed'];
const numbersOfNotificationKind = numbersOf(symbolsOfNotificationKind);

function writeParcelLine(target: Buffer, at: number, value: ParcelLine): number {
  at = writeText(target, at, value.productId);
  at = writeInt(target, at, value.quantity);
  return at;
}

function readParcelLine(reader: AvroReader): ParcelLine {
  return {
    productId: reader.text(),
    quantity: reader.int(),
  };
}

function writeParcelLineList(target: Buffer, at: number, value: readonly ParcelLine[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeParcelLine(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readParcelLineList(reader: AvroReader): readonly ParcelLine[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: ParcelLine[] = left === 2 ? [readParcelLine(reader), readParcelLine(reader)] : [readParcelLine(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readParcelLine(reader));
  return list;
}

const symbolsOfParcelStatus: readonly ParcelStatus[] = ['requested', 'packed', 'in_transit', 'delivered', 'returning', 'returned'];
const numbersOfParcelStatus = numbersOf(symbolsOfParcelStatus);

function writeParcel(target: Buffer, at: number, value: Parcel): number {
  at = writeText(target, at, value.shipmentId);
  at = writeText(target, at, value.warehouseId);
  at = writeText(target, at, value.carrier);
  at = writeText(target, at, value.trackingCode);
  at = writeSymbol(target, at, value.status, numbersOfParcelStatus);
  at = writeParcelLineList(target, at, value.lines);
  return at;
}

function readParcel(reader: AvroReader): Parcel {
  return {
    shipmentId: reader.text(),
    warehouseId: reader.text(),
    carrier: reader.text(),
    trackingCode: reader.text(),
    status: reader.symbol(symbolsOfParcelStatus),
    lines: readParcelLineList(reader),
  };
}

function writeParcelList(target: Buffer, at: number, value: readonly Parcel[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeParcel(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readParcelList(reader: AvroReader): readonly Parcel[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: Parcel[] = left === 2 ? [readParcel(reader), readParcel(reader)] : [readParcel(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readParcel(reader));
  return list;
}

function writeNotification(target: Buffer, at: number, value: Notification): number {
  at = writeText(target, at, value.notificationId);
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.userId);
  at = writeText(target, at, value.email);
  at = writeSymbol(target, at, value.kind, numbersOfNotificationKind);
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  at = writeText(target, at, value.reason);
  at = writeParcelLineList(target, at, value.lines);
  at = writeParcelList(target, at, value.parcels);
  return at;
}

function readNotification(reader: AvroReader): Notification {
  return {
    notificationId: reader.text(),
    orderId: reader.text(),
    at: reader.int(),
    userId: reader.text(),
    email: reader.text(),
    kind: reader.symbol(symbolsOfNotificationKind),
    amount: reader.int(),
    currency: reader.text(),
    reason: reader.text(),
    lines: readParcelLineList(reader),
    parcels: readParcelList(reader),
  };
}

function writeOfferedProduct(target: Buffer, at: number, value: OfferedProduct): number {
  at = writeTextOrNull(target, at, value.variantOf);
  at = writeTextMap(target, at, value.options);
  at = writeMoney(target, at, value.price);
  at = writeInt(target, at, value.weightGrams);
  at = writeBoolean(target, at, value.isForSale);
  return at;
}

function readOfferedProduct(reader: AvroReader): OfferedProduct {
  return {
    variantOf: readTextOrNull(reader),
    options: readTextMap(reader),
    price: readMoney(reader),
    weightGrams: reader.int(),
    isForSale: reader.boolean(),
  };
}

function writeOfferedProductOrNull(target: Buffer, at: number, value: OfferedProduct | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeOfferedProduct(target, at, value);
}

function readOfferedProductOrNull(reader: AvroReader): OfferedProduct | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? readOfferedProduct(reader) : unfit();
}

function writeOfferState(target: Buffer, at: number, value: OfferState): number {
  at = writeOfferedProductOrNull(target, at, value.product);
  at = writeTextList(target, at, value.warehouses);
  at = writeDouble(target, at, value.popularity);
  at = writeStars(target, at, value.rating);
  at = writeLong(target, at, value.version);
  return at;
}

function readOfferState(reader: AvroReader): OfferState {
  return {
    product: readOfferedProductOrNull(reader),
    warehouses: readTextList(reader),
    popularity: reader.double(),
    rating: readStars(reader),
    version: reader.int(),
  };
}

const symbolsOfCancelReason: readonly CancelReason[] = ['other', 'expired', 'by_customer', 'by_operator', 'payment_failed', 'fraud_suspected'];
const numbersOfCancelReason = numbersOf(symbolsOfCancelReason);

function writeCancelOrder(target: Buffer, at: number, value: CancelOrder): number {
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  return at;
}

function readCancelOrder(reader: AvroReader): CancelOrder {
  return {
    type: 'CancelOrder',
    reason: reader.symbol(symbolsOfCancelReason),
  };
}

function writeRequestReturn(target: Buffer, at: number, value: RequestReturn): number {
  at = writeText(target, at, value.reason);
  return at;
}

function readRequestReturn(reader: AvroReader): RequestReturn {
  return {
    type: 'RequestReturn',
    reason: reader.text(),
  };
}

function writeReviewOrder(target: Buffer, at: number, value: ReviewOrder): number {
  at = writeBoolean(target, at, value.release);
  at = writeText(target, at, value.note);
  return at;
}

function readReviewOrder(reader: AvroReader): ReviewOrder {
  return {
    type: 'ReviewOrder',
    release: reader.boolean(),
    note: reader.text(),
  };
}

function writeOrderCommandCommand(target: Buffer, at: number, value: CancelOrder | RequestReturn | ReviewOrder): number {
  switch (value.type) {
    case 'CancelOrder':
      at = writeInt(target, at, 0);
      return writeCancelOrder(target, at, value);
    case 'RequestReturn':
      at = writeInt(target, at, 1);
      return writeRequestReturn(target, at, value);
    case 'ReviewOrder':
      at = writeInt(target, at, 2);
      return writeReviewOrder(target, at, value);
    default:
      return unfit();
  }
}

function readOrderCommandCommand(reader: AvroReader): CancelOrder | RequestReturn | ReviewOrder {
  switch (reader.int()) {
    case 0:
      return readCancelOrder(reader);
    case 1:
      return readRequestReturn(reader);
    case 2:
      return readReviewOrder(reader);
    default:
      return unfit();
  }
}

function writeOrderCommand(target: Buffer, at: number, value: OrderCommand): number {
  at = writeText(target, at, value.commandId);
  at = writeText(target, at, value.orderId);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  at = writeOrderCommandCommand(target, at, value.command);
  return at;
}

function readOrderCommand(reader: AvroReader): OrderCommand {
  return {
    commandId: reader.text(),
    orderId: reader.text(),
    actor: reader.text(),
    at: reader.int(),
    command: readOrderCommandCommand(reader),
  };
}

function writeOrderLine(target: Buffer, at: number, value: OrderLine): number {
  at = writeInt(target, at, value.line);
  at = writeText(target, at, value.productId);
  at = writeInt(target, at, value.quantity);
  at = writeLong(target, at, value.unitPrice);
  at = writeInt(target, at, value.productVersion);
  at = writeInt(target, at, value.weightGrams);
  at = writeText(target, at, value.sellerId);
  return at;
}

function readOrderLine(reader: AvroReader): OrderLine {
  return {
    line: reader.int(),
    productId: reader.text(),
    quantity: reader.int(),
    unitPrice: reader.int(),
    productVersion: reader.int(),
    weightGrams: reader.int(),
    sellerId: reader.text(),
  };
}

function writeOrderLineList(target: Buffer, at: number, value: readonly OrderLine[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeOrderLine(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readOrderLineList(reader: AvroReader): readonly OrderLine[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: OrderLine[] = left === 2 ? [readOrderLine(reader), readOrderLine(reader)] : [readOrderLine(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readOrderLine(reader));
  return list;
}

function writeTotals(target: Buffer, at: number, value: Totals): number {
  at = writeLong(target, at, value.subtotal);
  at = writeLong(target, at, value.shipping);
  at = writeLong(target, at, value.tax);
  at = writeLong(target, at, value.total);
  return at;
}

function readTotals(reader: AvroReader): Totals {
  return {
    subtotal: reader.int(),
    shipping: reader.int(),
    tax: reader.int(),
    total: reader.int(),
  };
}

function writeAddress(target: Buffer, at: number, value: Address): number {
  at = writeText(target, at, value.name);
  at = writeText(target, at, value.street);
  at = writeText(target, at, value.city);
  at = writeText(target, at, value.postalCode);
  at = writeText(target, at, value.country);
  return at;
}

function readAddress(reader: AvroReader): Address {
  return {
    name: reader.text(),
    street: reader.text(),
    city: reader.text(),
    postalCode: reader.text(),
    country: reader.text(),
  };
}

function writeDeliveryPromise(target: Buffer, at: number, value: DeliveryPromise): number {
  at = writeText(target, at, value.warehouseId);
  at = writeText(target, at, value.carrier);
  at = writeInt(target, at, value.fromDay);
  at = writeInt(target, at, value.toDay);
  at = writeIntList(target, at, value.notLines);
  return at;
}

function readDeliveryPromise(reader: AvroReader): DeliveryPromise {
  return {
    warehouseId: reader.text(),
    carrier: reader.text(),
    fromDay: reader.int(),
    toDay: reader.int(),
    notLines: readIntList(reader),
  };
}

function writeDeliveryPromiseList(target: Buffer, at: number, value: readonly DeliveryPromise[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeDeliveryPromise(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readDeliveryPromiseList(reader: AvroReader): readonly DeliveryPromise[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: DeliveryPromise[] = left === 2 ? [readDeliveryPromise(reader), readDeliveryPromise(reader)] : [readDeliveryPromise(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readDeliveryPromise(reader));
  return list;
}

function writeOrderCreated(target: Buffer, at: number, value: OrderCreated): number {
  at = writeOrderLineList(target, at, value.lines);
  at = writeText(target, at, value.currency);
  at = writeTotals(target, at, value.totals);
  at = writeAddress(target, at, value.shipTo);
  at = writeText(target, at, value.paymentMethod);
  at = writeLong(target, at, value.placedAt);
  at = writeLong(target, at, value.expiresAt);
  at = writeDeliveryPromiseList(target, at, value.promises);
  return at;
}

function readOrderCreated(reader: AvroReader): OrderCreated {
  return {
    type: 'OrderCreated',
    lines: readOrderLineList(reader),
    currency: reader.text(),
    totals: readTotals(reader),
    shipTo: readAddress(reader),
    paymentMethod: reader.text(),
    placedAt: reader.int(),
    expiresAt: reader.int(),
    promises: readDeliveryPromiseList(reader),
  };
}

function writeReservedLine(target: Buffer, at: number, value: ReservedLine): number {
  at = writeInt(target, at, value.line);
  at = writeText(target, at, value.productId);
  at = writeInt(target, at, value.quantity);
  at = writeAllocationList(target, at, value.allocations);
  return at;
}

function readReservedLine(reader: AvroReader): ReservedLine {
  return {
    line: reader.int(),
    productId: reader.text(),
    quantity: reader.int(),
    allocations: readAllocationList(reader),
  };
}

function writeReservedLineList(target: Buffer, at: number, value: readonly ReservedLine[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeReservedLine(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readReservedLineList(reader: AvroReader): readonly ReservedLine[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: ReservedLine[] = left === 2 ? [readReservedLine(reader), readReservedLine(reader)] : [readReservedLine(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readReservedLine(reader));
  return list;
}

function writeOrderReserved(target: Buffer, at: number, value: OrderReserved): number {
  at = writeReservedLineList(target, at, value.lines);
  at = writeLong(target, at, value.expiresAt);
  return at;
}

function readOrderReserved(reader: AvroReader): OrderReserved {
  return {
    type: 'OrderReserved',
    lines: readReservedLineList(reader),
    expiresAt: reader.int(),
  };
}

function writeRejectedLine(target: Buffer, at: number, value: RejectedLine): number {
  at = writeInt(target, at, value.line);
  at = writeText(target, at, value.productId);
  at = writeSymbol(target, at, value.reason, numbersOfLineRefusalReason);
  return at;
}

function readRejectedLine(reader: AvroReader): RejectedLine {
  return {
    line: reader.int(),
    productId: reader.text(),
    reason: reader.symbol(symbolsOfLineRefusalReason),
  };
}

function writeRejectedLineList(target: Buffer, at: number, value: readonly RejectedLine[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeRejectedLine(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readRejectedLineList(reader: AvroReader): readonly RejectedLine[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: RejectedLine[] = left === 2 ? [readRejectedLine(reader), readRejectedLine(reader)] : [readRejectedLine(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readRejectedLine(reader));
  return list;
}

function writeOrderRejected(target: Buffer, at: number, value: OrderRejected): number {
  at = writeRejectedLineList(target, at, value.lines);
  return at;
}

function readOrderRejected(reader: AvroReader): OrderRejected {
  return {
    type: 'OrderRejected',
    lines: readRejectedLineList(reader),
  };
}

function writeOrderCancelled(target: Buffer, at: number, value: OrderCancelled): number {
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  return at;
}

function readOrderCancelled(reader: AvroReader): OrderCancelled {
  return {
    type: 'OrderCancelled',
    reason: reader.symbol(symbolsOfCancelReason),
  };
}

function writeOrderHeldForReview(target: Buffer, at: number, value: OrderHeldForReview): number {
  at = writeInt(target, at, value.score);
  at = writeTextList(target, at, value.findings);
  at = writeLong(target, at, value.expiresAt);
  return at;
}

function readOrderHeldForReview(reader: AvroReader): OrderHeldForReview {
  return {
    type: 'OrderHeldForReview',
    score: reader.int(),
    findings: readTextList(reader),
    expiresAt: reader.int(),
  };
}

function writeOrderReviewed(target: Buffer, at: number, value: OrderReviewed): number {
  at = writeBoolean(target, at, value.release);
  at = writeText(target, at, value.actor);
  at = writeText(target, at, value.note);
  at = writeLong(target, at, value.expiresAt);
  return at;
}

function readOrderReviewed(reader: AvroReader): OrderReviewed {
  return {
    type: 'OrderReviewed',
    release: reader.boolean(),
    actor: reader.text(),
    note: reader.text(),
    expiresAt: reader.int(),
  };
}

function writeOrderPlaced(target: Buffer, at: number, value: OrderPlaced): number {
  at = writeText(target, at, value.paymentReference);
  at = writeLong(target, at, value.amount);
  at = writeParcelList(target, at, value.parcels);
  return at;
}

function readOrderPlaced(reader: AvroReader): OrderPlaced {
  return {
    type: 'OrderPlaced',
    paymentReference: reader.text(),
    amount: reader.int(),
    parcels: readParcelList(reader),
  };
}

function writeParcelMoved(target: Buffer, at: number, value: ParcelMoved): number {
  at = writeParcelList(target, at, value.parcels);
  return at;
}

function readParcelMoved(reader: AvroReader): ParcelMoved {
  return {
    type: 'ParcelMoved',
    parcels: readParcelList(reader),
  };
}

function writeOrderInTransit(target: Buffer, at: number, value: OrderInTransit): number {
  at = writeParcelList(target, at, value.parcels);
  return at;
}

function readOrderInTransit(reader: AvroReader): OrderInTransit {
  return {
    type: 'OrderInTransit',
    parcels: readParcelList(reader),
  };
}

function writeOrderDelivered(target: Buffer, at: number, value: OrderDelivered): number {
  at = writeParcelList(target, at, value.parcels);
  return at;
}

function readOrderDelivered(reader: AvroReader): OrderDelivered {
  return {
    type: 'OrderDelivered',
    parcels: readParcelList(reader),
  };
}

function writeOrderReinstated(target: Buffer, at: number, value: OrderReinstated): number {
  at = writeReservedLineList(target, at, value.lines);
  return at;
}

function readOrderReinstated(reader: AvroReader): OrderReinstated {
  return {
    type: 'OrderReinstated',
    lines: readReservedLineList(reader),
  };
}

function writePaymentReturned(target: Buffer, at: number, value: PaymentReturned): number {
  at = writeBoolean(target, at, value.refunded);
  at = writeLong(target, at, value.amount);
  return at;
}

function readPaymentReturned(reader: AvroReader): PaymentReturned {
  return {
    type: 'PaymentReturned',
    refunded: reader.boolean(),
    amount: reader.int(),
  };
}

function writeReturnRequested(target: Buffer, at: number, value: ReturnRequested): number {
  at = writeText(target, at, value.reason);
  return at;
}

function readReturnRequested(reader: AvroReader): ReturnRequested {
  return {
    type: 'ReturnRequested',
    reason: reader.text(),
  };
}

function writeOrderReturned(target: Buffer, at: number, value: OrderReturned): number {
  at = writeParcelList(target, at, value.parcels);
  return at;
}

function readOrderReturned(reader: AvroReader): OrderReturned {
  return {
    type: 'OrderReturned',
    parcels: readParcelList(reader),
  };
}

function writeOrderRefunded(target: Buffer, at: number, value: OrderRefunded): number {
  at = writeLong(target, at, value.amount);
  return at;
}

function readOrderRefunded(reader: AvroReader): OrderRefunded {
  return {
    type: 'OrderRefunded',
    amount: reader.int(),
  };
}

function writeOrderEventEvent(target: Buffer, at: number, value: OrderCreated | OrderReserved | OrderRejected | OrderCancelled | OrderHeldForReview | OrderReviewed | OrderPlaced | ParcelMoved | OrderInTransit | OrderDelivered | OrderReinstated | PaymentReturned | ReturnRequested | OrderReturned | OrderRefunded): number {
  switch (value.type) {
    case 'OrderCreated':
      at = writeInt(target, at, 0);
      return writeOrderCreated(target, at, value);
    case 'OrderReserved':
      at = writeInt(target, at, 1);
      return writeOrderReserved(target, at, value);
    case 'OrderRejected':
      at = writeInt(target, at, 2);
      return writeOrderRejected(target, at, value);
    case 'OrderCancelled':
      at = writeInt(target, at, 3);
      return writeOrderCancelled(target, at, value);
    case 'OrderHeldForReview':
      at = writeInt(target, at, 4);
      return writeOrderHeldForReview(target, at, value);
    case 'OrderReviewed':
      at = writeInt(target, at, 5);
      return writeOrderReviewed(target, at, value);
    case 'OrderPlaced':
      at = writeInt(target, at, 6);
      return writeOrderPlaced(target, at, value);
    case 'ParcelMoved':
      at = writeInt(target, at, 7);
      return writeParcelMoved(target, at, value);
    case 'OrderInTransit':
      at = writeInt(target, at, 8);
      return writeOrderInTransit(target, at, value);
    case 'OrderDelivered':
      at = writeInt(target, at, 9);
      return writeOrderDelivered(target, at, value);
    case 'OrderReinstated':
      at = writeInt(target, at, 10);
      return writeOrderReinstated(target, at, value);
    case 'PaymentReturned':
      at = writeInt(target, at, 11);
      return writePaymentReturned(target, at, value);
    case 'ReturnRequested':
      at = writeInt(target, at, 12);
      return writeReturnRequested(target, at, value);
    case 'OrderReturned':
      at = writeInt(target, at, 13);
      return writeOrderReturned(target, at, value);
    case 'OrderRefunded':
      at = writeInt(target, at, 14);
      return writeOrderRefunded(target, at, value);
    default:
      return unfit();
  }
}

function readOrderEventEvent(reader: AvroReader): OrderCreated | OrderReserved | OrderRejected | OrderCancelled | OrderHeldForReview | OrderReviewed | OrderPlaced | ParcelMoved | OrderInTransit | OrderDelivered | OrderReinstated | PaymentReturned | ReturnRequested | OrderReturned | OrderRefunded {
  switch (reader.int()) {
    case 0:
      return readOrderCreated(reader);
    case 1:
      return readOrderReserved(reader);
    case 2:
      return readOrderRejected(reader);
    case 3:
      return readOrderCancelled(reader);
    case 4:
      return readOrderHeldForReview(reader);
    case 5:
      return readOrderReviewed(reader);
    case 6:
      return readOrderPlaced(reader);
    case 7:
      return readParcelMoved(reader);
    case 8:
      return readOrderInTransit(reader);
    case 9:
      return readOrderDelivered(reader);
    case 10:
      return readOrderReinstated(reader);
    case 11:
      return readPaymentReturned(reader);
    case 12:
      return readReturnRequested(reader);
    case 13:
      return readOrderReturned(reader);
    case 14:
      return readOrderRefunded(reader);
    default:
      return unfit();
  }
}

function writeOrderEvent(target: Buffer, at: number, value: OrderEvent): number {
  at = writeText(target, at, value.orderId);
  at = writeInt(target, at, value.sequence);
  at = writeText(target, at, value.customerId);
  at = writeLong(target, at, value.at);
  at = writeOrderEventEvent(target, at, value.event);
  return at;
}

function readOrderEvent(reader: AvroReader): OrderEvent {
  return {
    orderId: reader.text(),
    sequence: reader.int(),
    customerId: reader.text(),
    at: reader.int(),
    event: readOrderEventEvent(reader),
  };
}

function writeAskedLine(target: Buffer, at: number, value: AskedLine): number {
  at = writeInt(target, at, value.line);
  at = writeText(target, at, value.productId);
  at = writeInt(target, at, value.quantity);
  at = writeInt(target, at, value.weightGrams);
  at = writeText(target, at, value.sellerId);
  return at;
}

function readAskedLine(reader: AvroReader): AskedLine {
  return {
    line: reader.int(),
    productId: reader.text(),
    quantity: reader.int(),
    weightGrams: reader.int(),
    sellerId: reader.text(),
  };
}

function writeAskedLineList(target: Buffer, at: number, value: readonly AskedLine[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeAskedLine(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readAskedLineList(reader: AvroReader): readonly AskedLine[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: AskedLine[] = left === 2 ? [readAskedLine(reader), readAskedLine(reader)] : [readAskedLine(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readAskedLine(reader));
  return list;
}

function writeCheckout(target: Buffer, at: number, value: Checkout): number {
  at = writeText(target, at, value.method);
  at = writeText(target, at, value.token);
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  at = writeText(target, at, value.email);
  at = writeAddress(target, at, value.shipTo);
  at = writeTextList(target, at, value.warehouses);
  at = writeLong(target, at, value.holdMillis);
  at = writeText(target, at, value.billingCountry);
  at = writeText(target, at, value.billingPostalCode);
  at = writeLong(target, at, value.customerSince);
  at = writeDeliveryPromiseList(target, at, value.promises);
  at = writeTextList(target, at, value.notFrom);
  return at;
}

function readCheckout(reader: AvroReader): Checkout {
  return {
    method: reader.text(),
    token: reader.text(),
    amount: reader.int(),
    currency: reader.text(),
    email: reader.text(),
    shipTo: readAddress(reader),
    warehouses: readTextList(reader),
    holdMillis: reader.int(),
    billingCountry: reader.text(),
    billingPostalCode: reader.text(),
    customerSince: reader.int(),
    promises: readDeliveryPromiseList(reader),
    notFrom: readTextList(reader),
  };
}

function writeCheckoutOrNull(target: Buffer, at: number, value: Checkout | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeCheckout(target, at, value);
}

function readCheckoutOrNull(reader: AvroReader): Checkout | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? readCheckout(reader) : unfit();
}

function writeOrderFacts(target: Buffer, at: number, value: OrderFacts): number {
  at = writeText(target, at, value.customerId);
  at = writeInt(target, at, value.sequence);
  at = writeLong(target, at, value.expiresAt);
  at = writeAskedLineList(target, at, value.lines);
  at = writeBoolean(target, at, value.limited);
  at = writeInt(target, at, value.attempt);
  at = writeCheckoutOrNull(target, at, value.checkout);
  return at;
}

function readOrderFacts(reader: AvroReader): OrderFacts {
  return {
    customerId: reader.text(),
    sequence: reader.int(),
    expiresAt: reader.int(),
    lines: readAskedLineList(reader),
    limited: reader.boolean(),
    attempt: reader.int(),
    checkout: readCheckoutOrNull(reader),
  };
}

function writeStockHeld(target: Buffer, at: number, value: StockHeld): number {
  at = writeAllocationList(target, at, value.allocations);
  return at;
}

function readStockHeld(reader: AvroReader): StockHeld {
  return {
    type: 'StockHeld',
    allocations: readAllocationList(reader),
  };
}

function writeStockRefused(target: Buffer, at: number, value: StockRefused): number {
  at = writeSymbol(target, at, value.reason, numbersOfLineRefusalReason);
  at = writeLong(target, at, value.free);
  return at;
}

function readStockRefused(reader: AvroReader): StockRefused {
  return {
    type: 'StockRefused',
    reason: reader.symbol(symbolsOfLineRefusalReason),
    free: reader.int(),
  };
}

function writeLineAnswerOutcome(target: Buffer, at: number, value: StockHeld | StockRefused): number {
  switch (value.type) {
    case 'StockHeld':
      at = writeInt(target, at, 0);
      return writeStockHeld(target, at, value);
    case 'StockRefused':
      at = writeInt(target, at, 1);
      return writeStockRefused(target, at, value);
    default:
      return unfit();
  }
}

function readLineAnswerOutcome(reader: AvroReader): StockHeld | StockRefused {
  switch (reader.int()) {
    case 0:
      return readStockHeld(reader);
    case 1:
      return readStockRefused(reader);
    default:
      return unfit();
  }
}

function writeLineAnswer(target: Buffer, at: number, value: LineAnswer): number {
  at = writeText(target, at, value.productId);
  at = writeLineAnswerOutcome(target, at, value.outcome);
  return at;
}

function readLineAnswer(reader: AvroReader): LineAnswer {
  return {
    productId: reader.text(),
    outcome: readLineAnswerOutcome(reader),
  };
}

function writeLineAnswerList(target: Buffer, at: number, value: readonly LineAnswer[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeLineAnswer(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readLineAnswerList(reader: AvroReader): readonly LineAnswer[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: LineAnswer[] = left === 2 ? [readLineAnswer(reader), readLineAnswer(reader)] : [readLineAnswer(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readLineAnswer(reader));
  return list;
}

function writeAwaitingReservations(target: Buffer, at: number, value: AwaitingReservations): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeLineAnswerList(target, at, value.answers);
  return at;
}

function readAwaitingReservations(reader: AvroReader): AwaitingReservations {
  return {
    type: 'AwaitingReservations',
    facts: readOrderFacts(reader),
    answers: readLineAnswerList(reader),
  };
}

function writeReserved(target: Buffer, at: number, value: Reserved): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeAllocationList(target, at, value.allocations);
  return at;
}

function readReserved(reader: AvroReader): Reserved {
  return {
    type: 'Reserved',
    facts: readOrderFacts(reader),
    allocations: readAllocationList(reader),
  };
}

function writeRejected(target: Buffer, at: number, value: Rejected): number {
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readRejected(reader: AvroReader): Rejected {
  return {
    type: 'Rejected',
    endedAt: reader.int(),
  };
}

function writeCancelled(target: Buffer, at: number, value: Cancelled): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readCancelled(reader: AvroReader): Cancelled {
  return {
    type: 'Cancelled',
    facts: readOrderFacts(reader),
    reason: reader.symbol(symbolsOfCancelReason),
    endedAt: reader.int(),
  };
}

function writeCancelledEarly(target: Buffer, at: number, value: CancelledEarly): number {
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readCancelledEarly(reader: AvroReader): CancelledEarly {
  return {
    type: 'CancelledEarly',
    reason: reader.symbol(symbolsOfCancelReason),
    endedAt: reader.int(),
  };
}

function writeAssessing(target: Buffer, at: number, value: Assessing): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  return at;
}

function readAssessing(reader: AvroReader): Assessing {
  return {
    type: 'Assessing',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
  };
}

function writeInReview(target: Buffer, at: number, value: InReview): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  return at;
}

function readInReview(reader: AvroReader): InReview {
  return {
    type: 'InReview',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
  };
}

function writeAuthorizing(target: Buffer, at: number, value: Authorizing): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  return at;
}

function readAuthorizing(reader: AvroReader): Authorizing {
  return {
    type: 'Authorizing',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
  };
}

function writeCapturing(target: Buffer, at: number, value: Capturing): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  at = writeText(target, at, value.paymentReference);
  at = writeInt(target, at, value.tries);
  return at;
}

function readCapturing(reader: AvroReader): Capturing {
  return {
    type: 'Capturing',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
    paymentReference: reader.text(),
    tries: reader.int(),
  };
}

function writeCancelledUnpaid(target: Buffer, at: number, value: CancelledUnpaid): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readCancelledUnpaid(reader: AvroReader): CancelledUnpaid {
  return {
    type: 'CancelledUnpaid',
    facts: readOrderFacts(reader),
    reason: reader.symbol(symbolsOfCancelReason),
    endedAt: reader.int(),
  };
}

function writeCancelledVoiding(target: Buffer, at: number, value: CancelledVoiding): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  at = writeText(target, at, value.paymentReference);
  at = writeInt(target, at, value.tries);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readCancelledVoiding(reader: AvroReader): CancelledVoiding {
  return {
    type: 'CancelledVoiding',
    facts: readOrderFacts(reader),
    reason: reader.symbol(symbolsOfCancelReason),
    paymentReference: reader.text(),
    tries: reader.int(),
    endedAt: reader.int(),
  };
}

function writeCancelledRefunding(target: Buffer, at: number, value: CancelledRefunding): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  at = writeInt(target, at, value.tries);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readCancelledRefunding(reader: AvroReader): CancelledRefunding {
  return {
    type: 'CancelledRefunding',
    facts: readOrderFacts(reader),
    reason: reader.symbol(symbolsOfCancelReason),
    tries: reader.int(),
    endedAt: reader.int(),
  };
}

function writeRetaking(target: Buffer, at: number, value: Retaking): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeSymbol(target, at, value.reason, numbersOfCancelReason);
  at = writeLineAnswerList(target, at, value.answers);
  at = writeText(target, at, value.paymentReference);
  return at;
}

function readRetaking(reader: AvroReader): Retaking {
  return {
    type: 'Retaking',
    facts: readOrderFacts(reader),
    reason: reader.symbol(symbolsOfCancelReason),
    answers: readLineAnswerList(reader),
    paymentReference: reader.text(),
  };
}

function writePlaced(target: Buffer, at: number, value: Placed): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  at = writeParcelList(target, at, value.parcels);
  at = writeText(target, at, value.paymentReference);
  return at;
}

function readPlaced(reader: AvroReader): Placed {
  return {
    type: 'Placed',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
    parcels: readParcelList(reader),
    paymentReference: reader.text(),
  };
}

function writeInTransit(target: Buffer, at: number, value: InTransit): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  at = writeParcelList(target, at, value.parcels);
  at = writeText(target, at, value.paymentReference);
  return at;
}

function readInTransit(reader: AvroReader): InTransit {
  return {
    type: 'InTransit',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
    parcels: readParcelList(reader),
    paymentReference: reader.text(),
  };
}

function writeDelivered(target: Buffer, at: number, value: Delivered): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  at = writeParcelList(target, at, value.parcels);
  at = writeText(target, at, value.paymentReference);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readDelivered(reader: AvroReader): Delivered {
  return {
    type: 'Delivered',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
    parcels: readParcelList(reader),
    paymentReference: reader.text(),
    endedAt: reader.int(),
  };
}

function writeReturning(target: Buffer, at: number, value: Returning): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeReservedLineList(target, at, value.reserved);
  at = writeParcelList(target, at, value.parcels);
  at = writeText(target, at, value.paymentReference);
  return at;
}

function readReturning(reader: AvroReader): Returning {
  return {
    type: 'Returning',
    facts: readOrderFacts(reader),
    reserved: readReservedLineList(reader),
    parcels: readParcelList(reader),
    paymentReference: reader.text(),
  };
}

function writeRefunding(target: Buffer, at: number, value: Refunding): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeInt(target, at, value.tries);
  return at;
}

function readRefunding(reader: AvroReader): Refunding {
  return {
    type: 'Refunding',
    facts: readOrderFacts(reader),
    tries: reader.int(),
  };
}

function writeRefunded(target: Buffer, at: number, value: Refunded): number {
  at = writeOrderFacts(target, at, value.facts);
  at = writeLong(target, at, value.endedAt);
  return at;
}

function readRefunded(reader: AvroReader): Refunded {
  return {
    type: 'Refunded',
    facts: readOrderFacts(reader),
    endedAt: reader.int(),
  };
}

function writeOrderStatePhase(target: Buffer, at: number, value: AwaitingReservations | Reserved | Rejected | Cancelled | CancelledEarly | Assessing | InReview | Authorizing | Capturing | CancelledUnpaid | CancelledVoiding | CancelledRefunding | Retaking | Placed | InTransit | Delivered | Returning | Refunding | Refunded): number {
  switch (value.type) {
    case 'AwaitingReservations':
      at = writeInt(target, at, 0);
      return writeAwaitingReservations(target, at, value);
    case 'Reserved':
      at = writeInt(target, at, 1);
      return writeReserved(target, at, value);
    case 'Rejected':
      at = writeInt(target, at, 2);
      return writeRejected(target, at, value);
    case 'Cancelled':
      at = writeInt(target, at, 3);
      return writeCancelled(target, at, value);
    case 'CancelledEarly':
      at = writeInt(target, at, 4);
      return writeCancelledEarly(target, at, value);
    case 'Assessing':
      at = writeInt(target, at, 5);
      return writeAssessing(target, at, value);
    case 'InReview':
      at = writeInt(target, at, 6);
      return writeInReview(target, at, value);
    case 'Authorizing':
      at = writeInt(target, at, 7);
      return writeAuthorizing(target, at, value);
    case 'Capturing':
      at = writeInt(target, at, 8);
      return writeCapturing(target, at, value);
    case 'CancelledUnpaid':
      at = writeInt(target, at, 9);
      return writeCancelledUnpaid(target, at, value);
    case 'CancelledVoiding':
      at = writeInt(target, at, 10);
      return writeCancelledVoiding(target, at, value);
    case 'CancelledRefunding':
      at = writeInt(target, at, 11);
      return writeCancelledRefunding(target, at, value);
    case 'Retaking':
      at = writeInt(target, at, 12);
      return writeRetaking(target, at, value);
    case 'Placed':
      at = writeInt(target, at, 13);
      return writePlaced(target, at, value);
    case 'InTransit':
      at = writeInt(target, at, 14);
      return writeInTransit(target, at, value);
    case 'Delivered':
      at = writeInt(target, at, 15);
      return writeDelivered(target, at, value);
    case 'Returning':
      at = writeInt(target, at, 16);
      return writeReturning(target, at, value);
    case 'Refunding':
      at = writeInt(target, at, 17);
      return writeRefunding(target, at, value);
    case 'Refunded':
      at = writeInt(target, at, 18);
      return writeRefunded(target, at, value);
    default:
      return unfit();
  }
}

function readOrderStatePhase(reader: AvroReader): AwaitingReservations | Reserved | Rejected | Cancelled | CancelledEarly | Assessing | InReview | Authorizing | Capturing | CancelledUnpaid | CancelledVoiding | CancelledRefunding | Retaking | Placed | InTransit | Delivered | Returning | Refunding | Refunded {
  switch (reader.int()) {
    case 0:
      return readAwaitingReservations(reader);
    case 1:
      return readReserved(reader);
    case 2:
      return readRejected(reader);
    case 3:
      return readCancelled(reader);
    case 4:
      return readCancelledEarly(reader);
    case 5:
      return readAssessing(reader);
    case 6:
      return readInReview(reader);
    case 7:
      return readAuthorizing(reader);
    case 8:
      return readCapturing(reader);
    case 9:
      return readCancelledUnpaid(reader);
    case 10:
      return readCancelledVoiding(reader);
    case 11:
      return readCancelledRefunding(reader);
    case 12:
      return readRetaking(reader);
    case 13:
      return readPlaced(reader);
    case 14:
      return readInTransit(reader);
    case 15:
      return readDelivered(reader);
    case 16:
      return readReturning(reader);
    case 17:
      return readRefunding(reader);
    case 18:
      return readRefunded(reader);
    default:
      return unfit();
  }
}

function writeOrderState(target: Buffer, at: number, value: OrderState): number {
  at = writeOrderStatePhase(target, at, value.phase);
  return at;
}

function readOrderState(reader: AvroReader): OrderState {
  return {
    phase: readOrderStatePhase(reader),
  };
}

function writePayment(target: Buffer, at: number, value: Payment): number {
  at = writeText(target, at, value.method);
  at = writeText(target, at, value.token);
  at = writeBoolean(target, at, value.collect);
  at = writeText(target, at, value.billingCountry);
  at = writeText(target, at, value.billingPostalCode);
  return at;
}

function readPayment(reader: AvroReader): Payment {
  return {
    method: reader.text(),
    token: reader.text(),
    collect: reader.boolean(),
    billingCountry: reader.text(),
    billingPostalCode: reader.text(),
  };
}

function writeOrderSubmitted(target: Buffer, at: number, value: OrderSubmitted): number {
  at = writeText(target, at, value.orderId);
  at = writeText(target, at, value.customerId);
  at = writeText(target, at, value.currency);
  at = writeOrderLineList(target, at, value.lines);
  at = writeAddress(target, at, value.shipTo);
  at = writePayment(target, at, value.payment);
  at = writeTotals(target, at, value.totals);
  at = writeTextList(target, at, value.warehouses);
  at = writeLong(target, at, value.holdMillis);
  at = writeLong(target, at, value.placedAt);
  at = writeText(target, at, value.email);
  at = writeLong(target, at, value.customerSince);
  at = writeDeliveryPromiseList(target, at, value.promises);
  at = writeTextList(target, at, value.notFrom);
  return at;
}

function readOrderSubmitted(reader: AvroReader): OrderSubmitted {
  return {
    orderId: reader.text(),
    customerId: reader.text(),
    currency: reader.text(),
    lines: readOrderLineList(reader),
    shipTo: readAddress(reader),
    payment: readPayment(reader),
    totals: readTotals(reader),
    warehouses: readTextList(reader),
    holdMillis: reader.int(),
    placedAt: reader.int(),
    email: reader.text(),
    customerSince: reader.int(),
    promises: readDeliveryPromiseList(reader),
    notFrom: readTextList(reader),
  };
}

function writeParentVersion(target: Buffer, at: number, value: ParentVersion): number {
  at = writeInt(target, at, value.version);
  return at;
}

function readParentVersion(reader: AvroReader): ParentVersion {
  return {
    version: reader.int(),
  };
}

function writeAuthorizePayment(target: Buffer, at: number, value: AuthorizePayment): number {
  at = writeText(target, at, value.method);
  at = writeText(target, at, value.token);
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  return at;
}

function readAuthorizePayment(reader: AvroReader): AuthorizePayment {
  return {
    type: 'AuthorizePayment',
    method: reader.text(),
    token: reader.text(),
    amount: reader.int(),
    currency: reader.text(),
  };
}

function writeCapturePayment(target: Buffer, at: number, value: CapturePayment): number {
  at = writeText(target, at, value.paymentReference);
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  return at;
}

function readCapturePayment(reader: AvroReader): CapturePayment {
  return {
    type: 'CapturePayment',
    paymentReference: reader.text(),
    amount: reader.int(),
    currency: reader.text(),
  };
}

function writeVoidPayment(target: Buffer, at: number, value: VoidPayment): number {
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  return at;
}

function readVoidPayment(reader: AvroReader): VoidPayment {
  return {
    type: 'VoidPayment',
    amount: reader.int(),
    currency: reader.text(),
  };
}

function writeRefundPayment(target: Buffer, at: number, value: RefundPayment): number {
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  return at;
}

function readRefundPayment(reader: AvroReader): RefundPayment {
  return {
    type: 'RefundPayment',
    amount: reader.int(),
    currency: reader.text(),
  };
}

function writePaymentRequestCommand(target: Buffer, at: number, value: AuthorizePayment | CapturePayment | VoidPayment | RefundPayment): number {
  switch (value.type) {
    case 'AuthorizePayment':
      at = writeInt(target, at, 0);
      return writeAuthorizePayment(target, at, value);
    case 'CapturePayment':
      at = writeInt(target, at, 1);
      return writeCapturePayment(target, at, value);
    case 'VoidPayment':
      at = writeInt(target, at, 2);
      return writeVoidPayment(target, at, value);
    case 'RefundPayment':
      at = writeInt(target, at, 3);
      return writeRefundPayment(target, at, value);
    default:
      return unfit();
  }
}

function readPaymentRequestCommand(reader: AvroReader): AuthorizePayment | CapturePayment | VoidPayment | RefundPayment {
  switch (reader.int()) {
    case 0:
      return readAuthorizePayment(reader);
    case 1:
      return readCapturePayment(reader);
    case 2:
      return readVoidPayment(reader);
    case 3:
      return readRefundPayment(reader);
    default:
      return unfit();
  }
}

function writePaymentRequest(target: Buffer, at: number, value: PaymentRequest): number {
  at = writeText(target, at, value.requestId);
  at = writeText(target, at, value.orderId);
  at = writeText(target, at, value.customerId);
  at = writeLong(target, at, value.at);
  at = writePaymentRequestCommand(target, at, value.command);
  return at;
}

function readPaymentRequest(reader: AvroReader): PaymentRequest {
  return {
    requestId: reader.text(),
    orderId: reader.text(),
    customerId: reader.text(),
    at: reader.int(),
    command: readPaymentRequestCommand(reader),
  };
}

function writePaymentAuthorized(target: Buffer, at: number, value: PaymentAuthorized): number {
  at = writeText(target, at, value.paymentReference);
  return at;
}

function readPaymentAuthorized(reader: AvroReader): PaymentAuthorized {
  return {
    type: 'PaymentAuthorized',
    paymentReference: reader.text(),
  };
}

function writePaymentDeclined(target: Buffer, at: number, value: PaymentDeclined): number {
  at = writeText(target, at, value.reason);
  return at;
}

function readPaymentDeclined(reader: AvroReader): PaymentDeclined {
  return {
    type: 'PaymentDeclined',
    reason: reader.text(),
  };
}

function writePaymentCaptured(target: Buffer, at: number, value: PaymentCaptured): number {
  at = writeText(target, at, value.paymentReference);
  at = writeLong(target, at, value.amount);
  return at;
}

function readPaymentCaptured(reader: AvroReader): PaymentCaptured {
  return {
    type: 'PaymentCaptured',
    paymentReference: reader.text(),
    amount: reader.int(),
  };
}

function writeCaptureRefused(target: Buffer, at: number, value: CaptureRefused): number {
  at = writeText(target, at, value.reason);
  return at;
}

function readCaptureRefused(reader: AvroReader): CaptureRefused {
  return {
    type: 'CaptureRefused',
    reason: reader.text(),
  };
}

function writePaymentVoided(_target: Buffer, at: number, _value: PaymentVoided): number {
  return at;
}

function readPaymentVoided(_reader: AvroReader): PaymentVoided {
  return {
    type: 'PaymentVoided',
  };
}

function writeNothingToVoid(_target: Buffer, at: number, _value: NothingToVoid): number {
  return at;
}

function readNothingToVoid(_reader: AvroReader): NothingToVoid {
  return {
    type: 'NothingToVoid',
  };
}

function writeVoidTooLate(target: Buffer, at: number, value: VoidTooLate): number {
  at = writeLong(target, at, value.amount);
  return at;
}

function readVoidTooLate(reader: AvroReader): VoidTooLate {
  return {
    type: 'VoidTooLate',
    amount: reader.int(),
  };
}

function writePaymentRefunded(target: Buffer, at: number, value: PaymentRefunded): number {
  at = writeLong(target, at, value.amount);
  return at;
}

function readPaymentRefunded(reader: AvroReader): PaymentRefunded {
  return {
    type: 'PaymentRefunded',
    amount: reader.int(),
  };
}

const symbolsOfPaymentVerb: readonly PaymentVerb[] = ['authorize', 'capture', 'void', 'refund'];
const numbersOfPaymentVerb = numbersOf(symbolsOfPaymentVerb);

function writePaymentUnanswered(target: Buffer, at: number, value: PaymentUnanswered): number {
  at = writeSymbol(target, at, value.verb, numbersOfPaymentVerb);
  at = writeText(target, at, value.reason);
  return at;
}

function readPaymentUnanswered(reader: AvroReader): PaymentUnanswered {
  return {
    type: 'PaymentUnanswered',
    verb: reader.symbol(symbolsOfPaymentVerb),
    reason: reader.text(),
  };
}

function writePaymentResultOutcome(target: Buffer, at: number, value: PaymentAuthorized | PaymentDeclined | PaymentCaptured | CaptureRefused | PaymentVoided | NothingToVoid | VoidTooLate | PaymentRefunded | PaymentUnanswered): number {
  switch (value.type) {
    case 'PaymentAuthorized':
      at = writeInt(target, at, 0);
      return writePaymentAuthorized(target, at, value);
    case 'PaymentDeclined':
      at = writeInt(target, at, 1);
      return writePaymentDeclined(target, at, value);
    case 'PaymentCaptured':
      at = writeInt(target, at, 2);
      return writePaymentCaptured(target, at, value);
    case 'CaptureRefused':
      at = writeInt(target, at, 3);
      return writeCaptureRefused(target, at, value);
    case 'PaymentVoided':
      at = writeInt(target, at, 4);
      return writePaymentVoided(target, at, value);
    case 'NothingToVoid':
      at = writeInt(target, at, 5);
      return writeNothingToVoid(target, at, value);
    case 'VoidTooLate':
      at = writeInt(target, at, 6);
      return writeVoidTooLate(target, at, value);
    case 'PaymentRefunded':
      at = writeInt(target, at, 7);
      return writePaymentRefunded(target, at, value);
    case 'PaymentUnanswered':
      at = writeInt(target, at, 8);
      return writePaymentUnanswered(target, at, value);
    default:
      return unfit();
  }
}

function readPaymentResultOutcome(reader: AvroReader): PaymentAuthorized | PaymentDeclined | PaymentCaptured | CaptureRefused | PaymentVoided | NothingToVoid | VoidTooLate | PaymentRefunded | PaymentUnanswered {
  switch (reader.int()) {
    case 0:
      return readPaymentAuthorized(reader);
    case 1:
      return readPaymentDeclined(reader);
    case 2:
      return readPaymentCaptured(reader);
    case 3:
      return readCaptureRefused(reader);
    case 4:
      return readPaymentVoided(reader);
    case 5:
      return readNothingToVoid(reader);
    case 6:
      return readVoidTooLate(reader);
    case 7:
      return readPaymentRefunded(reader);
    case 8:
      return readPaymentUnanswered(reader);
    default:
      return unfit();
  }
}

function writePaymentResult(target: Buffer, at: number, value: PaymentResult): number {
  at = writeText(target, at, value.resultId);
  at = writeText(target, at, value.requestId);
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  at = writePaymentResultOutcome(target, at, value.outcome);
  return at;
}

function readPaymentResult(reader: AvroReader): PaymentResult {
  return {
    resultId: reader.text(),
    requestId: reader.text(),
    orderId: reader.text(),
    at: reader.int(),
    outcome: readPaymentResultOutcome(reader),
  };
}

function writePopularityCounts(target: Buffer, at: number, value: PopularityCounts): number {
  at = writeLong(target, at, value.views);
  at = writeLong(target, at, value.searches);
  at = writeLong(target, at, value.cartAdds);
  at = writeLong(target, at, value.wishes);
  at = writeLong(target, at, value.orders);
  return at;
}

function readPopularityCounts(reader: AvroReader): PopularityCounts {
  return {
    views: reader.int(),
    searches: reader.int(),
    cartAdds: reader.int(),
    wishes: reader.int(),
    orders: reader.int(),
  };
}

function writePopularity(target: Buffer, at: number, value: Popularity): number {
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.category);
  at = writePopularityCounts(target, at, value.lastHour);
  at = writePopularityCounts(target, at, value.lastDay);
  at = writeDouble(target, at, value.score);
  at = writeInt(target, at, value.range);
  at = writeLong(target, at, value.at);
  return at;
}

function readPopularity(reader: AvroReader): Popularity {
  return {
    productId: reader.text(),
    category: reader.text(),
    lastHour: readPopularityCounts(reader),
    lastDay: readPopularityCounts(reader),
    score: reader.double(),
    range: reader.int(),
    at: reader.int(),
  };
}

function writePopularityPane(target: Buffer, at: number, value: PopularityPane): number {
  at = writeLong(target, at, value.start);
  at = writePopularityCounts(target, at, value.value);
  return at;
}

function readPopularityPane(reader: AvroReader): PopularityPane {
  return {
    start: reader.int(),
    value: readPopularityCounts(reader),
  };
}

function writePopularityPaneList(target: Buffer, at: number, value: readonly PopularityPane[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writePopularityPane(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readPopularityPaneList(reader: AvroReader): readonly PopularityPane[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: PopularityPane[] = left === 2 ? [readPopularityPane(reader), readPopularityPane(reader)] : [readPopularityPane(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readPopularityPane(reader));
  return list;
}

function writePopularityWindows(target: Buffer, at: number, value: PopularityWindows): number {
  at = writePopularityPaneList(target, at, value.panes);
  at = writeLong(target, at, value.streamTime);
  return at;
}

function readPopularityWindows(reader: AvroReader): PopularityWindows {
  return {
    panes: readPopularityPaneList(reader),
    streamTime: reader.int(),
  };
}

function writeToldPopularity(target: Buffer, at: number, value: ToldPopularity): number {
  at = writePopularityCounts(target, at, value.lastHour);
  at = writePopularityCounts(target, at, value.lastDay);
  at = writeInt(target, at, value.range);
  return at;
}

function readToldPopularity(reader: AvroReader): ToldPopularity {
  return {
    lastHour: readPopularityCounts(reader),
    lastDay: readPopularityCounts(reader),
    range: reader.int(),
  };
}

function writePopularityState(target: Buffer, at: number, value: PopularityState): number {
  at = writePopularityWindows(target, at, value.lastHour);
  at = writePopularityWindows(target, at, value.lastDay);
  at = writeDouble(target, at, value.score);
  at = writeLong(target, at, value.scoreAt);
  at = writeToldPopularity(target, at, value.told);
  return at;
}

function readPopularityState(reader: AvroReader): PopularityState {
  return {
    lastHour: readPopularityWindows(reader),
    lastDay: readPopularityWindows(reader),
    score: reader.double(),
    scoreAt: reader.int(),
    told: readToldPopularity(reader),
  };
}

const symbolsOfProductStatus: readonly ProductStatus[] = ['active', 'deleted'];
const numbersOfProductStatus = numbersOf(symbolsOfProductStatus);

function writeProduct(target: Buffer, at: number, value: Product): number {
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.sellerId);
  at = writeText(target, at, value.title);
  at = writeText(target, at, value.description);
  at = writeText(target, at, value.category);
  at = writeText(target, at, value.brand);
  at = writeMoney(target, at, value.price);
  at = writeTextList(target, at, value.images);
  at = writeTextMap(target, at, value.attributes);
  at = writeInt(target, at, value.weightGrams);
  at = writeIntOrNull(target, at, value.customerLimit);
  at = writeText(target, at, value.productType);
  at = writeText(target, at, value.language);
  at = writeBoolean(target, at, value.hazardous);
  at = writeVariantList(target, at, value.variants);
  at = writeTextOrNull(target, at, value.variantOf);
  at = writeTextMap(target, at, value.options);
  at = writeSymbol(target, at, value.status, numbersOfProductStatus);
  at = writeInt(target, at, value.version);
  at = writeLong(target, at, value.createdAt);
  at = writeLong(target, at, value.updatedAt);
  return at;
}

function readProduct(reader: AvroReader): Product {
  return {
    productId: reader.text(),
    sellerId: reader.text(),
    title: reader.text(),
    description: reader.text(),
    category: reader.text(),
    brand: reader.text(),
    price: readMoney(reader),
    images: readTextList(reader),
    attributes: readTextMap(reader),
    weightGrams: reader.int(),
    customerLimit: readIntOrNull(reader),
    productType: reader.text(),
    language: reader.text(),
    hazardous: reader.boolean(),
    variants: readVariantList(reader),
    variantOf: readTextOrNull(reader),
    options: readTextMap(reader),
    status: reader.symbol(symbolsOfProductStatus),
    version: reader.int(),
    createdAt: reader.int(),
    updatedAt: reader.int(),
  };
}

function writeProductActivity(target: Buffer, at: number, value: ProductActivity): number {
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.variantId);
  at = writeText(target, at, value.shopperId);
  at = writeSymbol(target, at, value.kind, numbersOfActivityKind);
  at = writeLong(target, at, value.quantity);
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  return at;
}

function readProductActivity(reader: AvroReader): ProductActivity {
  return {
    productId: reader.text(),
    variantId: reader.text(),
    shopperId: reader.text(),
    kind: reader.symbol(symbolsOfActivityKind),
    quantity: reader.int(),
    orderId: reader.text(),
    at: reader.int(),
  };
}

const symbolsOfAttributeKind: readonly AttributeKind[] = ['text', 'number', 'boolean', 'choice'];
const numbersOfAttributeKind = numbersOf(symbolsOfAttributeKind);

function writeDoubleOrNull(target: Buffer, at: number, value: number | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeDouble(target, at, value);
}

function readDoubleOrNull(reader: AvroReader): number | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? reader.double() : unfit();
}

function writeAttributeRule(target: Buffer, at: number, value: AttributeRule): number {
  at = writeText(target, at, value.name);
  at = writeText(target, at, value.label);
  at = writeSymbol(target, at, value.kind, numbersOfAttributeKind);
  at = writeBoolean(target, at, value.required);
  at = writeTextList(target, at, value.choices);
  at = writeText(target, at, value.unit);
  at = writeDoubleOrNull(target, at, value.min);
  at = writeDoubleOrNull(target, at, value.max);
  at = writeIntOrNull(target, at, value.maxLength);
  at = writeBoolean(target, at, value.facet);
  return at;
}

function readAttributeRule(reader: AvroReader): AttributeRule {
  return {
    name: reader.text(),
    label: reader.text(),
    kind: reader.symbol(symbolsOfAttributeKind),
    required: reader.boolean(),
    choices: readTextList(reader),
    unit: reader.text(),
    min: readDoubleOrNull(reader),
    max: readDoubleOrNull(reader),
    maxLength: readIntOrNull(reader),
    facet: reader.boolean(),
  };
}

function writeAttributeRuleList(target: Buffer, at: number, value: readonly AttributeRule[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeAttributeRule(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readAttributeRuleList(reader: AvroReader): readonly AttributeRule[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: AttributeRule[] = left === 2 ? [readAttributeRule(reader), readAttributeRule(reader)] : [readAttributeRule(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readAttributeRule(reader));
  return list;
}

function writeProductType(target: Buffer, at: number, value: ProductType): number {
  at = writeText(target, at, value.type);
  at = writeText(target, at, value.title);
  at = writeAttributeRuleList(target, at, value.attributes);
  at = writeBoolean(target, at, value.isDeleted);
  at = writeLong(target, at, value.updatedAt);
  at = writeText(target, at, value.updatedBy);
  return at;
}

function readProductType(reader: AvroReader): ProductType {
  return {
    type: reader.text(),
    title: reader.text(),
    attributes: readAttributeRuleList(reader),
    isDeleted: reader.boolean(),
    updatedAt: reader.int(),
    updatedBy: reader.text(),
  };
}

const symbolsOfQuarantineAction: readonly QuarantineAction[] = ['other', 'replay', 'drop'];
const numbersOfQuarantineAction = numbersOf(symbolsOfQuarantineAction);

function writeQuarantineCommand(target: Buffer, at: number, value: QuarantineCommand): number {
  at = writeText(target, at, value.commandId);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.key);
  at = writeText(target, at, value.place);
  at = writeSymbol(target, at, value.action, numbersOfQuarantineAction);
  at = writeTextOrNull(target, at, value.value);
  return at;
}

function readQuarantineCommand(reader: AvroReader): QuarantineCommand {
  return {
    commandId: reader.text(),
    actor: reader.text(),
    at: reader.int(),
    key: reader.text(),
    place: reader.text(),
    action: reader.symbol(symbolsOfQuarantineAction),
    value: readTextOrNull(reader),
  };
}

function writeLongList(target: Buffer, at: number, value: readonly number[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeLong(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readLongList(reader: AvroReader): readonly number[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: number[] = left === 2 ? [reader.int(), reader.int()] : [reader.int()];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(reader.int());
  return list;
}

function writeRating(target: Buffer, at: number, value: Rating): number {
  at = writeText(target, at, value.productId);
  at = writeLongList(target, at, value.stars);
  at = writeLong(target, at, value.reviews);
  at = writeInt(target, at, value.average);
  at = writeLong(target, at, value.at);
  return at;
}

function readRating(reader: AvroReader): Rating {
  return {
    productId: reader.text(),
    stars: readLongList(reader),
    reviews: reader.int(),
    average: reader.int(),
    at: reader.int(),
  };
}

function writeRecentPayment(target: Buffer, at: number, value: RecentPayment): number {
  at = writeText(target, at, value.orderId);
  at = writeText(target, at, value.customerId);
  at = writeLong(target, at, value.at);
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  return at;
}

function readRecentPayment(reader: AvroReader): RecentPayment {
  return {
    orderId: reader.text(),
    customerId: reader.text(),
    at: reader.int(),
    amount: reader.int(),
    currency: reader.text(),
  };
}

function writeRecentPaymentList(target: Buffer, at: number, value: readonly RecentPayment[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeRecentPayment(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readRecentPaymentList(reader: AvroReader): readonly RecentPayment[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: RecentPayment[] = left === 2 ? [readRecentPayment(reader), readRecentPayment(reader)] : [readRecentPayment(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readRecentPayment(reader));
  return list;
}

function writeRecentPayments(target: Buffer, at: number, value: RecentPayments): number {
  at = writeRecentPaymentList(target, at, value.orders);
  return at;
}

function readRecentPayments(reader: AvroReader): RecentPayments {
  return {
    orders: readRecentPaymentList(reader),
  };
}

function writeReserveStock(target: Buffer, at: number, value: ReserveStock): number {
  at = writeInt(target, at, value.quantity);
  at = writeLong(target, at, value.unitPrice);
  at = writeText(target, at, value.currency);
  at = writeInt(target, at, value.weightGrams);
  at = writeInt(target, at, value.productVersion);
  at = writeTextList(target, at, value.warehouses);
  at = writeTextList(target, at, value.notFrom);
  return at;
}

function readReserveStock(reader: AvroReader): ReserveStock {
  return {
    type: 'ReserveStock',
    quantity: reader.int(),
    unitPrice: reader.int(),
    currency: reader.text(),
    weightGrams: reader.int(),
    productVersion: reader.int(),
    warehouses: readTextList(reader),
    notFrom: readTextList(reader),
  };
}

function writeCommitStock(_target: Buffer, at: number, _value: CommitStock): number {
  return at;
}

function readCommitStock(_reader: AvroReader): CommitStock {
  return {
    type: 'CommitStock',
  };
}

function writeReleaseStock(_target: Buffer, at: number, _value: ReleaseStock): number {
  return at;
}

function readReleaseStock(_reader: AvroReader): ReleaseStock {
  return {
    type: 'ReleaseStock',
  };
}

function writeRestockStock(target: Buffer, at: number, value: RestockStock): number {
  at = writeAllocationList(target, at, value.allocations);
  return at;
}

function readRestockStock(reader: AvroReader): RestockStock {
  return {
    type: 'RestockStock',
    allocations: readAllocationList(reader),
  };
}

function writeReservationCommandCommand(target: Buffer, at: number, value: ReserveStock | CommitStock | ReleaseStock | RestockStock): number {
  switch (value.type) {
    case 'ReserveStock':
      at = writeInt(target, at, 0);
      return writeReserveStock(target, at, value);
    case 'CommitStock':
      at = writeInt(target, at, 1);
      return writeCommitStock(target, at, value);
    case 'ReleaseStock':
      at = writeInt(target, at, 2);
      return writeReleaseStock(target, at, value);
    case 'RestockStock':
      at = writeInt(target, at, 3);
      return writeRestockStock(target, at, value);
    default:
      return unfit();
  }
}

function readReservationCommandCommand(reader: AvroReader): ReserveStock | CommitStock | ReleaseStock | RestockStock {
  switch (reader.int()) {
    case 0:
      return readReserveStock(reader);
    case 1:
      return readCommitStock(reader);
    case 2:
      return readReleaseStock(reader);
    case 3:
      return readRestockStock(reader);
    default:
      return unfit();
  }
}

function writeReservationCommand(target: Buffer, at: number, value: ReservationCommand): number {
  at = writeText(target, at, value.orderId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.leadProductId);
  at = writeText(target, at, value.customerId);
  at = writeInt(target, at, value.line);
  at = writeLong(target, at, value.at);
  at = writeInt(target, at, value.attempt);
  at = writeReservationCommandCommand(target, at, value.command);
  return at;
}

function readReservationCommand(reader: AvroReader): ReservationCommand {
  return {
    orderId: reader.text(),
    productId: reader.text(),
    leadProductId: reader.text(),
    customerId: reader.text(),
    line: reader.int(),
    at: reader.int(),
    attempt: reader.int(),
    command: readReservationCommandCommand(reader),
  };
}

function writeReservationReplyOutcome(target: Buffer, at: number, value: StockHeld | StockRefused): number {
  switch (value.type) {
    case 'StockHeld':
      at = writeInt(target, at, 0);
      return writeStockHeld(target, at, value);
    case 'StockRefused':
      at = writeInt(target, at, 1);
      return writeStockRefused(target, at, value);
    default:
      return unfit();
  }
}

function readReservationReplyOutcome(reader: AvroReader): StockHeld | StockRefused {
  switch (reader.int()) {
    case 0:
      return readStockHeld(reader);
    case 1:
      return readStockRefused(reader);
    default:
      return unfit();
  }
}

function writeReservationReply(target: Buffer, at: number, value: ReservationReply): number {
  at = writeText(target, at, value.orderId);
  at = writeText(target, at, value.productId);
  at = writeInt(target, at, value.line);
  at = writeLong(target, at, value.at);
  at = writeReservationReplyOutcome(target, at, value.outcome);
  at = writeInt(target, at, value.attempt);
  return at;
}

function readReservationReply(reader: AvroReader): ReservationReply {
  return {
    orderId: reader.text(),
    productId: reader.text(),
    line: reader.int(),
    at: reader.int(),
    outcome: readReservationReplyOutcome(reader),
    attempt: reader.int(),
  };
}

function writeReviewContent(target: Buffer, at: number, value: ReviewContent): number {
  at = writeText(target, at, value.author);
  at = writeInt(target, at, value.rating);
  at = writeText(target, at, value.title);
  at = writeText(target, at, value.text);
  at = writeText(target, at, value.language);
  at = writeTextList(target, at, value.flags);
  return at;
}

function readReviewContent(reader: AvroReader): ReviewContent {
  return {
    author: reader.text(),
    rating: reader.int(),
    title: reader.text(),
    text: reader.text(),
    language: reader.text(),
    flags: readTextList(reader),
  };
}

function writeSubmitReview(target: Buffer, at: number, value: SubmitReview): number {
  at = writeReviewContent(target, at, value.content);
  return at;
}

function readSubmitReview(reader: AvroReader): SubmitReview {
  return {
    type: 'SubmitReview',
    content: readReviewContent(reader),
  };
}

function writeEditReview(target: Buffer, at: number, value: EditReview): number {
  at = writeReviewContent(target, at, value.content);
  return at;
}

function readEditReview(reader: AvroReader): EditReview {
  return {
    type: 'EditReview',
    content: readReviewContent(reader),
  };
}

function writeDeleteReview(_target: Buffer, at: number, _value: DeleteReview): number {
  return at;
}

function readDeleteReview(_reader: AvroReader): DeleteReview {
  return {
    type: 'DeleteReview',
  };
}

function writeVoteReview(target: Buffer, at: number, value: VoteReview): number {
  at = writeBoolean(target, at, value.isHelpful);
  return at;
}

function readVoteReview(reader: AvroReader): VoteReview {
  return {
    type: 'VoteReview',
    isHelpful: reader.boolean(),
  };
}

function writeReportReview(target: Buffer, at: number, value: ReportReview): number {
  at = writeText(target, at, value.reason);
  return at;
}

function readReportReview(reader: AvroReader): ReportReview {
  return {
    type: 'ReportReview',
    reason: reader.text(),
  };
}

function writeModerateReview(target: Buffer, at: number, value: ModerateReview): number {
  at = writeBoolean(target, at, value.approve);
  at = writeText(target, at, value.reason);
  return at;
}

function readModerateReview(reader: AvroReader): ModerateReview {
  return {
    type: 'ModerateReview',
    approve: reader.boolean(),
    reason: reader.text(),
  };
}

function writeAnswerReview(target: Buffer, at: number, value: AnswerReview): number {
  at = writeText(target, at, value.text);
  return at;
}

function readAnswerReview(reader: AvroReader): AnswerReview {
  return {
    type: 'AnswerReview',
    text: reader.text(),
  };
}

function writeReviewCommandCommand(target: Buffer, at: number, value: SubmitReview | EditReview | DeleteReview | VoteReview | ReportReview | ModerateReview | AnswerReview): number {
  switch (value.type) {
    case 'SubmitReview':
      at = writeInt(target, at, 0);
      return writeSubmitReview(target, at, value);
    case 'EditReview':
      at = writeInt(target, at, 1);
      return writeEditReview(target, at, value);
    case 'DeleteReview':
      at = writeInt(target, at, 2);
      return writeDeleteReview(target, at, value);
    case 'VoteReview':
      at = writeInt(target, at, 3);
      return writeVoteReview(target, at, value);
    case 'ReportReview':
      at = writeInt(target, at, 4);
      return writeReportReview(target, at, value);
    case 'ModerateReview':
      at = writeInt(target, at, 5);
      return writeModerateReview(target, at, value);
    case 'AnswerReview':
      at = writeInt(target, at, 6);
      return writeAnswerReview(target, at, value);
    default:
      return unfit();
  }
}

function readReviewCommandCommand(reader: AvroReader): SubmitReview | EditReview | DeleteReview | VoteReview | ReportReview | ModerateReview | AnswerReview {
  switch (reader.int()) {
    case 0:
      return readSubmitReview(reader);
    case 1:
      return readEditReview(reader);
    case 2:
      return readDeleteReview(reader);
    case 3:
      return readVoteReview(reader);
    case 4:
      return readReportReview(reader);
    case 5:
      return readModerateReview(reader);
    case 6:
      return readAnswerReview(reader);
    default:
      return unfit();
  }
}

function writeReviewCommand(target: Buffer, at: number, value: ReviewCommand): number {
  at = writeText(target, at, value.commandId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.reviewId);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  at = writeReviewCommandCommand(target, at, value.command);
  return at;
}

function readReviewCommand(reader: AvroReader): ReviewCommand {
  return {
    commandId: reader.text(),
    productId: reader.text(),
    reviewId: reader.text(),
    actor: reader.text(),
    at: reader.int(),
    command: readReviewCommandCommand(reader),
  };
}

const symbolsOfReviewStatus: readonly ReviewStatus[] = ['published', 'held', 'rejected'];
const numbersOfReviewStatus = numbersOf(symbolsOfReviewStatus);

function writeReview(target: Buffer, at: number, value: Review): number {
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.reviewId);
  at = writeText(target, at, value.submissionId);
  at = writeText(target, at, value.customerId);
  at = writeText(target, at, value.author);
  at = writeInt(target, at, value.rating);
  at = writeText(target, at, value.title);
  at = writeText(target, at, value.text);
  at = writeText(target, at, value.language);
  at = writeSymbol(target, at, value.status, numbersOfReviewStatus);
  at = writeTextList(target, at, value.findings);
  at = writeText(target, at, value.rejection);
  at = writeInt(target, at, value.helpful);
  at = writeInt(target, at, value.reports);
  at = writeText(target, at, value.answer);
  at = writeLong(target, at, value.answeredAt);
  at = writeInt(target, at, value.version);
  at = writeLong(target, at, value.createdAt);
  at = writeLong(target, at, value.updatedAt);
  return at;
}

function readReview(reader: AvroReader): Review {
  return {
    productId: reader.text(),
    reviewId: reader.text(),
    submissionId: reader.text(),
    customerId: reader.text(),
    author: reader.text(),
    rating: reader.int(),
    title: reader.text(),
    text: reader.text(),
    language: reader.text(),
    status: reader.symbol(symbolsOfReviewStatus),
    findings: readTextList(reader),
    rejection: reader.text(),
    helpful: reader.int(),
    reports: reader.int(),
    answer: reader.text(),
    answeredAt: reader.int(),
    version: reader.int(),
    createdAt: reader.int(),
    updatedAt: reader.int(),
  };
}

function writeReviewChanged(target: Buffer, at: number, value: ReviewChanged): number {
  at = writeReview(target, at, value.review);
  return at;
}

function readReviewChanged(reader: AvroReader): ReviewChanged {
  return {
    type: 'ReviewChanged',
    review: readReview(reader),
  };
}

function writeReviewDeleted(_target: Buffer, at: number, _value: ReviewDeleted): number {
  return at;
}

function readReviewDeleted(_reader: AvroReader): ReviewDeleted {
  return {
    type: 'ReviewDeleted',
  };
}

const symbolsOfReviewRefusalReason: readonly ReviewRefusalReason[] = ['other', 'not_delivered', 'already_reviewed', 'unknown_review', 'own_review', 'not_author', 'not_owner', 'invalid_content', 'card_number'];
const numbersOfReviewRefusalReason = numbersOf(symbolsOfReviewRefusalReason);

function writeReviewRefused(target: Buffer, at: number, value: ReviewRefused): number {
  at = writeSymbol(target, at, value.reason, numbersOfReviewRefusalReason);
  return at;
}

function readReviewRefused(reader: AvroReader): ReviewRefused {
  return {
    type: 'ReviewRefused',
    reason: reader.symbol(symbolsOfReviewRefusalReason),
  };
}

function writeReviewEventOutcome(target: Buffer, at: number, value: ReviewChanged | ReviewDeleted | ReviewRefused): number {
  switch (value.type) {
    case 'ReviewChanged':
      at = writeInt(target, at, 0);
      return writeReviewChanged(target, at, value);
    case 'ReviewDeleted':
      at = writeInt(target, at, 1);
      return writeReviewDeleted(target, at, value);
    case 'ReviewRefused':
      at = writeInt(target, at, 2);
      return writeReviewRefused(target, at, value);
    default:
      return unfit();
  }
}

function readReviewEventOutcome(reader: AvroReader): ReviewChanged | ReviewDeleted | ReviewRefused {
  switch (reader.int()) {
    case 0:
      return readReviewChanged(reader);
    case 1:
      return readReviewDeleted(reader);
    case 2:
      return readReviewRefused(reader);
    default:
      return unfit();
  }
}

function writeReviewEvent(target: Buffer, at: number, value: ReviewEvent): number {
  at = writeText(target, at, value.commandId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.reviewId);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  at = writeReviewEventOutcome(target, at, value.outcome);
  return at;
}

function readReviewEvent(reader: AvroReader): ReviewEvent {
  return {
    commandId: reader.text(),
    productId: reader.text(),
    reviewId: reader.text(),
    actor: reader.text(),
    at: reader.int(),
    outcome: readReviewEventOutcome(reader),
  };
}

function writeReviewRefusalReasonOrNull(target: Buffer, at: number, value: ReviewRefusalReason | null): number {
  if (value === null) return writeInt(target, at, 0);
  at = writeInt(target, at, 1);
  return writeSymbol(target, at, value, numbersOfReviewRefusalReason);
}

function readReviewRefusalReasonOrNull(reader: AvroReader): ReviewRefusalReason | null {
  const branch = reader.int();
  if (branch === 0) return null;
  return branch === 1 ? reader.symbol(symbolsOfReviewRefusalReason) : unfit();
}

function writeReviewOutcome(target: Buffer, at: number, value: ReviewOutcome): number {
  at = writeLong(target, at, value.at);
  at = writeReviewRefusalReasonOrNull(target, at, value.refusal);
  return at;
}

function readReviewOutcome(reader: AvroReader): ReviewOutcome {
  return {
    at: reader.int(),
    refusal: readReviewRefusalReasonOrNull(reader),
  };
}

function writeReviewState(target: Buffer, at: number, value: ReviewState): number {
  at = writeReview(target, at, value.review);
  return at;
}

function readReviewState(reader: AvroReader): ReviewState {
  return {
    review: readReview(reader),
  };
}

function writeReviewVote(target: Buffer, at: number, value: ReviewVote): number {
  at = writeText(target, at, value.submissionId);
  at = writeBoolean(target, at, value.isHelpful);
  at = writeBoolean(target, at, value.hasReported);
  return at;
}

function readReviewVote(reader: AvroReader): ReviewVote {
  return {
    submissionId: reader.text(),
    isHelpful: reader.boolean(),
    hasReported: reader.boolean(),
  };
}

function writeRiskOfCustomer(_target: Buffer, at: number, _value: RiskOfCustomer): number {
  return at;
}

function readRiskOfCustomer(_reader: AvroReader): RiskOfCustomer {
  return {
    type: 'RiskOfCustomer',
  };
}

function writeRiskOfToken(_target: Buffer, at: number, _value: RiskOfToken): number {
  return at;
}

function readRiskOfToken(_reader: AvroReader): RiskOfToken {
  return {
    type: 'RiskOfToken',
  };
}

function writeRiskCheckSubject(target: Buffer, at: number, value: RiskOfCustomer | RiskOfToken): number {
  switch (value.type) {
    case 'RiskOfCustomer':
      at = writeInt(target, at, 0);
      return writeRiskOfCustomer(target, at, value);
    case 'RiskOfToken':
      at = writeInt(target, at, 1);
      return writeRiskOfToken(target, at, value);
    default:
      return unfit();
  }
}

function readRiskCheckSubject(reader: AvroReader): RiskOfCustomer | RiskOfToken {
  switch (reader.int()) {
    case 0:
      return readRiskOfCustomer(reader);
    case 1:
      return readRiskOfToken(reader);
    default:
      return unfit();
  }
}

function writeRiskCheck(target: Buffer, at: number, value: RiskCheck): number {
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.customerId);
  at = writeText(target, at, value.tokenId);
  at = writeLong(target, at, value.amount);
  at = writeText(target, at, value.currency);
  at = writeLong(target, at, value.customerSince);
  at = writeText(target, at, value.shipToCountry);
  at = writeText(target, at, value.shipToPostalCode);
  at = writeText(target, at, value.billingCountry);
  at = writeText(target, at, value.billingPostalCode);
  at = writeInt(target, at, value.score);
  at = writeTextList(target, at, value.findings);
  at = writeRiskCheckSubject(target, at, value.subject);
  return at;
}

function readRiskCheck(reader: AvroReader): RiskCheck {
  return {
    orderId: reader.text(),
    at: reader.int(),
    customerId: reader.text(),
    tokenId: reader.text(),
    amount: reader.int(),
    currency: reader.text(),
    customerSince: reader.int(),
    shipToCountry: reader.text(),
    shipToPostalCode: reader.text(),
    billingCountry: reader.text(),
    billingPostalCode: reader.text(),
    score: reader.int(),
    findings: readTextList(reader),
    subject: readRiskCheckSubject(reader),
  };
}

function writeRiskVerdict(target: Buffer, at: number, value: RiskVerdict): number {
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  at = writeInt(target, at, value.score);
  at = writeTextList(target, at, value.findings);
  return at;
}

function readRiskVerdict(reader: AvroReader): RiskVerdict {
  return {
    orderId: reader.text(),
    at: reader.int(),
    score: reader.int(),
    findings: readTextList(reader),
  };
}

function writeRouteState(target: Buffer, at: number, value: RouteState): number {
  at = writeText(target, at, value.areaId);
  at = writeText(target, at, value.warehouseId);
  return at;
}

function readRouteState(reader: AvroReader): RouteState {
  return {
    areaId: reader.text(),
    warehouseId: reader.text(),
  };
}

function writeSearchMiss(target: Buffer, at: number, value: SearchMiss): number {
  at = writeText(target, at, value.query);
  at = writeText(target, at, value.language);
  at = writeLong(target, at, value.at);
  return at;
}

function readSearchMiss(reader: AvroReader): SearchMiss {
  return {
    query: reader.text(),
    language: reader.text(),
    at: reader.int(),
  };
}

function writeEqualWords(target: Buffer, at: number, value: EqualWords): number {
  at = writeText(target, at, value.language);
  at = writeTextList(target, at, value.words);
  return at;
}

function readEqualWords(reader: AvroReader): EqualWords {
  return {
    type: 'EqualWords',
    language: reader.text(),
    words: readTextList(reader),
  };
}

function writeOneWayWords(target: Buffer, at: number, value: OneWayWords): number {
  at = writeText(target, at, value.language);
  at = writeText(target, at, value.from);
  at = writeTextList(target, at, value.to);
  return at;
}

function readOneWayWords(reader: AvroReader): OneWayWords {
  return {
    type: 'OneWayWords',
    language: reader.text(),
    from: reader.text(),
    to: readTextList(reader),
  };
}

function writeSearchSettingsChangeSynonyms(target: Buffer, at: number, value: EqualWords | OneWayWords): number {
  switch (value.type) {
    case 'EqualWords':
      at = writeInt(target, at, 0);
      return writeEqualWords(target, at, value);
    case 'OneWayWords':
      at = writeInt(target, at, 1);
      return writeOneWayWords(target, at, value);
    default:
      return unfit();
  }
}

function readSearchSettingsChangeSynonyms(reader: AvroReader): EqualWords | OneWayWords {
  switch (reader.int()) {
    case 0:
      return readEqualWords(reader);
    case 1:
      return readOneWayWords(reader);
    default:
      return unfit();
  }
}

function writeSearchSettingsChangeSynonymsList(target: Buffer, at: number, value: readonly (EqualWords | OneWayWords)[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeSearchSettingsChangeSynonyms(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readSearchSettingsChangeSynonymsList(reader: AvroReader): readonly (EqualWords | OneWayWords)[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: (EqualWords | OneWayWords)[] = left === 2 ? [readSearchSettingsChangeSynonyms(reader), readSearchSettingsChangeSynonyms(reader)] : [readSearchSettingsChangeSynonyms(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readSearchSettingsChangeSynonyms(reader));
  return list;
}

function writeSearchWeights(target: Buffer, at: number, value: SearchWeights): number {
  at = writeDouble(target, at, value.title);
  at = writeDouble(target, at, value.brand);
  at = writeDouble(target, at, value.category);
  at = writeDouble(target, at, value.attributes);
  at = writeDouble(target, at, value.description);
  at = writeDouble(target, at, value.popularity);
  at = writeDouble(target, at, value.rating);
  at = writeDouble(target, at, value.stock);
  return at;
}

function readSearchWeights(reader: AvroReader): SearchWeights {
  return {
    title: reader.double(),
    brand: reader.double(),
    category: reader.double(),
    attributes: reader.double(),
    description: reader.double(),
    popularity: reader.double(),
    rating: reader.double(),
    stock: reader.double(),
  };
}

function writeSearchSettingsChange(target: Buffer, at: number, value: SearchSettingsChange): number {
  at = writeText(target, at, value.changeId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.by);
  at = writeLong(target, at, value.basedOn);
  at = writeSearchSettingsChangeSynonymsList(target, at, value.synonyms);
  at = writeSearchWeights(target, at, value.weights);
  return at;
}

function readSearchSettingsChange(reader: AvroReader): SearchSettingsChange {
  return {
    changeId: reader.text(),
    at: reader.int(),
    by: reader.text(),
    basedOn: reader.int(),
    synonyms: readSearchSettingsChangeSynonymsList(reader),
    weights: readSearchWeights(reader),
  };
}

function writeSeenEvent(target: Buffer, at: number, value: SeenEvent): number {
  at = writeText(target, at, value.eventId);
  at = writeBoolean(target, at, value.isLook);
  at = writeLong(target, at, value.at);
  return at;
}

function readSeenEvent(reader: AvroReader): SeenEvent {
  return {
    eventId: reader.text(),
    isLook: reader.boolean(),
    at: reader.int(),
  };
}

function writeSeenEventList(target: Buffer, at: number, value: readonly SeenEvent[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeSeenEvent(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readSeenEventList(reader: AvroReader): readonly SeenEvent[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: SeenEvent[] = left === 2 ? [readSeenEvent(reader), readSeenEvent(reader)] : [readSeenEvent(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readSeenEvent(reader));
  return list;
}

function writeSeenEvents(target: Buffer, at: number, value: SeenEvents): number {
  at = writeSeenEventList(target, at, value.events);
  return at;
}

function readSeenEvents(reader: AvroReader): SeenEvents {
  return {
    events: readSeenEventList(reader),
  };
}

function writeSendParcel(_target: Buffer, at: number, _value: SendParcel): number {
  return at;
}

function readSendParcel(_reader: AvroReader): SendParcel {
  return {
    type: 'SendParcel',
  };
}

function writeFetchParcel(_target: Buffer, at: number, _value: FetchParcel): number {
  return at;
}

function readFetchParcel(_reader: AvroReader): FetchParcel {
  return {
    type: 'FetchParcel',
  };
}

function writeShipmentRequestCommand(target: Buffer, at: number, value: SendParcel | FetchParcel): number {
  switch (value.type) {
    case 'SendParcel':
      at = writeInt(target, at, 0);
      return writeSendParcel(target, at, value);
    case 'FetchParcel':
      at = writeInt(target, at, 1);
      return writeFetchParcel(target, at, value);
    default:
      return unfit();
  }
}

function readShipmentRequestCommand(reader: AvroReader): SendParcel | FetchParcel {
  switch (reader.int()) {
    case 0:
      return readSendParcel(reader);
    case 1:
      return readFetchParcel(reader);
    default:
      return unfit();
  }
}

function writeShipmentRequest(target: Buffer, at: number, value: ShipmentRequest): number {
  at = writeText(target, at, value.requestId);
  at = writeText(target, at, value.shipmentId);
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.warehouseId);
  at = writeText(target, at, value.carrier);
  at = writeAddress(target, at, value.shipTo);
  at = writeLong(target, at, value.weightGrams);
  at = writeParcelLineList(target, at, value.lines);
  at = writeShipmentRequestCommand(target, at, value.command);
  return at;
}

function readShipmentRequest(reader: AvroReader): ShipmentRequest {
  return {
    requestId: reader.text(),
    shipmentId: reader.text(),
    orderId: reader.text(),
    at: reader.int(),
    warehouseId: reader.text(),
    carrier: reader.text(),
    shipTo: readAddress(reader),
    weightGrams: reader.int(),
    lines: readParcelLineList(reader),
    command: readShipmentRequestCommand(reader),
  };
}

function writeShipmentUpdate(target: Buffer, at: number, value: ShipmentUpdate): number {
  at = writeText(target, at, value.updateId);
  at = writeText(target, at, value.shipmentId);
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.carrier);
  at = writeText(target, at, value.trackingCode);
  at = writeSymbol(target, at, value.status, numbersOfParcelStatus);
  return at;
}

function readShipmentUpdate(reader: AvroReader): ShipmentUpdate {
  return {
    updateId: reader.text(),
    shipmentId: reader.text(),
    orderId: reader.text(),
    at: reader.int(),
    carrier: reader.text(),
    trackingCode: reader.text(),
    status: reader.symbol(symbolsOfParcelStatus),
  };
}

function writeProductViewed(target: Buffer, at: number, value: ProductViewed): number {
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.query);
  return at;
}

function readProductViewed(reader: AvroReader): ProductViewed {
  return {
    type: 'ProductViewed',
    productId: reader.text(),
    query: reader.text(),
  };
}

function writeSearched(target: Buffer, at: number, value: Searched): number {
  at = writeText(target, at, value.query);
  at = writeText(target, at, value.language);
  at = writeText(target, at, value.category);
  at = writeLong(target, at, value.results);
  return at;
}

function readSearched(reader: AvroReader): Searched {
  return {
    type: 'Searched',
    query: reader.text(),
    language: reader.text(),
    category: reader.text(),
    results: reader.int(),
  };
}

function writeCartAdded(target: Buffer, at: number, value: CartAdded): number {
  at = writeText(target, at, value.productId);
  at = writeInt(target, at, value.quantity);
  return at;
}

function readCartAdded(reader: AvroReader): CartAdded {
  return {
    type: 'CartAdded',
    productId: reader.text(),
    quantity: reader.int(),
  };
}

function writeProductWished(target: Buffer, at: number, value: ProductWished): number {
  at = writeText(target, at, value.productId);
  return at;
}

function readProductWished(reader: AvroReader): ProductWished {
  return {
    type: 'ProductWished',
    productId: reader.text(),
  };
}

function writeShopperEventEvent(target: Buffer, at: number, value: ProductViewed | Searched | CartAdded | ProductWished): number {
  switch (value.type) {
    case 'ProductViewed':
      at = writeInt(target, at, 0);
      return writeProductViewed(target, at, value);
    case 'Searched':
      at = writeInt(target, at, 1);
      return writeSearched(target, at, value);
    case 'CartAdded':
      at = writeInt(target, at, 2);
      return writeCartAdded(target, at, value);
    case 'ProductWished':
      at = writeInt(target, at, 3);
      return writeProductWished(target, at, value);
    default:
      return unfit();
  }
}

function readShopperEventEvent(reader: AvroReader): ProductViewed | Searched | CartAdded | ProductWished {
  switch (reader.int()) {
    case 0:
      return readProductViewed(reader);
    case 1:
      return readSearched(reader);
    case 2:
      return readCartAdded(reader);
    case 3:
      return readProductWished(reader);
    default:
      return unfit();
  }
}

function writeShopperEvent(target: Buffer, at: number, value: ShopperEvent): number {
  at = writeText(target, at, value.eventId);
  at = writeText(target, at, value.shopperId);
  at = writeLong(target, at, value.at);
  at = writeShopperEventEvent(target, at, value.event);
  return at;
}

function readShopperEvent(reader: AvroReader): ShopperEvent {
  return {
    eventId: reader.text(),
    shopperId: reader.text(),
    at: reader.int(),
    event: readShopperEventEvent(reader),
  };
}

function writeStockDelta(target: Buffer, at: number, value: StockDelta): number {
  at = writeLong(target, at, value.delta);
  return at;
}

function readStockDelta(reader: AvroReader): StockDelta {
  return {
    type: 'StockDelta',
    delta: reader.int(),
  };
}

function writeStockCount(target: Buffer, at: number, value: StockCount): number {
  at = writeLong(target, at, value.count);
  return at;
}

function readStockCount(reader: AvroReader): StockCount {
  return {
    type: 'StockCount',
    count: reader.int(),
  };
}

function writeStockChangeChange(target: Buffer, at: number, value: StockDelta | StockCount): number {
  switch (value.type) {
    case 'StockDelta':
      at = writeInt(target, at, 0);
      return writeStockDelta(target, at, value);
    case 'StockCount':
      at = writeInt(target, at, 1);
      return writeStockCount(target, at, value);
    default:
      return unfit();
  }
}

function readStockChangeChange(reader: AvroReader): StockDelta | StockCount {
  switch (reader.int()) {
    case 0:
      return readStockDelta(reader);
    case 1:
      return readStockCount(reader);
    default:
      return unfit();
  }
}

function writeStockChange(target: Buffer, at: number, value: StockChange): number {
  at = writeText(target, at, value.changeId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.warehouseId);
  at = writeText(target, at, value.sellerId);
  at = writeLongOrNull(target, at, value.sequence);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.importId);
  at = writeLong(target, at, value.importLine);
  at = writeStockChangeChange(target, at, value.change);
  return at;
}

function readStockChange(reader: AvroReader): StockChange {
  return {
    changeId: reader.text(),
    productId: reader.text(),
    warehouseId: reader.text(),
    sellerId: reader.text(),
    sequence: readLongOrNull(reader),
    at: reader.int(),
    importId: reader.text(),
    importLine: reader.int(),
    change: readStockChangeChange(reader),
  };
}

function writeStockChanged(target: Buffer, at: number, value: StockChanged): number {
  at = writeLong(target, at, value.before);
  at = writeLong(target, at, value.after);
  return at;
}

function readStockChanged(reader: AvroReader): StockChanged {
  return {
    type: 'StockChanged',
    before: reader.int(),
    after: reader.int(),
  };
}

const symbolsOfStockChangeRefusalReason: readonly StockChangeRefusalReason[] = ['other', 'unknown_product', 'not_owner', 'stale_sequence', 'below_zero', 'below_held', 'out_of_range', 'too_many_warehouses', 'choose_variant'];
const numbersOfStockChangeRefusalReason = numbersOf(symbolsOfStockChangeRefusalReason);

function writeStockChangeRefused(target: Buffer, at: number, value: StockChangeRefused): number {
  at = writeSymbol(target, at, value.reason, numbersOfStockChangeRefusalReason);
  return at;
}

function readStockChangeRefused(reader: AvroReader): StockChangeRefused {
  return {
    type: 'StockChangeRefused',
    reason: reader.symbol(symbolsOfStockChangeRefusalReason),
  };
}

function writeStockEventOutcome(target: Buffer, at: number, value: StockChanged | StockChangeRefused | LineRefused): number {
  switch (value.type) {
    case 'StockChanged':
      at = writeInt(target, at, 0);
      return writeStockChanged(target, at, value);
    case 'StockChangeRefused':
      at = writeInt(target, at, 1);
      return writeStockChangeRefused(target, at, value);
    case 'LineRefused':
      at = writeInt(target, at, 2);
      return writeLineRefused(target, at, value);
    default:
      return unfit();
  }
}

function readStockEventOutcome(reader: AvroReader): StockChanged | StockChangeRefused | LineRefused {
  switch (reader.int()) {
    case 0:
      return readStockChanged(reader);
    case 1:
      return readStockChangeRefused(reader);
    case 2:
      return readLineRefused(reader);
    default:
      return unfit();
  }
}

function writeStockEvent(target: Buffer, at: number, value: StockEvent): number {
  at = writeText(target, at, value.changeId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.warehouseId);
  at = writeText(target, at, value.sellerId);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.importId);
  at = writeLong(target, at, value.importLine);
  at = writeStockEventOutcome(target, at, value.outcome);
  return at;
}

function readStockEvent(reader: AvroReader): StockEvent {
  return {
    changeId: reader.text(),
    productId: reader.text(),
    warehouseId: reader.text(),
    sellerId: reader.text(),
    at: reader.int(),
    importId: reader.text(),
    importLine: reader.int(),
    outcome: readStockEventOutcome(reader),
  };
}

function writeWarehouseLevel(target: Buffer, at: number, value: WarehouseLevel): number {
  at = writeText(target, at, value.warehouseId);
  at = writeLong(target, at, value.onHand);
  at = writeLong(target, at, value.held);
  return at;
}

function readWarehouseLevel(reader: AvroReader): WarehouseLevel {
  return {
    warehouseId: reader.text(),
    onHand: reader.int(),
    held: reader.int(),
  };
}

function writeWarehouseLevelList(target: Buffer, at: number, value: readonly WarehouseLevel[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeWarehouseLevel(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readWarehouseLevelList(reader: AvroReader): readonly WarehouseLevel[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: WarehouseLevel[] = left === 2 ? [readWarehouseLevel(reader), readWarehouseLevel(reader)] : [readWarehouseLevel(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readWarehouseLevel(reader));
  return list;
}

function writeStockLevel(target: Buffer, at: number, value: StockLevel): number {
  at = writeText(target, at, value.productId);
  at = writeLong(target, at, value.onHand);
  at = writeLong(target, at, value.held);
  at = writeLong(target, at, value.free);
  at = writeLong(target, at, value.committed);
  at = writeLong(target, at, value.takenIn);
  at = writeWarehouseLevelList(target, at, value.warehouses);
  at = writeLong(target, at, value.version);
  at = writeLong(target, at, value.at);
  return at;
}

function readStockLevel(reader: AvroReader): StockLevel {
  return {
    productId: reader.text(),
    onHand: reader.int(),
    held: reader.int(),
    free: reader.int(),
    committed: reader.int(),
    takenIn: reader.int(),
    warehouses: readWarehouseLevelList(reader),
    version: reader.int(),
    at: reader.int(),
  };
}

function writeRepairedWarehouse(target: Buffer, at: number, value: RepairedWarehouse): number {
  at = writeText(target, at, value.warehouseId);
  at = writeLong(target, at, value.onHand);
  at = writeLong(target, at, value.held);
  return at;
}

function readRepairedWarehouse(reader: AvroReader): RepairedWarehouse {
  return {
    warehouseId: reader.text(),
    onHand: reader.int(),
    held: reader.int(),
  };
}

function writeRepairedWarehouseList(target: Buffer, at: number, value: readonly RepairedWarehouse[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeRepairedWarehouse(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readRepairedWarehouseList(reader: AvroReader): readonly RepairedWarehouse[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: RepairedWarehouse[] = left === 2 ? [readRepairedWarehouse(reader), readRepairedWarehouse(reader)] : [readRepairedWarehouse(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readRepairedWarehouse(reader));
  return list;
}

function writeStockRepair(target: Buffer, at: number, value: StockRepair): number {
  at = writeText(target, at, value.repairId);
  at = writeText(target, at, value.productId);
  at = writeText(target, at, value.actor);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.reason);
  at = writeLong(target, at, value.version);
  at = writeRepairedWarehouseList(target, at, value.warehouses);
  at = writeLong(target, at, value.takenIn);
  at = writeLong(target, at, value.committed);
  return at;
}

function readStockRepair(reader: AvroReader): StockRepair {
  return {
    repairId: reader.text(),
    productId: reader.text(),
    actor: reader.text(),
    at: reader.int(),
    reason: reader.text(),
    version: reader.int(),
    warehouses: readRepairedWarehouseList(reader),
    takenIn: reader.int(),
    committed: reader.int(),
  };
}

function writeOffer(target: Buffer, at: number, value: Offer): number {
  at = writeText(target, at, value.sellerId);
  at = writeSymbol(target, at, value.status, numbersOfProductStatus);
  at = writeMoney(target, at, value.price);
  at = writeInt(target, at, value.weightGrams);
  at = writeIntOrNull(target, at, value.customerLimit);
  at = writeInt(target, at, value.version);
  at = writeBoolean(target, at, value.hasVariants);
  return at;
}

function readOffer(reader: AvroReader): Offer {
  return {
    sellerId: reader.text(),
    status: reader.symbol(symbolsOfProductStatus),
    price: readMoney(reader),
    weightGrams: reader.int(),
    customerLimit: readIntOrNull(reader),
    version: reader.int(),
    hasVariants: reader.boolean(),
  };
}

function writeWarehouseStock(target: Buffer, at: number, value: WarehouseStock): number {
  at = writeText(target, at, value.warehouseId);
  at = writeLong(target, at, value.onHand);
  at = writeLong(target, at, value.held);
  at = writeLongOrNull(target, at, value.sequence);
  return at;
}

function readWarehouseStock(reader: AvroReader): WarehouseStock {
  return {
    warehouseId: reader.text(),
    onHand: reader.int(),
    held: reader.int(),
    sequence: readLongOrNull(reader),
  };
}

function writeWarehouseStockList(target: Buffer, at: number, value: readonly WarehouseStock[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeWarehouseStock(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readWarehouseStockList(reader: AvroReader): readonly WarehouseStock[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: WarehouseStock[] = left === 2 ? [readWarehouseStock(reader), readWarehouseStock(reader)] : [readWarehouseStock(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readWarehouseStock(reader));
  return list;
}

function writeStockState(target: Buffer, at: number, value: StockState): number {
  at = writeOffer(target, at, value.offer);
  at = writeWarehouseStockList(target, at, value.warehouses);
  at = writeLong(target, at, value.takenIn);
  at = writeLong(target, at, value.committed);
  at = writeLong(target, at, value.version);
  return at;
}

function readStockState(reader: AvroReader): StockState {
  return {
    offer: readOffer(reader),
    warehouses: readWarehouseStockList(reader),
    takenIn: reader.int(),
    committed: reader.int(),
    version: reader.int(),
  };
}

function writeStockedWarehouse(target: Buffer, at: number, value: StockedWarehouse): number {
  at = writeText(target, at, value.warehouseId);
  return at;
}

function readStockedWarehouse(reader: AvroReader): StockedWarehouse {
  return {
    warehouseId: reader.text(),
  };
}

const symbolsOfUserRole: readonly UserRole[] = ['shopper', 'seller', 'operator'];
const numbersOfUserRole = numbersOf(symbolsOfUserRole);

function writeUserRegistered(target: Buffer, at: number, value: UserRegistered): number {
  at = writeText(target, at, value.name);
  at = writeText(target, at, value.passwordHash);
  at = writeSymbol(target, at, value.role, numbersOfUserRole);
  return at;
}

function readUserRegistered(reader: AvroReader): UserRegistered {
  return {
    type: 'UserRegistered',
    name: reader.text(),
    passwordHash: reader.text(),
    role: reader.symbol(symbolsOfUserRole),
  };
}

function writeNotificationsChosen(target: Buffer, at: number, value: NotificationsChosen): number {
  at = writeBoolean(target, at, value.orderMails);
  return at;
}

function readNotificationsChosen(reader: AvroReader): NotificationsChosen {
  return {
    type: 'NotificationsChosen',
    orderMails: reader.boolean(),
  };
}

function writeUserEventEvent(target: Buffer, at: number, value: UserRegistered | NotificationsChosen): number {
  switch (value.type) {
    case 'UserRegistered':
      at = writeInt(target, at, 0);
      return writeUserRegistered(target, at, value);
    case 'NotificationsChosen':
      at = writeInt(target, at, 1);
      return writeNotificationsChosen(target, at, value);
    default:
      return unfit();
  }
}

function readUserEventEvent(reader: AvroReader): UserRegistered | NotificationsChosen {
  switch (reader.int()) {
    case 0:
      return readUserRegistered(reader);
    case 1:
      return readNotificationsChosen(reader);
    default:
      return unfit();
  }
}

function writeUserEvent(target: Buffer, at: number, value: UserEvent): number {
  at = writeText(target, at, value.userId);
  at = writeText(target, at, value.email);
  at = writeLong(target, at, value.at);
  at = writeUserEventEvent(target, at, value.event);
  return at;
}

function readUserEvent(reader: AvroReader): UserEvent {
  return {
    userId: reader.text(),
    email: reader.text(),
    at: reader.int(),
    event: readUserEventEvent(reader),
  };
}

function writeVerifiedPurchase(target: Buffer, at: number, value: VerifiedPurchase): number {
  at = writeText(target, at, value.orderId);
  at = writeLong(target, at, value.at);
  return at;
}

function readVerifiedPurchase(reader: AvroReader): VerifiedPurchase {
  return {
    orderId: reader.text(),
    at: reader.int(),
  };
}

function writeGenerationBegun(_target: Buffer, at: number, _value: GenerationBegun): number {
  return at;
}

function readGenerationBegun(_reader: AvroReader): GenerationBegun {
  return {
    type: 'GenerationBegun',
  };
}

function writeGenerationChecked(target: Buffer, at: number, value: GenerationChecked): number {
  at = writeText(target, at, value.against);
  at = writeLong(target, at, value.compared);
  at = writeLong(target, at, value.differences);
  return at;
}

function readGenerationChecked(reader: AvroReader): GenerationChecked {
  return {
    type: 'GenerationChecked',
    against: reader.text(),
    compared: reader.int(),
    differences: reader.int(),
  };
}

function writeGenerationActivated(_target: Buffer, at: number, _value: GenerationActivated): number {
  return at;
}

function readGenerationActivated(_reader: AvroReader): GenerationActivated {
  return {
    type: 'GenerationActivated',
  };
}

function writeGenerationDropped(_target: Buffer, at: number, _value: GenerationDropped): number {
  return at;
}

function readGenerationDropped(_reader: AvroReader): GenerationDropped {
  return {
    type: 'GenerationDropped',
  };
}

function writeViewGenerationEventEvent(target: Buffer, at: number, value: GenerationBegun | GenerationChecked | GenerationActivated | GenerationDropped): number {
  switch (value.type) {
    case 'GenerationBegun':
      at = writeInt(target, at, 0);
      return writeGenerationBegun(target, at, value);
    case 'GenerationChecked':
      at = writeInt(target, at, 1);
      return writeGenerationChecked(target, at, value);
    case 'GenerationActivated':
      at = writeInt(target, at, 2);
      return writeGenerationActivated(target, at, value);
    case 'GenerationDropped':
      at = writeInt(target, at, 3);
      return writeGenerationDropped(target, at, value);
    default:
      return unfit();
  }
}

function readViewGenerationEventEvent(reader: AvroReader): GenerationBegun | GenerationChecked | GenerationActivated | GenerationDropped {
  switch (reader.int()) {
    case 0:
      return readGenerationBegun(reader);
    case 1:
      return readGenerationChecked(reader);
    case 2:
      return readGenerationActivated(reader);
    case 3:
      return readGenerationDropped(reader);
    default:
      return unfit();
  }
}

function writeViewGenerationEvent(target: Buffer, at: number, value: ViewGenerationEvent): number {
  at = writeText(target, at, value.generation);
  at = writeLong(target, at, value.at);
  at = writeText(target, at, value.by);
  at = writeViewGenerationEventEvent(target, at, value.event);
  return at;
}

function readViewGenerationEvent(reader: AvroReader): ViewGenerationEvent {
  return {
    generation: reader.text(),
    at: reader.int(),
    by: reader.text(),
    event: readViewGenerationEventEvent(reader),
  };
}

function writeWarehouseState(target: Buffer, at: number, value: WarehouseState): number {
  at = writeWarehouse(target, at, value.warehouse);
  at = writeInt(target, at, value.routes);
  return at;
}

function readWarehouseState(reader: AvroReader): WarehouseState {
  return {
    warehouse: readWarehouse(reader),
    routes: reader.int(),
  };
}

function writeZeroResults(target: Buffer, at: number, value: ZeroResults): number {
  at = writeText(target, at, value.query);
  at = writeText(target, at, value.language);
  at = writeLong(target, at, value.lastDay);
  at = writeLong(target, at, value.at);
  return at;
}

function readZeroResults(reader: AvroReader): ZeroResults {
  return {
    query: reader.text(),
    language: reader.text(),
    lastDay: reader.int(),
    at: reader.int(),
  };
}

function writeSearchPane(target: Buffer, at: number, value: SearchPane): number {
  at = writeLong(target, at, value.start);
  at = writeLong(target, at, value.value);
  return at;
}

function readSearchPane(reader: AvroReader): SearchPane {
  return {
    start: reader.int(),
    value: reader.int(),
  };
}

function writeSearchPaneList(target: Buffer, at: number, value: readonly SearchPane[]): number {
  at = writeLength(target, at, value);
  for (let index = 0; index < value.length; index++) at = writeSearchPane(target, at, value[index]!);
  return writeInt(target, at, 0);
}

function readSearchPaneList(reader: AvroReader): readonly SearchPane[] {
  let left = reader.block();
  if (left === 0) return [];
  const list: SearchPane[] = left === 2 ? [readSearchPane(reader), readSearchPane(reader)] : [readSearchPane(reader)];
  left -= list.length;
  for (; left > 0 || (left = reader.block()) > 0; left--) list.push(readSearchPane(reader));
  return list;
}

function writeSearchWindows(target: Buffer, at: number, value: SearchWindows): number {
  at = writeSearchPaneList(target, at, value.panes);
  at = writeLong(target, at, value.streamTime);
  return at;
}

function readSearchWindows(reader: AvroReader): SearchWindows {
  return {
    panes: readSearchPaneList(reader),
    streamTime: reader.int(),
  };
}

function writeZeroResultsState(target: Buffer, at: number, value: ZeroResultsState): number {
  at = writeText(target, at, value.language);
  at = writeSearchWindows(target, at, value.lastDay);
  at = writeLong(target, at, value.told);
  return at;
}

function readZeroResultsState(reader: AvroReader): ZeroResultsState {
  return {
    language: reader.text(),
    lastDay: readSearchWindows(reader),
    told: reader.int(),
  };
}

/** By record name. */
export const codecs: {
  readonly ActivityBatch: Codec<ActivityBatch>;
  readonly AreaState: Codec<AreaState>;
  readonly AuditEntry: Codec<AuditEntry>;
  readonly CatalogChange: Codec<CatalogChange>;
  readonly CatalogEvent: Codec<CatalogEvent>;
  readonly CustomerPurchases: Codec<CustomerPurchases>;
  readonly DeadLetterMark: Codec<DeadLetterMark>;
  readonly DeliveryEntry: Codec<DeliveryEntry>;
  readonly Feed: Codec<Feed>;
  readonly FeedPosition: Codec<FeedPosition>;
  readonly HoldState: Codec<HoldState>;
  readonly Import: Codec<Import>;
  readonly ImportTally: Codec<ImportTally>;
  readonly Listing: Codec<Listing>;
  readonly ListingPart: Codec<ListingPart>;
  readonly ListingState: Codec<ListingState>;
  readonly LogisticsChange: Codec<LogisticsChange>;
  readonly LogisticsEvent: Codec<LogisticsEvent>;
  readonly MailOutcome: Codec<MailOutcome>;
  readonly Notification: Codec<Notification>;
  readonly OfferState: Codec<OfferState>;
  readonly OrderCommand: Codec<OrderCommand>;
  readonly OrderEvent: Codec<OrderEvent>;
  readonly OrderState: Codec<OrderState>;
  readonly OrderSubmitted: Codec<OrderSubmitted>;
  readonly ParentVersion: Codec<ParentVersion>;
  readonly PaymentRequest: Codec<PaymentRequest>;
  readonly PaymentResult: Codec<PaymentResult>;
  readonly Popularity: Codec<Popularity>;
  readonly PopularityState: Codec<PopularityState>;
  readonly Product: Codec<Product>;
  readonly ProductActivity: Codec<ProductActivity>;
  readonly ProductType: Codec<ProductType>;
  readonly QuarantineCommand: Codec<QuarantineCommand>;
  readonly Rating: Codec<Rating>;
  readonly RecentPayments: Codec<RecentPayments>;
  readonly ReservationCommand: Codec<ReservationCommand>;
  readonly ReservationReply: Codec<ReservationReply>;
  readonly ReviewCommand: Codec<ReviewCommand>;
  readonly ReviewEvent: Codec<ReviewEvent>;
  readonly ReviewOutcome: Codec<ReviewOutcome>;
  readonly ReviewState: Codec<ReviewState>;
  readonly ReviewVote: Codec<ReviewVote>;
  readonly RiskCheck: Codec<RiskCheck>;
  readonly RiskVerdict: Codec<RiskVerdict>;
  readonly RouteState: Codec<RouteState>;
  readonly SearchMiss: Codec<SearchMiss>;
  readonly SearchSettingsChange: Codec<SearchSettingsChange>;
  readonly SeenEvents: Codec<SeenEvents>;
  readonly ShipmentRequest: Codec<ShipmentRequest>;
  readonly ShipmentUpdate: Codec<ShipmentUpdate>;
  readonly ShopperEvent: Codec<ShopperEvent>;
  readonly StockChange: Codec<StockChange>;
  readonly StockEvent: Codec<StockEvent>;
  readonly StockLevel: Codec<StockLevel>;
  readonly StockRepair: Codec<StockRepair>;
  readonly StockState: Codec<StockState>;
  readonly StockedWarehouse: Codec<StockedWarehouse>;
  readonly UserEvent: Codec<UserEvent>;
  readonly VerifiedPurchase: Codec<VerifiedPurchase>;
  readonly ViewGenerationEvent: Codec<ViewGenerationEvent>;
  readonly WarehouseState: Codec<WarehouseState>;
  readonly ZeroResults: Codec<ZeroResults>;
  readonly ZeroResultsState: Codec<ZeroResultsState>;
} = {
  ActivityBatch: { write: writeActivityBatch, read: readActivityBatch },
  AreaState: { write: writeAreaState, read: readAreaState },
  AuditEntry: { write: writeAuditEntry, read: readAuditEntry },
  CatalogChange: { write: writeCatalogChange, read: readCatalogChange },
  CatalogEvent: { write: writeCatalogEvent, read: readCatalogEvent },
  CustomerPurchases: { write: writeCustomerPurchases, read: readCustomerPurchases },
  DeadLetterMark: { write: writeDeadLetterMark, read: readDeadLetterMark },
  DeliveryEntry: { write: writeDeliveryEntry, read: readDeliveryEntry },
  Feed: { write: writeFeed, read: readFeed },
  FeedPosition: { write: writeFeedPosition, read: readFeedPosition },
  HoldState: { write: writeHoldState, read: readHoldState },
  Import: { write: writeImport, read: readImport },
  ImportTally: { write: writeImportTally, read: readImportTally },
  Listing: { write: writeListing, read: readListing },
  ListingPart: { write: writeListingPart, read: readListingPart },
  ListingState: { write: writeListingState, read: readListingState },
  LogisticsChange: { write: writeLogisticsChange, read: readLogisticsChange },
  LogisticsEvent: { write: writeLogisticsEvent, read: readLogisticsEvent },
  MailOutcome: { write: writeMailOutcome, read: readMailOutcome },
  Notification: { write: writeNotification, read: readNotification },
  OfferState: { write: writeOfferState, read: readOfferState },
  OrderCommand: { write: writeOrderCommand, read: readOrderCommand },
  OrderEvent: { write: writeOrderEvent, read: readOrderEvent },
  OrderState: { write: writeOrderState, read: readOrderState },
  OrderSubmitted: { write: writeOrderSubmitted, read: readOrderSubmitted },
  ParentVersion: { write: writeParentVersion, read: readParentVersion },
  PaymentRequest: { write: writePaymentRequest, read: readPaymentRequest },
  PaymentResult: { write: writePaymentResult, read: readPaymentResult },
  Popularity: { write: writePopularity, read: readPopularity },
  PopularityState: { write: writePopularityState, read: readPopularityState },
  Product: { write: writeProduct, read: readProduct },
  ProductActivity: { write: writeProductActivity, read: readProductActivity },
  ProductType: { write: writeProductType, read: readProductType },
  QuarantineCommand: { write: writeQuarantineCommand, read: readQuarantineCommand },
  Rating: { write: writeRating, read: readRating },
  RecentPayments: { write: writeRecentPayments, read: readRecentPayments },
  ReservationCommand: { write: writeReservationCommand, read: readReservationCommand },
  ReservationReply: { write: writeReservationReply, read: readReservationReply },
  ReviewCommand: { write: writeReviewCommand, read: readReviewCommand },
  ReviewEvent: { write: writeReviewEvent, read: readReviewEvent },
  ReviewOutcome: { write: writeReviewOutcome, read: readReviewOutcome },
  ReviewState: { write: writeReviewState, read: readReviewState },
  ReviewVote: { write: writeReviewVote, read: readReviewVote },
  RiskCheck: { write: writeRiskCheck, read: readRiskCheck },
  RiskVerdict: { write: writeRiskVerdict, read: readRiskVerdict },
  RouteState: { write: writeRouteState, read: readRouteState },
  SearchMiss: { write: writeSearchMiss, read: readSearchMiss },
  SearchSettingsChange: { write: writeSearchSettingsChange, read: readSearchSettingsChange },
  SeenEvents: { write: writeSeenEvents, read: readSeenEvents },
  ShipmentRequest: { write: writeShipmentRequest, read: readShipmentRequest },
  ShipmentUpdate: { write: writeShipmentUpdate, read: readShipmentUpdate },
  ShopperEvent: { write: writeShopperEvent, read: readShopperEvent },
  StockChange: { write: writeStockChange, read: readStockChange },
  StockEvent: { write: writeStockEvent, read: readStockEvent },
  StockLevel: { write: writeStockLevel, read: readStockLevel },
  StockRepair: { write: writeStockRepair, read: readStockRepair },
  StockState: { write: writeStockState, read: readStockState },
  StockedWarehouse: { write: writeStockedWarehouse, read: readStockedWarehouse },
  UserEvent: { write: writeUserEvent, read: readUserEvent },
  VerifiedPurchase: { write: writeVerifiedPurchase, read: readVerifiedPurchase },
  ViewGenerationEvent: { write: writeViewGenerationEvent, read: readViewGenerationEvent },
  WarehouseState: { write: writeWarehouseState, read: readWarehouseState },
  ZeroResults: { write: writeZeroResults, read: readZeroResults },
  ZeroResultsState: { write: writeZeroResultsState, read: readZeroResultsState },
};
