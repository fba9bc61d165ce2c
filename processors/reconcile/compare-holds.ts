// Holds of lines whose order another task owns, against those orders. Commands and answers between the tasks take their
// time, so one look proves nothing: what is wrong in the very same way at a second look, when all that was in the log at
// the first has been taken, is wrong for good.
import type { HoldFact, LineFact, OrderFact, TaskFacts } from './examine-task.ts';
import { type Finding, Findings, type FoundPart } from './finding.ts';

/** The findings of the second look that the first had, too, with nothing of theirs changed in between. */
export function compareHolds(first: readonly TaskFacts[], second: readonly TaskFacts[]): FoundPart {
  const before = new Map(suspicions(first).found.map(({ finding, state }) => [finding.id, state]));
  const { found, checked } = suspicions(second);
  const findings = new Findings();
  findings.checked('hold-order', checked.holds);
  findings.checked('order-hold', checked.lines);
  for (const { finding, state } of found) if (before.get(finding.id) === state) findings.add(finding);
  return findings.part;
}

interface Suspicion {
  readonly finding: Finding;
  /** What both sides stood at: another state is another matter. */
  readonly state: string;
}

function suspicions(tasks: readonly TaskFacts[]) {
  const found: Suspicion[] = [];
  const orders = new Map<string, OrderFact>();
  const holds = new Map<string, HoldFact>();
  const places = new Map<OrderFact | HoldFact, string>();
  for (const { task, ...facts } of tasks) {
    for (const order of facts.orders) orders.set(order.orderId, order);
    for (const hold of facts.holds) holds.set(keyOf(hold.productId, hold.orderId), hold);
    for (const fact of [...facts.orders, ...facts.holds]) places.set(fact, task);
  }
  let lines = 0;
  for (const order of orders.values()) {
    for (const line of order.lines) {
      lines++;
      const hold = holds.get(keyOf(line.productId, order.orderId));
      const where = `${places.get(order)}${hold ? ` and ${places.get(hold)}` : ''}`;
      const finding = unmatchedLine({ order, line, hold, where });
      if (finding) found.push({ finding, state: `${stateOf(order)} ${hold ? holdState(hold) : 'no hold'}` });
    }
  }
  for (const hold of holds.values()) {
    const order = orders.get(hold.orderId);
    const finding = unmatchedHold(hold, order, places.get(hold) ?? '');
    if (finding) found.push({ finding, state: `${order ? stateOf(order) : 'no order'} ${holdState(hold)}` });
  }
  return { found, checked: { lines, holds: holds.size } };
}

interface Match {
  readonly order: OrderFact;
  readonly line: LineFact;
  readonly hold: HoldFact | undefined;
  readonly where: string;
}

/** An order that claims units which nobody keeps for it. */
function unmatchedLine({ order, line, hold, where }: Match): Finding | undefined {
  const { orderId, phase } = order;
  // A hold of units that left is forgotten after a time, its order perhaps later.
  const isFine =
    (line.claim === 'open' && hold?.phase === 'HoldOpen') ||
    (line.claim === 'committed' && (hold === undefined || hold.phase === 'HoldCommitted')) ||
    line.claim === 'any' ||
    line.claim === 'ended';
  // An open hold of a placed order is the hold's own finding.
  if (isFine || (line.claim === 'committed' && hold?.phase === 'HoldOpen')) return undefined;
  const subject = keyOf(line.productId, orderId);
  const expected = `${line.claim === 'open' ? 'an open hold' : 'a hold that was committed'}: the order is ${phase}`;
  return {
    id: `order-hold:${subject}`,
    check: 'order-hold',
    severity: 'error',
    subject,
    where,
    expected,
    found: hold?.phase ?? 'no hold',
  };
}

/** A hold that keeps units for an order which doesn't ask for them. */
function unmatchedHold(hold: HoldFact, order: OrderFact | undefined, where: string): Finding | undefined {
  if (hold.phase !== 'HoldOpen') return undefined;
  const { productId, orderId, line, attempt, units, limited } = hold;
  const claim = order?.lines.find((each) => each.productId === productId)?.claim ?? 'ended';
  if (claim === 'open' || claim === 'any') return undefined;
  const subject = keyOf(productId, orderId);
  const isPaid = claim === 'committed';
  return {
    id: `hold-order:${subject}`,
    check: 'hold-order',
    severity: 'error',
    subject,
    where,
    expected: isPaid ? `a hold that was committed: the order is ${order?.phase}` : 'no open hold',
    found: `${units} units held for an order that ${order ? `is ${order.phase}` : 'is not known'}`,
    ...(!isPaid && { repair: { kind: 'release-hold', orderId, productId, line, attempt, limited } }),
  };
}

function keyOf(productId: string, orderId: string): string {
  return `${productId}/${orderId}`;
}

function stateOf({ phase, sequence, attempt, lines }: OrderFact): string {
  return JSON.stringify([phase, sequence, attempt, lines.map(({ claim }) => claim)]);
}

function holdState({ phase, attempt, units }: HoldFact): string {
  return JSON.stringify([phase, attempt, units]);
}
