// A place in the journal: a segment, and a position in it. Segments are numbered from 1 in the order of writing.

export interface Place {
  readonly segment: number;
  readonly position: number;
}

export const beginning: Place = { segment: 1, position: 0 };

export function isBefore(a: Place, b: Place): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.position < b.position);
}

export function encodePlace({ segment, position }: Place): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32BE(segment, 0);
  bytes.writeUInt32BE(position, 4);
  return bytes;
}

export function decodePlace(bytes: Buffer): Place {
  return { segment: bytes.readUInt32BE(0), position: bytes.readUInt32BE(4) };
}
