// Applies an operator's change of the delivery network, or refuses it with a reason. Only the areas that a change touches
// are worked out anew, and only what comes out differently is told. A repeated change changes nothing and is answered by
// the same event again.
import { unreachable } from '../../base/assert.ts';
import { sameValue } from '../../base/same-value.ts';
import { partKey, partOf } from '../../schemas/network-parts.ts';
import type {
  AreaState,
  DeliveryEntry,
  DeliveryRoute,
  LogisticsChange,
  LogisticsEvent,
  LogisticsRefusalReason,
  RouteState,
  Warehouse,
  WarehouseState,
} from '../../schemas/types.generated.ts';
import type { Context, Processor } from '../../streams/api.ts';
import { requireKey } from '../require-key.ts';
import { bestWays } from './best-ways.ts';
import { soundnessRefusal } from './network-rules.ts';

interface NetworkWiring {
  readonly stores: {
    readonly warehouses: WarehouseState;
    readonly areas: AreaState;
    readonly routes: RouteState;
    readonly networkOutcomes: LogisticsEvent;
  };
  readonly outputs: { readonly logisticsEvents: LogisticsEvent; readonly deliveryOptions: DeliveryEntry };
  readonly timers: never;
}

type NetworkContext = Context<NetworkWiring>;
type Refusal = LogisticsRefusalReason | undefined;

const mostRoutesAnArea = 500;

export const changeNetwork: Processor<LogisticsChange, NetworkWiring> = {
  name: 'change-network',

  process(record, context) {
    const { value: asked, key } = record;
    requireKey(record, partKey(partOf(asked.change)));
    const { networkOutcomes } = context.stores;
    const answered = networkOutcomes.get(asked.changeId);
    const event =
      answered ?? eventFor(asked, context.now, soundnessRefusal(asked.change) ?? apply(context, asked.change));
    if (!answered) networkOutcomes.put(asked.changeId, event);
    context.forward('logisticsEvents', key, event);
  },

  prefetch: ({ value: { changeId, change } }) => ({ networkOutcomes: [changeId], ...readBy(change) }),
};

function eventFor({ changeId, actor, change }: LogisticsChange, at: number, reason: Refusal): LogisticsEvent {
  const outcome = reason ? ({ type: 'LogisticsRefused', reason } as const) : ({ type: 'LogisticsChanged' } as const);
  return { changeId, actor, at, change, outcome };
}

/** What a change reads for sure. */
function readBy(change: LogisticsChange['change']) {
  switch (change.type) {
    case 'PutRoute': {
      const { routeId, areaId, way } = change.route;
      return { routes: [routeId], areas: [areaId], warehouses: [way.warehouseId] };
    }
    case 'RemoveRoute':
      return { routes: [change.routeId] };
    case 'PutArea':
      return { areas: [change.area.areaId] };
    case 'RemoveArea':
      return { areas: [change.areaId] };
    case 'PutWarehouse':
      return { warehouses: [change.warehouse.warehouseId] };
    case 'RemoveWarehouse':
      return { warehouses: [change.warehouseId] };
    case 'PutCalendar':
    case 'SuspendNetwork':
      return {};
    default:
      return unreachable(change);
  }
}

/** The reason to refuse, or undefined once it is applied. */
function apply(context: NetworkContext, change: LogisticsChange['change']): Refusal {
  switch (change.type) {
    case 'PutWarehouse':
      return putWarehouse(context, change.warehouse);
    case 'RemoveWarehouse':
      return removeWarehouse(context, change.warehouseId);
    case 'PutArea': {
      const { areaId } = change.area;
      const before = context.stores.areas.get(areaId);
      return putArea(context, areaId, before, { area: change.area, routes: before?.routes ?? [] });
    }
    case 'RemoveArea':
      return removeArea(context, change.areaId);
    case 'PutRoute':
      return putRoute(context, change.route);
    case 'RemoveRoute':
      return removeRoute(context, change.routeId);
    case 'PutCalendar': {
      const { calendar } = change;
      return tell(context, `calendar/${calendar.country}`, { type: 'CountryHolidays', calendar });
    }
    case 'SuspendNetwork':
      return tell(context, 'network/state', { type: 'NetworkInForce', isSuspended: change.isSuspended });
    default:
      return unreachable(change);
  }
}

