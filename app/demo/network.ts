// The demo's delivery network: three warehouses, every country that the shop knows rates for and some more, Germany by the
// first digit of its postal codes. Made up, but as such networks are.
import { zoneOf } from '../../schemas/rates.ts';
import type { DeliveryWay, LogisticsChange, Warehouse } from '../../schemas/types.generated.ts';
import { dayIn } from '../../views/delivery/days.ts';
import { bitsOf } from '../../views/delivery/words.ts';

type Change = LogisticsChange['change'];

const officeDays = bitsOf(['mon', 'tue', 'wed', 'thu', 'fri']);
const carrierDays = bitsOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat']);

const packing = { handlingDays: 0, workDays: officeDays, isClosed: false };
const warehouses: readonly Warehouse[] = [
  warehouse('berlin', {
    name: 'Berlin',
    country: 'DE',
    postalCode: '12435',
    timeZone: 'Europe/Berlin',
    cutOff: 14 * 60,
  }),
  warehouse('rotterdam', {
    ...{ name: 'Rotterdam', country: 'NL', postalCode: '3089 JA', timeZone: 'Europe/Amsterdam', cutOff: 16 * 60 },
    workDays: carrierDays,
  }),
  warehouse('lyon', { name: 'Lyon', country: 'FR', postalCode: '69007', timeZone: 'Europe/Paris', cutOff: 12 * 60 }),
];
const homes = warehouses.map(({ country }) => country);

const europe = 'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK';
const overseas =
  'AE AR AU BR CA CL CN CO EG HK ID IL IN JP KE KR MA MX MY NG NZ PE PH SA SG TH TN TR TW UA US UY VN ZA';

/** Of everything that one carrier takes from anywhere. */
type Terms = Omit<DeliveryWay, 'warehouseId'>;

const usual = { hazardous: false, cash: false, workDays: carrierDays, cutOff: null, holidays: [] };
const express: Terms = { ...usual, carrier: 'express', minDays: 1, maxDays: 1, maxWeightGrams: 5_000, cutOff: 11 * 60 };
const parcelPost: Terms = {
  ...usual,
  carrier: 'parcel-post',
  minDays: 1,
  maxDays: 2,
  maxWeightGrams: 31_500,
  cash: true,
};
const abroad: Terms = { ...parcelPost, minDays: 2, maxDays: 4, cash: false };
const byAir: Terms = { ...usual, carrier: 'air-parcel', minDays: 4, maxDays: 9, maxWeightGrams: 20_000 };
const freight: Terms = {
  ...{ ...usual, carrier: 'freight', minDays: 3, maxDays: 7, maxWeightGrams: 20_000_000 },
  ...{ hazardous: true, workDays: officeDays },
};
const bySea: Terms = { ...freight, minDays: 25, maxDays: 45 };

/** In an order in which each is applied. */
export function demoNetwork(year: number): readonly Change[] {
  return [
    ...warehouses.map((each): Change => ({ type: 'PutWarehouse', warehouse: each })),
    ...homes.map((country): Change => ({ type: 'PutCalendar', calendar: { country, holidays: holidaysFrom(year) } })),
    ...germany(),
    ...countries(),
    ...islands(),
  ];
}

/** From Berlin the next day near it. */
function germany(): Change[] {
  return Array.from({ length: 10 }, (_, digit) => String(digit)).flatMap((digit) => {
    const areaId = `DE-${digit}`;
    const isNear = digit === '0' || digit === '1';
    return [
      area(areaId, 'DE', digit),
      route(areaId, 'berlin', { ...parcelPost, maxDays: isNear ? 1 : 2 }),
      ...(isNear ? [route(areaId, 'berlin', express)] : []),
      route(areaId, 'berlin', freight),
      route(areaId, 'rotterdam', { ...abroad, maxDays: 3 }),
      route(areaId, 'lyon', abroad),
    ];
  });
}

function countries(): Change[] {
  const all = `${europe} ${overseas}`.split(' ').filter((country) => country !== 'DE');
  return all.flatMap((country) => {
    const areaId = country;
    const isNear = zoneOf(country) === 'europe';
    const ways = warehouses.flatMap(({ warehouseId, country: home }) => {
      if (!isNear) return [route(areaId, warehouseId, warehouseId === 'rotterdam' ? bySea : byAir)];
      if (home === country) return [route(areaId, warehouseId, parcelPost), route(areaId, warehouseId, freight)];
      return [route(areaId, warehouseId, abroad), route(areaId, warehouseId, { ...freight, maxDays: 9 })];
    });
    return [area(areaId, country, ''), ...ways];
  });
}

/** Nothing hazardous flies. */
function islands(): Change[] {
  return [
    area('FR-overseas', 'FR', '97', '98'),
    route('FR-overseas', 'lyon', byAir),
    area('ES-canaries', 'ES', '35', '38'),
    route('ES-canaries', 'lyon', byAir),
    route('ES-canaries', 'rotterdam', { ...byAir, maxDays: 12 }),
  ];
}

function warehouse(
  warehouseId: string,
  facts: Omit<Warehouse, 'warehouseId' | keyof typeof packing> & Partial<Warehouse>,
): Warehouse {
  return { warehouseId, ...packing, ...facts };
}

function area(areaId: string, country: string, ...postalCodes: readonly string[]): Change {
  return { type: 'PutArea', area: { areaId, name: '', country, postalCodes } };
}

function route(areaId: string, warehouseId: string, terms: Terms): Change {
  const routeId = `${warehouseId}_${areaId}_${terms.carrier}`;
  return { type: 'PutRoute', route: { routeId, areaId, way: { ...terms, warehouseId } } };
}

/** Those that never move, for three years. */
function holidaysFrom(year: number): number[] {
  const dates = [year, year + 1, year + 2].flatMap((each) =>
    ['01-01', '05-01', '12-25', '12-26'].map((day) => `${each}-${day}`),
  );
  return dates.map(dayIn).filter((day) => day !== undefined);
}
