// What the bench's programs read from their command lines. A value that can't be used is said in one line, with the
// program's usage and exit code 2.

export class FlagError extends Error {}

/** @throws FlagError */
export function whole(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new FlagError(`--${flag} ${text}: give a whole number from ${least} to ${most}`);
}

/** Whole numbers with commas, no two alike. @throws FlagError */
export function wholes(flag: string, text: string, range: readonly [number, number]): number[] {
  const all = text.split(',').map((each) => whole(flag, each, range));
  if (new Set(all).size !== all.length) throw new FlagError(`--${flag} ${text}: give each once`);
  return all;
}

/** A number, or two with a dash between them, the lesser first. @throws FlagError */
export function span(flag: string, text: string, [least, most]: readonly [number, number]): [number, number] {
  const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from !== '' && Number(from) >= least && Number(from) <= Number(to) && Number(to) <= most)
    return [Number(from), Number(to)];
  throw new FlagError(
    `--${flag} ${text}: give a whole number from ${least} to ${most}, or two of them like ${least}-${most}`,
  );
}

/** @throws FlagError */
export function oneOf<Choice extends string>(flag: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw new FlagError(`--${flag} ${text}: give one of ${choices.join(', ')}`);
}

/** `host:port`, several with commas. @throws FlagError */
export function addresses(flag: string, text: string): string[] {
  const all = text.split(',');
  if (all.every((each) => /^(\[[\da-f:]+\]|[\w.-]+):\d{1,5}$/i.test(each))) return all;
  throw new FlagError(`--${flag} ${text}: give host:port, several with commas`);
}

/** @throws FlagError */
export function serverUrl(flag: string, text: string, protocols: readonly string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && url.hostname !== '' && protocols.includes(url.protocol)) return text;
  throw new FlagError(`--${flag} ${text}: give an address like ${protocols[0]}//host:port`);
}

/** What `read` gives; if the command line is wrong, says so and ends the program. */
export function orExit<Options>(usage: string, read: () => Options): Options {
  try {
    return read();
  } catch (error) {
    if (!isFlagProblem(error)) throw error;
    // Node's own message goes on about positional arguments.
    const [problem] = error.message.split('. ');
    process.stderr.write(`${problem}\n\n${usage}\n`);
    process.exit(2);
  }
}

function isFlagProblem(error: unknown): error is Error {
  const { code } = error as { code?: unknown };
  return error instanceof FlagError || String(code).startsWith('ERR_PARSE_ARGS_');
}
