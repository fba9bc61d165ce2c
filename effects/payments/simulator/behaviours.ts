// What the simulated provider does with a payment: the token says it, or for other tokens the order's id does, by
// configured rates. The same order always meets the same behaviour.
//
//     tok_success                      money is set aside, taken, let go and given back as asked
//     tok_decline                      no money
//     tok_no_answer                    never answers, and sets nothing aside
//     tok_pending                      says that it is still thinking, and is never heard of again
//     tok_late_success[_SECONDS]       says that it is still thinking; SECONDS later (5) tells that money is set aside
//     tok_duplicate                    answers, and then tells the same success twice by itself
//     tok_timeout                      sets money aside, but its first answer is lost; asked again, it answers
//     tok_error_500[_TIMES]            fails TIMES times (2), then works
//     tok_capture_refused              what was set aside is gone when it is to be taken
//     tok_capture_no_answer_then_works takes the money, but its first answer is lost; asked again, it answers
//     tok_refund_error_500             fails twice to give money back, then works
import { createHash } from 'node:crypto';

export const behaviourKinds = [
  'success',
  'decline',
  'no_answer',
  'pending',
  'late_success',
  'duplicate',
  'timeout',
  'error_500',
  'capture_refused',
  'capture_no_answer_then_works',
  'refund_error_500',
] as const;

export type BehaviourKind = (typeof behaviourKinds)[number];

export interface Behaviour {
  readonly kind: BehaviourKind;
  /** Seconds or times; 0 where there is nothing to count. */
  readonly count: number;
}

/** The share of payments that meet each behaviour, from 0 to 1; the rest succeeds. */
export type Rates = { readonly [Kind in BehaviourKind]?: number };

/** Of a list such as `decline=0.02`; an unknown behaviour counts for nothing. */
export function ratesIn(list: readonly string[] = []): Rates {
  return Object.fromEntries(list.map((item) => item.split('=')).map(([kind, share]) => [kind, Number(share)]));
}

const tokenPattern = new RegExp(`^tok_(${behaviourKinds.join('|')})(?:_(\\d{1,6}))?$`);
const usualCounts: { readonly [Kind in BehaviourKind]?: number } = { late_success: 5, error_500: 2 };

export function behaviourOf(token: string, orderId: string, rates: Rates): Behaviour {
  const [, named, count] = tokenPattern.exec(token) ?? [];
  const kind = behaviourKinds.find((each) => each === named) ?? drawn(orderId, rates);
  const usual = usualCounts[kind];
  return { kind, count: usual === undefined ? 0 : Number(count ?? usual) };
}

/** A number from 0 to 1 that only the order's id decides falls into one of the shares. */
function drawn(orderId: string, rates: Rates): BehaviourKind {
  let left = createHash('sha256').update(`payments ${orderId}`).digest().readUInt32BE() / 2 ** 32;
  for (const kind of behaviourKinds) {
    left -= rates[kind] ?? 0;
    if (left < 0) return kind;
  }
  return 'success';
}