function tell(context: NetworkContext, key: string, entry: DeliveryEntry['entry']): undefined {
  context.forward('deliveryOptions', key, { entry });
}

function putWarehouse(context: NetworkContext, warehouse: Warehouse): undefined {
  const { warehouses } = context.stores;
  const { warehouseId } = warehouse;
  const before = warehouses.get(warehouseId);
  if (sameValue(before?.warehouse, warehouse)) return;
  warehouses.put(warehouseId, { warehouse, routes: before?.routes ?? 0 });
  tell(context, `warehouse/${warehouseId}`, { type: 'WarehouseHours', warehouse });
}

function removeWarehouse(context: NetworkContext, warehouseId: string): Refusal {
  const before = context.stores.warehouses.get(warehouseId);
  if (!before) return 'unknown_warehouse';
  if (before.routes > 0) return 'still_in_use';
  context.stores.warehouses.delete(warehouseId);
  return tell(context, `warehouse/${warehouseId}`, { type: 'EntryGone' });
}

function putArea(context: NetworkContext, areaId: string, before: AreaState | undefined, after: AreaState): undefined {
  if (sameValue(before, after)) return;
  context.stores.areas.put(areaId, after);
  const options = optionsOf(after);
  if (!before || !sameValue(optionsOf(before), options)) tell(context, `area/${areaId}`, options);
}

function optionsOf({ area, routes }: AreaState) {
  return { type: 'AreaOptions', area, ways: bestWays(routes) } as const;
}

function removeArea(context: NetworkContext, areaId: string): Refusal {
  const before = context.stores.areas.get(areaId);
  if (!before) return 'unknown_area';
  if (before.routes.length > 0) return 'still_in_use';
  context.stores.areas.delete(areaId);
  return tell(context, `area/${areaId}`, { type: 'EntryGone' });
}

function putRoute(context: NetworkContext, route: DeliveryRoute): Refusal {
  const { warehouses, areas, routes } = context.stores;
  const { routeId, areaId } = route;
  const { warehouseId } = route.way;
  const before = routes.get(routeId);
  const area = areas.get(areaId);
  if (!warehouses.get(warehouseId)) return 'unknown_warehouse';
  if (!area) return 'unknown_area';
  if (before?.areaId !== areaId && area.routes.length >= mostRoutesAnArea) return 'too_many_routes';

  if (before && before.areaId !== areaId) leaveArea(context, before.areaId, routeId);
  if (before?.warehouseId !== warehouseId) {
    if (before) countRoute(context, before.warehouseId, -1);
    countRoute(context, warehouseId, 1);
  }
  if (!sameValue(before, { areaId, warehouseId })) routes.put(routeId, { areaId, warehouseId });
  const others = area.routes.filter((each) => each.routeId !== routeId);
  const all = [...others, route].sort((one, other) => (one.routeId < other.routeId ? -1 : 1));
  return putArea(context, areaId, area, { ...area, routes: all });
}

function removeRoute(context: NetworkContext, routeId: string): Refusal {
  const before = context.stores.routes.get(routeId);
  if (!before) return 'unknown_route';
  leaveArea(context, before.areaId, routeId);
  countRoute(context, before.warehouseId, -1);
  context.stores.routes.delete(routeId);
  return undefined;
}

function leaveArea(context: NetworkContext, areaId: string, routeId: string): void {
  const area = context.stores.areas.get(areaId);
  if (!area) return;
  putArea(context, areaId, area, { ...area, routes: area.routes.filter((each) => each.routeId !== routeId) });
}

function countRoute({ stores }: NetworkContext, warehouseId: string, change: 1 | -1): void {
  const before = stores.warehouses.get(warehouseId);
  if (before) stores.warehouses.put(warehouseId, { ...before, routes: before.routes + change });
}
