// The saga's table as a page: what leads from where to where, found by asking the table itself about samples of all that
// can happen to an order in each of its phases.
import type { Effect, Happening, Phase, PhaseName } from '../processors/saga/saga.ts';
import { next, table } from '../processors/saga/table.ts';
import type { OrderFacts, Parcel, ParcelStatus } from '../schemas/types.generated.ts';

const allocations = [{ warehouseId: 'east', quantity: 1 }];
const lines = [{ line: 1, productId: 'lamp', quantity: 1, weightGrams: 1, sellerId: '' }];
const checkout = {
  method: 'card',
  token: '',
  amount: 1,
  currency: 'EUR',
  email: '',
  shipTo: { name: '', street: '', city: '', postalCode: '', country: 'DE' },
  warehouses: [],
  promises: [],
  notFrom: [],
  holdMillis: 900_000,
  billingCountry: '',
  billingPostalCode: '',
  customerSince: 0,
};
const basic = { customerId: 'ann', sequence: 1, expiresAt: 0, lines, limited: false, attempt: 0 };
const facts: OrderFacts = { ...basic, checkout };
const reserved = [{ line: 1, productId: 'lamp', quantity: 1, allocations }];
const parcel = (status: ParcelStatus): Parcel => {
  const [shipmentId, warehouseId] = ['o/east', 'east'];
  return {
    shipmentId,
    warehouseId,
    carrier: '',
    trackingCode: '',
    status,
    lines: [{ productId: 'lamp', quantity: 1 }],
  };
};
const ended = { facts, reason: 'expired', endedAt: 0 } as const;
const paid = { facts, reserved, paymentReference: 'pay' };

const phases: { readonly [Name in PhaseName]: readonly Extract<Phase, { readonly type: Name }>[] } = {
  AwaitingReservations: [
    { type: 'AwaitingReservations', facts, answers: [] },
    { type: 'AwaitingReservations', facts: { ...basic, checkout: null }, answers: [] },
  ],
  Reserved: [{ type: 'Reserved', facts: { ...basic, checkout: null }, allocations }],
  Assessing: [{ type: 'Assessing', facts, reserved }],
  InReview: [{ type: 'InReview', facts, reserved }],
  Authorizing: [{ type: 'Authorizing', facts, reserved }],
  Capturing: [{ type: 'Capturing', ...paid, tries: 0 }],
  Placed: [{ type: 'Placed', ...paid, parcels: [parcel('requested')] }],
  InTransit: [{ type: 'InTransit', ...paid, parcels: [parcel('in_transit')] }],
  Delivered: [{ type: 'Delivered', ...paid, parcels: [parcel('delivered')], endedAt: 0 }],
  Returning: [{ type: 'Returning', ...paid, parcels: [parcel('returning')] }],
  Refunding: [{ type: 'Refunding', facts, tries: 0 }],
  Refunded: [{ type: 'Refunded', facts, endedAt: 0 }],
  Rejected: [{ type: 'Rejected', endedAt: 0 }],
  Cancelled: [{ type: 'Cancelled', ...ended }],
  CancelledEarly: [{ type: 'CancelledEarly', reason: 'expired', endedAt: 0 }],
  CancelledUnpaid: [{ type: 'CancelledUnpaid', ...ended }],
  CancelledVoiding: [
    { type: 'CancelledVoiding', ...ended, paymentReference: '', tries: 0 },
    { type: 'CancelledVoiding', ...ended, paymentReference: 'pay', tries: 0 },
  ],
  CancelledRefunding: [{ type: 'CancelledRefunding', ...ended, tries: 0 }],
  Retaking: [{ type: 'Retaking', facts, reason: 'expired', answers: [], paymentReference: 'pay' }],
};

const held = { productId: 'lamp', outcome: { type: 'StockHeld', allocations } } as const;
const refused = {
  productId: 'lamp',
  outcome: { type: 'StockRefused', reason: 'insufficient_stock', free: 0 },
} as const;
const news = (status: ParcelStatus): Happening => {
  return { type: 'ParcelNews', shipmentId: 'o/east', status, carrier: '', trackingCode: '' };
};

