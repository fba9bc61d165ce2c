// Lines of one product become one, for stock is asked once a product and order.
import type { OrderLine } from '../schemas/types.generated.ts';

/** One line a product, with the summed quantity and all else from the product's first line; in that line's place. */
export function mergeLines(lines: readonly OrderLine[]): readonly OrderLine[] {
  if (areOfDifferentProducts(lines)) return lines;
  const merged = new Map<string, OrderLine>();
  for (const line of lines) {
    const first = merged.get(line.productId);
    merged.set(line.productId, first ? { ...first, quantity: first.quantity + line.quantity } : line);
  }
  return [...merged.values()];
}

const few = 8;

/** Whether each line is of a product of its own. Of more than a few lines false, too: then it isn't worth the look. */
export function areOfDifferentProducts(lines: readonly OrderLine[]): boolean {
  if (lines.length > few) return false;
  for (let index = 1; index < lines.length; index++) {
    for (let before = 0; before < index; before++) {
      if (lines[index]!.productId === lines[before]!.productId) return false;
    }
  }
  return true;
}
