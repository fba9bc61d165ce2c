// Lines of stock as a feed has them: what POST /v1/stock-changes takes, where a count needs no id of its own, for to count
// twice is to count once.
import { Type } from 'typebox';
import { topics } from '../schemas/topics.ts';
import { invalidLine } from './bulk-line.ts';
import type { ImportRecord, LineReader } from './import-record.ts';
import { lineChangeId } from './import-record.ts';
import { StockChangeShape } from './shapes/stock-changes.ts';
import { changeFault, stockChangeOf } from './stock-desk.ts';
import { checkerOf } from './validation.ts';

const { changeId, ...others } = StockChangeShape.properties;
const check = checkerOf(Type.Object({ ...others, changeId: Type.Optional(changeId) }, { additionalProperties: false }));

/** A line that asks for a change of stock. @throws Refusal if it is none */
export const stockLines: LineReader = (line, of): ImportRecord => {
  const [fault] = check(line.value);
  if (fault) throw invalidLine(`${fault.path.slice(1)} ${fault.message}`.trim());
  const said = line.value as Omit<StockChangeShape, 'changeId'> & { readonly changeId?: string };
  const problem = changeFault(said);
  if (problem !== undefined) throw invalidLine(`it ${problem}`);
  if (said.changeId === undefined && said.delta !== undefined) {
    throw invalidLine('a delta needs a changeId, or it would count again with every run');
  }
  const { sellerId, importId, at } = of;
  const asked = { ...said, changeId: said.changeId ?? lineChangeId(of, line) };
  const value = { ...stockChangeOf(sellerId, asked, at), importId, importLine: line.line };
  return { topic: topics.stockChanges, key: said.productId, value };
};
