// `seed`: demo products with stock.
import type { Command } from 'commander';
import { addSettings } from '../flags.ts';
import { print, working } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

export function addSeed(program: Command): void {
  addSettings(program.command('seed'), places)
    .description('Add demo products with stock. Products that exist stay as they are.')
    .option('--products <n>', 'How many', '96')
    .action(seed);
}

function seed(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const body = { products: Number(flags.products) };
    const answer = await working('Writing products', operator.request('POST', '/v1/admin/seed', body));
    print(`${(answer as typeof body).products} demo products are in the log, with their stock.`);
  });
}
