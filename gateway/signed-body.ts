// Bodies that others sign as Standard Webhooks say: read as bytes, believed once their signature fits, then parsed.
// A body that was recorded and is sent again after five minutes is refused; within them, the receiver's ids must do.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Webhook } from 'standardwebhooks';
import { Type } from 'typebox';
import { reasonOf } from '../base/errors.ts';
import { Refusal } from './refusal.ts';

const json = 'application/json';

/** Documented here, checked by `openSigned`. */
export const signatureHeaders = {
  'webhook-id': Type.String({ description: 'Of this message; the same for its repetitions.', examples: ['msg_1'] }),
  'webhook-timestamp': Type.String({ description: 'When it was sent, in seconds since the Unix epoch.' }),
  'webhook-signature': Type.String({
    description: '`v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`.',
  }),
};

/** Lets the routes of `scope` have JSON bodies as the bytes that were signed. */
export function keepBytes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(json, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/**
 * What the body says.
 * @throws WEBHOOK_SIGNATURE_INVALID, also if it is too old; REQUEST_MALFORMED if it isn't JSON
 */
export function openSigned(webhook: Webhook, { headers, body }: FastifyRequest): unknown {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  try {
    webhook.verify(bytes, headers as Record<string, string>, { jsonParse: false });
  } catch (cause) {
    throw new Refusal('WEBHOOK_SIGNATURE_INVALID', { details: { reason: reasonOf(cause) }, cause });
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Refusal('REQUEST_MALFORMED', { details: { reason: reasonOf(cause) }, cause });
  }
}
