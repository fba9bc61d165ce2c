// The delivery network: what is refused and why; and that whatever was told piece by piece, only where something changed,
// is what comes out when everything is worked out from the beginning.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bestWays } from '../../../processors/logistics/best-ways.ts';
import { changeNetwork } from '../../../processors/logistics/change-network.ts';
import { partKey, partOf } from '../../../schemas/network-parts.ts';
import type {
  DeliveryArea,
  DeliveryEntry,
  DeliveryRoute,
  DeliveryWay,
  LogisticsChange,
  Warehouse,
} from '../../../schemas/types.generated.ts';
import { type Message, sentTo, TestTask } from '../test-task.ts';
import { anyWarehouse, anyWay, putArea, putRoute, putWarehouse, routeOf, warehouseIds } from './network-fixtures.ts';

class Network {
  readonly task = new TestTask();
  readonly sent: Message[] = [];
  #changes = 0;

  /** What was told of each part that this changes, and how the change ended. */
  change(change: LogisticsChange['change'], changeId = `change-${++this.#changes}`) {
    const key = partKey(partOf(change));
    this.task.process(changeNetwork, key, { changeId, actor: 'olga', at: 1, change });
    const sent = this.task.take();
    this.sent.push(...sent);
    const [event] = sentTo(sent, 'logisticsEvents');
    const told = sent.filter(({ topic }) => topic === 'deliveryOptions').map((message) => message.key);
    return { told, outcome: event?.outcome.type === 'LogisticsRefused' ? event.outcome.reason : 'applied', event };
  }

  outcomes(...changes: readonly LogisticsChange['change'][]): string[] {
    return changes.map((change) => this.change(change).outcome);
  }

  /** The last of each part. */
  told(): Map<string, DeliveryEntry['entry']> {
    const entries = this.sent.filter(({ topic }) => topic === 'deliveryOptions');
    return new Map(entries.map(({ key, value }) => [key, (value as DeliveryEntry).entry]));
  }
}

describe('a change of the network', () => {
  test('is told where it changes something, and nowhere else', () => {
    const network = new Network();
    const told = [
      putWarehouse('berlin'),
      putWarehouse('berlin'),
      putArea('north', 'DE', '2'),
      putArea('south', 'DE', '8'),
      putRoute('r1', 'north'),
      putRoute('r1', 'north'),
      // No better than the other.
      putRoute('r2', 'north', { maxDays: 3 }),
      putRoute('r3', 'north', { maxDays: 3, hazardous: true }),
      putRoute('r3', 'south', { maxDays: 3, hazardous: true }),
      putWarehouse('berlin', { cutOff: 600 }),
    ].map((change) => network.change(change).told.join(' '));
    const expected = ['warehouse/berlin', '', 'area/north', 'area/south', 'area/north', '', '', 'area/north'];
    assert.deepEqual(told, [...expected, 'area/north area/south', 'warehouse/berlin']);
  });

  test('is refused where it makes no sense, with the reason', () => {
    const network = new Network();
    network.outcomes(putWarehouse('berlin'), putArea('north', 'DE', '2'), putRoute('r1', 'north'));
    const outcomes = network.outcomes(
      putRoute('r2', 'nowhere'),
      putRoute('r2', 'north', { warehouseId: 'atlantis' }),
      { type: 'RemoveWarehouse', warehouseId: 'berlin' },
      { type: 'RemoveArea', areaId: 'north' },
      { type: 'RemoveArea', areaId: 'south' },
      { type: 'RemoveRoute', routeId: 'r2' },
      putWarehouse('no/slash'),
      putWarehouse('berlin', { country: 'Germany' }),
      putWarehouse('berlin', { timeZone: 'not a zone' }),
      putWarehouse('berlin', { cutOff: 24 * 60 }),
      putWarehouse('berlin', { workDays: 0 }),
      putArea('south', 'DE', '20..1'),
      putRoute('r2', 'north', { minDays: 3, maxDays: 2 }),
      putRoute('r2', 'north', { maxWeightGrams: 0 }),
      { type: 'PutCalendar', calendar: { country: 'DE', holidays: [2, 1] } },
    );
    assert.deepEqual(outcomes, [
      'unknown_area',
      'unknown_warehouse',
      'still_in_use',
      'still_in_use',
      'unknown_area',
      'unknown_route',
      'invalid_id',
      'invalid_country',
      'invalid_time_zone',
      'invalid_cut_off',
      'invalid_days',
      'invalid_postal_code',
      'invalid_days',
      'invalid_weight',
      'invalid_days',
    ]);
  });

  test('that comes again is answered again and changes nothing', () => {
    const network = new Network();
    const first = network.change(putWarehouse('berlin'), 'once');
    network.change(putWarehouse('berlin', { cutOff: 600 }));
    const again = network.change(putWarehouse('berlin'), 'once');
    assert.deepEqual([again.event, again.told], [first.event, []]);
  });

  test('what nothing uses any more can go', () => {
    const network = new Network();
    network.outcomes(
      putWarehouse('berlin'),
      putWarehouse('lyon'),
      putArea('north', 'DE', '2'),
      putRoute('r1', 'north'),
    );
    network.outcomes(putRoute('r1', 'north', { warehouseId: 'lyon' }));
    assert.equal(network.change({ type: 'RemoveWarehouse', warehouseId: 'berlin' }).outcome, 'applied');
    assert.equal(network.change({ type: 'RemoveRoute', routeId: 'r1' }).outcome, 'applied');
    assert.equal(network.change({ type: 'RemoveArea', areaId: 'north' }).outcome, 'applied');
    assert.equal(network.told().get('area/north')?.type, 'EntryGone');
  });
});

