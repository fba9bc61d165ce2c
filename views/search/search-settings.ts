// What operators tune a search by: synonyms and the weights of its ranking. Data, not code: every query takes them
// along, so that a change needs neither a new index nor a restart. These are the ones to begin with.
import type { RankingWeights } from './search.ts';

/** Words or groups of words, lower case. `language` is ISO 639-1, or empty for all. */
export type SynonymRule =
  | {
      readonly kind: 'equal';
      readonly language: string;
      /** Each is as good as the others. */
      readonly words: readonly string[];
    }
  | {
      readonly kind: 'one-way';
      readonly language: string;
      /** Who looks for this finds the others, too; who looks for them doesn't find this. */
      readonly from: string;
      readonly to: readonly string[];
    };

export interface SearchSettings {
  readonly synonyms: readonly SynonymRule[];
  readonly weights: RankingWeights;
}

export const defaultWeights: RankingWeights = {
  title: 8,
  brand: 5,
  category: 8,
  attributes: 3,
  description: 1,
  popularity: 0.8,
  rating: 0.1,
  stock: 0.5,
};

const defaultSynonyms: readonly SynonymRule[] = [
  equal('en', 'tv', 'television', 'telly'),
  equal('en', 'phone', 'smartphone', 'mobile phone', 'cell phone', 'mobile'),
  equal('en', 'laptop', 'notebook', 'notebook computer'),
  equal('en', 'headphones', 'headset', 'head phones'),
  equal('en', 'earbuds', 'earphones', 'in ear headphones', 'ear buds'),
  equal('en', 'power bank', 'powerbank', 'portable battery'),
  equal('en', 'flash drive', 'usb stick', 'memory stick', 'thumb drive'),
  equal('en', 'wifi', 'wi fi', 'wlan'),
  equal('en', 'fridge', 'refrigerator'),
  equal('en', 'vacuum', 'vacuum cleaner', 'hoover'),
  equal('en', 'sofa', 'couch', 'settee'),
  equal('en', 'bookcase', 'bookshelf', 'book shelf'),
  equal('en', 'mug', 'cup'),
  equal('en', 'frying pan', 'skillet'),
  equal('en', 'sneaker', 'trainer', 'gym shoe'),
  equal('en', 't shirt', 'tshirt', 'tee', 'tee shirt'),
  equal('en', 'pants', 'trousers', 'slacks'),
  equal('en', 'hoodie', 'hooded sweatshirt'),
  equal('en', 'rain jacket', 'raincoat', 'rain coat'),
  equal('en', 'rubber boot', 'wellies', 'wellington boot'),
  equal('en', 'jigsaw', 'puzzle'),
  equal('en', 'soccer ball', 'football'),
  equal('en', 'bike', 'bicycle'),
  equal('en', 'lawn mower', 'lawnmower'),
  equal('en', 'pruning shears', 'secateurs'),
  equal('en', 'barbecue', 'bbq', 'barbeque'),
  equal('en', 'plaster', 'band aid', 'adhesive bandage'),
  equal('en', 'sunscreen', 'sun cream', 'sunblock', 'sun lotion'),
  equal('en', 'ereader', 'e reader', 'ebook reader'),
  ...[
    ['knife', 'knives'],
    ['shelf', 'shelves'],
    ['mouse', 'mice'],
    ['child', 'children', 'kid'],
    ['man', 'men'],
    ['woman', 'women'],
    ['scarf', 'scarves'],
    ['leaf', 'leaves'],
    ['tooth', 'teeth'],
  ].map((words) => equal('en', ...words)),
  oneWay('en', 'painkiller', 'ibuprofen', 'paracetamol', 'aspirin'),
  oneWay('en', 'acetaminophen', 'paracetamol'),
  oneWay('en', 'pasta', 'spaghetti', 'penne'),
  oneWay('en', 'noodles', 'pasta', 'spaghetti'),
  oneWay('en', 'footwear', 'shoes', 'boots', 'sandals'),
  equal('de', 'fernseher', 'tv', 'fernsehgerät'),
  equal('de', 'handy', 'smartphone', 'mobiltelefon'),
  equal('de', 'hausschuhe', 'pantoffeln'),
  equal('de', 'laufschuhe', 'joggingschuhe', 'runningschuhe'),
  equal('de', 'pfanne', 'bratpfanne'),
  equal('de', 'kühlschrank', 'kühlgerät'),
  equal('de', 'sofa', 'couch'),
  equal('fr', 'chaussures de course', 'chaussures de running', 'baskets'),
  equal('fr', 'télé', 'télévision', 'téléviseur', 'tv'),
  equal('fr', 'portable', 'smartphone', 'téléphone portable'),
  equal('fr', 'ordinateur portable', 'pc portable', 'laptop'),
  equal('es', 'zapatillas', 'deportivas', 'tenis'),
  equal('es', 'móvil', 'celular', 'smartphone', 'teléfono móvil'),
  equal('es', 'tele', 'televisor', 'televisión', 'tv'),
  equal('es', 'ordenador', 'computadora'),
];

export const defaultSearchSettings: SearchSettings = { synonyms: defaultSynonyms, weights: defaultWeights };

function equal(language: string, ...words: string[]): SynonymRule {
  return { kind: 'equal', language, words };
}

function oneWay(language: string, from: string, ...to: string[]): SynonymRule {
  return { kind: 'one-way', language, from, to };
}
