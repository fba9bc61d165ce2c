// logistics-events -> the `network` collection: each part of the delivery network as it stands, by its kind and id.
import { unreachable } from '../base/assert.ts';
import { partKey, partOf } from '../schemas/network-parts.ts';
import type { LogisticsEvent } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { areaInWords, calendarInWords, routeInWords, warehouseInWords } from './delivery/words.ts';
import { positionOf } from './document-write.ts';
import type { DocumentWrite, JsonObject } from './documents/documents.ts';

export const projectNetwork: Projection<LogisticsEvent, DocumentWrite> = {
  name: 'network',

  project(record) {
    const { change, outcome, at: updatedAt } = record.value;
    if (outcome.type !== 'LogisticsChanged') return [];
    const part = partOf(change);
    const document = { collection: collections.network.name, id: partKey(part), position: positionOf(record) };
    const words = inWords(change);
    return [
      words
        ? { ...document, kind: 'upsert', set: { kind: part.kind, ...words, updatedAt } }
        : { ...document, kind: 'delete' },
    ];
  },
};

/** Undefined for what is gone. */
function inWords(change: LogisticsEvent['change']): JsonObject | undefined {
  switch (change.type) {
    case 'PutWarehouse':
      return warehouseInWords(change.warehouse);
    case 'PutArea':
      return areaInWords(change.area);
    case 'PutRoute':
      return routeInWords(change.route);
    case 'PutCalendar':
      return calendarInWords(change.calendar);
    case 'SuspendNetwork':
      return { suspended: change.isSuspended };
    case 'RemoveWarehouse':
    case 'RemoveArea':
    case 'RemoveRoute':
      return undefined;
    default:
      return unreachable(change);
  }
}
