// Whether two values say the same: scalars, and lists and plain objects of such. The order of an object's fields says
// nothing, and a field that is undefined is one that isn't there. It is asked for every record that may be no news, so it
// makes nothing.

type Fields = { readonly [field: string]: unknown };

export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isComposed(one) || !isComposed(other)) return false;
  if (Array.isArray(one)) return Array.isArray(other) && sameList(one, other);
  if (Array.isArray(other)) return false;
  for (const field in one)
    if (!sameValue(one[field], Object.hasOwn(other, field) ? other[field] : undefined)) return false;
  for (const field in other) if (other[field] !== undefined && !Object.hasOwn(one, field)) return false;
  return true;
}

function sameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (!sameValue(one[index], other[index])) return false;
  return true;
}

function isComposed(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
