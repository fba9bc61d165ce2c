// Many areas or routes of the delivery network in one upload, NDJSON or CSV, line by line while the rest is still coming.
// Each line makes a part what it says, so an upload that was broken off can be sent again. The report tells what became of
// the lines, refusals by the network itself among them.
import { Type } from 'typebox';
import type { LogisticsChange } from '../schemas/types.generated.ts';
import { type BulkLine, invalidLine } from './bulk-line.ts';
import type { BulkPiece } from './bulk-lines.ts';
import { type CsvColumns, numberIn } from './csv.ts';
import { areaChange, routeChange } from './network-body.ts';
import { type NetworkDesk, refusalOf } from './network-desk.ts';
import { codeText } from './problem.ts';
import { Refusal } from './refusal.ts';
import { ProductId, strict } from './shapes/common.ts';
import { AreaBody, RouteBody } from './shapes/logistics.ts';
import { checkerOf } from './validation.ts';

export interface NetworkReport {
  readonly applied: number;
  readonly refused: number;
  readonly undecided: number;
  readonly errors: readonly { readonly line: number; readonly code: string; readonly message: string }[];
}

/** One kind of line. */
export interface NetworkLines {
  readonly columns: CsvColumns;
  /** @throws Refusal if the line is none */
  readonly changeIn: (line: BulkLine) => LogisticsChange['change'];
}

export const longestNetworkLine = 256 * 1024;

const portion = 1_000;
/** Portions that are decided while the next one is read. */
const mostPortions = 4;
const mostErrors = 1_000;
/** A portion that isn't decided by then is reported so. */
const waitMs = 30_000;

const listColumns = new Set(['postalCodes', 'workDays', 'holidays']);
const numberColumns = new Set(['minDays', 'maxDays', 'maxWeightGrams']);
const flagColumns = new Set(['hazardous', 'cash', 'remove']);

/** Lists are separated by blanks or bars; an empty cell says nothing. */
const rowUnder: CsvColumns['rowUnder'] = (names) => (cells) => {
  const said = names.map((name, index) => [name, cells[index] ?? ''] as const).filter(([, cell]) => cell !== '');
  return Object.fromEntries(said.map(([name, cell]) => [name, valueIn(name, cell)]));
};

function valueIn(name: string, cell: string): unknown {
  if (listColumns.has(name)) return cell.split(/[\s|]+/).filter((each) => each !== '');
  if (numberColumns.has(name)) return numberIn(cell);
  return flagColumns.has(name) && /^(true|false)$/.test(cell) ? cell === 'true' : cell;
}

const remove = Type.Optional(Type.Literal(true, { description: 'Remove it; then nothing but the id is needed.' }));

const AreaLine = strict({ areaId: ProductId, ...AreaBody.properties, remove });
const RouteLine = strict({ routeId: ProductId, ...RouteBody.properties, remove });
const AreaRemoval = strict({ areaId: ProductId, remove: Type.Literal(true) });
const RouteRemoval = strict({ routeId: ProductId, remove: Type.Literal(true) });

export const areaLines: NetworkLines = {
  columns: { required: ['areaId'], optional: ['name', 'country', 'postalCodes', 'remove'], rowUnder },
  changeIn: reader(AreaLine, AreaRemoval, {
    put: ({ areaId, remove: _, ...body }) => areaChange(areaId, body),
    remove: ({ areaId }) => ({ type: 'RemoveArea', areaId }),
  }),
};

export const routeLines: NetworkLines = {
  columns: {
    required: ['routeId'],
    optional: [...Object.keys(RouteBody.properties), 'remove'],
    rowUnder,
  },
  changeIn: reader(RouteLine, RouteRemoval, {
    put: ({ routeId, remove: _, ...body }) => routeChange(routeId, body),
    remove: ({ routeId }) => ({ type: 'RemoveRoute', routeId }),
  }),
};

function reader<Line extends Type.TSchema, Removal extends Type.TSchema>(
  line: Line,
  removal: Removal,
  change: {
    readonly put: (value: Type.Static<Line>) => LogisticsChange['change'];
    readonly remove: (value: Type.Static<Removal>) => LogisticsChange['change'];
  },
): NetworkLines['changeIn'] {
  const faultsOf = checkerOf(line);
  const removalFaultsOf = checkerOf(removal);
  return (found) => {
    if ('refusal' in found) throw found.refusal;
    const { value } = found;
    const isRemoval = typeof value === 'object' && value !== null && 'remove' in value;
    const [fault] = isRemoval ? removalFaultsOf(value) : faultsOf(value);
    if (fault) throw invalidLine(`${fault.path.slice(1)} ${fault.message}`.trim());
    return isRemoval ? change.remove(value as Type.Static<Removal>) : change.put(value as Type.Static<Line>);
  };
}

/** @throws whatever reading or appending fails with; what was appended by then may be applied */
export async function takeNetworkLines(
  desk: NetworkDesk,
  { changeIn }: NetworkLines,
  { actor, pieces }: { readonly actor: string; readonly pieces: AsyncIterable<BulkPiece> },
): Promise<NetworkReport> {
  const report = { applied: 0, refused: 0, undecided: 0, errors: [] as NetworkReport['errors'][number][] };
  const refuse = (line: number, { code, message }: Refusal) => {
    report.refused++;
    if (report.errors.length < mostErrors) report.errors.push({ line, code: codeText(code), message });
  };
  let waiting: { readonly line: number; readonly change: LogisticsChange['change'] }[] = [];
  const deciding: Promise<void>[] = [];
  const decide = async (lines: typeof waiting) => {
    const events = await desk.changeAll(
      lines.map(({ change }) => ({ actor, change })),
      waitMs,
    );
    events.forEach((event, index) => {
      const refusal = event && refusalOf(event);
      if (refusal) refuse(lines[index]?.line ?? 0, refusal);
      else if (event) report.applied++;
      else report.undecided++;
    });
  };
  const send = async () => {
    if (deciding.length >= mostPortions) await deciding.shift();
    const decided = decide(waiting);
    decided.catch(() => {});
    deciding.push(decided);
    waiting = [];
  };
  for await (const { lines } of pieces) {
    for (const found of lines) {
      try {
        waiting.push({ line: found.line, change: changeIn(found) });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refuse(found.line, error);
      }
      if (waiting.length >= portion) await send();
    }
  }
  await send();
  for (const each of deciding) await each;
  return { ...report, errors: report.errors.toSorted((one, other) => one.line - other.line) };
}
