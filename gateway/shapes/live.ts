// What is said over a live connection, each message one JSON text.
import { type Static, Type } from 'typebox';
import { oneOf, strict } from './common.ts';

/** What a client says. */
export const LiveWish = strict({
  type: oneOf(['follow', 'unfollow']),
  orderId: Type.String({ minLength: 1, maxLength: 200 }),
  after: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'The sequence of the last step that was seen.' }),
  ),
});
export type LiveWish = Static<typeof LiveWish>;

/** What a client hears. */
export type LiveMessage =
  /** Nothing that happens from now on is missing. */
  | { readonly type: 'ready'; readonly expiresAt: number }
  | { readonly type: 'step'; readonly orderId: string; readonly step: object }
  /** A followed order has ended, or isn't followed any more. */
  | { readonly type: 'over'; readonly orderId: string }
  | { readonly type: 'refused'; readonly orderId: string; readonly code: string; readonly detail: string };
