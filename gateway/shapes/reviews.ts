// Reviews as customers write and read them, and as moderators do.
import { type Static, Type } from 'typebox';
import { Cursor, Limit, NextCursor, oneOf, strict, Time, text } from './common.ts';

const plain = '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f]*$';

export const ReviewBody = strict(
  {
    rating: Type.Integer({ minimum: 1, maximum: 5, description: 'Stars.' }),
    title: Type.Optional(Type.String({ maxLength: 150, pattern: plain, description: 'One line.' })),
    text: text(5_000, 'Plain text.'),
    language: Type.Optional(
      Type.String({ pattern: '^[a-z]{2}$', default: 'en', description: 'ISO 639-1 of title and text.' }),
    ),
  },
  { examples: [{ rating: 5, title: 'Bright', text: 'It shines as it should.', language: 'en' }] },
);
export type ReviewBody = Static<typeof ReviewBody>;

const shown = {
  reviewId: Type.String(),
  productId: Type.String({ description: 'Of a variant’s review: the product that it is a variant of.' }),
  author: Type.String({ description: 'First name and initial.' }),
  rating: Type.Integer(),
  title: Type.String(),
  text: Type.String(),
  language: Type.String(),
  verified: Type.Boolean({ description: 'Its author has received the product: so it is with all.' }),
  helpful: Type.Integer({ description: 'Customers who found it helpful.' }),
  answer: Type.Optional(Type.Object({ text: Type.String(), at: Time }, { description: 'The seller’s.' })),
  createdAt: Time,
  updatedAt: Time,
};

const Status = oneOf(['published', 'held', 'rejected'], {
  description: '`held`: a moderator looks at it before others see it.',
});

const Summary = Type.Object({
  average: Type.Number({ description: 'Mean of the stars, to two decimals; 0 without any.' }),
  reviews: Type.Integer({ description: 'How many.' }),
  stars: Type.Array(Type.Integer(), { description: 'How many gave one star, two, ... five.' }),
});

export const ReviewPage = Type.Object(
  { summary: Summary, reviews: Type.Array(Type.Object(shown)), cursor: NextCursor },
  { description: 'A page of published reviews, and what all of them say.' },
);

export const OwnReview = Type.Object(
  { ...shown, status: Status, rejection: Type.Optional(Type.String({ description: 'Why a moderator rejected it.' })) },
  { description: 'The review as its author sees it.' },
);

export const PendingReview = Type.Object(
  { reviewId: Type.String(), productId: Type.String() },
  { description: 'The wish is safe; its result will show in a moment.' },
);

export const ReviewsQuery = strict({
  sort: Type.Optional(oneOf(['helpful', 'newest', 'highest', 'lowest'], { default: 'helpful' })),
  rating: Type.Optional(Type.Integer({ minimum: 1, maximum: 5, description: 'Those with so many stars.' })),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many at most.' })),
});

export type ReviewsQuery = Static<typeof ReviewsQuery>;

const productId = Type.String({ maxLength: 64, description: 'The product id; of a variant, or of its product.' });
const reviewId = Type.String({ maxLength: 64, description: 'The review id.' });
export const ReviewedProductParams = Type.Object({ id: productId });
export const ReviewParams = Type.Object({ id: productId, reviewId });

export const Helpful = Type.Object(
  { reviewId: Type.String(), helpful: Type.Integer({ description: 'Customers who found it helpful.' }) },
  { description: 'The vote counts; or, with 202, will in a moment.' },
);

export const ReviewReport = strict(
  { reason: Type.Optional(Type.String({ maxLength: 1_000, pattern: plain, description: 'What is wrong with it.' })) },
  { examples: [{ reason: 'It is about another product.' }] },
);

export const ReviewAnswer = strict({ text: text(2_000, 'Plain text.') }, { examples: [{ text: 'Thank you!' }] });

export type ReviewAnswer = Static<typeof ReviewAnswer>;

export const ModeratedReview = Type.Object(
  {
    ...shown,
    status: Status,
    customerId: Type.String(),
    findings: Type.Array(Type.String(), { description: 'The rules because of which it waits.' }),
    reports: Type.Integer({ description: 'Customers who reported it since a moderator last looked at it.' }),
    rejection: Type.String(),
  },
  { description: 'The review as moderators see it.' },
);

export const ModerationQuery = strict({
  status: Type.Optional(oneOf(['held', 'rejected', 'published'], { default: 'held' })),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const ModerationPage = Type.Object(
  { reviews: Type.Array(ModeratedReview), cursor: NextCursor },
  { description: 'Those that have waited longest first.' },
);

export const ModerationBody = strict(
  {
    decision: oneOf(['approve', 'reject']),
    reason: Type.Optional(
      Type.String({ maxLength: 1_000, pattern: plain, description: 'To its author; needed to reject.' }),
    ),
  },
  { examples: [{ decision: 'reject', reason: 'It advertises another shop.' }] },
);
