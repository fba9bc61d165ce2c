// What a catalogue change says where its author says nothing.
import type { CatalogChange, ChangeProduct, CreateProduct, StockChange } from './types.generated.ts';

/** Of a new product. */
export const newProduct = {
  type: 'CreateProduct',
  description: '',
  category: '',
  brand: '',
  images: [],
  attributes: {},
  weightGrams: 0,
  customerLimit: null,
  productType: '',
  language: 'en',
  hazardous: false,
  variants: [],
  replaces: false,
} as const satisfies Partial<CreateProduct>;

/** A change that leaves all as it is. */
export const unchangedProduct: ChangeProduct = {
  type: 'ChangeProduct',
  title: null,
  description: null,
  category: null,
  brand: null,
  price: null,
  images: null,
  attributes: null,
  weightGrams: null,
  customerLimit: null,
  productType: null,
  language: null,
  hazardous: null,
  variants: null,
};

/** Of a change that came alone. */
export const noImport = { importId: '', importLine: 0 } as const satisfies Partial<CatalogChange & StockChange>;
