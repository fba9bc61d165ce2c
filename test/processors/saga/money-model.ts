// An order and all that surrounds its payment, as a small model whose every interleaving can be walked: the saga's own
// table, a provider that may answer late, twice, wrongly or never, stock in another partition, timers, a customer who
// changes their mind. A model is plain data; `successors` gives everything that may happen next.
import assert from 'node:assert/strict';
import type { Effect, Happening, Phase, Step } from '../../../processors/saga/saga.ts';
import { next } from '../../../processors/saga/table.ts';
import type { LineAnswer, OrderFacts, PaymentVerb } from '../../../schemas/types.generated.ts';

export interface Model {
  readonly phase: Phase;
  /** What the provider has: nothing, a question it hasn't made up its mind about, money set aside, taken, given back. */
  readonly provider: 'none' | 'pending' | 'declined' | 'set aside' | 'taken' | 'let go' | 'given back';
  /** Questions on their way, in their order. */
  readonly questions: readonly { readonly verb: PaymentVerb; readonly attempt: number }[];
  /** News on their way, in any order. `of` tells the attempt that they answer. */
  readonly news: readonly { readonly happening: Happening; readonly of: number }[];
  /** The lead's units. */
  readonly lead: 'free' | 'held' | 'committed';
  /** The other line's hold in its own partition, and the commands on their way there. */
  readonly other: { readonly attempt: number; readonly is: 'free' | 'held' | 'refused' | 'committed' };
  readonly commands: readonly { readonly verb: 'reserve' | 'release' | 'commit'; readonly attempt: number }[];
  readonly holdExpiry: boolean;
  readonly retry: boolean;
  readonly placed: number;
  /** What may still go wrong; bounded, so that the walk ends. */
  readonly doubles: number;
  readonly silences: number;
  readonly mayCancel: boolean;
}

const lines = [
  { line: 1, productId: 'lead', quantity: 1, weightGrams: 1, sellerId: '' },
  { line: 2, productId: 'other', quantity: 1, weightGrams: 1, sellerId: '' },
];
const allocations = [{ warehouseId: 'w', quantity: 1 }];
const shipTo = { name: 'n', street: 's', city: 'c', postalCode: '1', country: 'DE' };
const checkout = {
  method: 'card',
  token: 't',
  amount: 5,
  currency: 'EUR',
  email: '',
  shipTo,
  warehouses: [],
  promises: [],
  notFrom: [],
  holdMillis: 900_000,
};
const facts: OrderFacts = {
  customerId: 'c',
  sequence: 0,
  expiresAt: 0,
  lines,
  limited: false,
  attempt: 0,
  checkout: { ...checkout, billingCountry: '', billingPostalCode: '', customerSince: 0 },
};
const reserved = lines.map(({ line, productId, quantity }) => ({ line, productId, quantity, allocations }));

/** Held, and the provider is asked in this moment. */
export function beginning(bounds: Pick<Model, 'doubles' | 'silences' | 'mayCancel'>): Model {
  return {
    phase: { type: 'Authorizing', facts, reserved },
    provider: 'none',
    questions: [{ verb: 'authorize', attempt: 0 }],
    news: [],
    lead: 'held',
    other: { attempt: 0, is: 'held' },
    commands: [],
    holdExpiry: true,
    retry: false,
    placed: 0,
    ...bounds,
  };
}

export interface Change {
  readonly name: string;
  readonly to: Model;
  /** A silence may last for ever, and a provider need not make up its mind: nobody may count on these. */
  readonly isUnsure?: boolean;
}

/** The saga's table, or one with a fault in it. */
export type Decide = typeof next;

export function successors(model: Model, decide: Decide = next): Change[] {
  const changes: Change[] = [
    ...providerTurns(model),
    ...partitionTurns(model),
    ...deliveries(model, decide),
    ...(model.holdExpiry
      ? happens({ ...model, holdExpiry: false }, { type: 'HoldExpired' }, { name: 'the hold expires', decide })
      : []),
    ...(model.retry
      ? happens({ ...model, retry: false }, { type: 'RetryDue' }, { name: 'the retry is due', decide })
      : []),
  ];
  if (model.mayCancel) {
    const wish = { type: 'CancelAsked', reason: 'by_customer' } as const;
    changes.push(
      ...happens({ ...model, mayCancel: false }, wish, { name: 'the customer cancels', decide }).map(unsure),
    );
  }
  return changes;
}

