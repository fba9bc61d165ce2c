// Attributes and options against what a product type asks for. What fits is kept as text: numbers as JSON writes them,
// booleans as `true` and `false`. Pure.
import { unreachable } from '../base/assert.ts';
import { productLimits } from '../schemas/product-limits.ts';
import type { AttributeRule, ProductType } from '../schemas/types.generated.ts';
import type { Fault } from './refusal.ts';

/** As a seller may send one; a CSV file sends numbers and booleans as text. */
export type Scalar = string | number | boolean;
export type Scalars = { readonly [name: string]: Scalar };
export type Texts = { readonly [name: string]: string };

const numberText = /^[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,3})?$/;

/** Without a type everything fits. */
export function asTexts(values: Scalars): Texts {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
}

/** Names as the type has them, values as it wants them. `path` is the JSON pointer to `values`. */
export function checkAgainst(
  values: Scalars,
  type: ProductType,
  path: string,
): { texts: Texts; faults: readonly Fault[] } {
  const rules = new Map(type.attributes.map((rule) => [rule.name, rule]));
  const faults: Fault[] = [];
  const texts = Object.entries(values).map(([name, value]) => {
    const rule = rules.get(name);
    const found = rule ? checkOne(value, rule) : { fault: `is no attribute of the type ${type.type}${known(type)}` };
    if (found.fault !== undefined) faults.push({ path: `${path}/${name}`, message: found.fault });
    return [name, found.text ?? textOf(value)];
  });
  return { texts: Object.fromEntries(texts), faults };
}

/** `given` are the names of the attributes, and of the options of the variants. */
export function missing(given: ReadonlySet<string>, { type, attributes }: ProductType): readonly Fault[] {
  const lacking = attributes.filter(({ name, required }) => required && !given.has(name));
  return lacking.map(({ name }) => ({ path: `/attributes/${name}`, message: `is required of the type ${type}` }));
}

type Checked = { readonly text: string; readonly fault?: never } | { readonly text?: never; readonly fault: string };

function checkOne(value: Scalar, rule: AttributeRule): Checked {
  switch (rule.kind) {
    case 'number':
      return checkNumber(value, rule);
    case 'boolean': {
      const text = textOf(value);
      return text === 'true' || text === 'false' ? { text } : { fault: 'must be true or false' };
    }
    case 'choice': {
      const text = textOf(value);
      return rule.choices.includes(text) ? { text } : { fault: `must be one of ${rule.choices.join(', ')}` };
    }
    case 'text': {
      const text = textOf(value);
      const longest = rule.maxLength ?? productLimits.attributeValue;
      if (text.trim() === '') return { fault: 'must not be blank' };
      return text.length <= longest ? { text } : { fault: `must not have more than ${longest} characters` };
    }
    default:
      return unreachable(rule.kind);
  }
}

function checkNumber(value: Scalar, { min, max, unit }: AttributeRule): Checked {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && numberText.test(value.trim()));
  const number = Number(value);
  if (!isNumber || !Number.isFinite(number)) return { fault: `must be a number${unit && ` of ${unit}`}` };
  if (min !== null && number < min) return { fault: `must be ${min} or more` };
  if (max !== null && number > max) return { fault: `must be ${max} or less` };
  return { text: textOf(number) };
}

function textOf(value: Scalar): string {
  // Zero has no sign.
  return typeof value === 'number' ? String(value + 0) : String(value);
}

function known({ attributes }: ProductType): string {
  return attributes.length === 0 ? '' : `: it has ${attributes.map(({ name }) => name).join(', ')}`;
}
