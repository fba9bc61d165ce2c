// The delivery network in memory: which ways lead to a place, and when what is ordered now arrives, held against a count
// through the calendar day by day.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { bestWays } from '../../../processors/logistics/best-ways.ts';
import type { DeliveryEntry, DeliveryWay, Warehouse } from '../../../schemas/types.generated.ts';
import { dateOf, dayIn } from '../../../views/delivery/days.ts';
import type { Arrival, ParcelFacts } from '../../../views/delivery/delivery.ts';
import { DeliveryNetwork } from '../../../views/delivery/network.ts';
import { anyWarehouse, anyWay, berlin, everyDay, parcelPost } from '../../processors/logistics/network-fixtures.ts';

const parcel: ParcelFacts = { weightGrams: 500, hazardous: false, cash: false };
const hamburg = { country: 'DE', postalCode: '20095' };

/** `hours('berlin')`, `area('north', ['2'], way)`: entries of the topic. */
const hours = (warehouse: Partial<Warehouse> = {}): [string, DeliveryEntry['entry']] => {
  const whole = { ...berlin, ...warehouse };
  return [`warehouse/${whole.warehouseId}`, { type: 'WarehouseHours', warehouse: whole }];
};
const area = (
  areaId: string,
  postalCodes: readonly string[],
  ...ways: readonly Partial<DeliveryWay>[]
): [string, DeliveryEntry['entry']] => [
  `area/${areaId}`,
  {
    type: 'AreaOptions',
    area: { areaId, name: '', country: 'DE', postalCodes },
    ways: ways.map((way) => ({ ...parcelPost, ...way })),
  },
];
const rests = (country: string, ...dates: readonly string[]): [string, DeliveryEntry['entry']] => [
  `calendar/${country}`,
  { type: 'CountryHolidays', calendar: { country, holidays: dates.map((date) => dayIn(date) ?? 0) } },
];

function networkOf(...entries: readonly [string, DeliveryEntry['entry']][]): DeliveryNetwork {
  const network = new DeliveryNetwork();
  for (const [key, entry] of entries) network.apply(key, entry);
  return network;
}

/** When a parcel arrives that is ordered at a moment such as `2026-03-02T13:59+01:00`. */
function arrivalAt(network: DeliveryNetwork, moment: string, of: ParcelFacts = parcel): Arrival | undefined {
  const { epochMilliseconds } = Temporal.Instant.from(moment);
  return network.waysTo(hamburg)?.arrivals(undefined, of, epochMilliseconds)[0];
}

function days(arrival: Arrival | undefined): string {
  return arrival ? `${arrival.from} ${arrival.to}` : 'never';
}

