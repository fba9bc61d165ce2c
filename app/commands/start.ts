// `start`, `gateway`, `worker`: the verbs that run until they are stopped.
import type { Command } from 'commander';
import { Application } from '../application.ts';
import { banner, liveLine } from '../banner.ts';
import { addSettings } from '../flags.ts';
import { GatewayProcess } from '../gateway-process.ts';
import { print } from '../output.ts';
import { runUntilStopped } from '../run-until-stopped.ts';
import { clock } from '../wire/places.ts';
import { WorkerProcess } from '../worker-process.ts';
import type { Flags } from './operator-verb.ts';

/** Where things are that gateways and workers both use. */
const shared = ['Process', 'Log', 'Views', 'Archive', 'Files', 'Checkpoints', 'Payments', 'Shipping'] as const;

export function addStart(program: Command): void {
  addSettings(program.command('start'))
    .description('Run everything in this process: gateway, worker, views.')
    .action(start);
  addSettings(program.command('gateway'), [...shared, 'Gateway'])
    .description('Run a gateway alone; any number may run beside each other. Needs Kafka.')
    .action(gateway);
  addSettings(program.command('worker'), [...shared, 'Worker', 'Feeds', 'Mail'])
    .description('Run workers and views alone; any number may run beside each other. Needs Kafka.')
    .action(worker);
}

function start(flags: Flags): Promise<void> {
  const began = clock.monotonic();
  return runUntilStopped(flags, ['gateway', 'worker'], Application.start, (application, config) => {
    process.stdout.write(banner(config, application, clock.monotonic() - began));
    return liveLine(application, process.stdout);
  });
}

function gateway(flags: Flags): Promise<void> {
  return runUntilStopped(flags, ['gateway'], GatewayProcess.start, ({ url }) => {
    print(`Gateway at ${url}, API docs at ${url}/docs`);
    return undefined;
  });
}

function worker(flags: Flags): Promise<void> {
  return runUntilStopped(flags, ['worker'], WorkerProcess.start, ({ url }, { threads }) => {
    print(`Worker with ${threads} ${threads === 1 ? 'thread' : 'threads'}; health and metrics at ${url}`);
    return undefined;
  });
}
