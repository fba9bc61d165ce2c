// `checkpoint`: what is kept of the state, taken now, read through, and put back.
import { join } from 'node:path';
import type { Command } from 'commander';
import { isStockstreamError } from '../../base/errors.ts';
import type { CheckpointReport } from '../../gateway/checkpoints.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { type KnownCheckpoint, listCheckpoints, readManifest, verifyCheckpoint } from '../../state/read-checkpoint.ts';
import { type KnownImage, listImages, verifyImage } from '../../state/store-images.ts';
import { describeCheckpoints } from '../checkpoints.ts';
import { readConfig } from '../config.ts';
import type { Config } from '../config-schema.ts';
import { addSettings } from '../flags.ts';
import { createLogger } from '../logging.ts';
import type { Operator } from '../operator.ts';
import { print, printJson, table, warn, working } from '../output.ts';
import { restoreCheckpoints, specsOf } from '../restore-checkpoint.ts';
import type { SettingGroup } from '../setting.ts';
import { openCheckpoints } from '../wire/checkpoints.ts';
import { openStoreIn, useSchemas } from '../wire/log.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

const groups: readonly SettingGroup[] = [...places, 'Checkpoints', 'Files'];

export function addCheckpoints(program: Command): void {
  const checkpoint = program.command('checkpoint').description('Checkpoints of the state of tasks.');
  addSettings(checkpoint.command('create'), groups)
    .description('Take one of each stream task now, wherever it runs. Ends with 1 if some could not be taken.')
    .option('--json', 'Print JSON')
    .action(create);
  addSettings(checkpoint.command('list'), groups)
    .description('List those that were finished: by task, the newest first.')
    .option('--json', 'Print JSON')
    .action(list);
  addSettings(checkpoint.command('verify [id]'), groups)
    .description(
      'Read all of them, or those of an id, and check every digest, entry and value. Ends with 1 if one is damaged.',
    )
    .option('--task <task>', 'Of this task alone')
    .option('--json', 'Print JSON')
    .action(verify);
  addSettings(checkpoint.command('restore [id]'), groups)
    .description(
      'Put the local state of a stopped application back: of each task its newest, or its newest up to an id.',
    )
    .option('--task <task>', 'Of this task alone')
    .option('--json', 'Print JSON')
    .action(restore);
}

function create(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const { checkpoints, missed } = await working('Taking checkpoints', taken(operator));
    if (missed.length > 0) process.exitCode = 1;
    if (flags.json === true) return printJson({ checkpoints, missed });
    print(table(checkpoints));
    const news = checkpoints.filter(({ isNew }) => isNew).length;
    print(`${news} taken; of ${checkpoints.length - news} tasks the newest has all that there is.`);
    for (const { task, reason, detail } of missed) warn(`${task}: none, it is ${reason}: ${detail}`);
  });
}

/** A refusal of some is no reason not to tell of the others. */
async function taken(operator: Operator): Promise<CheckpointReport> {
  try {
    const answer = await operator.request('POST', '/v1/admin/checkpoints');
    return { missed: [], ...(answer as Pick<CheckpointReport, 'checkpoints'>) };
  } catch (error) {
    const isPartial = isStockstreamError(error, 'OPERATION_REFUSED') && error.details.code === 'checkpoints_incomplete';
    if (!isPartial) throw error;
    return error.cause as CheckpointReport;
  }
}

function list(flags: Flags): Promise<void> {
  return withCheckpoints(flags, async (store) => {
    const described = await describeCheckpoints(store);
    if (flags.json === true) return printJson(described);
    print(
      table(
        described.checkpoints.map(({ takenAt, ...rest }) => ({ ...rest, takenAt: new Date(takenAt).toISOString() })),
      ),
    );
    for (const { thread, id, bytes } of described.copies)
      print(`copy of the files of ${thread}: ${id}, ${bytes} bytes`);
    for (const { task, id, reason } of described.damaged) print(`damaged: ${task}/${id}: ${reason}`);
    print(`in ${described.place}`);
  });
}

function verify(id: string | undefined, flags: Flags): Promise<void> {
  return withCheckpoints(flags, async (store, config) => {
    const task = typeof flags.task === 'string' ? flags.task : undefined;
    const known = (await listCheckpoints(store, task)).filter((each) => id === undefined || each.id === id);
    const results: object[] = [];
    for (const each of known) {
      const problem = await working(`Reading ${each.task}/${each.id}`, problemOf(store, each));
      if (problem !== undefined) process.exitCode = 1;
      results.push({ of: each.task, id: each.id, result: problem ?? 'whole' });
    }
    for (const each of task === undefined ? await listImages(store) : []) {
      if (id !== undefined && each.id !== id) continue;
      const problem = await working(`Reading ${each.thread}/${each.id}`, copyProblemOf(store, each, config));
      if (problem !== undefined) process.exitCode = 1;
      results.push({ of: each.thread, id: each.id, result: problem ?? 'whole' });
    }
    if (flags.json === true) printJson(results);
    else print(table(results));
  });
}

function problemOf(store: CheckpointStore, known: KnownCheckpoint): Promise<string | undefined> {
  return reasonFor(async () => {
    const manifest = await readManifest(store, known);
    await verifyCheckpoint(store, manifest, specsOf(manifest.topology));
  });
}

function copyProblemOf(store: CheckpointStore, known: KnownImage, { data }: Config): Promise<string | undefined> {
  const directory = join(data, `verified-${process.pid}`);
  return reasonFor(() => verifyImage(store, known, { directory, open: () => openStoreIn(directory) }));
}

async function reasonFor(verify: () => Promise<void>): Promise<string | undefined> {
  try {
    await verify();
    return undefined;
  } catch (error) {
    if (!isStockstreamError(error, 'CHECKPOINT_DAMAGED')) throw error;
    return String(error.details.reason);
  }
}

function restore(id: string | undefined, flags: Flags): Promise<void> {
  return withCheckpoints(flags, async (store, config) => {
    const task = typeof flags.task === 'string' ? flags.task : undefined;
    const restored = await working('Restoring', restoreCheckpoints(config, store, { upTo: id, task }));
    if (flags.json === true) return printJson(restored);
    print(table(restored.map(({ takenAt, ...rest }) => ({ ...rest, takenAt: new Date(takenAt).toISOString() }))));
    print('The next start reads what the changelog has since.');
  });
}

async function withCheckpoints(
  flags: Flags,
  work: (store: CheckpointStore, config: Config) => Promise<void>,
): Promise<void> {
  const config = readConfig({ flags, parts: [] });
  await useSchemas(config, createLogger({ logLevel: 'warn' }));
  const store = await openCheckpoints(config);
  try {
    await work(store, config);
  } finally {
    await store.close();
  }
}
