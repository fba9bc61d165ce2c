// Reviews of one product: who may write one, what becomes visible, and that the rating and the votes are at any time what a
// recount over the reviews gives.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { unknownListing, withProduct } from '../../../processors/listings/listing.ts';
import { applyReviewCommand } from '../../../processors/reviews/apply-review-command.ts';
import { mostReports } from '../../../processors/reviews/change-review.ts';
import { keepPurchase } from '../../../processors/reviews/keep-purchase.ts';
import type { Product, Review, ReviewCommand, ReviewContent } from '../../../schemas/types.generated.ts';
import { lampFields } from '../fixtures.ts';
import { sentTo, TestTask } from '../test-task.ts';

const good = 'It shines as it should, I like it.';
const suspicious = 'It is much cheaper at better-lamps.com';

class Shop {
  readonly task = new TestTask();
  #commands = 0;

  constructor() {
    const fixed = { sellerId: 'sally', status: 'active', variantOf: null, createdAt: 1 };
    const product = { ...lampFields, productId: 'lamp', ...fixed };
    const listing = withProduct(unknownListing, product as unknown as Product);
    this.task.stores.listings.put('lamp', listing);
    this.task.take();
  }

  deliver(...customers: readonly string[]): this {
    for (const shopperId of customers) {
      const of = { productId: 'lamp', variantId: '', kind: 'delivered', quantity: 1, orderId: 'o', at: 1 } as const;
      keepPurchase(this.task, { ...of, shopperId });
    }
    return this;
  }

  /** What is answered. */
  ask(actor: string, author: string, command: ReviewCommand['command'], commandId = `c${++this.#commands}`) {
    const asked = { commandId, productId: 'lamp', reviewId: `r-${author}`, actor, at: 1, command };
    this.task.process(applyReviewCommand, 'lamp', asked);
    const messages = this.task.take();
    const [event, ...more] = sentTo(messages, 'reviewEvents');
    assert.ok(event && more.length === 0, 'every wish has one answer');
    return { outcome: event.outcome, rating: sentTo(messages, 'ratings').at(0) };
  }

  submit(actor: string, said: Partial<ReviewContent> = {}, commandId?: string) {
    return this.ask(actor, actor, { type: 'SubmitReview', content: content(said) }, commandId);
  }

  edit(actor: string, said: Partial<ReviewContent> = {}) {
    return this.ask(actor, actor, { type: 'EditReview', content: content(said) });
  }

  review(author: string): Review | undefined {
    return this.task.stores.reviews.get(`lamp/r-${author}`)?.review;
  }

  get reviews(): Review[] {
    return [...this.task.stores.reviews.entries.values()].map(({ review }) => review);
  }
}

function content(said: Partial<ReviewContent>): ReviewContent {
  return { author: 'Ada L.', rating: 5, title: '', text: good, language: 'en', flags: [], ...said };
}

function refusalIn({ outcome }: ReturnType<Shop['ask']>): string | undefined {
  return outcome.type === 'ReviewRefused' ? outcome.reason : undefined;
}

function statusIn({ outcome }: ReturnType<Shop['ask']>): string | undefined {
  return outcome.type === 'ReviewChanged' ? outcome.review.status : undefined;
}

const vote = (isHelpful: boolean) => ({ type: 'VoteReview', isHelpful }) as const;
const report = { type: 'ReportReview', reason: '' } as const;
const approve = { type: 'ModerateReview', approve: true, reason: '' } as const;
const reject = { type: 'ModerateReview', approve: false, reason: 'it is about another lamp' } as const;
const withdraw = { type: 'DeleteReview' } as const;

