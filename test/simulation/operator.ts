// An operator of the simulated shop: reads the dead letters and has those replayed for which a key stands still, at any
// time, sometimes twice, sometimes edited to what they were; and asks for what makes no sense. Never drops one: checkers
// hold the shop to every order.
import type { Random } from '../../base/random.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { QuarantineCommand } from '../../schemas/types.generated.ts';
import { deadLetterHeaders } from '../../streams/dead-letter.ts';
import { brokenMessage } from './breakage.ts';
import { count } from './counts.ts';
import { chance, delay } from './dice.ts';
import type { LoggedRecord } from './history.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

const looksEveryMs = 2_000;
const patienceMs = 5_000;
const mostTries = 3;

export class Operator {
  readonly #world: World;
  readonly #random: Random;
  readonly #answered = new Set<string>();
  /** That had nothing to do with what isn't mended yet, by the record's place. */
  readonly #tries = new Map<string, number>();
  #isOver = false;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  end(): void {
    this.#isOver = true;
  }

  async run(): Promise<void> {
    const world = this.#world;
    while (!this.#isOver) {
      await world.pause(delay(this.#random, looksEveryMs));
      const { deadLetters } = world.shop.topics;
      const records = await world.history.read(world.storage);
      const letters = records.filter(({ topic }) => topic === deadLetters.name);
      for (const letter of letters) if (!this.#isOver) await this.#look(letter);
    }
  }

  async #look(letter: LoggedRecord): Promise<void> {
    const { topic, partition, offset, key, value, headers } = letter;
    const header = (name: string) => headers.find((each) => each.key === name)?.value.toString();
    const place = header(deadLetterHeaders.place);
    const id = `${topic}-${partition}@${offset}`;
    if (place === undefined || this.#answered.has(id)) return;
    // What fails for another reason than that all isn't mended yet: to try it for ever would hide that. It is mended by
    // the clock of the worker, which may have jumped back.
    const tries = this.#tries.get(place) ?? 0;
    if (tries >= mostTries) return;
    if (header(deadLetterHeaders.message) !== brokenMessage) this.#tries.set(place, tries + 1);
    const random = this.#random;
    const task = Number(header(deadLetterHeaders.task)?.split('_').at(-1));
    const say = async (command: Partial<QuarantineCommand>) => {
      const whole = {
        commandId: id,
        actor: 'o',
        at: 0,
        key,
        place,
        action: 'replay',
        value: null,
        ...command,
      } as const;
      await this.#send(task, whole);
    };
    if (chance(random, 0.1)) await say({ place: 'orders-0@999999', action: 'drop' });
    if (chance(random, 0.1)) await say({ action: 'other' });
    const edits = value !== null && chance(random, 0.5);
    await say({ value: edits ? value.toString('base64') : null });
    if (chance(random, 0.1)) await say({});
    count(this.#world.counts, 'keys let go on');
    this.#answered.add(id);
  }

  /** Until the log has acknowledged it. */
  async #send(partition: number, command: QuarantineCommand): Promise<void> {
    const { topic, bytes } = this.#encode(command);
    const append = async (machine: Machine) => {
      const builder = new RecordBatchBuilder(256).append(this.#world.clock.now(), command.key, bytes);
      const producer = await machine.producerOf('operator');
      await producer.append(topic, partition, builder);
    };
    while (!(await this.#isDone(append(await this.#world.up())))) await this.#world.pause(delay(this.#random, 200));
  }

  /** False if it fails or takes too long: a machine that crashes doesn't answer any more. */
  #isDone(work: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      this.#world.after(patienceMs, () => resolve(false));
      work.then(
        () => resolve(true),
        () => resolve(false),
      );
    });
  }

  #encode(command: QuarantineCommand): { topic: string; bytes: Buffer } {
    const { name, serde } = this.#world.shop.topics.shopQuarantine;
    const buffer = Buffer.alloc(16_384);
    return { topic: name, bytes: buffer.subarray(0, serde.encode(command, buffer, 0)) };
  }
}
