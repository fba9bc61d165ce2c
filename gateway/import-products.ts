// Lines of products: NDJSON as POST /v1/products takes it, or CSV with a column for each field. A row of CSV is first put
// into the form of the JSON, then both go the same way.
import { topics } from '../schemas/topics.ts';
import type { CatalogChange } from '../schemas/types.generated.ts';
import { type CsvColumns, numberIn } from './csv.ts';
import { type LineReader, lineChangeId } from './import-record.ts';
import { newProductFrom, type TypeLookup } from './product-body.ts';

/**
 * `create` takes new products alone. `upsert` makes a product what its line says, whether it was there or not: what the
 * line doesn't say is as for a new product.
 */
export const importModes = ['upsert', 'create'] as const;
export type ImportMode = (typeof importModes)[number];

/** Bytes of a line at most: as much as POST /v1/products takes. */
export const longestProductLine = 1024 * 1024;

const numbers: ReadonlySet<string> = new Set(['price', 'weightGrams', 'customerLimit']);
const texts = ['title', 'description', 'category', 'brand', 'productType', 'language'];
const attributePrefix = 'attr.';

export const productColumns: CsvColumns = {
  required: ['productId', 'title', 'price', 'currency'],
  optional: [...texts.slice(1), 'images', 'weightGrams', 'customerLimit', 'hazardous', 'variants', 'attr.<name>'],
  prefixes: [attributePrefix],
  isMultiline: true,
  rowUnder(names) {
    const columns = names.map(columnOf);
    return (cells) => {
      const row: Row = { attributes: {} };
      for (let index = 0; index < columns.length; index++) {
        const cell = cells[index] ?? '';
        if (cell !== '') columns[index]?.(row, cell);
      }
      return row;
    };
  },
};

interface Row {
  [field: string]: unknown;
  readonly attributes: { [name: string]: string };
}

type Column = (row: Row, cell: string) => void;

/** How a cell of the column gets into the JSON. An empty cell says nothing. */
function columnOf(name: string): Column {
  if (name.startsWith(attributePrefix)) {
    const attribute = name.slice(attributePrefix.length);
    return ({ attributes }, cell) => {
      attributes[attribute] = cell;
    };
  }
  switch (name) {
    case 'price':
      return (row, cell) => {
        row.price = { ...(row.price as object), amount: numberIn(cell) };
      };
    case 'currency':
      return (row, cell) => {
        row.price = { ...(row.price as object), currency: cell };
      };
    case 'images':
      return (row, cell) => {
        row.images = cell.split(/[\s|]+/).filter((each) => each !== '');
      };
    case 'hazardous':
      return (row, cell) => {
        row.hazardous = booleans[cell.toLowerCase()] ?? cell;
      };
    case 'variants':
      return (row, cell) => {
        row.variants = JSON.parse(cell);
      };
    default:
      return (row, cell) => {
        row[name] = numbers.has(name) ? numberIn(cell) : cell;
      };
  }
}

const booleans: { readonly [text: string]: boolean | undefined } = { true: true, false: false, yes: true, no: false };

/** A line that asks for a product. @throws Refusal if it is none */
export function productLines(types: TypeLookup, mode: ImportMode): LineReader {
  const replaces = mode === 'upsert';
  return (line, of) => {
    const { productId, product } = newProductFrom(line.value, types);
    const { sellerId, importId, at } = of;
    const change: CatalogChange = {
      changeId: lineChangeId(of, line),
      productId,
      sellerId,
      at,
      importId,
      importLine: line.line,
      change: { ...product, replaces },
    };
    return { topic: topics.catalogChanges, key: productId, value: change };
  };
}
