// What carriers and warehouses tell of parcels, signed. It is passed on as it comes: which news is new, the order's own
// task decides. Answered once the log has it, so that a carrier that hears nothing can simply tell it again.
import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Type } from 'typebox';
import { leadProductOf } from '../../schemas/ids.ts';
import { topics } from '../../schemas/topics.ts';
import type { ShipmentUpdate } from '../../schemas/types.generated.ts';
import { type Fault, Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { ShipmentNews, ShipmentNewsBody, ShipmentNewsList, ShipmentNewsReport } from '../shapes/shipments.ts';
import { keepBytes, openSigned, signatureHeaders } from '../signed-body.ts';
import { checkerOf, invalidRequest } from '../validation.ts';

const checkOne = checkerOf(ShipmentNews);
const checkList = checkerOf(ShipmentNewsList);

/** Its body parser is for its own route alone: give it a scope of its own. */
export function shipmentRoutes(scope: App, { writer, clock, settings }: Gateway): void {
  const { shipmentWebhookSecret } = settings;
  const webhook = shipmentWebhookSecret === undefined ? undefined : new Webhook(shipmentWebhookSecret);
  keepBytes(scope);
  scope.post(
    '/v1/shipments/webhook',
    {
      ...config('public', ['REQUEST_INVALID', 'WEBHOOK_SIGNATURE_INVALID', 'WEBHOOK_SECRET_MISSING']),
      schema: {
        ...about(
          'Shipping',
          'Tell what became of parcels',
          'For carriers and warehouses. Signed as Standard Webhooks say (standardwebhooks.com) with the shared secret; no token is needed. Telling the same twice, late or out of order does no harm.',
        ),
        headers: Type.Object(signatureHeaders),
        body: ShipmentNewsBody,
        response: { 202: ShipmentNewsReport },
      },
    },
    async (request, reply) => {
      if (!webhook) throw new Refusal('WEBHOOK_SECRET_MISSING', { retryAfter: 60 });
      const news = newsIn(openSigned(webhook, request));
      const updates = news.map((each) => updateOf(each, clock.now()));
      await Promise.all(updates.map(({ lead, update }) => writer.append(topics.shipmentUpdates, lead, update)));
      return reply.code(202).send({ accepted: updates.length });
    },
  );
}

/** @throws REQUEST_INVALID */
function newsIn(body: unknown): readonly ShipmentNews[] {
  const isList = Array.isArray(body);
  const faults = isList ? checkList(body) : checkOne(body);
  if (faults.length > 0) throw invalidRequest(faults);
  const news = (isList ? body : [body]) as ShipmentNews[];
  const strange = news.flatMap(({ shipmentId }, index): Fault[] => {
    if (partsOf(shipmentId)) return [];
    const message = 'must be <orderId>/<warehouseId>, as the request for the parcel named it';
    return [{ path: `${isList ? `/${index}` : ''}/shipmentId`, message }];
  });
  if (strange.length > 0) throw invalidRequest(strange.slice(0, 20));
  return news;
}

function updateOf(news: ShipmentNews, now: number): { lead: string; update: ShipmentUpdate } {
  const { shipmentId, status, carrier = '', trackingCode = '', at = now } = news;
  const { orderId, lead } = partsOf(shipmentId) ?? { orderId: '', lead: '' };
  const updateId = updateIdOf(news);
  return { lead, update: { updateId, shipmentId, orderId, at, carrier, trackingCode, status } };
}

/** The same for the same news, whenever it is told. */
function updateIdOf({ shipmentId, status, carrier, trackingCode }: ShipmentNews): string {
  if (carrier === undefined && trackingCode === undefined) return `${shipmentId}/${status}`;
  const hash = createHash('sha256')
    .update(JSON.stringify([carrier, trackingCode]))
    .digest('base64url');
  return `${shipmentId}/${status}/${hash.slice(0, 16)}`;
}

/** Undefined if it isn't a shipment's id. */
function partsOf(shipmentId: string): { readonly orderId: string; readonly lead: string } | undefined {
  const [, orderId = '', warehouse] = /^([^/]+)\/([A-Za-z0-9._-]{1,64})$/.exec(shipmentId) ?? [];
  const lead = leadProductOf(orderId);
  return warehouse === undefined || lead === undefined ? undefined : { orderId, lead };
}
