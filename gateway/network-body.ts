// Parts of the delivery network as operators write them, made into changes of it: with what isn't said, and with what the
// shapes can't tell refused.
import { isPostalCodes, normalPostalCode } from '../schemas/postal-codes.ts';
import type { LogisticsChange } from '../schemas/types.generated.ts';
import { dayIn } from '../views/delivery/days.ts';
import { isTimeZone } from '../views/delivery/warehouse-hours.ts';
import { bitsOf, minutesIn, type Weekday } from '../views/delivery/words.ts';
import type { AreaBody, CalendarBody, RouteBody, WarehouseBody } from './shapes/logistics.ts';
import { invalidRequest } from './validation.ts';

type Change = LogisticsChange['change'];

const officeDays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const carrierDays: readonly Weekday[] = [...officeDays, 'sat'];

/** @throws REQUEST_INVALID */
export function warehouseChange(warehouseId: string, body: WarehouseBody): Change {
  const { name = '', country, postalCode = '', timeZone, handlingDays = 0, workDays = officeDays } = body;
  if (!isTimeZone(timeZone))
    throw invalidRequest([{ path: '/timeZone', message: 'is not a time zone that is known here' }]);
  return {
    type: 'PutWarehouse',
    warehouse: {
      warehouseId,
      name,
      country,
      postalCode,
      timeZone,
      cutOff: minutesIn(body.cutOff),
      handlingDays,
      workDays: bitsOf(workDays),
      isClosed: body.closed ?? false,
    },
  };
}

/** @throws REQUEST_INVALID */
export function areaChange(areaId: string, { name = '', country, postalCodes = [''] }: AreaBody): Change {
  const faults = postalCodes.flatMap((code, index) => {
    const isSound = isPostalCodes(normalPostalCode(code)) && !looksLikeRange(code);
    return isSound ? [] : [{ path: `/postalCodes/${index}`, message: 'is neither like `10` nor like `10115..14199`' }];
  });
  if (faults.length > 0) throw invalidRequest(faults);
  return { type: 'PutArea', area: { areaId, name, country, postalCodes: postalCodes.map(normalPostalCode) } };
}

/** `10115-14199` would be taken for one code with a dash, as some countries write theirs. */
function looksLikeRange(code: string): boolean {
  const [from = '', to = ''] = code.split('-');
  return from.trim().length >= 4 && from.trim().length === to.trim().length;
}

/** @throws REQUEST_INVALID */
export function routeChange(routeId: string, body: RouteBody): Change {
  const { areaId, workDays = carrierDays, cutOff = null, holidays = [], hazardous = false, cash = false } = body;
  const { carrier, warehouseId, minDays, maxDays, maxWeightGrams } = body;
  return {
    type: 'PutRoute',
    route: {
      routeId,
      areaId,
      way: {
        carrier,
        warehouseId,
        minDays,
        maxDays,
        maxWeightGrams,
        hazardous,
        cash,
        workDays: bitsOf(workDays),
        cutOff: cutOff === null ? null : minutesIn(cutOff),
        holidays: daysIn(holidays),
      },
    },
  };
}

/** @throws REQUEST_INVALID */
export function calendarChange(country: string, { holidays }: CalendarBody): Change {
  return { type: 'PutCalendar', calendar: { country, holidays: daysIn(holidays) } };
}

function daysIn(dates: readonly string[]): number[] {
  const days = dates.map(dayIn);
  const faults = days.flatMap((day, index) => {
    return day === undefined ? [{ path: `/holidays/${index}`, message: 'is not a day' }] : [];
  });
  if (faults.length > 0) throw invalidRequest(faults);
  return [...new Set(days.filter((day) => day !== undefined))].sort((one, other) => one - other);
}
