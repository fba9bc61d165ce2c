// `users create`: the accounts that nobody can register for themselves, above all the first operator.
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { Option } from 'commander';
import { addSettings } from '../flags.ts';
import { print } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

export function addUsers(program: Command): void {
  const users = program.command('users').description('Accounts.');
  addSettings(users.command('create'), places)
    .description('Register an account. Its password is read from standard input, up to the end of the first line.')
    .requiredOption('--email <address>', 'Whom to register')
    .option('--name <name>', "The account's name; by default what stands before the @")
    .addOption(new Option('--role <role>', 'What it may').choices(['shopper', 'seller', 'operator']).default('shopper'))
    .action(create);
}

function create({ email, name, role, ...flags }: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    if (process.stdin.isTTY) process.stderr.write('Password, shown as you type it: ');
    const password = (await text(process.stdin)).split(/\r?\n/, 1)[0];
    await operator.request('POST', '/v1/users', { email, role, password, ...(name !== undefined && { name }) });
    print(`${email} can log in as ${role}.`);
  });
}
