// Takes an order: prices it, appends it, and tells what became of it as far as the shopper wants to wait. Nothing is
// decided here; whoever sends the same order with the same key again sends the same order id.
import { looksLikeCard } from '../base/card-number.ts';
import { orderIdFor } from '../schemas/ids.ts';
import { topics } from '../schemas/topics.ts';
import type { OrderSubmitted, Product } from '../schemas/types.generated.ts';
import type { ProductReader } from '../views/cache/product-reader.ts';
import { collections } from '../views/collections.ts';
import type { Delivery } from '../views/delivery/delivery.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { OrderAnswer } from '../views/order-document.ts';
import type { EventTail } from './event-tail.ts';
import { Expectation } from './expectation.ts';
import type { OrderFinder } from './find-order.ts';
import { freeUnits } from './free-units.ts';
import type { LogWriter } from './log-writer.ts';
import { isDecided, orderFromEvents, orderFromSubmission } from './order-answer.ts';
import { fromAnywhere, type OrderDelivery, orderDelivery } from './order-delivery.ts';
import { type Quote, quote } from './quote.ts';
import { type Fault, Refusal } from './refusal.ts';
import type { OrderRequest } from './shapes/orders.ts';
import type { Waiting } from './waiting.ts';

export interface OrderDeskOptions {
  readonly documents: Documents;
  readonly products: ProductReader;
  readonly writer: LogWriter;
  readonly tail: EventTail;
  readonly finder: OrderFinder;
  readonly delivery: Delivery;
  readonly waiting: Waiting;
  readonly holdMillis: number;
  /** Whether orders go on to payment by themselves. */
  readonly collectsPayments: boolean;
  /** Called for each order that the log has acknowledged. */
  readonly onAccepted: () => void;
}

export interface Submission {
  readonly customerId: string;
  readonly email: string;
  readonly idempotencyKey: string;
  readonly request: OrderRequest;
  /** Undefined not to wait. */
  readonly waitSeconds: number | undefined;
}

/** The payment method whose parcels need a carrier that collects. */
const paidAtTheDoor = 'cash';

export class OrderDesk {
  readonly #options: OrderDeskOptions;

  constructor(options: OrderDeskOptions) {
    this.#options = options;
  }

  /**
   * The order once the log has it: decided if that was waited for and came in time.
   * @throws NOT_DELIVERABLE, what `quote` throws and what the append fails with; nothing was written then, but for a failed append
   */
  async submit(submission: Submission): Promise<OrderAnswer> {
    const submitted = await this.#priced(submission);
    const { orderId } = submitted;
    const { writer, tail, finder, waiting, onAccepted } = this.#options;
    const { waitSeconds } = submission;
    // Listens before it appends, for the decision may be faster than the acknowledgement.
    const decided =
      waitSeconds !== undefined &&
      new Expectation(waiting, tail.orders, orderId, ({ event }) => event.type !== 'OrderCreated');
    try {
      await writer.append(topics.orders, submitted.lines[0]!.productId, submitted);
      onAccepted();
      if (!decided || waitSeconds === undefined) return orderFromSubmission(submitted);
      const known = this.#decidedBefore(orderId);
      if (!known) await decided.within(waitSeconds * 1000);
    } finally {
      if (decided) decided.close();
    }
    return this.#decidedBefore(orderId) ?? (await finder.inView(orderId)) ?? orderFromSubmission(submitted);
  }

  #decidedBefore(orderId: string): OrderAnswer | undefined {
    const order = orderFromEvents(this.#options.tail.orders.recent(orderId));
    return order && isDecided(order.status) ? order : undefined;
  }

  async #priced({ customerId, email, idempotencyKey, request }: Submission): Promise<OrderSubmitted> {
    const { lines: asked, shipTo, payment } = request;
    const { documents, collectsPayments, holdMillis, waiting } = this.#options;
    const { method, token, billingAddress } = payment;
    const [products, user] = await Promise.all([
      this.#products([...new Set(asked.map(({ productId }) => productId))]),
      collectsPayments ? documents.get(collections.users.name, email) : undefined,
    ]);
    const { currency, lines, totals } = quote(asked, products, shipTo.country);
    const { warehouses, promises, notFrom } = await this.#delivery(request, lines, products);
    return {
      orderId: orderIdFor(customerId, idempotencyKey, lines[0]!.productId),
      customerId,
      currency,
      lines,
      shipTo,
      payment: {
        method,
        token,
        collect: collectsPayments,
        billingCountry: billingAddress?.country ?? '',
        billingPostalCode: billingAddress?.postalCode ?? '',
      },
      totals,
      warehouses,
      promises,
      notFrom,
      holdMillis,
      placedAt: waiting.clock.now(),
      email,
      customerSince: Number(user?.fields.registeredAt ?? 0),
    };
  }

  /** @throws NOT_DELIVERABLE */
  async #delivery(
    { shipTo, payment }: OrderRequest,
    lines: Quote['lines'],
    products: ReadonlyMap<string, Product>,
  ): Promise<OrderDelivery> {
    const { delivery, waiting } = this.#options;
    const ways = delivery.waysTo(shipTo);
    if (!ways) return fromAnywhere;
    const { warehouses: known } = delivery;
    const toSend = lines.map(({ line, productId, quantity, weightGrams }) => {
      return { line, quantity, weightGrams, hazardous: products.get(productId)?.hazardous ?? false };
    });
    const place = { ways, known, cash: payment.method === paidAtTheDoor, now: waiting.clock.now() };
    const found = orderDelivery(toSend, place);
    if (found.unable.length > 0) await this.#refuseUnable(found, lines);
    return found;
  }

  /** Warehouses that the network doesn't know may have what no other can send. @throws NOT_DELIVERABLE */
  async #refuseUnable({ unable }: OrderDelivery, lines: Quote['lines']): Promise<void> {
    const { documents, delivery } = this.#options;
    const asked = lines.filter(({ line }) => unable.some((each) => each.line === line));
    const stocks = await documents.getMany(
      collections.stock.name,
      asked.map(({ productId }) => productId),
    );
    const faults = asked.flatMap(({ line }, index): Fault[] => {
      const isElsewhere = freeUnits(stocks[index]).some(({ warehouseId }) => !delivery.warehouses.has(warehouseId));
      return isElsewhere ? [] : [{ path: `/lines/${line - 1}`, message: `line ${line}: not_deliverable` }];
    });
    if (faults.length > 0) throw new Refusal('NOT_DELIVERABLE', { faults });
  }

  /** A card number where an id should be is refused as one; a product may be called what looks like one. */
  async #products(ids: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const found = await this.#options.products.getMany(ids);
    if (ids.some((id) => !found.has(id) && looksLikeCard(id))) throw new Refusal('CARD_NUMBER_REFUSED');
    return found;
  }
}
