// Whether two values say the same: scalars, and lists and plain objects of such. The order of an object's fields says
// nothing, and a field that is undefined is one that isn't there.

type Fields = { readonly [field: string]: unknown };

export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isComposed(one) || !isComposed(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  if (Array.isArray(one) && Array.isArray(other) && one.length !== other.length) return false;
  return Object.keys({ ...one, ...other }).every((field) => sameValue(one[field], other[field]));
}

function isComposed(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
