// Warehouses, areas and routes for specs, with as little said as a spec cares about; and any of them, for properties.
import fc from 'fast-check';
import type { DeliveryRoute, DeliveryWay, LogisticsChange, Warehouse } from '../../../schemas/types.generated.ts';

export const everyDay = 0b1111111;
const mondayToFriday = 0b0011111;

export const berlin: Warehouse = {
  warehouseId: 'berlin',
  name: 'Berlin',
  country: 'DE',
  postalCode: '10115',
  timeZone: 'Europe/Berlin',
  cutOff: 14 * 60,
  handlingDays: 0,
  workDays: mondayToFriday,
  isClosed: false,
};

export const parcelPost: DeliveryWay = {
  carrier: 'parcel-post',
  warehouseId: 'berlin',
  minDays: 1,
  maxDays: 2,
  maxWeightGrams: 30_000,
  hazardous: false,
  cash: false,
  workDays: 0b0111111,
  cutOff: null,
  holidays: [],
};

export function routeOf(routeId: string, areaId: string, way: Partial<DeliveryWay> = {}): DeliveryRoute {
  return { routeId, areaId, way: { ...parcelPost, ...way } };
}

export function putWarehouse(warehouseId: string, more: Partial<Warehouse> = {}): LogisticsChange['change'] {
  return { type: 'PutWarehouse', warehouse: { ...berlin, warehouseId, ...more } };
}

export function putArea(areaId: string, country: string, ...postalCodes: readonly string[]): LogisticsChange['change'] {
  return { type: 'PutArea', area: { areaId, name: '', country, postalCodes } };
}

export function putRoute(routeId: string, areaId: string, way: Partial<DeliveryWay> = {}): LogisticsChange['change'] {
  return { type: 'PutRoute', route: routeOf(routeId, areaId, way) };
}

export const warehouseIds = ['berlin', 'lyon', 'rotterdam'];

/** Few values each, so that ways often match each other in most respects. */
export const anyWay: fc.Arbitrary<DeliveryWay> = fc
  .record({
    carrier: fc.constantFrom('parcel-post', 'express'),
    warehouseId: fc.constantFrom(...warehouseIds),
    minDays: fc.nat(2),
    longer: fc.nat(2),
    maxWeightGrams: fc.constantFrom(1_000, 30_000),
    hazardous: fc.boolean(),
    cash: fc.boolean(),
    workDays: fc.constantFrom(mondayToFriday, 0b0111111, everyDay, 0b1100000),
    cutOff: fc.constantFrom(null, 600, 900),
    holidays: fc.constantFrom([], [20_450], [20_450, 20_451]),
  })
  .map(({ longer, ...way }) => ({ ...way, maxDays: way.minDays + longer }));

export const anyWarehouse: fc.Arbitrary<Warehouse> = fc.record(
  {
    warehouseId: fc.constantFrom(...warehouseIds),
    name: fc.constant('A warehouse'),
    country: fc.constantFrom('DE', 'US', 'NZ'),
    postalCode: fc.constant('1'),
    timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Pacific/Auckland'),
    cutOff: fc.constantFrom(0, 600, 870, 1439),
    handlingDays: fc.nat(2),
    workDays: fc.constantFrom(mondayToFriday, everyDay, 0b0010000),
    isClosed: fc.boolean(),
  },
  { noNullPrototype: true },
);
