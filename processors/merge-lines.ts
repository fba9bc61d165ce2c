// Lines of one product become one, for stock is asked once a product and order.
import type { OrderLine } from '../schemas/types.generated.ts';

/** One line a product, with the summed quantity and all else from the product's first line; in that line's place. */
export function mergeLines(lines: readonly OrderLine[]): OrderLine[] {
  const merged = new Map<string, OrderLine>();
  for (const line of lines) {
    const first = merged.get(line.productId);
    merged.set(line.productId, first ? { ...first, quantity: first.quantity + line.quantity } : line);
  }
  return [...merged.values()];
}