const unsure = (change: Change): Change => ({ ...change, isUnsure: true });

function deliveries(model: Model, decide: Decide): Change[] {
  return model.news.flatMap((each, at) => {
    const news = model.news.filter((_, index) => index !== at);
    const name = `${each.happening.type} arrives`;
    const once = happens({ ...model, news }, each.happening, { name, of: each.of, decide });
    if (model.doubles === 0) return once;
    const twice = happens({ ...model, doubles: model.doubles - 1 }, each.happening, {
      name: `${name} and will again`,
      of: each.of,
      decide,
    });
    return [...once, ...twice.map(unsure)];
  });
}

const reference = 'r';

/** All that a provider may do with the first question, or by itself. */
function providerTurns(model: Model): Change[] {
  const byItself =
    model.provider === 'pending'
      ? [
          unsure(tell({ ...model, provider: 'set aside' }, { type: 'Authorized', reference }, 0, 'late success')),
          unsure(tell({ ...model, provider: 'declined' }, { type: 'Declined' }, 0, 'late decline')),
          unsure(tell({ ...model, provider: 'taken' }, { type: 'Captured', reference, amount: 5 }, 0, 'taken late')),
        ]
      : [];
  const [question, ...questions] = model.questions;
  if (question === undefined) return byItself;
  const { verb, attempt } = question;
  const asked: Model = { ...model, questions };
  const answer = (provider: Model['provider'], happening: Happening) =>
    tell({ ...asked, provider }, happening, attempt, `${verb}: ${happening.type}`);
  const silence = (provider: Model['provider']) =>
    model.silences === 0
      ? []
      : [
          unsure(
            tell(
              { ...asked, provider, silences: model.silences - 1 },
              { type: 'Unanswered', verb },
              attempt,
              `${verb}: no answer (${provider})`,
            ),
          ),
        ];
  const { provider } = model;
  switch (verb) {
    case 'authorize':
      return [
        ...byItself,
        answer('set aside', { type: 'Authorized', reference }),
        answer('declined', { type: 'Declined' }),
        ...silence('pending'),
        ...silence('set aside').map((change) => tellLater(change, { type: 'Authorized', reference })),
      ];
    case 'capture':
      if (provider === 'taken') return [answer('taken', { type: 'Captured', reference, amount: 5 })];
      if (provider !== 'set aside') return [answer(provider, { type: 'CaptureRefused' })];
      return [
        answer('taken', { type: 'Captured', reference, amount: 5 }),
        answer('let go', { type: 'CaptureRefused' }),
        ...silence('taken'),
        ...silence('set aside'),
      ];
    case 'void':
      if (provider === 'taken') return [...byItself, answer('taken', { type: 'VoidTooLate' })];
      if (provider !== 'set aside') {
        // What was let go by a question whose answer was lost is told when it is asked again.
        const happening: Happening = provider === 'let go' ? { type: 'Voided' } : { type: 'NothingToVoid' };
        return [...byItself, answer(provider, happening), ...silence(provider)];
      }
      return [answer('let go', { type: 'Voided' }), ...silence('let go'), ...silence('set aside')];
    case 'refund':
      assert.ok(provider === 'taken' || provider === 'given back', `a refund of what is ${provider}`);
      return [answer('given back', { type: 'Refunded', amount: 5 }), ...silence('given back'), ...silence(provider)];
  }
}

/** The other line's task: what processors/reserve-stock.ts does, in short. */
function partitionTurns(model: Model): Change[] {
  const [command, ...commands] = model.commands;
  if (command === undefined) return [];
  const { verb, attempt } = command;
  const { other } = model;
  const after: Model = { ...model, commands };
  if (attempt < other.attempt) return [{ name: 'a command of the past', to: after }];
  if (verb === 'release') {
    assert.notEqual(other.is, 'committed', 'what was committed is released');
    return [{ name: 'the other line is released', to: { ...after, other: { attempt, is: 'free' } } }];
  }
  if (verb === 'commit') {
    assert.equal(other.is, 'held', 'what is committed was held');
    return [{ name: 'the other line is committed', to: { ...after, other: { attempt, is: 'committed' } } }];
  }
  assert.ok(attempt > other.attempt && other.is === 'free', 'stock is asked for again once it was given back');
  const reply = (is: 'held' | 'refused', outcome: LineAnswer['outcome']) =>
    tell(
      { ...after, other: { attempt, is } },
      { type: 'LineAnswered', answer: { productId: 'other', outcome }, limited: false },
      attempt,
      `the other line is ${is}`,
    );
  return [
    reply('held', { type: 'StockHeld', allocations }),
    reply('refused', { type: 'StockRefused', reason: 'insufficient_stock', free: 0 }),
  ];
}

