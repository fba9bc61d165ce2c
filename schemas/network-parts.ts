// What a change of the delivery network is about: the key of its records, and of what follows from it.
import { unreachable } from '../base/assert.ts';
import type { LogisticsChange } from './types.generated.ts';

export type NetworkPartKind = 'warehouse' | 'area' | 'route' | 'calendar' | 'network';

export interface NetworkPart {
  readonly kind: NetworkPartKind;
  /** Unique within its kind. */
  readonly id: string;
}

export function partOf(change: LogisticsChange['change']): NetworkPart {
  switch (change.type) {
    case 'PutWarehouse':
      return { kind: 'warehouse', id: change.warehouse.warehouseId };
    case 'RemoveWarehouse':
      return { kind: 'warehouse', id: change.warehouseId };
    case 'PutArea':
      return { kind: 'area', id: change.area.areaId };
    case 'RemoveArea':
      return { kind: 'area', id: change.areaId };
    case 'PutRoute':
      return { kind: 'route', id: change.route.routeId };
    case 'RemoveRoute':
      return { kind: 'route', id: change.routeId };
    case 'PutCalendar':
      return { kind: 'calendar', id: change.calendar.country };
    case 'SuspendNetwork':
      return { kind: 'network', id: 'state' };
    default:
      return unreachable(change);
  }
}

/** `area/DE-10`: no id has a slash. */
export function partKey({ kind, id }: NetworkPart): string {
  return `${kind}/${id}`;
}
