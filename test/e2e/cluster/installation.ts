// The shop on real servers: topics, groups and a database of its own, gateways and workers as processes apart. All of it
// goes when the test ends.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { tokenIssuer } from '../../../app/tokens.ts';
import { createTopics } from '../../../app/topics.ts';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { type KafkaLog, openKafkaLog } from '../../../log/kafka/kafka-log.ts';
import { confluentRegistry } from '../../../schemas/confluent/confluent-registry.ts';
import { useRegistry } from '../../../schemas/registry.ts';
import { services } from '../../services.ts';
import { Server } from '../server.ts';

export const appId = 'stockstream';
const partitions = 8;
const launcher = fileURLToPath(new URL('../../../bin/stockstream.js', import.meta.url));
const secret = 'a secret that is only good for this test run';

type Role = 'shopper' | 'seller' | 'operator';

/** Takes what must be done at the end. */
interface Later {
  after(work: () => Promise<void>): void;
}

export class Installation {
  /** What the shop's processes see, too. */
  readonly log: KafkaLog;
  readonly mongo: string;
  readonly redis = services.redis;
  readonly prefix: string;
  /** What the shop's processes keep is below. */
  readonly directory = mkdtempSync(join(tmpdir(), 'stockstream-cluster-'));
  readonly #processes: Server[] = [];
  readonly #tokenOf: Awaited<ReturnType<typeof tokenIssuer>>;

  private constructor(prefix: string, log: KafkaLog, tokenOf: Awaited<ReturnType<typeof tokenIssuer>>) {
    this.prefix = prefix;
    this.log = log;
    this.mongo = `${services.mongo}/${prefix}views`;
    this.#tokenOf = tokenOf;
  }

  /** Topics made, schemas known to this process as to the shop's, nothing running. */
  static async create(t: Later): Promise<Installation> {
    const prefix = `test-${systemRandom.uuid().slice(0, 8)}-`;
    const brokers = services.brokers.split(',');
    const log = await openKafkaLog({ clock: systemClock, random: systemRandom, brokers, prefix });
    const installation = new Installation(prefix, log, await tokenIssuer(secret));
    t.after(() => installation.#clear());
    await useRegistry(confluentRegistry({ url: services.registry, clock: systemClock, logger: silentLogger }));
    await createTopics(log, { appId, log: 'kafka', partitions });
    return installation;
  }

  /** `start`: gateway and one worker in one process. */
  startAll(...flags: string[]): Promise<Server> {
    return this.#run('start', 'all', ['--port', '0', '--no-demo', '--no-traffic', '--jwt-secret', secret, ...flags]);
  }

  startGateway(name: string, ...flags: string[]): Promise<Server> {
    return this.#run('gateway', name, ['--port', '0', '--jwt-secret', secret, ...flags]);
  }

  /** `disk` is what it finds from an earlier life; by default that of its name. */
  startWorker(name: string, disk = name, ...flags: string[]): Promise<Server> {
    const shared = ['--session-timeout-ms', '6000', '--jwt-secret', secret];
    return this.#run('worker', disk, ['--metrics-port', '0', '--instance-id', name, ...shared, ...flags]);
  }

  /** Of the search, with Elasticsearch. */
  get index(): string {
    return `${this.prefix}${appId}-listings`;
  }

  /** What the simulators know, whichever process asked them. */
  get simulatorData(): string {
    return join(this.directory, 'simulators');
  }

  /** As if somebody had deleted the file of the embedded search. */
  forgetIndex(disk: string): void {
    for (const file of readdirSync(join(this.directory, disk)).filter((name) =>
      /^search.*(sqlite|-wal|-shm)/.test(name),
    ))
      if (!file.endsWith('.id')) rmSync(join(this.directory, disk, file));
  }

  token(userId: string, role: Role): string {
    return this.#tokenOf({ userId, role, email: `${userId}@test.example` });
  }

  /** A tool of the command line, in a process of its own that ends. */
  async command(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const args = [launcher, ...words, ...this.#flags('tool'), '--jwt-secret', secret];
    return await new Promise((resolve) => {
      execFile(process.execPath, args, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  async #run(verb: string, disk: string, flags: readonly string[]): Promise<Server> {
    const more = ['--simulator-data', this.simulatorData, '--log-level', 'warn'];
    const process = await Server.run([verb, ...this.#flags(disk), ...more, ...flags]);
    this.#processes.push(process);
    return process;
  }

  #flags(disk: string): string[] {
    const prefixes = ['--topic-prefix', this.prefix, '--app-id', appId];
    const places = ['--data', join(this.directory, disk), ...prefixes];
    const servers = ['--brokers', services.brokers, '--registry', services.registry, '--mongo', this.mongo];
    return ['--log', 'kafka', '--documents', 'mongo', ...servers, ...places];
  }

  async #clear(): Promise<void> {
    for (const process of this.#processes) process.thaw();
    await Promise.all(this.#processes.map((process) => process.kill()));
    const { admin } = this.log;
    const topics = await admin.describeTopics();
    await admin.deleteTopics(topics.map(({ name }) => name));
    await this.log.close();
    const client = new MongoClient(this.mongo);
    // Not the database: FerretDB falls over if a statement of a killed worker still runs in it.
    for (const collection of await client.db().collections()) await collection.drop();
    await client.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
