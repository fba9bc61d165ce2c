// How the tools of the command line print: a table for people, JSON for programs, progress where somebody looks on.

/** One row an object; columns are the keys of the first. */
export function table(rows: readonly object[]): string {
  const [first] = rows;
  if (first === undefined) return '(nothing)';
  const columns = Object.keys(first) as (keyof typeof first)[];
  const cells = [
    columns,
    ...rows.map((row) => columns.map((column) => text((row as typeof first)[column]))),
  ] as string[][];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function print(value: string): void {
  process.stdout.write(`${value}\n`);
}

/** For people; programs read what is printed. */
export function warn(value: string): void {
  process.stderr.write(`${value}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Shows on a terminal that something goes on, and for how long. */
export async function working<T>(label: string, work: Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return await work;
  const began = performance.now();
  const show = () => stderr.write(`\r\x1b[K${label}: ${Math.round((performance.now() - began) / 1000)} s`);
  const timer = setInterval(show, 1000);
  show();
  try {
    return await work;
  } finally {
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
