// The delivery network as operators write and read it, and what it means for a product.
import { type Static, Type } from 'typebox';
import { weekdays } from '../../views/delivery/words.ts';
import { Cursor, Limit, oneOf, ProductId, strict, Time } from './common.ts';

const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2.', examples: ['DE'] });
const PostalCode = Type.String({
  maxLength: 20,
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'As the country writes it; spaces, dashes and case make no difference.',
});
const ClockTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: '`HH:MM`.', examples: ['14:00'] });
const WorkDays = Type.Array(oneOf(weekdays), { minItems: 1, maxItems: 7, uniqueItems: true });
const Holidays = Type.Array(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2026-12-25'] }), {
  maxItems: 500,
  description: 'Days, `YYYY-MM-DD`.',
});
const Days = Type.Integer({ minimum: 0, maximum: 60 });
const Name = Type.String({ maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$', description: 'For people.' });

export const WarehouseBody = strict(
  {
    name: Type.Optional(Name),
    country: Country,
    postalCode: Type.Optional(PostalCode),
    timeZone: Type.String({ maxLength: 64, description: 'IANA name.', examples: ['Europe/Berlin'] }),
    cutOff: { ...ClockTime, description: 'Until when it sends today what is ordered today, `HH:MM` there.' },
    handlingDays: Type.Optional({ ...Days, description: 'Its work days from the order to the carrier; 0 by default.' }),
    workDays: Type.Optional({ ...WorkDays, description: 'Days on which it packs; Monday to Friday by default.' }),
    closed: Type.Optional(Type.Boolean({ description: 'Whether it sends nothing for now.' })),
  },
  {
    examples: [{ name: 'Berlin', country: 'DE', postalCode: '10115', timeZone: 'Europe/Berlin', cutOff: '14:00' }],
  },
);
export type WarehouseBody = Static<typeof WarehouseBody>;

export const AreaBody = strict(
  {
    name: Type.Optional(Name),
    country: Country,
    postalCodes: Type.Optional(
      Type.Array(Type.String({ maxLength: 40 }), {
        maxItems: 2_000,
        description:
          'Beginnings, `10`, and ranges, `10115..14199`; the whole country by default. Of overlapping areas the one that says most of a code counts.',
      }),
    ),
  },
  { examples: [{ country: 'DE', postalCodes: ['10', '12000..12999'] }] },
);
export type AreaBody = Static<typeof AreaBody>;

export const RouteBody = strict(
  {
    carrier: { ...ProductId, description: 'Who carries it.', examples: ['parcel-post'] },
    warehouseId: { ...ProductId, examples: ['berlin'] },
    areaId: { ...ProductId, examples: ['DE-10'] },
    minDays: { ...Days, description: "The carrier's work days to the door, at best; 0 for the same day." },
    maxDays: { ...Days, description: 'At worst.' },
    maxWeightGrams: Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Of the heaviest parcel.' }),
    hazardous: Type.Optional(Type.Boolean({ description: 'Whether hazardous goods may go; no by default.' })),
    cash: Type.Optional(Type.Boolean({ description: 'Whether it can be paid at the door; no by default.' })),
    workDays: Type.Optional({
      ...WorkDays,
      description: 'Days on which the carrier picks up and delivers; Monday to Saturday by default.',
    }),
    cutOff: Type.Optional(
      Type.Union([ClockTime, Type.Null()], {
        description: "If this carrier comes before the warehouse's own cut-off, in the warehouse's time.",
      }),
    ),
    holidays: Type.Optional({ ...Holidays, description: 'Further days on which the carrier rests.' }),
  },
  {
    examples: [
      {
        carrier: 'parcel-post',
        warehouseId: 'berlin',
        areaId: 'DE-10',
        minDays: 1,
        maxDays: 2,
        maxWeightGrams: 31_500,
      },
    ],
  },
);
export type RouteBody = Static<typeof RouteBody>;

export const CalendarBody = strict({ holidays: Holidays }, { examples: [{ holidays: ['2026-12-25', '2026-12-26'] }] });
export type CalendarBody = Static<typeof CalendarBody>;

export const PartParams = Type.Object({ id: ProductId });
export const CountryParams = Type.Object({ id: { ...Country, description: 'The country, ISO 3166-1 alpha-2.' } });

const updatedAt = Type.Optional(Time);

export const Warehouse = Type.Object({
  warehouseId: Type.String(),
  name: Type.String(),
  country: Type.String(),
  postalCode: Type.String(),
  timeZone: Type.String(),
  cutOff: Type.String(),
  handlingDays: Type.Integer(),
  workDays: Type.Array(Type.String()),
  closed: Type.Boolean(),
  updatedAt,
});

export const Area = Type.Object({
  areaId: Type.String(),
  name: Type.String(),
  country: Type.String(),
  postalCodes: Type.Array(Type.String({ description: 'Without spaces and dashes.' })),
  updatedAt,
});

export const Route = Type.Object({
  routeId: Type.String(),
  carrier: Type.String(),
  warehouseId: Type.String(),
  areaId: Type.String(),
  minDays: Type.Integer(),
  maxDays: Type.Integer(),
  maxWeightGrams: Type.Integer(),
  hazardous: Type.Boolean(),
  cash: Type.Boolean(),
  workDays: Type.Array(Type.String()),
  cutOff: Type.Union([Type.String(), Type.Null()]),
  holidays: Type.Array(Type.String()),
  updatedAt,
});

export const Calendar = Type.Object({ country: Type.String(), holidays: Type.Array(Type.String()), updatedAt });

export const PartQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });
export const RouteQuery = strict({
  warehouseId: Type.Optional({ ...ProductId, description: 'From this warehouse alone.' }),
  areaId: Type.Optional({ ...ProductId, description: 'To this area alone.' }),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const NetworkState = Type.Object({
  suspended: Type.Boolean({ description: 'Whether nobody looks at the network: everything is delivered everywhere.' }),
  warehouses: Type.Integer({ description: 'As this gateway knows them.' }),
  areas: Type.Integer(),
});
export const NetworkStateBody = strict({ suspended: Type.Boolean() }, { examples: [{ suspended: true }] });

export const PendingPart = Type.Object(
  { changeId: Type.String() },
  { description: 'Accepted; whether it is applied is not decided yet.' },
);

export const NetworkReport = Type.Object(
  {
    applied: Type.Integer(),
    refused: Type.Integer(),
    undecided: Type.Integer({ description: 'Accepted, and not decided when the waiting ended.' }),
    errors: Type.Array(Type.Object({ line: Type.Integer(), code: Type.String(), message: Type.String() }), {
      description: 'The refused lines, 1,000 at most; lines count from 1.',
    }),
  },
  { description: 'What became of the lines.' },
);

export const DeliveryQuery = strict({
  country: Country,
  postalCode: Type.Optional(PostalCode),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 999, default: 1, description: 'Units.' })),
  cash: Type.Optional(Type.Boolean({ default: false, description: 'Whether it is to be paid at the door.' })),
});

const Arrival = Type.Object({
  warehouseId: Type.String({ examples: ['berlin'] }),
  carrier: Type.String({ examples: ['parcel-post'] }),
  from: Type.String({ description: 'The first day on which it may arrive.', examples: ['2026-12-22'] }),
  to: Type.String({ description: 'The last one.', examples: ['2026-12-23'] }),
  orderBy: { ...Time, description: 'Until when this holds.' },
});

export const ProductDelivery = Type.Object(
  {
    deliverable: Type.Boolean({ description: 'Whether so many units can be brought there, from what is in stock.' }),
    options: Type.Array(Arrival, { description: 'The soonest first, one a warehouse; empty if no dates are known.' }),
  },
  { description: 'What is in stock may be bought by others before.' },
);