const anyChange: fc.Arbitrary<LogisticsChange['change']> = fc.oneof(
  anyWarehouse.map((warehouse) => ({ type: 'PutWarehouse', warehouse }) as const),
  fc.constantFrom(...warehouseIds).map((warehouseId) => ({ type: 'RemoveWarehouse', warehouseId }) as const),
  fc
    .tuple(fc.constantFrom('north', 'south'), fc.constantFrom('', '1', '10..19'))
    .map(([areaId, codes]) => putArea(areaId, 'DE', codes)),
  fc.constantFrom('north', 'south').map((areaId) => ({ type: 'RemoveArea', areaId }) as const),
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom('r1', 'r2', 'r3', 'r4'), fc.constantFrom('north', 'south'), anyWay)
      .map(([routeId, areaId, way]) => ({ type: 'PutRoute', route: { routeId, areaId, way } }) as const),
  },
  fc.constantFrom('r1', 'r2', 'r3', 'r4').map((routeId) => ({ type: 'RemoveRoute', routeId }) as const),
);

/** The network from the beginning, by the rules as an operator knows them. */
function fromScratch(changes: readonly LogisticsChange['change'][]) {
  const warehouses = new Map<string, Warehouse>();
  const areas = new Map<string, DeliveryArea>();
  const routes = new Map<string, DeliveryRoute>();
  const some = (is: (route: DeliveryRoute) => boolean) => [...routes.values()].some(is);
  for (const change of changes) {
    switch (change.type) {
      case 'PutWarehouse':
        warehouses.set(change.warehouse.warehouseId, change.warehouse);
        break;
      case 'RemoveWarehouse':
        if (!some(({ way }) => way.warehouseId === change.warehouseId)) warehouses.delete(change.warehouseId);
        break;
      case 'PutArea':
        areas.set(change.area.areaId, change.area);
        break;
      case 'RemoveArea':
        if (!some(({ areaId }) => areaId === change.areaId)) areas.delete(change.areaId);
        break;
      case 'PutRoute': {
        const { routeId, areaId, way } = change.route;
        if (areas.has(areaId) && warehouses.has(way.warehouseId)) routes.set(routeId, change.route);
        break;
      }
      case 'RemoveRoute':
        routes.delete(change.routeId);
    }
  }
  const options = [...areas].map(([areaId, area]) => {
    const ways = bestWays([...routes.values()].filter((route) => route.areaId === areaId));
    return [`area/${areaId}`, { type: 'AreaOptions', area, ways }] as const;
  });
  const hours = [...warehouses].map(
    ([id, warehouse]) => [`warehouse/${id}`, { type: 'WarehouseHours', warehouse }] as const,
  );
  return new Map<string, unknown>([...options, ...hours]);
}

test('what was told piece by piece is what comes out from the beginning', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 60 }), (changes) => {
      const network = new Network();
      for (const change of changes) network.change(change);
      const told = [...network.told()].filter(([, { type }]) => type !== 'EntryGone');
      assert.deepEqual(new Map(told), fromScratch(changes));
      const news = network.sent.filter(({ topic }) => topic === 'deliveryOptions');
      const last = new Map<string, unknown>();
      for (const { key, value } of news) {
        assert.notDeepEqual(value, last.get(key), `${key} was told again as it was`);
        last.set(key, value);
      }
    }),
    { numRuns: 500 },
  );
});

test('of ways that match each other one stays, of all others those that are better in something', () => {
  const routes = [
    routeOf('slow', 'a', { maxDays: 5 }),
    routeOf('slow-but-heavy', 'a', { maxDays: 5, maxWeightGrams: 50_000 }),
    routeOf('fast', 'a'),
    routeOf('fast-too', 'a', { carrier: 'other-post' }),
    routeOf('from-lyon', 'a', { warehouseId: 'lyon', maxDays: 9 }),
  ];
  const ways = bestWays(routes).map(({ warehouseId, carrier, maxDays }) => `${warehouseId} ${carrier} ${maxDays}`);
  assert.deepEqual(ways, ['berlin other-post 2', 'berlin parcel-post 5', 'lyon parcel-post 9']);
  fc.assert(
    fc.property(fc.array(anyWay), fc.nat(), (all, turn) => {
      const found = all.map((way, index) => ({ routeId: `r${index}`, areaId: 'a', way }));
      const turned = [...found.slice(turn % (all.length + 1)), ...found.slice(0, turn % (all.length + 1))];
      assert.deepEqual(bestWays(turned), bestWays(found));
      const otherwise = turned.map((route) => ({
        ...route,
        way: Object.fromEntries(Object.entries(route.way).reverse()) as unknown as DeliveryWay,
      }));
      assert.deepEqual(bestWays([...found.slice(0, 3), ...otherwise]), bestWays([...found.slice(0, 3), ...turned]));
    }),
  );
});
