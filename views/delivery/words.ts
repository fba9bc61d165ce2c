// The delivery network in the words of its API: `14:00` for minutes after midnight, `mon` for a bit, `2026-12-25` for a day.
import type { DeliveryArea, DeliveryRoute, HolidayCalendar, Warehouse } from '../../schemas/types.generated.ts';
import { dateOf } from './days.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

function weekdaysOf(bits: number): Weekday[] {
  return weekdays.filter((_, index) => (bits & (1 << index)) !== 0);
}

export function bitsOf(names: readonly Weekday[]): number {
  return weekdays.reduce((bits, name, index) => (names.includes(name) ? bits | (1 << index) : bits), 0);
}

/** `HH:MM` */
function timeOf(minutes: number): string {
  const parts = [Math.floor(minutes / 60), minutes % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Of `HH:MM`. */
export function minutesIn(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

export function warehouseInWords({ cutOff, workDays, isClosed, ...warehouse }: Warehouse) {
  return { ...warehouse, cutOff: timeOf(cutOff), workDays: weekdaysOf(workDays), closed: isClosed };
}

export function areaInWords({ areaId, name, country, postalCodes }: DeliveryArea) {
  return { areaId, name, country, postalCodes };
}

export function routeInWords({ routeId, areaId, way }: DeliveryRoute) {
  const { cutOff, workDays, holidays, ...facts } = way;
  return {
    routeId,
    areaId,
    ...facts,
    cutOff: cutOff === null ? null : timeOf(cutOff),
    workDays: weekdaysOf(workDays),
    holidays: holidays.map(dateOf),
  };
}

export function calendarInWords({ country, holidays }: HolidayCalendar) {
  return { country, holidays: holidays.map(dateOf) };
}
