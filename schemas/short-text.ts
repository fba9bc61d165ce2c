// Short ASCII text from bytes: a call of String.fromCharCode with all characters at hand takes a third of what the crossing
// into the engine's decoder takes, and ids, codes and names are that short.

/** How long the text is at most. */
export const longestAscii = 12;

const { fromCharCode } = String;

/** Undefined if it isn't all ASCII; then whoever asks decodes it in earnest. */
export function asciiText(bytes: Uint8Array, at: number, length: number): string | undefined {
  let all = 0;
  for (let index = at; index < at + length; index++) all |= bytes[index]!;
  return all < 0x80 ? textOf(bytes, at, length) : undefined;
}

function textOf(b: Uint8Array, at: number, length: number): string | undefined {
  const c = (index: number) => b[at + index]!;
  switch (length) {
    case 0:
      return '';
    case 1:
      return fromCharCode(c(0));
    case 2:
      return fromCharCode(c(0), c(1));
    case 3:
      return fromCharCode(c(0), c(1), c(2));
    case 4:
      return fromCharCode(c(0), c(1), c(2), c(3));
    case 5:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4));
    case 6:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4), c(5));
    case 7:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4), c(5), c(6));
    case 8:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4), c(5), c(6), c(7));
    case 9:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4), c(5), c(6), c(7), c(8));
    case 10:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4), c(5), c(6), c(7), c(8), c(9));
    case 11:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4), c(5), c(6), c(7), c(8), c(9), c(10));
    case 12:
      return fromCharCode(c(0), c(1), c(2), c(3), c(4), c(5), c(6), c(7), c(8), c(9), c(10), c(11));
    default:
      return undefined;
  }
}