describe('a review', () => {
  test('is for those who have received the product, one each', () => {
    const shop = new Shop().deliver('ann');
    assert.equal(refusalIn(shop.submit('bob')), 'not_delivered');
    const { outcome, rating } = shop.submit('ann', { rating: 4 });
    assert.ok(outcome.type === 'ReviewChanged' && outcome.review.status === 'published');
    assert.deepEqual([rating?.stars, rating?.reviews, rating?.average], [[0, 0, 0, 1, 0], 1, 400]);
    assert.equal(refusalIn(shop.submit('ann')), 'already_reviewed');
  });

  test('that is sent again changes nothing, and is answered by what it is by then', () => {
    const shop = new Shop().deliver('ann');
    shop.submit('ann', { rating: 2 }, 'first');
    shop.edit('ann', { rating: 3 });
    const again = shop.submit('ann', { rating: 2 }, 'first');
    assert.ok(again.outcome.type === 'ReviewChanged' && again.outcome.review.rating === 3);
    assert.equal(again.rating, undefined);
    assert.equal(refusalIn(shop.submit('bob', {}, 'refused')), 'not_delivered');
    shop.deliver('bob');
    assert.equal(refusalIn(shop.submit('bob', {}, 'refused')), 'not_delivered');
    assert.equal(statusIn(shop.submit('bob')), 'published');
  });

  test('that looks suspicious waits for a moderator, and counts once it is approved', () => {
    const shop = new Shop().deliver('ann');
    const waiting = shop.submit('ann', { text: suspicious });
    assert.deepEqual([statusIn(waiting), waiting.rating], ['held', undefined]);
    assert.deepEqual(shop.review('ann')?.findings, ['link']);
    const approved = shop.ask('mod', 'ann', approve);
    assert.deepEqual([statusIn(approved), approved.rating?.reviews], ['published', 1]);
    const edited = shop.edit('ann', { text: suspicious, rating: 1 });
    assert.deepEqual([statusIn(edited), edited.rating?.reviews], ['held', 0]);
  });

  test('that was rejected says why, counts nothing, and an edit of it is looked at first', () => {
    const shop = new Shop().deliver('ann');
    shop.submit('ann');
    const rejected = shop.ask('mod', 'ann', reject);
    assert.deepEqual([statusIn(rejected), rejected.rating?.reviews], ['rejected', 0]);
    assert.equal(shop.review('ann')?.rejection, 'it is about another lamp');
    assert.equal(statusIn(shop.edit('ann')), 'held');
    assert.equal(statusIn(shop.edit('ann', { text: `${good} Really.` })), 'held');
    assert.equal(statusIn(shop.ask('mod', 'ann', approve)), 'published');
    assert.equal(statusIn(shop.edit('ann')), 'published');
  });

  test('is found helpful once by each other customer, who may think otherwise later', () => {
    const shop = new Shop().deliver('ann');
    shop.submit('ann');
    assert.equal(refusalIn(shop.ask('ann', 'ann', vote(true))), 'own_review');
    for (const [who, isHelpful] of [
      ['bob', true],
      ['bob', true],
      ['cid', true],
      ['dan', false],
    ] as const) {
      shop.ask(who, 'ann', vote(isHelpful));
    }
    assert.equal(shop.review('ann')?.helpful, 2);
    shop.ask('bob', 'ann', vote(false));
    assert.equal(shop.review('ann')?.helpful, 1);
    assert.equal(shop.task.stores.reviewVotes.entries.size, 1);
  });

  test('that is written anew after it was taken back begins without votes', () => {
    const shop = new Shop().deliver('ann');
    shop.submit('ann');
    shop.ask('bob', 'ann', vote(true));
    const gone = shop.ask('ann', 'ann', withdraw);
    assert.deepEqual([gone.outcome.type, gone.rating?.reviews], ['ReviewDeleted', 0]);
    assert.equal(refusalIn(shop.ask('bob', 'ann', vote(false))), 'unknown_review');
    shop.submit('ann');
    assert.equal(shop.review('ann')?.helpful, 0);
    shop.ask('bob', 'ann', vote(false));
    assert.equal(shop.review('ann')?.helpful, 0);
    shop.ask('bob', 'ann', vote(true));
    assert.equal(shop.review('ann')?.helpful, 1);
  });

  test('that several customers report is out of sight until a moderator has looked at it', () => {
    const shop = new Shop().deliver('ann');
    shop.submit('ann');
    for (const who of ['bob', 'bob', 'cid']) shop.ask(who, 'ann', report);
    assert.equal(shop.review('ann')?.status, 'published');
    const hidden = shop.ask('dan', 'ann', report);
    assert.deepEqual([statusIn(hidden), hidden.rating?.reviews], ['held', 0]);
    assert.deepEqual(shop.review('ann')?.findings, ['reported']);
    assert.equal(statusIn(shop.edit('ann')), 'held', 'an edit does not bring it back');
    shop.ask('mod', 'ann', approve);
    for (const who of ['bob', 'cid', 'dan', 'eve', 'fay']) shop.ask(who, 'ann', report);
    assert.equal(shop.review('ann')?.status, 'published', 'those who were heard are not heard again');
    shop.ask('gil', 'ann', report);
    assert.equal(shop.review('ann')?.status, 'held');
    assert.equal(mostReports, 3);
  });

  test('is changed by its author alone, and answered by the seller of the product alone', () => {
    const shop = new Shop().deliver('ann');
    shop.submit('ann');
    for (const command of [withdraw, { type: 'EditReview', content: content({}) }] as const) {
      assert.equal(refusalIn(shop.ask('bob', 'ann', command)), 'not_author');
      assert.equal(refusalIn(shop.ask('bob', 'bob', command)), 'unknown_review');
    }
    assert.equal(refusalIn(shop.ask('sam', 'ann', { type: 'AnswerReview', text: 'Thanks' })), 'not_owner');
    assert.equal(refusalIn(shop.ask('sally', 'bob', { type: 'AnswerReview', text: 'Thanks' })), 'unknown_review');
    shop.ask('sally', 'ann', { type: 'AnswerReview', text: 'Thanks' });
    assert.equal(shop.review('ann')?.answer, 'Thanks');
    shop.ask('sally', 'ann', { type: 'AnswerReview', text: '' });
    assert.deepEqual([shop.review('ann')?.answer, shop.review('ann')?.answeredAt], ['', 0]);
  });

  test('with a card number is not taken, nor is a part of it told', () => {
    const shop = new Shop().deliver('ann');
    assert.equal(refusalIn(shop.submit('ann', { text: 'my card: 4242 4242 4242 4242' })), 'card_number');
    assert.deepEqual(shop.reviews, []);
  });
});

