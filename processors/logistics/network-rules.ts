// Whether a change of the delivery network is sound by itself: a list of rules for each kind, the first that refuses gives
// the reason. What it needs of the network as it stands, change-network.ts knows.
import { unreachable } from '../../base/assert.ts';
import { isProductId } from '../../schemas/ids.ts';
import { isPostalCodes } from '../../schemas/postal-codes.ts';
import type {
  DeliveryArea,
  DeliveryRoute,
  DeliveryWay,
  HolidayCalendar,
  LogisticsChange,
  LogisticsRefusalReason,
  Warehouse,
} from '../../schemas/types.generated.ts';

type Rule<Subject> = readonly [LogisticsRefusalReason, (subject: Subject) => boolean];

const minutesADay = 1440;
const allDays = 0b1111111;
const mostDays = 60;
const mostPostalCodes = 2_000;
const mostHolidays = 500;
/** A container ship's load. */
const heaviestGrams = 100_000_000;

const warehouseRules: readonly Rule<Warehouse>[] = [
  ['invalid_id', ({ warehouseId }) => isProductId(warehouseId)],
  ['invalid_country', ({ country }) => isCountry(country)],
  ['invalid_time_zone', ({ timeZone }) => /^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/.test(timeZone)],
  ['invalid_cut_off', ({ cutOff }) => isMinute(cutOff)],
  ['invalid_days', ({ handlingDays, workDays }) => isDayCount(handlingDays) && isWeek(workDays)],
];

const areaRules: readonly Rule<DeliveryArea>[] = [
  ['invalid_id', ({ areaId }) => isProductId(areaId)],
  ['invalid_country', ({ country }) => isCountry(country)],
  [
    'invalid_postal_code',
    ({ postalCodes }) => postalCodes.length <= mostPostalCodes && postalCodes.every(isPostalCodes),
  ],
];

const routeRules: readonly Rule<DeliveryRoute>[] = [
  ['invalid_id', ({ routeId, way }) => isProductId(routeId) && isProductId(way.carrier)],
  ['invalid_cut_off', ({ way }) => way.cutOff === null || isMinute(way.cutOff)],
  ['invalid_days', ({ way }) => hasSoundDays(way)],
  ['invalid_weight', ({ way }) => way.maxWeightGrams > 0 && way.maxWeightGrams <= heaviestGrams],
];

const calendarRules: readonly Rule<HolidayCalendar>[] = [
  ['invalid_country', ({ country }) => isCountry(country)],
  ['invalid_days', ({ holidays }) => areDays(holidays)],
];

/** The reason to refuse, or undefined. */
export function soundnessRefusal(change: LogisticsChange['change']): LogisticsRefusalReason | undefined {
  switch (change.type) {
    case 'PutWarehouse':
      return firstRefusal(warehouseRules, change.warehouse);
    case 'PutArea':
      return firstRefusal(areaRules, change.area);
    case 'PutRoute':
      return firstRefusal(routeRules, change.route);
    case 'PutCalendar':
      return firstRefusal(calendarRules, change.calendar);
    case 'RemoveWarehouse':
    case 'RemoveArea':
    case 'RemoveRoute':
    case 'SuspendNetwork':
      return undefined;
    default:
      return unreachable(change);
  }
}

function firstRefusal<Subject>(rules: readonly Rule<Subject>[], subject: Subject): LogisticsRefusalReason | undefined {
  return rules.find(([, isSound]) => !isSound(subject))?.[0];
}

function hasSoundDays({ minDays, maxDays, workDays, holidays }: DeliveryWay): boolean {
  return isDayCount(minDays) && isDayCount(maxDays) && minDays <= maxDays && isWeek(workDays) && areDays(holidays);
}

function isCountry(text: string): boolean {
  return /^[A-Z]{2}$/.test(text);
}

function isMinute(count: number): boolean {
  return count >= 0 && count < minutesADay;
}

function isDayCount(count: number): boolean {
  return count >= 0 && count <= mostDays;
}

/** At least one day, else nothing would ever arrive. */
function isWeek(days: number): boolean {
  return days > 0 && days <= allDays;
}

/** Sorted, each once. */
function areDays(days: readonly number[]): boolean {
  return days.length <= mostHolidays && days.every((day, index) => index === 0 || day > (days[index - 1] ?? day));
}