describe('where it goes', () => {
  test('no network: no matter where', () => {
    assert.equal(networkOf().waysTo(hamburg), undefined);
    assert.equal(networkOf(hours(), area('north', ['2'])).waysTo(hamburg), undefined);
    const suspended = networkOf(hours(), area('north', ['1'], {}), [
      'network/state',
      { type: 'NetworkInForce', isSuspended: true },
    ]);
    assert.equal(suspended.waysTo(hamburg), undefined);
  });

  test('the area that says most of the postal code counts', () => {
    const network = networkOf(
      hours(),
      area('country', [''], { maxWeightGrams: 1 }),
      area('north', ['2'], { maxWeightGrams: 2 }),
      area('city', ['20000..20099'], { maxWeightGrams: 3 }),
      area('island', ['25859']),
    );
    const heaviest = ['20095', '20 095', '20100', '80331', '25859', ''].map((postalCode) => {
      return network.waysTo({ country: 'DE', postalCode })?.options.map(({ maxWeightGrams }) => maxWeightGrams);
    });
    assert.deepEqual(heaviest, [[3], [3], [2], [1], [], [1]]);
    assert.deepEqual(network.waysTo({ country: 'FR', postalCode: '20095' })?.options, []);
  });

  test('areas that say the same of it count together', () => {
    const network = networkOf(
      hours(),
      hours({ warehouseId: 'lyon' }),
      area('a', ['2'], {}),
      area('b', ['2'], { warehouseId: 'lyon' }),
    );
    assert.deepEqual(
      network.waysTo(hamburg)?.options.map(({ warehouse }) => warehouse),
      ['berlin', 'lyon'],
    );
    network.apply('area/a', { type: 'EntryGone' });
    assert.deepEqual(
      network.waysTo(hamburg)?.options.map(({ warehouse }) => warehouse),
      ['lyon'],
    );
  });

  test('an option says the heaviest parcel, and the heaviest hazardous one', () => {
    const network = networkOf(hours(), area('a', ['2'], { maxWeightGrams: 9 }, { maxWeightGrams: 5, hazardous: true }));
    assert.deepEqual(network.waysTo(hamburg)?.options, [
      { warehouse: 'berlin', maxWeightGrams: 5, hazardous: true },
      { warehouse: 'berlin', maxWeightGrams: 9, hazardous: false },
    ]);
  });

  test('a closed warehouse sends nothing, and an unknown one neither', () => {
    const network = networkOf(hours({ isClosed: true }), area('a', ['2'], {}, { warehouseId: 'atlantis' }));
    assert.deepEqual(network.waysTo(hamburg)?.options, []);
    assert.equal(days(arrivalAt(network, '2026-03-02T10:00Z')), 'never');
    network.apply(...hours());
    assert.equal(network.waysTo(hamburg)?.options.length, 1);
    assert.equal(days(arrivalAt(network, '2026-03-02T10:00Z')), '2026-03-03 2026-03-04');
  });

  test('an area that moves leaves nothing behind', () => {
    const network = networkOf(hours(), area('a', ['2'], {}), area('a', ['8'], {}));
    assert.deepEqual(network.waysTo(hamburg)?.options, []);
    network.apply('area/a', { type: 'EntryGone' });
    assert.equal(network.waysTo(hamburg), undefined);
    assert.equal(network.areas, 0);
  });
});

