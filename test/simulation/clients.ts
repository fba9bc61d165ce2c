// Clients of the simulated shop: each sends messages over a slow line, side by side, so that they overtake each other.
// One that hears nothing in time sends again; what the log acknowledged is noted with the place that it gave.
import type { Random } from '../../base/random.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { between, chance, delay, pick } from './dice.ts';
import type { LoggedRecord } from './history.ts';
import type { Machine } from './machine.ts';
import type { Message, Workload } from './workload.ts';
import type { World } from './world.ts';

/** A message that the log has acknowledged. */
export interface Ack extends Message {
  readonly partition: number;
  readonly offset: number;
}

export class Clients {
  readonly acks: Ack[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #workload: Workload;
  /** By how much each client's clock is wrong. */
  readonly #wrongBy: readonly number[];
  #open = 0;
  #allSent = false;
  #isOver = false;

  constructor(world: World, random: Random, workload: Workload) {
    this.#world = world;
    this.#random = random;
    this.#workload = workload;
    this.#wrongBy = Array.from({ length: world.plan.clients }, () => between(random, -300, 300));
  }

  /** Whether everything was sent and acknowledged. */
  get areDone(): boolean {
    return this.#allSent && this.#open === 0;
  }

  /** What is still under way, which was acknowledged on another way, gets lost. */
  end(): void {
    this.#isOver = true;
  }

  async run(): Promise<void> {
    const { plan } = this.#world;
    for (const message of this.#workload.opening(this.#world.clock.now())) this.#send(message);
    for (let count = 0; count < plan.actions; count++) {
      await this.#world.pause(delay(this.#random, plan.paceMs));
      const internal = count % 20 === 0 ? await this.#overheard() : this.#internal;
      const message = this.#workload.next(this.#world.clock.now(), internal);
      this.#send(message);
      // Once in a while a gateway sends twice at once.
      if (chance(this.#random, 0.03)) this.#send(message);
    }
    this.#allSent = true;
  }

  #internal: readonly Message[] = [];

  /** The last messages that the shop sent to itself. */
  async #overheard(): Promise<readonly Message[]> {
    const { history, storage, shop } = this.#world;
    const { reservations, reservationReplies } = shop.topics;
    const names: readonly string[] = [reservations.name, reservationReplies.name];
    const isInternal = ({ topic, value }: LoggedRecord) => names.includes(topic) && value !== null;
    this.#internal = (await history.read(storage)).slice(-200).filter(isInternal);
    return this.#internal;
  }

  #send(message: Message): void {
    this.#open++;
    void this.#deliver(message).then(() => this.#open--);
  }

  async #deliver(message: Message): Promise<void> {
    const client = between(this.#random, 1, this.#world.plan.clients);
    for (let tries = 0; ; tries++) {
      const machine = await this.#world.up();
      if (await this.#try(machine, message, client)) return;
      await this.#world.pause(delay(this.#random, 200));
      // Far more tries than any fault lasts.
      if (tries > 1_000) throw new Error(`nobody takes a message for ${message.topic}`);
    }
  }

  /** Whether it was acknowledged before the client lost patience. */
  #try(machine: Machine, message: Message, client: number): Promise<boolean> {
    const patience = pick(this.#random, [200, 2_000, 10_000]);
    return new Promise((resolve) => {
      this.#world.after(patience, () => resolve(false));
      // What became of it is unknown if the log fails: it is sent again.
      this.#append(machine, message, client).then(
        () => resolve(true),
        () => resolve(false),
      );
    });
  }

  async #append(machine: Machine, { topic, key, value }: Message, client: number): Promise<void> {
    const { plan, clock } = this.#world;
    const way = () => this.#world.pause(delay(this.#random, plan.latency.network * 2));
    const partition = partitionOf(key ?? '', plan.partitions);
    const sentAt = clock.now() + this.#wrongBy[client - 1]!;
    await way();
    if (this.#isOver) return;
    const producer = await machine.producerOf(`client ${client}`);
    const builder = new RecordBatchBuilder(256).append(sentAt, key, value);
    const offset = await producer.append(topic, partition, builder);
    await way();
    this.acks.push({ topic, key, value, partition, offset });
  }
}
