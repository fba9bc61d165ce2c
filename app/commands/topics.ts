// `topics create`: makes what is missing, and says so.
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { addSettings } from '../flags.ts';
import { createLogger } from '../logging.ts';
import { print } from '../output.ts';
import { topicDrift, topicsFor } from '../topics.ts';
import { openLog } from '../wire/log.ts';
import { type Flags, places } from './operator-verb.ts';

export function addTopics(program: Command): void {
  const topics = program.command('topics').description('The topics of the log.');
  addSettings(topics.command('create'), places).description('Create the topics that are missing.').action(create);
}

async function create(flags: Flags): Promise<void> {
  const config = readConfig({ flags, parts: [] });
  const log = await openLog(config, createLogger({ logLevel: 'warn' }));
  try {
    const all = await topicsFor(log, config);
    const created = await log.admin.createTopics(all);
    for (const name of created) print(`created ${name}`);
    for (const { topic, setting, expected, actual } of await topicDrift(log, all)) {
      print(`left as it is: ${topic} has ${setting} ${actual}, and would be created with ${expected}`);
    }
    print(`${created.length} created, ${all.length - created.length} were there.`);
  } finally {
    await log.close();
  }
}
