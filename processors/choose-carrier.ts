// Who carries a parcel: the first carrier of the list that goes to the country and takes the weight. The freight
// forwarder at the end takes anything anywhere, so that there is always an answer.
import { type Zone, zoneOf } from '../schemas/rates.ts';

interface CarrierOffer {
  readonly name: string;
  readonly maxGrams: number;
  /** Undefined goes everywhere. */
  readonly zones: readonly Zone[] | undefined;
}

/** Best first: what is light goes by the cheaper way. */
const offers: readonly CarrierOffer[] = [
  { name: 'letter-post', maxGrams: 1_000, zones: undefined },
  { name: 'parcel-post', maxGrams: 31_500, zones: ['europe', 'northAmerica'] },
  { name: 'air-parcel', maxGrams: 20_000, zones: ['asia', 'world'] },
];

const lastResort = 'freight';

interface ParcelFacts {
  /** ISO 3166-1 alpha-2; one that no list names counts as far away. */
  readonly country: string;
  /** Of all that is in it. */
  readonly weightGrams: number;
}

/** The carrier's name, the same for the same facts. */
export function carrierFor({ country, weightGrams }: ParcelFacts): string {
  const zone = zoneOf(country);
  const fitting = offers.find(({ maxGrams, zones }) => weightGrams <= maxGrams && (zones?.includes(zone) ?? true));
  return fitting?.name ?? lastResort;
}
