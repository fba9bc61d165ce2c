// Variants follow: once the world is at rest, the variants that are for sale are those that their product's last version
// says, as it says them.
import { sameValue } from '../../../base/same-value.ts';
import type { Product } from '../../../schemas/types.generated.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { decoded } from '../history.ts';
import { sizes } from '../wishes.ts';

const checker = 'variants follow';

export function checkVariants({ records, restedAt, shop }: Evidence): Violation[] {
  if (restedAt === undefined) return [];
  const products = new Map(decoded(records, shop.topics.products).map(({ key, content }) => [key, content]));
  return sizes.flatMap((subject) => {
    const variant = products.get(subject);
    const parent = products.get(subject.slice(0, subject.indexOf('-')));
    const [said, is] = [parent && saidOf(parent, subject), variant?.status === 'active' ? shown(variant) : undefined];
    // Its seller may offer what went off sale as a product of its own, and take it off again: then it is no variant.
    if (sameValue(said, is) || variant?.variantOf === null) return [];
    const what = `${subject} is ${JSON.stringify(is)}, but its product says ${JSON.stringify(said)}`;
    return [{ checker, subject, what }];
  });
}

type Shown = Pick<Product, 'title' | 'description' | 'price' | 'options' | 'variantOf'>;

function saidOf(parent: Product, productId: string): Shown | undefined {
  const variant = parent.variants.find((each) => each.productId === productId);
  if (variant === undefined || parent.status === 'deleted') return undefined;
  const { title, description } = parent;
  const { options, price } = variant;
  return { title, description, price: price ?? parent.price, options, variantOf: parent.productId };
}

function shown({ title, description, price, options, variantOf }: Product): Shown {
  return { title, description, price, options, variantOf };
}
