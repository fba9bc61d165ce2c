// The bookkeeping of a partition's batches against a model of a broker that checks sequence numbers as Kafka does: whatever
// gets lost, every batch is stored once and in order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StockstreamError } from '../../../base/errors.ts';
import { seededRandom } from '../../../base/random.ts';
import { Outgoing } from '../../../log/kafka/outgoing.ts';
import { SendQueue } from '../../../log/kafka/send-queue.ts';
import { RecordBatch } from '../../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';

const options = { topic: 't', partition: 0, compression: 'none', transactional: false, mergeBytes: 0 } as const;
const lost = new StockstreamError('LOG_UNAVAILABLE', { action: 'store', reason: 'test' });

function queueOf(more: Partial<SendQueue['options']> = {}): SendQueue {
  return new SendQueue({ ...options, ...more }, { producerId: 1, epoch: 0 }, seededRandom(1));
}

function batchOf(values: readonly string[], deadline = 1_000): Outgoing {
  const builder = new RecordBatchBuilder();
  for (const value of values) builder.append(1, value, Buffer.from(value));
  const batch = new Outgoing(builder, deadline);
  batch.offset.catch(() => {});
  return batch;
}

const valuesIn = (bytes: Buffer) => [...new RecordBatch(bytes).records()].map(({ value }) => String(value));

/** A partition's leader: knows the last five batches of a producer again, and of one that it knows takes nothing out of order. */
class ModelBroker {
  readonly log: string[] = [];
  readonly #producers = new Map<number, { expected: number; recent: { sequence: number; offset: number }[] }>();

  produce(bytes: Buffer): { offset: number } | 'out of order' {
    const { producerId, baseSequence: sequence, count } = new RecordBatch(bytes);
    const producer = this.#producers.get(producerId) ?? { expected: sequence, recent: [] };
    const known = producer.recent.find((each) => each.sequence === sequence);
    if (known !== undefined) return known;
    if (sequence !== producer.expected) return 'out of order';
    const offset = this.log.length;
    this.log.push(...valuesIn(bytes));
    const recent = [...producer.recent, { sequence, offset }].slice(-5);
    this.#producers.set(producerId, { expected: sequence + count, recent });
    return { offset };
  }

  forgetProducers(): void {
    this.#producers.clear();
  }
}

type Step = 'append' | 'send' | 'answer' | 'refuse' | 'busy' | 'break' | 'forget';

/** A queue, the requests that are out, and what the caller of `append` learns. */
class Run {
  readonly broker = new ModelBroker();
  readonly queue = queueOf();
  readonly appends: { readonly values: readonly string[]; readonly offset: Promise<number> }[] = [];
  refusals = 0;
  readonly #out: { batch: Outgoing; bytes: Buffer }[] = [];
  #now = 0;
  #identity = 1;
  #count = 0;