describe('when it arrives', () => {
  const network = networkOf(hours(), area('north', ['2'], {}), rests('DE', '2026-04-03', '2026-04-06'));

  test('what is ordered before the cut-off leaves today, in the time of the warehouse', () => {
    // A Monday; cut-off at 14:00.
    const before = arrivalAt(network, '2026-03-02T13:59+01:00');
    assert.equal(days(before), '2026-03-03 2026-03-04');
    assert.equal(before?.orderBy, Temporal.Instant.from('2026-03-02T14:00+01:00').epochMilliseconds);
    const after = arrivalAt(network, '2026-03-02T14:00+01:00');
    assert.equal(days(after), '2026-03-04 2026-03-05');
    assert.equal(after?.orderBy, Temporal.Instant.from('2026-03-03T14:00+01:00').epochMilliseconds);
  });

  test('weekends and holidays count for nobody who rests then', () => {
    // A Friday after the cut-off: packed on Monday. Then one before Good Friday: the carrier works on Saturday.
    assert.equal(days(arrivalAt(network, '2026-03-06T15:00+01:00')), '2026-03-10 2026-03-11');
    assert.equal(days(arrivalAt(network, '2026-04-02T10:00+02:00')), '2026-04-04 2026-04-07');
  });

  test('the order of cut-offs does not matter, nor does time that goes back', () => {
    const late = arrivalAt(network, '2026-03-02T14:00+01:00');
    const early = arrivalAt(network, '2026-03-02T13:00+01:00');
    assert.deepEqual([days(late), days(early)], ['2026-03-04 2026-03-05', '2026-03-03 2026-03-04']);
  });

  test('in the night when the clocks change a cut-off comes once', () => {
    const night = networkOf(hours({ cutOff: 150, workDays: everyDay }), area('north', ['2'], { workDays: everyDay }));
    const orderBy = ['2026-03-29T01:30+01:00', '2026-10-25T00:30+02:00'].map((moment) => {
      const { orderBy: at = 0 } = arrivalAt(night, moment) ?? {};
      return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/Berlin').toString();
    });
    assert.deepEqual(orderBy, ['2026-03-29T03:30:00+02:00[Europe/Berlin]', '2026-10-25T02:30:00+02:00[Europe/Berlin]']);
  });

  test('a carrier that comes earlier, and one that brings more', () => {
    const two = networkOf(
      hours(),
      area(
        'north',
        ['2'],
        { carrier: 'early', cutOff: 600, maxDays: 1 },
        { carrier: 'heavy', maxWeightGrams: 60_000, maxDays: 4 },
      ),
    );
    const carriers = [
      arrivalAt(two, '2026-03-02T09:00+01:00'),
      arrivalAt(two, '2026-03-02T11:00+01:00'),
      arrivalAt(two, '2026-03-02T09:00+01:00', { ...parcel, weightGrams: 50_000 }),
      arrivalAt(two, '2026-03-02T09:00+01:00', { ...parcel, hazardous: true }),
      arrivalAt(two, '2026-03-02T09:00+01:00', { ...parcel, cash: true }),
    ].map((arrival) => arrival?.carrier);
    assert.deepEqual(carriers, ['early', 'early', 'heavy', undefined, undefined]);
  });

  test('a change of hours or holidays holds at once', () => {
    const changing = networkOf(hours(), area('north', ['2'], {}));
    assert.equal(days(arrivalAt(changing, '2026-03-02T10:00+01:00')), '2026-03-03 2026-03-04');
    changing.apply(...rests('DE', '2026-03-03'));
    assert.equal(days(arrivalAt(changing, '2026-03-02T10:00+01:00')), '2026-03-04 2026-03-05');
    changing.apply(...hours({ handlingDays: 1 }));
    assert.equal(days(arrivalAt(changing, '2026-03-02T10:00+01:00')), '2026-03-05 2026-03-06');
  });

  test('of several warehouses the sooner one comes first', () => {
    const two = networkOf(
      hours(),
      hours({ warehouseId: 'auckland', timeZone: 'Pacific/Auckland', country: 'NZ' }),
      area('north', ['2'], { maxDays: 3 }, { warehouseId: 'auckland', maxDays: 2 }),
    );
    const { epochMilliseconds } = Temporal.Instant.from('2026-03-02T00:30Z');
    const found = two.waysTo(hamburg)?.arrivals(undefined, parcel, epochMilliseconds);
    assert.deepEqual(
      found?.map(({ warehouse, to }) => `${warehouse} ${to}`),
      ['auckland 2026-03-04', 'berlin 2026-03-05'],
    );
    assert.equal(two.waysTo(hamburg)?.arrival(['berlin'], parcel, epochMilliseconds)?.warehouse, 'berlin');
  });
});

/** The same promise, by going through the calendar with dates alone. */
function counted(way: DeliveryWay, warehouse: Warehouse, holidays: Holidays, now: number): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(warehouse.timeZone);
  const works = (date: Temporal.PlainDate, week: number, country: string, more: readonly number[] = []) => {
    const isHoliday =
      holidays[country]?.includes(date.toString()) || more.some((day) => dateOf(day) === date.toString());
    return ((week >> (date.dayOfWeek - 1)) & 1) === 1 && !isHoliday;
  };
  const cutOff = Math.min(warehouse.cutOff, way.cutOff ?? 9_999);
  const plainTime = Temporal.PlainTime.from({ hour: Math.floor(cutOff / 60), minute: cutOff % 60 });
  const isPacking = (date: Temporal.PlainDate) => works(date, warehouse.workDays, warehouse.country);
  let date = zoned.toPlainDate();
  const closes = date.toZonedDateTime({ timeZone: warehouse.timeZone, plainTime });
  if (Temporal.ZonedDateTime.compare(zoned, closes) >= 0) date = date.add({ days: 1 });
  const goTo = (isMet: (date: Temporal.PlainDate) => boolean) => {
    while (!isMet(date)) date = date.add({ days: 1 });
  };
  goTo(isPacking);
  for (let day = 0; day < warehouse.handlingDays; day++) {
    date = date.add({ days: 1 });
    goTo(isPacking);
  }
  goTo((each) => works(each, way.workDays, warehouse.country, way.holidays));
  const pickUp = date;
  return [way.minDays, way.maxDays]
    .map((count) => {
      date = pickUp;
      const isDelivering = (each: Temporal.PlainDate) => works(each, way.workDays, 'DE', way.holidays);
      if (count === 0) goTo(isDelivering);
      for (let day = 0; day < count; day++) {
        date = date.add({ days: 1 });
        goTo(isDelivering);
      }
      return date.toString();
    })
    .join(' ');
}

