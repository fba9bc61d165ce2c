// The outputs of a commit, one record batch a partition, whatever number of tasks wrote to it.
import { partitionOf } from '../log/partitioner.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import type { Topic } from './api.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Effect } from './processor-node.ts';

export interface OutputBatch {
  readonly topic: string;
  readonly partition: number;
  readonly builder: RecordBatchBuilder;
}

export class OutputBatches {
  readonly #batches = new Map<string, (OutputBatch | undefined)[]>();

  /** In order of the first record that went to each. */
  *[Symbol.iterator](): Generator<OutputBatch> {
    for (const partitions of this.#batches.values()) for (const batch of partitions) if (batch) yield batch;
  }

  builder(topic: string, partition: number): RecordBatchBuilder {
    let partitions = this.#batches.get(topic);
    if (partitions === undefined) {
      partitions = [];
      this.#batches.set(topic, partitions);
    }
    let batch = partitions[partition];
    if (batch === undefined) {
      batch = { topic, partition, builder: new RecordBatchBuilder() };
      partitions[partition] = batch;
    }
    return batch.builder;
  }

  /** Encodes one task's effects. Of those to a compacted topic only the last of each key counts. */
  addEffects(effects: readonly Effect[], now: number): void {
    const last = new Map<string, Effect>();
    for (const effect of effects) {
      if (effect.output.cleanup === 'compact') last.set(`${effect.output.name}\0${effect.key}`, effect);
    }
    for (const effect of effects) {
      const { output, key, value } = effect;
      if (output.cleanup === 'compact' && last.get(`${output.name}\0${key}`) !== effect) continue;
      this.builder(output.name, partitionOf(key, output.partitions)).encode(now, key, value, output.serde);
    }
  }

  addDeadLetters(letters: readonly DeadLetter[], topic: Topic<Buffer>, now: number): void {
    for (const { key, value, headers } of letters) {
      const text = key === null ? '' : typeof key === 'string' ? key : key.toString('latin1');
      this.builder(topic.name, partitionOf(text, topic.partitions)).append(now, key, value, headers);
    }
  }
}
