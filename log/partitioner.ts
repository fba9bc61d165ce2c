// Which partition a key belongs to: Kafka's default (murmur2 of the key's bytes), so that any client agrees.

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;
const scratch = Buffer.allocUnsafeSlow(1024);

/** The partition of a key among `partitions`, as the Java client's default partitioner gives it. */
export function partitionOf(key: string, partitions: number): number {
  const length = Buffer.byteLength(key);
  const bytes = length <= scratch.length ? scratch : Buffer.from(key);
  if (bytes === scratch) scratch.write(key);
  return (murmur2(bytes, length) & 0x7fffffff) % partitions;
}

/** Kafka's murmur2 of the first `length` bytes, as an unsigned 32-bit integer. */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let hash = seed ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const rest = length - at;
  if (rest === 3) hash ^= bytes[at + 2]! << 16;
  if (rest >= 2) hash ^= bytes[at + 1]! << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[at]!, multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return (hash ^ (hash >>> 15)) >>> 0;
}
