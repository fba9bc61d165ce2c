// Three Kafka brokers of their own, on ports of their own, started and stopped by the scripts that CI has its servers from.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const count = 3;
const firstPort = 19_192;

export class Brokers {
  readonly addresses = Array.from({ length: count }, (_, index) => `127.0.0.1:${firstPort + index}`);
  readonly #scripts: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #data = mkdtempSync(join(tmpdir(), 'stockstream-brokers-'));

  private constructor(scripts: string) {
    this.#scripts = scripts;
    const own = { SERVICES_DATA: this.#data, KAFKA_PORT: String(firstPort), KAFKA_BROKERS: String(count) };
    // A broker that was just started takes more of the processor for its compiler than for its work, for minutes.
    this.#env = { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1', ...process.env, ...own };
  }

  /** @param scripts where `up` and `down` are */
  static async start(scripts: string): Promise<Brokers> {
    const brokers = new Brokers(scripts);
    await brokers.back();
    return brokers;
  }

  /** Ends the broker with that number, from 1: with a goodbye, which hands its partitions over, or without. */
  async end(number: number, how: 'clean' | 'hard'): Promise<void> {
    await this.#run('down', [`kafka-${number}`], how === 'hard' ? { SIGNAL: 'KILL' } : {});
  }

  /** Starts those that are away; resolves when all answer and know each other. */
  async back(): Promise<void> {
    await this.#run('up', ['kafka']);
  }

  async stop(): Promise<void> {
    await this.#run('down', ['--wipe', 'kafka']);
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #run(script: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    const child = spawn(join(this.#scripts, script), words, {
      env: { ...this.#env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`${script} ${words.join(' ')} ended with ${code}`);
  }
}
