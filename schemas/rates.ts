// What shipping and tax cost: plain data that totals.ts computes with. Amounts in the currency's minor unit.
// Shipping has a price a parcel and a price for each begun kilogram, by zone; a country outside the lists ships as `world`.

export type Zone = 'europe' | 'northAmerica' | 'asia' | 'world';

export interface ShippingRate {
  readonly parcel: number;
  readonly perKilogram: number;
}

const zones: { readonly [Name in Exclude<Zone, 'world'>]: string } = {
  europe: 'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK',
  northAmerica: 'CA MX US',
  asia: 'CN HK ID IN JP KR MY PH SG TH TW VN',
};

const zoneByCountry = new Map(
  Object.entries(zones).flatMap(([zone, countries]) => countries.split(' ').map((code) => [code, zone as Zone])),
);

/** @param country ISO 3166-1 alpha-2 */
export function zoneOf(country: string): Zone {
  return zoneByCountry.get(country) ?? 'world';
}

const rate = (parcel: number, perKilogram: number): ShippingRate => ({ parcel, perKilogram });

/** By currency; an order in another currency is refused. */
export const shippingRates: { readonly [currency: string]: { readonly [Name in Zone]: ShippingRate } } = {
  CHF: { europe: rate(490, 100), northAmerica: rate(990, 400), asia: rate(1190, 500), world: rate(1490, 700) },
  EUR: { europe: rate(490, 100), northAmerica: rate(990, 400), asia: rate(1190, 500), world: rate(1490, 700) },
  GBP: { europe: rate(390, 90), northAmerica: rate(890, 350), asia: rate(990, 450), world: rate(1290, 600) },
  INR: {
    europe: rate(39900, 9900),
    northAmerica: rate(79900, 29900),
    asia: rate(9900, 2900),
    world: rate(99900, 49900),
  },
  JPY: { europe: rate(1200, 600), northAmerica: rate(1200, 600), asia: rate(600, 200), world: rate(1800, 900) },
  USD: { europe: rate(990, 400), northAmerica: rate(490, 100), asia: rate(1190, 500), world: rate(1490, 700) },
};

export function isSupportedCurrency(currency: string): boolean {
  return Object.hasOwn(shippingRates, currency);
}

/** Tax on goods and shipping in hundredths of a percent, by country; none where the shop isn't registered. */
export const taxBasisPoints: { readonly [country: string]: number } = {
  AT: 2000,
  BE: 2100,
  CH: 810,
  DE: 1900,
  DK: 2500,
  ES: 2100,
  FI: 2550,
  FR: 2000,
  GB: 2000,
  IE: 2300,
  IN: 1800,
  IT: 2200,
  JP: 1000,
  NL: 2100,
  NO: 2500,
  PL: 2300,
  PT: 2300,
  SE: 2500,
};
