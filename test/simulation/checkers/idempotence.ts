// Idempotent everywhere: each change has one outcome, told in the same words as often as it is asked; each request for a
// reservation has one answer; a product's versions are as many as the changes that were applied.
import type { Evidence, Violation } from '../evidence.ts';
import { type Decoded, decoded } from '../history.ts';

const checker = 'idempotent everywhere';

export function checkIdempotence({ records, shop }: Evidence): Violation[] {
  const { stockEvents, stockChanges, catalogEvents, catalogChanges, reservationReplies, products } = shop.topics;
  const changeOf = ({ content }: Decoded<{ productId: string; changeId: string }>) =>
    `${content.productId}/${content.changeId}`;
  const replies = decoded(records, reservationReplies);
  const applied = new Map<string, Set<number>>();
  for (const { key, content } of decoded(records, catalogEvents)) {
    if (content.outcome.type !== 'ProductChanged') continue;
    applied.set(key, (applied.get(key) ?? new Set()).add(content.outcome.version));
  }
  const versions = new Map(decoded(records, products).map(({ key, content }) => [key, content.version]));
  return [
    ...sameAnswers(decoded(records, stockEvents), changeOf),
    ...sameAnswers(decoded(records, catalogEvents), changeOf),
    ...answeredAsOftenAsAsked(decoded(records, stockChanges), decoded(records, stockEvents), changeOf),
    ...answeredAsOftenAsAsked(decoded(records, catalogChanges), decoded(records, catalogEvents), changeOf),
    ...sameAnswers(
      replies.map((reply) => ({ ...reply, value: Buffer.from(JSON.stringify(reply.content.outcome)) })),
      ({ content }) => `${content.productId}/${content.orderId}`,
    ),
    ...[...applied].flatMap(([subject, { size }]) => {
      const version = versions.get(subject);
      return version === size
        ? []
        : [{ checker, subject, what: `${subject} has version ${version} after ${size} changes` }];
    }),
  ];
}

function sameAnswers<V>(answers: readonly Decoded<V>[], questionOf: (answer: Decoded<V>) => string): Violation[] {
  return [...Map.groupBy(answers, questionOf)].flatMap(([question, given]) => {
    const different = new Set(given.map(({ value }) => value!.toString('base64'))).size;
    if (different === 1) return [];
    return [{ checker, subject: given[0]!.key, what: `${question} was answered in ${different} ways` }];
  });
}

type Change = { productId: string; changeId: string };

/** Each question that is in its place gets an answer, no more and no less. */
function answeredAsOftenAsAsked(
  asked: readonly Decoded<Change>[],
  answers: readonly Decoded<Change>[],
  changeOf: (change: Decoded<Change>) => string,
): Violation[] {
  const sound = asked.filter(({ key, content }) => key === content.productId);
  const questions = Map.groupBy(sound, changeOf);
  const given = Map.groupBy(answers, changeOf);
  return [...new Set([...questions.keys(), ...given.keys()])].flatMap((change) => {
    const [times, answered] = [questions.get(change)?.length ?? 0, given.get(change)?.length ?? 0];
    if (times === answered) return [];
    return [
      { checker, subject: change.split('/')[0]!, what: `${change} was asked ${times} times and answered ${answered}` },
    ];
  });
}
