// What a wish makes of a review: pure functions from the review as it stands to the one that it becomes, or to the reason why
// not. Whether shoppers see it follows from the rules, from reports, and from the last word of a moderator.
import type {
  Review,
  ReviewCommand,
  ReviewContent,
  ReviewRefusalReason,
  ReviewVote,
} from '../../schemas/types.generated.ts';
import { contentRefusal, reviewFindings } from './review-rules.ts';

/** As many customers must report a review before it is taken out of sight until a moderator has looked at it. */
export const mostReports = 3;

/** What it becomes, undefined for none; or why it stays as it is. */
export type Change = { readonly review: Review | undefined } | { readonly refusal: ReviewRefusalReason };

/** A vote that leaves the customer's own vote as `vote`. */
export type VoteChange = (Change & { readonly vote?: ReviewVote }) | { readonly refusal: ReviewRefusalReason };

export interface Asked extends Pick<ReviewCommand, 'commandId' | 'productId' | 'reviewId' | 'actor'> {
  readonly now: number;
}

export function submitted(
  { commandId: submissionId, productId, reviewId, actor: customerId, now }: Asked,
  { content, before, hasReceived }: { content: ReviewContent; before: Review | undefined; hasReceived: boolean },
): Change {
  if (before !== undefined) return { refusal: 'already_reviewed' };
  if (!hasReceived) return { refusal: 'not_delivered' };
  const refusal = contentRefusal(content);
  if (refusal) return { refusal };
  const { flags, ...said } = content;
  const findings = reviewFindings(content);
  const review: Review = {
    productId,
    reviewId,
    submissionId,
    customerId,
    ...said,
    ...visible(findings),
    rejection: '',
    helpful: 0,
    reports: 0,
    answer: '',
    answeredAt: 0,
    version: 0,
    createdAt: now,
    updatedAt: now,
  };
  return { review };
}

/** What a moderator once rejected, or others reported, isn't made visible by an edit. */
export function edited({ actor, now }: Asked, before: Review | undefined, content: ReviewContent): Change {
  if (before === undefined) return { refusal: 'unknown_review' };
  if (before.customerId !== actor) return { refusal: 'not_author' };
  const refusal = contentRefusal(content);
  if (refusal) return { refusal };
  const { flags, ...said } = content;
  const findings = reviewFindings(content);
  if (before.status === 'rejected' || before.findings.includes('rejected_before')) findings.push('rejected_before');
  if (before.reports >= mostReports) findings.push('reported');
  return { review: { ...before, ...said, ...visible(findings), updatedAt: now } };
}

export function deleted({ actor }: Asked, before: Review | undefined): Change {
  if (before === undefined) return { refusal: 'unknown_review' };
  return before.customerId === actor ? { review: undefined } : { refusal: 'not_author' };
}

export function moderated(before: Review | undefined, approve: boolean, reason: string): Change {
  if (before === undefined) return { refusal: 'unknown_review' };
  if (!approve) return { review: { ...before, status: 'rejected', rejection: reason, findings: [] } };
  // Those who reported it have been heard: it takes as many others to hide it again.
  return { review: { ...before, status: 'published', rejection: '', findings: [], reports: 0 } };
}

export function answered(before: Review | undefined, text: string, now: number): Change {
  if (before?.status !== 'published') return { refusal: 'unknown_review' };
  return { review: { ...before, answer: text, answeredAt: text === '' ? 0 : now } };
}

/** @param vote of the actor, for the review as it was written then */
export function voted(
  { actor }: Asked,
  { before, vote }: { before: Review | undefined; vote: ReviewVote | undefined },
  isHelpful: boolean,
): VoteChange {
  const known = ownVote(before, actor, vote);
  if ('refusal' in known) return known;
  const { review, own } = known;
  if (own.isHelpful === isHelpful) return { review };
  return { review: { ...review, helpful: review.helpful + (isHelpful ? 1 : -1) }, vote: { ...own, isHelpful } };
}

export function reported(
  { actor }: Asked,
  { before, vote }: { before: Review | undefined; vote: ReviewVote | undefined },
): VoteChange {
  const known = ownVote(before, actor, vote);
  if ('refusal' in known) return known;
  const { review, own } = known;
  if (own.hasReported) return { review };
  const reports = review.reports + 1;
  const after = { ...review, reports };
  const hidden = reports >= mostReports ? { ...after, ...visible(['reported']) } : after;
  return { review: hidden, vote: { ...own, hasReported: true } };
}

function visible(findings: readonly string[]): Pick<Review, 'status' | 'findings'> {
  return { status: findings.length === 0 ? 'published' : 'held', findings };
}

/** Only on what shoppers see, and not on one's own. */
function ownVote(review: Review | undefined, actor: string, vote: ReviewVote | undefined) {
  if (review?.status !== 'published') return { refusal: 'unknown_review' } as const;
  if (review.customerId === actor) return { refusal: 'own_review' } as const;
  const { submissionId } = review;
  const own = vote?.submissionId === submissionId ? vote : { submissionId, isHelpful: false, hasReported: false };
  return { review, own };
}
