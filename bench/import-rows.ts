// Products for the import bench: about 470 bytes a line, spread over categories and brands as a shop's are. The same for
// the same count.
const words =
  'linen cotton steel oak bright quiet classic modern portable folding deluxe compact outdoor indoor kitchen garden'.split(
    ' ',
  );
const word = (number: number) => words[number % words.length]!;
const linesAtOnce = 200;

export function rowId(row: number): string {
  return `row-${String(row).padStart(7, '0')}`;
}

/** Lines of NDJSON, some hundred at a time. */
export async function* rowsOf(count: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < count; from += linesAtOnce) {
    const lines = Array.from({ length: Math.min(linesAtOnce, count - from) }, (_, index) => lineOf(from + index));
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

export function lineOf(row: number): string {
  const about = `A ${word(row * 3)} and ${word(row * 5 + 1)} thing of the ${word(row * 11 + 2)} kind, number ${row}. `;
  return JSON.stringify({
    productId: rowId(row),
    title: `${word(row)} ${word(row * 7 + 3)} article no. ${row}`,
    description: about.repeat(2),
    category: `${word(row)}/${word(row >> 4)}`,
    brand: `Brand ${row % 500}`,
    price: { amount: 100 + (row % 100_000), currency: 'EUR' },
    images: [`https://images.example/${row}-1.jpg`, `https://images.example/${row}-2.jpg`],
    attributes: { color: word(row * 13), material: word(row * 17) },
    weightGrams: 100 + (row % 5_000),
  });
}