/** In words, each with what can be told apart of it. */
const happenings: readonly (readonly [words: string, happening: Happening])[] = [
  ['the last line is held', { type: 'LineAnswered', answer: held, limited: false }],
  ['a line is refused', { type: 'LineAnswered', answer: refused, limited: false }],
  ['risk: harmless', { type: 'RiskAssessed', score: 0, findings: [] }],
  ['risk: suspicious', { type: 'RiskAssessed', score: 100, findings: [] }],
  ['review: release', { type: 'Reviewed', release: true, actor: '', note: '' }],
  ['review: refuse', { type: 'Reviewed', release: false, actor: '', note: '' }],
  ['cancel', { type: 'CancelAsked', reason: 'by_customer' }],
  ['the hold expires', { type: 'HoldExpired' }],
  ['authorized', { type: 'Authorized', reference: 'pay' }],
  ['declined', { type: 'Declined' }],
  ['captured', { type: 'Captured', reference: 'pay', amount: 1 }],
  ['capture refused', { type: 'CaptureRefused' }],
  ['voided', { type: 'Voided' }],
  ['nothing to void', { type: 'NothingToVoid' }],
  ['too late to void', { type: 'VoidTooLate' }],
  ['refunded', { type: 'Refunded', amount: 1 }],
  ['no answer (capture)', { type: 'Unanswered', verb: 'capture' }],
  ['no answer (void)', { type: 'Unanswered', verb: 'void' }],
  ['no answer (refund)', { type: 'Unanswered', verb: 'refund' }],
  ['the retry is due', { type: 'RetryDue' }],
  ['packed', news('packed')],
  ['in transit', news('in_transit')],
  ['delivered', news('delivered')],
  ['parcel is back', news('returned')],
  ['return', { type: 'ReturnAsked', reason: '' }],
];

export function sagaPage(): string {
  const names = Object.keys(table) as PhaseName[];
  return `
An order stands in one phase. The table has a cell for each phase and all that can happen; what isn't listed changes
nothing: it is late, doubled, or not for that phase. \`test/processors/saga/\` walks every interleaving of a payment and
checks that each path ends with stock, money and what was told in agreement.

\`\`\`mermaid
stateDiagram-v2
${edges(names)}
\`\`\`
${names.map(section).join('')}`;
}

function section(name: PhaseName): string {
  const rows = stepsOf(name).map(({ words, to, effects }) => `| ${words} | ${to} | ${effects} |\n`);
  if (rows.length === 0) return `\n## ${name}\n\nNothing changes it any more.\n`;
  return `\n## ${name}\n\n| what happens | becomes | and |\n|---|---|---|\n${rows.join('')}`;
}

function edges(names: readonly PhaseName[]): string {
  const all = names.flatMap((from) => {
    const steps = stepsOf(from).filter(({ to }) => to !== from);
    const byTarget = Map.groupBy(steps, ({ to }) => to);
    return [...byTarget].map(([to, several]) => {
      return `  ${from} --> ${to}: ${[...new Set(several.map(({ words }) => words))].join(', ')}`;
    });
  });
  return all.join('\n');
}

interface Row {
  readonly words: string;
  readonly to: PhaseName;
  readonly effects: string;
}

function stepsOf(name: PhaseName): Row[] {
  const rows = phases[name].flatMap((phase) =>
    happenings.flatMap(([words, happening]): Row[] => {
      const step = next(phase, happening, { orderId: 'o', now: 0 });
      if (step === undefined) return [];
      return [{ words, to: step.phase.type, effects: step.effects.map(textOf).join(', ') }];
    }),
  );
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

function textOf(effect: Effect): string {
  switch (effect.effect) {
    case 'tell':
      return `tell ${effect.event.type}`;
    case 'ask':
      return `ask to ${effect.verb}`;
    case 'askLater':
      return 'ask again later';
    case 'release':
      return 'release the stock';
    case 'commit':
      return 'the stock leaves';
    case 'restock':
      return 'the stock is back';
    case 'retake':
      return 'ask for the stock again';
    case 'assessRisk':
      return 'ask whether it looks like fraud';
    case 'expireAt':
      return 'set its expiry';
    case 'keepForGood':
      return 'clear its expiry';
    case 'sendParcels':
      return 'ask for its parcels';
    case 'fetchParcels':
      return 'fetch its parcels';
  }
}
