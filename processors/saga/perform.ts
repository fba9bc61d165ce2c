// Does what a step of the saga asks for: events, stock, questions, timers; then the order stands in its new phase.
// An effect may be answered at once (the lead's own stock is decided here): then the next step follows in the same go.
import { unreachable } from '../../base/assert.ts';
import { tokenIdOf } from '../../schemas/ids.ts';
import type {
  LineAnswer,
  OrderFacts,
  Parcel,
  PaymentRequest,
  PaymentVerb,
  RiskCheck,
  RiskVerdict,
  ShipmentRequest,
} from '../../schemas/types.generated.ts';
import { assess } from '../assess-risk.ts';
import { commitHeld, giveBack, restockHeld, takeHold } from '../holds.ts';
import { emitEvent, instruct, leadLine, type Order, type OrderContext } from '../order-state.ts';
import { sendersOf } from '../senders.ts';
import { retryDelay } from './later.ts';
import { notify } from './notify.ts';
import { weightOf } from './parcels.ts';
import { type Circumstances, checkoutOf, type Effect, type Happening, type Phase, type Step } from './saga.ts';
import { next } from './table.ts';

/** What happened to an order; nothing if it is unknown. */
export function happen(context: OrderContext, orderId: string, happening: Happening): void {
  const phase = context.stores.orders.get(orderId)?.phase;
  const step = phase && next(phase, happening, { orderId, now: context.now });
  if (step && 'facts' in phase) perform(context, { orderId, facts: phase.facts }, step);
}

/** `order` as it was before the step. */
export function perform(context: OrderContext, { orderId, facts: before }: Order, first: Step): void {
  let [facts, phase] = [before, first.phase];
  const answers: Happening[] = [];
  for (
    let step: Step | undefined = first;
    step !== undefined;
    step = stepAfter(phase, answers, { orderId, now: context.now })
  ) {
    phase = step.phase;
    if ('facts' in phase) facts = phase.facts;
    for (const effect of step.effects) facts = carryOut(context, { orderId, facts }, effect, answers);
    if ('facts' in phase && phase.facts !== facts) phase = { ...phase, facts };
  }
  context.stores.orders.put(orderId, { phase });
}

/** What the next of the answers that changes anything leads to. */
function stepAfter(phase: Phase, answers: Happening[], circumstances: Circumstances): Step | undefined {
  let step: Step | undefined;
  while (step === undefined && answers.length > 0) step = next(phase, answers.shift()!, circumstances);
  return step;
}

/** Gives the facts that are true from then on. */
function carryOut(context: OrderContext, order: Order, effect: Effect, answers: Happening[]): OrderFacts {
  const { facts, orderId } = order;
  switch (effect.effect) {
    case 'tell': {
      const after = emitEvent(context, order, effect.event);
      notify(context, { orderId, facts: after }, effect.event);
      return after;
    }
    case 'release':
      release(context, order, effect.answers);
      return facts;
    case 'commit':
      commitLines(context, order, effect.reserved);
      return facts;
    case 'restock':
      restockLines(context, order, effect.reserved);
      return facts;
    case 'retake':
      answers.push(...retake(context, order));
      return facts;
    case 'assessRisk': {
      const verdict = assessRisk(context, order);
      if (verdict) answers.push({ type: 'RiskAssessed', score: verdict.score, findings: verdict.findings });
      return facts;
    }
    case 'ask':
      ask(context, order, effect.verb, effect.reference ?? '');
      return facts;
    case 'askLater':
      context.timers['payment-retry'].set(orderId, context.now + retryDelay(effect.tries));
      return facts;
    case 'expireAt':
      context.timers['hold-expiry'].set(orderId, effect.at);
      return { ...facts, expiresAt: effect.at };
    case 'keepForGood':
      context.timers['hold-expiry'].clear(orderId);
      return facts;
    case 'sendParcels':
      for (const parcel of effect.parcels) askForParcel(context, order, parcel, 'SendParcel');
      return facts;
    case 'fetchParcels':
      for (const parcel of effect.parcels) askForParcel(context, order, parcel, 'FetchParcel');
      return facts;
    default:
      return unreachable(effect);
  }
}

type Lines = Extract<Effect, { readonly effect: 'commit' }>['reserved'];

/** Lines without an answer are released, too: theirs may be a hold. */
function release(context: OrderContext, order: Order, answers: readonly LineAnswer[]): void {
  const { customerId, limited } = order.facts;
  const lead = leadLine(order);
  for (const asked of order.facts.lines) {
    const outcome = answers.find(({ productId }) => productId === asked.productId)?.outcome;
    if (outcome?.type === 'StockRefused') continue;
    if (asked !== lead) instruct(context, order, asked, { type: 'ReleaseStock' });
    else if (outcome) giveBack(context, { productId: lead.productId, customerId }, { ...outcome, limited });
  }
}

