// Offsets beyond the committed one whose outcomes are in the log all the same, as text that is committed beside it: whoever
// goes on there passes them. A bit an offset, the first for the one right behind the committed one.

/** A group's metadata has room for so many. What is further ahead is left out, and performed again if it comes to that. */
const mostOffsets = 5_600;
const prefix = 'ahead:';

/** Empty for none. */
export function encodeAhead(committed: number, offsets: Iterable<number>): string {
  const bits = Buffer.alloc(mostOffsets / 8);
  let length = 0;
  for (const offset of offsets) {
    const index = offset - committed - 1;
    if (index < 0 || index >= mostOffsets) continue;
    bits[index >> 3]! |= 1 << (index & 7);
    length = Math.max(length, (index >> 3) + 1);
  }
  return length === 0 ? '' : prefix + bits.toString('base64url', 0, length);
}

/** None where the metadata is somebody else's. */
export function decodeAhead(committed: number, metadata: string): Set<number> {
  const offsets = new Set<number>();
  if (!metadata.startsWith(prefix)) return offsets;
  const bits = Buffer.from(metadata.slice(prefix.length), 'base64url');
  for (let index = 0; index < 8 * bits.length; index++) {
    if ((bits[index >> 3]! & (1 << (index & 7))) !== 0) offsets.add(committed + 1 + index);
  }
  return offsets;
}