function tell(model: Model, happening: Happening, of: number, name: string): Change {
  return { name, to: { ...model, news: [...model.news, { happening, of }] } };
}

function tellLater({ name, to }: Change, happening: Happening): Change {
  return unsure(tell(to, happening, 0, `${name}, but news by itself`));
}

/** As processors/apply-payment-result.ts and settle-order.ts let it through, and as the table answers it. */
interface How {
  readonly name: string;
  /** The attempt that the happening answers, if it does. */
  readonly of?: number;
  readonly decide: Decide;
}

function happens(model: Model, happening: Happening, { name, of, decide }: How): Change[] {
  const attempt = 'facts' in model.phase ? model.phase.facts.attempt : 0;
  const isOld = of !== undefined && of !== attempt;
  if (isOld && ['NothingToVoid', 'CaptureRefused', 'Unanswered', 'LineAnswered'].includes(happening.type)) {
    return [{ name: `${name}, too late`, to: model }];
  }
  const step = decide(model.phase, happening, { orderId: 'o~lead', now: 0 });
  if (step === undefined) return [{ name: `${name}, to no effect`, to: model }];
  return perform(model, step, decide).map((to) => ({ name, to }));
}

function perform(before: Model, { phase, effects }: Step, decide: Decide): Model[] {
  let models: Model[] = [{ ...before, phase }];
  for (const effect of effects) models = models.flatMap((model) => carryOut(model, effect, decide));
  return models;
}

function carryOut(model: Model, effect: Effect, decide: Decide): Model[] {
  const attempt = 'facts' in model.phase ? model.phase.facts.attempt : 0;
  switch (effect.effect) {
    case 'tell':
      return [{ ...model, placed: model.placed + (effect.event.type === 'OrderPlaced' ? 1 : 0) }];
    case 'release':
      return [released(model, effect.answers, attempt)];
    case 'commit':
      assert.equal(model.lead, 'held', 'what is committed was held');
      return [{ ...model, lead: 'committed', commands: [...model.commands, { verb: 'commit', attempt }] }];
    case 'retake': {
      assert.equal(model.lead, 'free', 'nothing is held twice');
      const asked: Model = { ...model, commands: [...model.commands, { verb: 'reserve', attempt }] };
      const answered = (is: 'held' | 'free', outcome: LineAnswer['outcome']) =>
        happens(
          { ...asked, lead: is },
          { type: 'LineAnswered', answer: { productId: 'lead', outcome }, limited: false },
          { name: 'the lead answers', decide },
        ).map(({ to }) => to);
      return [
        ...answered('held', { type: 'StockHeld', allocations }),
        ...answered('free', { type: 'StockRefused', reason: 'insufficient_stock', free: 0 }),
      ];
    }
    case 'ask':
      return [{ ...model, questions: [...model.questions, { verb: effect.verb, attempt }] }];
    case 'askLater':
      return [{ ...model, retry: true }];
    case 'expireAt':
      return [{ ...model, holdExpiry: true }];
    case 'keepForGood':
      return [{ ...model, holdExpiry: false }];
    case 'sendParcels':
      return [model];
    default:
      throw new Error(`${effect.effect} before the order is placed`);
  }
}

function released(model: Model, answers: readonly LineAnswer[], attempt: number): Model {
  const outcomeOf = (id: string) => answers.find(({ productId }) => productId === id)?.outcome.type;
  assert.notEqual(model.lead, 'committed', 'what was committed is released');
  const lead = outcomeOf('lead');
  if (lead === 'StockHeld') assert.equal(model.lead, 'held', 'what is released was held');
  const commands = outcomeOf('other') === 'StockRefused' ? [] : [{ verb: 'release' as const, attempt }];
  return {
    ...model,
    lead: lead === 'StockHeld' ? 'free' : model.lead,
    commands: [...model.commands, ...commands],
  };
}