const customers = ['ann', 'bob', 'cid', 'dan', 'eve'];
const anyContent = fc.record({
  rating: fc.integer({ min: 0, max: 5 }),
  text: fc.constantFrom(good, suspicious, ''),
});
const anyWish = fc.record({
  actor: fc.constantFrom(...customers),
  author: fc.constantFrom(...customers),
  id: fc.nat(60),
  command: fc.oneof(
    anyContent.map((said) => ({ type: 'SubmitReview', content: content(said) }) as const),
    anyContent.map((said) => ({ type: 'EditReview', content: content(said) }) as const),
    fc.constantFrom(withdraw, vote(true), vote(false), report, approve, reject),
  ),
});

test('whatever is wished, however often, the rating and the votes are those of a recount', () =>
  fc.assert(
    fc.property(fc.array(anyWish, { maxLength: 60, size: 'max' }), (wishes) => {
      const shop = new Shop().deliver('ann', 'bob', 'cid');
      const { ratings, reviewVotes } = shop.task.stores;
      for (const { actor, author, id, command } of wishes) {
        // What is written is written by its author.
        const isOwn = command.type === 'SubmitReview' || command.type === 'EditReview';
        const before = JSON.stringify(shop.reviews);
        const { outcome, rating } = shop.ask(actor, isOwn ? actor : author, command, `c${id}`);
        if (outcome.type === 'ReviewRefused') assert.equal(JSON.stringify(shop.reviews), before);
        const published = shop.reviews.filter(({ status }) => status === 'published');
        const stars = [1, 2, 3, 4, 5].map((each) => published.filter((review) => review.rating === each).length);
        const sum = published.reduce((all, review) => all + review.rating, 0);
        const kept = ratings.get('lamp');
        assert.deepEqual(kept?.stars ?? [0, 0, 0, 0, 0], stars);
        assert.equal(kept?.average ?? 0, published.length && Math.round((sum * 100) / published.length));
        if (rating !== undefined) assert.deepEqual(rating, kept, 'what is told is what is kept');
        for (const review of shop.reviews) {
          const votes = [...reviewVotes.entries].filter(([key, { submissionId, isHelpful }]) => {
            return key.startsWith(`lamp/${review.reviewId}/`) && submissionId === review.submissionId && isHelpful;
          });
          assert.equal(review.helpful, votes.length);
          assert.ok(['ann', 'bob', 'cid'].includes(review.customerId), 'nobody else has received it');
          assert.equal(review.status === 'held', review.findings.length > 0);
        }
      }
    }),
    { numRuns: 300 },
  ));
