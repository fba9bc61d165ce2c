// Columns that grow: typed arrays of which a longer copy is made when they are full. Half as long again each time, so
// that little is copied and little stands empty.

type Column = Int32Array | Uint32Array | Float64Array | Float32Array | Uint16Array | Uint8Array;

/** `column` itself, or a longer copy if it has no place for `length` values; the new places are 0. */
export function grown<C extends Column>(column: C, length: number): C {
  if (column.length >= length) return column;
  const make = column.constructor as new (length: number) => C;
  const copy = new make(Math.max(length, Math.ceil(column.length * 1.5)));
  copy.set(column);
  return copy;
}
