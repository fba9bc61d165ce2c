// What verbs share that ask an operator's routes: which settings they take, and an operator that is closed after use.
import { readConfig } from '../config.ts';
import { type Operator, openOperator } from '../operator.ts';
import type { SettingGroup } from '../setting.ts';

/** A command's options as commander gives them. */
export type Flags = Readonly<Record<string, unknown>>;

/** What a verb must know to find the process or the data that it is about. */
export const places: readonly SettingGroup[] = ['Process', 'Log', 'Views'];

export async function withOperator<T>(flags: Flags, work: (operator: Operator) => Promise<T>): Promise<T> {
  const operator = await openOperator(readConfig({ flags, parts: [] }));
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}