function commitLines(context: OrderContext, order: Order, reserved: Lines): void {
  const lead = leadLine(order);
  for (const asked of order.facts.lines) {
    if (asked !== lead) instruct(context, order, asked, { type: 'CommitStock' });
    else commitHeld(context, lead.productId, allocationsOf(reserved, lead.productId));
  }
}

function restockLines(context: OrderContext, order: Order, reserved: Lines): void {
  const { customerId, limited } = order.facts;
  const lead = leadLine(order);
  for (const asked of order.facts.lines) {
    const { productId } = asked;
    const allocations = allocationsOf(reserved, productId);
    if (asked !== lead) instruct(context, order, asked, { type: 'RestockStock', allocations });
    else restockHeld(context, { productId, customerId }, { allocations, limited });
  }
}

function allocationsOf(reserved: Lines, productId: string) {
  return reserved.find((line) => line.productId === productId)?.allocations ?? [];
}

/** The price was paid: the product's own version counts as older than any, so that it isn't asked about again. */
function retake(context: OrderContext, order: Order): Happening[] {
  const { customerId, lines, checkout } = order.facts;
  const { currency = '', warehouses = [], promises = [], notFrom = [] } = checkout ?? {};
  const lead = leadLine(order);
  const request = { unitPrice: 0, currency, productVersion: 0 };
  const senders = (line: number) => sendersOf({ warehouses, promises, notFrom }, line);
  const answers: Happening[] = [];
  for (const asked of lines) {
    const { productId, quantity, weightGrams } = asked;
    const asking = { ...request, ...senders(asked.line), quantity, weightGrams };
    if (asked === lead) {
      const { outcome, limited } = takeHold(context, { productId, customerId }, asking);
      answers.push({ type: 'LineAnswered', answer: { productId, outcome }, limited });
    } else {
      const answer = instruct(context, order, asked, { type: 'ReserveStock', ...asking });
      if (answer) answers.push({ type: 'LineAnswered', answer, limited: false });
    }
  }
  return answers;
}

/** Gives the verdict, if this task knows all that it is made of. */
function assessRisk(context: OrderContext, { orderId, facts }: Order): RiskVerdict | undefined {
  const { customerId, checkout } = facts;
  if (checkout === null) return undefined;
  const { token, amount, currency, customerSince, shipTo, billingCountry, billingPostalCode } = checkout;
  const check: RiskCheck = {
    orderId,
    at: context.now,
    customerId,
    tokenId: tokenIdOf(token),
    amount,
    currency,
    customerSince,
    shipToCountry: shipTo.country,
    shipToPostalCode: shipTo.postalCode,
    billingCountry,
    billingPostalCode,
    score: 0,
    findings: [],
    subject: { type: 'RiskOfCustomer' },
  };
  if (context.owns(customerId)) return assess(context, check);
  context.forward('riskChecks', customerId, check);
  return undefined;
}

/** The question's id is the same each time that it is asked: the provider answers it once. */
function ask(context: OrderContext, order: Order, verb: PaymentVerb, paymentReference: string): void {
  const { orderId, facts } = order;
  const { method, token, amount, currency } = checkoutOf(facts);
  const command = ((): PaymentRequest['command'] => {
    switch (verb) {
      case 'authorize':
        return { type: 'AuthorizePayment', method, token, amount, currency };
      case 'capture':
        return { type: 'CapturePayment', paymentReference, amount, currency };
      case 'void':
        return { type: 'VoidPayment', amount, currency };
      case 'refund':
        return { type: 'RefundPayment', amount, currency };
      default:
        return unreachable(verb);
    }
  })();
  const { customerId, attempt } = facts;
  const requestId = requestIdOf(orderId, verb, attempt);
  const request = { requestId, orderId, customerId, at: context.now, command };
  context.forward('paymentRequests', leadLine(order).productId, request);
}

/** Of the question that an order asks the provider in its `attempt`. */
export function requestIdOf(orderId: string, verb: PaymentVerb, attempt: number): string {
  return `${orderId}/${verb}-${attempt}`;
}

function askForParcel(
  context: OrderContext,
  order: Order,
  parcel: Parcel,
  type: ShipmentRequest['command']['type'],
): void {
  const { orderId, facts } = order;
  const { shipmentId, warehouseId, carrier, lines } = parcel;
  const { checkout } = facts;
  if (checkout === null) return;
  context.forward('shipmentRequests', leadLine(order).productId, {
    requestId: `${shipmentId}/${type === 'SendParcel' ? 'send' : 'fetch'}`,
    shipmentId,
    orderId,
    at: context.now,
    warehouseId,
    carrier,
    shipTo: checkout.shipTo,
    weightGrams: weightOf(lines, facts),
    lines,
    command: { type },
  });
}
