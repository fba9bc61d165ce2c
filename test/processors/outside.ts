// A payment provider and a carrier as the model shop meets them: they answer what they are asked, as the token says, and
// keep books that the checks can read. Each is asked through its topic, so every interleaving is possible.
import { unreachable } from '../../base/assert.ts';
import { leadProductOf } from '../../schemas/ids.ts';
import type { PaymentRequest, PaymentResult, PaymentVerb, ShipmentRequest } from '../../schemas/types.generated.ts';
import type { Record } from '../../streams/api.ts';
import type { Processors } from './test-shop.ts';
import type { TestTask } from './test-task.ts';

export const behaviours = [
  'pays',
  'declines',
  'never answers',
  'pays late',
  'pays, unheard',
  'refuses to capture',
  'is silent once',
] as const;
export type Behaviour = (typeof behaviours)[number];

interface Account {
  is: 'nothing' | 'pending' | 'declined' | 'set aside' | 'taken' | 'let go' | 'given back';
  readonly behaviour: Behaviour;
  amount: number;
  silences: number;
}

interface Answer {
  readonly outcome: PaymentResult['outcome'];
  /** News that answers no question. */
  readonly isByItself?: boolean;
}

export class Outside {
  /** By order id. */
  readonly accounts = new Map<string, Account>();

  get processors(): Processors {
    const pay = (record: Record<PaymentRequest>, task: TestTask) => this.#pay(record.value, task);
    const ship = (record: Record<ShipmentRequest>, task: TestTask) => this.#ship(record.value, task);
    return { paymentRequests: { process: pay }, shipmentRequests: { process: ship } } as unknown as Processors;
  }

  /** Orders whose payment the provider still thinks about, which it may settle by itself. */
  pending(): string[] {
    return [...this.accounts].filter(([, { is }]) => is === 'pending').map(([orderId]) => orderId);
  }

  /** The provider makes up its mind. Gives the news of it. */
  succeedLate(orderId: string): PaymentResult {
    const account = this.accounts.get(orderId)!;
    account.is = 'set aside';
    return resultOf({ orderId, requestId: '' }, { type: 'PaymentAuthorized', paymentReference: orderId });
  }

  #pay(request: PaymentRequest, task: TestTask): void {
    const { orderId, requestId } = request;
    for (const { outcome, isByItself } of this.#answers(request)) {
      const result = resultOf({ orderId, requestId: isByItself ? '' : requestId }, outcome);
      task.forward('paymentResults', leadProductOf(orderId)!, result);
    }
  }

  #answers(request: PaymentRequest): readonly Answer[] {
    const { orderId: paymentReference, command } = request;
    const account = this.#account(request);
    const { amount, behaviour } = account;
    if (command.type === 'AuthorizePayment') return authorize(account);
    const isSilent = behaviour === 'is silent once' && account.silences++ % 2 === 0;
    switch (command.type) {
      case 'CapturePayment':
        if (isSilent) return unanswered('capture');
        if (account.is === 'set aside') account.is = behaviour === 'refuses to capture' ? 'let go' : 'taken';
        if (account.is !== 'taken') return [{ outcome: { type: 'CaptureRefused', reason: account.is } }];
        return [{ outcome: { type: 'PaymentCaptured', paymentReference, amount } }];
      case 'VoidPayment':
        if (account.is === 'set aside') account.is = 'let go';
        if (isSilent) return unanswered('void');
        if (account.is === 'let go') return [{ outcome: { type: 'PaymentVoided' } }];
        if (account.is === 'taken') return [{ outcome: { type: 'VoidTooLate', amount } }];
        return [{ outcome: { type: 'NothingToVoid' } }];
      case 'RefundPayment':
        if (account.is === 'taken') account.is = 'given back';
        return isSilent ? unanswered('refund') : [{ outcome: { type: 'PaymentRefunded', amount } }];
      default:
        return unreachable(command);
    }
  }

  #account({ orderId, command }: PaymentRequest): Account {
    const known = this.accounts.get(orderId);
    if (known) return known;
    const behaviour = command.type === 'AuthorizePayment' ? (command.token as Behaviour) : 'pays';
    const amount = command.type === 'AuthorizePayment' ? command.amount : 0;
    const account: Account = { is: 'nothing', behaviour, amount, silences: 0 };
    this.accounts.set(orderId, account);
    return account;
  }

  #ship({ orderId, shipmentId, carrier, command }: ShipmentRequest, task: TestTask): void {
    const news =
      command.type === 'SendParcel' ? (['packed', 'in_transit', 'delivered'] as const) : (['returned'] as const);
    for (const status of news) {
      const updateId = `${shipmentId}/${status}`;
      const update = { updateId, shipmentId, orderId, at: task.now, carrier, trackingCode: 'T', status };
      task.forward('shipmentUpdates', leadProductOf(orderId)!, update);
    }
  }
}

function authorize(account: Account): readonly Answer[] {
  const success: Answer = { outcome: { type: 'PaymentAuthorized', paymentReference: 'r' } };
  if (account.is !== 'nothing') return unanswered('authorize');
  switch (account.behaviour) {
    case 'declines':
      account.is = 'declined';
      return [{ outcome: { type: 'PaymentDeclined', reason: 'test' } }];
    case 'never answers':
    case 'pays late':
      account.is = 'pending';
      return unanswered('authorize');
    case 'pays, unheard':
      account.is = 'set aside';
      return [...unanswered('authorize'), { ...success, isByItself: true }];
    default:
      account.is = 'set aside';
      return [success];
  }
}

function unanswered(verb: PaymentVerb): readonly Answer[] {
  return [{ outcome: { type: 'PaymentUnanswered', verb, reason: 'test' } }];
}

function resultOf(
  { orderId, requestId }: { readonly orderId: string; readonly requestId: string },
  outcome: PaymentResult['outcome'],
): PaymentResult {
  return { resultId: `${requestId}/${outcome.type}`, requestId, orderId, at: 1, outcome };
}