type Holidays = { readonly [country: string]: readonly string[] };

const anyHolidays = fc.subarray(['2025-12-25', '2025-12-26', '2026-01-01', '2026-01-02', '2026-03-30']);
/** Around the turn of the year, and around the nights when clocks change here and there. */
const anyMoment = fc
  .tuple(
    fc.constantFrom('2025-12-23T12:00Z', '2026-03-08T06:00Z', '2026-03-29T00:00Z', '2026-04-04T13:00Z'),
    fc.integer({ min: -4_000, max: 4_000 }),
  )
  .map(([moment, minutes]) => Temporal.Instant.from(moment).epochMilliseconds + minutes * 60_000);

test('promises are those of a count through the calendar, and the best ways are enough for the best promise', () => {
  const facts = fc.record({ weightGrams: fc.constantFrom(500, 2_000), hazardous: fc.boolean(), cash: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(anyWay, { minLength: 1, maxLength: 8 }),
      fc.uniqueArray(anyWarehouse, { selector: ({ warehouseId }) => warehouseId }),
      fc.record({ DE: anyHolidays, US: anyHolidays, NZ: anyHolidays }),
      fc.array(fc.tuple(anyMoment, facts), { minLength: 1, maxLength: 5 }),
      (ways, warehouses, holidays, orders) => {
        const best = bestWays(ways.map((way, index) => ({ routeId: `r${index}`, areaId: 'a', way })));
        const network = networkOf(
          ...Object.entries(holidays).map(([country, dates]) => rests(country, ...dates)),
          ...warehouses.map((warehouse) => hours(warehouse)),
          area('a', [''], ...best),
        );
        for (const [now, of] of orders) {
          const expected = ways.flatMap((way) => {
            const warehouse = warehouses.find(
              ({ warehouseId, isClosed }) => warehouseId === way.warehouseId && !isClosed,
            );
            const isTaken =
              of.weightGrams <= way.maxWeightGrams && (way.hazardous || !of.hazardous) && (way.cash || !of.cash);
            return warehouse && isTaken ? [counted(way, warehouse, holidays, now)] : [];
          });
          const found = network.waysTo(hamburg)?.arrivals(undefined, of, now) ?? [];
          const soonest = expected.map((each) => each.split(' ').toReversed().join(' ')).sort()[0];
          assert.equal(found[0] ? `${found[0].to} ${found[0].from}` : undefined, soonest);
          for (const arrival of found) {
            assert.ok(expected.includes(days(arrival)));
            assert.ok(arrival.orderBy > now);
            // It holds until then, and not a moment longer.
            const [warehouse, carrier] = [[arrival.warehouse], arrival.carrier];
            const again = network.waysTo(hamburg)?.arrival(warehouse, of, arrival.orderBy - 1);
            if (again?.carrier === carrier) assert.deepEqual([again.to, again.orderBy], [arrival.to, arrival.orderBy]);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('what lies in a warehouse that the network does not know can go anywhere, without a promise', () => {
  const network = networkOf(hours(), area('north', ['2'], {}));
  for (const warehouse of ['berlin', 'shed']) network.stocked(warehouse);
  const options = (postalCode: string) => network.waysTo({ country: 'DE', postalCode })?.options;
  const shed = { warehouse: 'shed', maxWeightGrams: 2 ** 31 - 1, hazardous: true };
  assert.deepEqual(options('20095'), [{ warehouse: 'berlin', maxWeightGrams: 30_000, hazardous: false }, shed]);
  assert.deepEqual(options('80331'), [shed]);
  assert.deepEqual(network.waysTo({ country: 'FR', postalCode: '1' })?.options, [shed]);
  assert.equal(network.waysTo(hamburg)?.arrival(['shed'], parcel, 0), undefined);
  network.apply(...hours({ warehouseId: 'shed' }));
  assert.deepEqual(options('80331'), []);
  network.apply('warehouse/shed', { type: 'EntryGone' });
  assert.deepEqual(options('80331'), [shed]);
});
