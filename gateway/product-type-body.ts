// A product type as an operator tells it, checked in itself and in the form of its record, and back again: what isn't said
// isn't shown.
import type { AttributeRule, ProductType } from '../schemas/types.generated.ts';
import type { Fault } from './refusal.ts';
import type { AttributeRuleBody, ProductTypeBody } from './shapes/product-types.ts';
import { invalidRequest } from './validation.ts';

export type TypeFields = Pick<ProductType, 'title' | 'attributes'>;

/** @throws REQUEST_INVALID with every fault */
export function typeFrom({ title, attributes }: ProductTypeBody): TypeFields {
  const names = attributes.map(({ name }) => name);
  const faults = attributes.flatMap((rule, index) => {
    const told = faultsOf(rule).map(([field, message]) => ({ path: `/attributes/${index}/${field}`, message }));
    const isTwice = names.indexOf(rule.name) !== index;
    return isTwice ? [{ path: `/attributes/${index}/name`, message: 'comes twice' }, ...told] : told;
  });
  if (faults.length > 0) throw invalidRequest(faults satisfies readonly Fault[]);
  return { title, attributes: attributes.map(ruleFrom) };
}

/** As `typeFrom` takes it. */
export function typeBody({ title, attributes }: TypeFields): ProductTypeBody {
  return { title, attributes: attributes.map(ruleBody) };
}

function faultsOf({ kind, choices = [], unit, min, max, maxLength }: AttributeRuleBody): (readonly [string, string])[] {
  const faults: (readonly [string, string])[] = [];
  if (kind === 'choice' && choices.length === 0) faults.push(['choices', 'must be given for a choice']);
  if (kind !== 'choice' && choices.length > 0) faults.push(['choices', 'is for the kind choice alone']);
  if (new Set(choices).size < choices.length) faults.push(['choices', 'must not name a value twice']);
  for (const [name, value] of Object.entries({ unit, min, max })) {
    if (value !== undefined && kind !== 'number') faults.push([name, 'is for the kind number alone']);
  }
  if (maxLength !== undefined && kind !== 'text') faults.push(['maxLength', 'is for the kind text alone']);
  if (min !== undefined && max !== undefined && min > max) faults.push(['min', 'must not be more than max']);
  return faults;
}

function ruleFrom(rule: AttributeRuleBody): AttributeRule {
  const { name, label = '', kind, required = false, choices = [], facet = false } = rule;
  const { unit = '', min = null, max = null, maxLength = null } = rule;
  return { name, label, kind, required, choices, unit, min, max, maxLength, facet };
}

function ruleBody(rule: AttributeRule): AttributeRuleBody {
  const { name, label, kind, required, choices, unit, min, max, maxLength, facet } = rule;
  return {
    name,
    ...(label && { label }),
    kind,
    required,
    ...(choices.length > 0 && { choices: [...choices] }),
    ...(unit && { unit }),
    ...(min !== null && { min }),
    ...(max !== null && { max }),
    ...(maxLength !== null && { maxLength }),
    facet,
  };
}