  step(step: Step, dice: number): void {
    this.#now += 10_000;
    if (step === 'append') this.#append(1 + (dice % 3));
    else if (step === 'send') this.#send();
    else if (step === 'break') this.#break(dice);
    else if (step === 'forget') this.broker.forgetProducers();
    else this.#answer(step);
    if (this.queue.needsIdentity && this.queue.isIdle) {
      this.queue.renew({ producerId: ++this.#identity, epoch: 0 });
    }
  }

  /** Everything that is left goes out. */
  finish(): void {
    for (let turn = 0; !this.queue.isEmpty; turn++) {
      assert.ok(turn < 1_000, 'it comes to an end');
      this.step('send', 0);
      this.step('answer', 0);
    }
  }

  #append(count: number): void {
    const values = Array.from({ length: count }, () => String(++this.#count));
    const batch = batchOf(values, Number.POSITIVE_INFINITY);
    this.queue.add(batch);
    this.appends.push({ values, offset: batch.offset });
  }

  #send(): void {
    if (!this.queue.isReady(this.#now) || !this.queue.mayGoTo(1)) return;
    const { batch, bytes } = this.queue.take(1);
    // The bytes leave: what the queue does to its own copy later is of no matter.
    this.#out.push({ batch, bytes: Buffer.from(bytes) });
    assert.ok(this.#out.length <= 5);
  }

  #answer(how: 'answer' | 'refuse' | 'busy'): void {
    const request = this.#out.shift();
    if (request === undefined) return;
    const { batch, bytes } = request;
    if (how === 'busy') this.queue.failed(batch, this.#now);
    else if (how === 'refuse') {
      this.refusals++;
      this.queue.refused(batch, lost, this.#now);
    } else this.#settle(batch, this.broker.produce(bytes));
  }

  #settle(batch: Outgoing, answer: { offset: number } | 'out of order'): void {
    if (answer !== 'out of order') {
      this.queue.heard(this.#now);
      this.queue.acknowledged(batch, answer.offset);
    } else {
      assert.ok(!this.queue.isStored(batch), 'what is stored is asked for while the broker knows it');
      if (this.queue.isOldest(batch)) this.queue.needsIdentity = true;
      this.queue.failed(batch, this.#now);
    }
  }

  /** The connection breaks: some requests have arrived, none is answered. */
  #break(dice: number): void {
    const arrived = dice % (this.#out.length + 1);
    for (const [index, { batch, bytes }] of this.#out.splice(0).entries()) {
      if (index < arrived) this.broker.produce(bytes);
      this.queue.failed(batch, this.#now);
    }
  }
}

async function check(steps: readonly (readonly [Step, number])[]): Promise<void> {
  const run = new Run();
  for (const [step, dice] of steps) run.step(step, dice);
  run.finish();
  const outcomes = await Promise.allSettled(run.appends.map(({ offset }) => offset));
  const stored = run.appends.filter((_, index) => outcomes[index]!.status === 'fulfilled');
  assert.ok(run.appends.length - stored.length <= run.refusals, 'nothing fails but what is refused');
  const { log } = run.broker;
  assert.equal(new Set(log).size, log.length, 'nothing is stored twice');
  const told = stored.flatMap(({ values }) => values);
  // A refusal may come after the batch was stored and the answer lost.
  assert.deepEqual(
    log.filter((value) => told.includes(value)),
    told,
  );
  if (run.refusals === 0) assert.deepEqual(log, told);
  for (const { values, offset } of stored) assert.equal(log[await offset], values[0]);
}

describe('every batch is stored once and in order', () => {
  const dice = fc.nat(20);
  const steps = (...names: Step[]) => fc.array(fc.tuple(fc.constantFrom(...names), dice), { maxLength: 80 });

  test('when connections break and brokers are busy', async () => {
    const mix = steps('append', 'append', 'send', 'send', 'answer', 'busy', 'break');
    await fc.assert(fc.asyncProperty(mix, check), { numRuns: 4_000 });
  });

  test('when some batches are refused', async () => {
    const mix = steps('append', 'append', 'send', 'send', 'answer', 'refuse', 'busy', 'break');
    await fc.assert(fc.asyncProperty(mix, check), { numRuns: 4_000 });
  });

  test('when brokers forget the producer while nothing is in doubt', async () => {
    const mix = steps('append', 'append', 'send', 'send', 'answer', 'forget');
    await fc.assert(fc.asyncProperty(mix, check), { numRuns: 4_000 });
  });
});

describe('a queue', () => {
  test('has at most five batches out, and one until the broker knows the producer', () => {
    const takeAll = (queue: SendQueue, now: number) => {
      const taken: Outgoing[] = [];
      while (queue.isReady(now)) taken.push(queue.take(1).batch);
      return taken;
    };
    for (const transactional of [false, true]) {
      const queue = queueOf({ transactional });
      for (let index = 0; index < 20; index++) queue.add(batchOf([String(index)]));
      const [first, ...others] = takeAll(queue, 0);
      assert.deepEqual(others, []);
      queue.heard(0);
      queue.acknowledged(first!, 0);
      const next = takeAll(queue, 0);
      assert.equal(next.length, 5);
      for (const [index, batch] of next.entries()) queue.acknowledged(batch, index + 1);
      // Long after, it may have forgotten it; a transaction ends before.
      assert.equal(takeAll(queue, 3_600_000).length, transactional ? 5 : 1);
    }
  });

  test('goes to another broker only when nothing is out', () => {
    const queue = queueOf();
    for (const value of ['a', 'b']) queue.add(batchOf([value]));
    const { batch } = queue.take(1);
    assert.deepEqual([queue.mayGoTo(1), queue.mayGoTo(2)], [true, false]);
    queue.acknowledged(batch, 0);
    assert.ok(queue.mayGoTo(2));
  });

  test('puts small batches that wait together, and tells each append its own offset', async () => {
    const queue = queueOf({ mergeBytes: 400 });
    const batches = [['a', 'b'], ['c'], ['d', 'e', 'f']].map((values) => batchOf(values));
    for (const batch of batches) queue.add(batch);
    queue.add(batchOf(['x'.repeat(400)]));
    const { batch, bytes } = queue.take(1);
    assert.deepEqual(valuesIn(bytes), ['a', 'b', 'c', 'd', 'e', 'f']);
    assert.equal(new RecordBatch(bytes).damage(), undefined);
    queue.acknowledged(batch, 100);
    assert.deepEqual(await Promise.all(batches.map(({ offset }) => offset)), [100, 102, 103]);
    assert.equal(queue.take(1).batch.sequence, 6);
  });

  test('waits after a failure, longer each time, and not once something went well', () => {
    const queue = queueOf();
    queue.add(batchOf(['a'], 1e9));
    let now = 0;
    const pauses: number[] = [];
    for (let round = 0; round < 8; round++) {
      queue.failed(queue.take(1).batch, now);
      pauses.push(queue.notBefore - now);
      assert.ok(!queue.isReady(queue.notBefore - 1));
      now = queue.notBefore;
    }
    assert.ok(
      pauses.every(
        (pause, index) => pause >= 18 && pause <= 1_100 && (index < 1 || index > 5 || pause > pauses[index - 1]!),
      ),
    );
    queue.acknowledged(queue.take(1).batch, 0);
    queue.add(batchOf(['b'], 1e9));
    queue.failed(queue.take(1).batch, now);
    assert.ok(queue.notBefore - now < 30);
  });

  test('asks for the offset of what is stored with its old number, before anything else goes out', async () => {
    const queue = queueOf();
    const [first, second, third] = [batchOf(['a']), batchOf(['b']), batchOf(['c'])];
    for (const batch of [first, second]) queue.add(batch);
    queue.take(1);
    queue.take(1);
    // Both are sent again. The first is refused for now; but the second is taken, so the first was stored all along.
    queue.failed(first, 0);
    queue.acknowledged(second, 11);
    queue.add(third);
    assert.ok(queue.isStored(first) && queue.isReady(queue.notBefore));
    const { batch, bytes } = queue.take(1);
    assert.deepEqual([batch, new RecordBatch(bytes).baseSequence], [first, 0]);
    assert.ok(!queue.isReady(queue.notBefore), 'the broker might forget it');
    queue.acknowledged(first, 10);
    assert.deepEqual([await first.offset, await second.offset], [10, 11]);
    assert.equal(queue.take(1).batch.sequence, 2);
  });

  test('takes the number of what was refused, and may have been stored before, for used', async () => {
    const queue = queueOf();
    const [first, second] = [batchOf(['a']), batchOf(['b'])];
    for (const batch of [first, second]) queue.add(batch);
    queue.take(1);
    queue.failed(first, 0);
    queue.take(1);
    queue.refused(first, lost, 0);
    await assert.rejects(first.offset, lost);
    assert.equal(queue.take(1).batch.sequence, 1);
  });

  test('gives up what is late, with it all that was sent, and goes on as another producer', async () => {
    const queue = queueOf();
    const [late, sent, waiting] = [batchOf(['late'], 10), batchOf(['sent'], 50), batchOf(['waiting'], 50)];
    for (const batch of [late, sent]) queue.add(batch);
    queue.take(1);
    queue.take(1);
    queue.add(waiting);
    queue.expire(9, lost);
    assert.equal(queue.needsIdentity, false);
    queue.expire(10, lost);
    await assert.rejects(late.offset, lost);
    await assert.rejects(sent.offset, lost);
    // An answer that comes yet changes nothing.
    queue.acknowledged(sent, 77);
    assert.ok(queue.needsIdentity && !queue.isReady(100));
    queue.renew({ producerId: 2, epoch: 0 });
    const { batch, bytes } = queue.take(1);
    assert.deepEqual([valuesIn(bytes), new RecordBatch(bytes).producerId, batch.sequence], [['waiting'], 2, 0]);
  });

  test('goes on as the same producer if what was late had never been sent', async () => {
    const queue = queueOf();
    const [late, waiting] = [batchOf(['late'], 10), batchOf(['waiting'], 50)];
    for (const batch of [late, waiting]) queue.add(batch);
    queue.expire(20, lost);
    await assert.rejects(late.offset, lost);
    assert.deepEqual([queue.needsIdentity, queue.take(1).batch], [false, waiting]);
  });

  test('numbers batches over the end of 31 bits', () => {
    const queue = queueOf();
    queue.renew({ producerId: 1, epoch: 0 });
    const many = batchOf(['a', 'b', 'c']);
    queue.add(many);
    queue.acknowledged(queue.take(1).batch, 0);
    assert.equal(queue.deadline, Number.POSITIVE_INFINITY);
  });
});
