// A catalogue for measuring searches: any number of listings, each made from its number and the seed alone. Ten top
// categories of three levels, 2,000 brands, 20 attributes, ten warehouses, four languages; a tenth is sold out, and few
// things are popular.
import { type Random, seededRandom } from '../../base/random.ts';
import type { ListingDocument } from '../../views/search/search.ts';
import { type Language, languages, pick, Vocabulary, zipfRank } from './words.ts';

const vocabularySize = 20_000;
const brandCount = 2_000;
const attributeCount = 20;
const attributesEach = 5;
const tops = ['Electronics', 'Home', 'Clothes', 'Toys', 'Groceries', 'Medicine', 'Garden', 'Books', 'Sports', 'Cars'];
const branches = 8;
export const warehouses = [
  'berlin',
  'hamburg',
  'munich',
  'paris',
  'lyon',
  'madrid',
  'sevilla',
  'london',
  'leeds',
  'oslo',
];
/** Most shops have most of their texts in one language. */
const languageShares: readonly Language[] = ['en', 'en', 'en', 'en', 'en', 'de', 'de', 'fr', 'es', 'en'];

export class Catalogue {
  readonly count: number;
  readonly brands: readonly string[];
  readonly vocabularies: { readonly [Name in Language]: Vocabulary };
  readonly #seed: number;

  constructor(count: number, seed: number) {
    this.count = count;
    this.#seed = seed;
    const made = languages.map((language, index) => {
      return [language, new Vocabulary(language, vocabularySize, seed + index)] as const;
    });
    this.vocabularies = Object.fromEntries(made) as { [Name in Language]: Vocabulary };
    const names = new Vocabulary('en', brandCount, seed + languages.length);
    this.brands = names.words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  }

  listing(index: number): ListingDocument {
    const random = seededRandom(this.#seed * 1_000_003 + index);
    const language = pick(random, languageShares);
    const leaf = zipfRank(random, tops.length * branches * branches);
    const brand = this.brands[zipfRank(random, brandCount)]!;
    const cents = Math.round(100 * Math.exp(1 + 5 * random.next()));
    const price = { amount: cents, currency: 'EUR' };
    const isSoldOut = random.next() < 0.1;
    const popularity = Math.round((2 ** (18 * random.next() ** 4) - 1) * 10) / 10;
    const ratings = random.int(3) === 0 ? 0 : random.int(500);
    const id = `p${index}`;
    return {
      id,
      title: this.#title({ language, leaf, brand, index }, random),
      description: this.#description(language, random),
      category: categoryOf(leaf),
      brand,
      language,
      sellerId: `seller-${zipfRank(random, 5_000)}`,
      price,
      highestPrice: cents,
      image: `https://images.example/${index}.jpg`,
      attributes: attributesOf(leaf, random),
      warehouses: isSoldOut ? [] : warehouses.filter(() => random.int(3) === 0 || index % 97 === 0),
      weightGrams: 50 + zipfRank(random, 40_000),
      hazardous: random.int(50) === 0,
      rating: ratings === 0 ? 0 : 250 + random.int(250),
      ratings,
      popularity,
      popularityRange: Math.min(9, Math.floor(Math.log2(1 + popularity) / 2)),
      variants: [{ productId: id, options: {}, price, inStock: !isSoldOut }],
      createdAt: 1_700_000_000_000 + index * 60_000,
    };
  }

  /** What such a thing is called: one of a few words of its category. */
  noun(leaf: number, language: Language, random: Random): string {
    return this.vocabularies[language].words[1_000 + leaf * 6 + random.int(6)]!;
  }

  #title({ language, leaf, brand, index }: TitleParts, random: Random): string {
    const vocabulary = this.vocabularies[language];
    const noun = this.noun(leaf, language, random);
    const adjectives = Array.from({ length: random.int(3) }, () => vocabulary.common(random));
    const name = random.int(2) === 0 ? noun : vocabulary.plural(noun);
    return [brand, ...adjectives, name, modelOf(index)].join(' ');
  }

  #description(language: Language, random: Random): string {
    const vocabulary = this.vocabularies[language];
    return `${Array.from({ length: 15 + random.int(40) }, () => vocabulary.common(random)).join(' ')}.`;
  }
}

interface TitleParts {
  readonly language: Language;
  readonly leaf: number;
  readonly brand: string;
  readonly index: number;
}

/** No other listing has it. */
function modelOf(index: number): string {
  return `x${index.toString(36)}9`;
}

function categoryOf(leaf: number): string {
  const top = leaf % tops.length;
  const branch = Math.floor(leaf / tops.length) % branches;
  const twig = Math.floor(leaf / tops.length / branches);
  return `${tops[top]}/${tops[top]} ${branch}/${tops[top]} ${branch}.${twig}`;
}

/** Things of one category have the same attributes. */
function attributesOf(leaf: number, random: Random): ListingDocument['attributes'] {
  const names = Array.from(
    { length: attributesEach },
    (_, index) => `attribute-${(leaf * 7 + index * 3) % attributeCount}`,
  );
  return Object.fromEntries(names.map((name) => [name, [`value ${zipfRank(random, 30)}`]]));
}
