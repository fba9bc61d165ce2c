// A storage whose writes and reads a test holds back, counts, and lets fail.
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import type { ReadOptions, StorageEntry, StorageOperation, StorageRange } from '../../../log/embedded/storage.ts';

export class FaultyStorage extends MemoryStorage {
  readonly writes: StorageOperation[][] = [];
  reads = 0;
  /** Writes from this one on fail; what they would have written is lost. */
  failingFrom = Number.POSITIVE_INFINITY;
  #held: 'nothing' | 'reads' | 'writes' = 'nothing';
  #waiting: (() => void)[] = [];

  /** Holds back until `release`. */
  hold(what: 'reads' | 'writes' = 'writes'): void {
    this.#held = what;
  }

  release(): void {
    this.#held = 'nothing';
    for (const resume of this.#waiting.splice(0)) resume();
  }

  override async read(range: StorageRange, options?: ReadOptions): Promise<StorageEntry[]> {
    this.reads++;
    await this.#pass('reads');
    return super.read(range, options);
  }

  override async write(operations: StorageOperation[]): Promise<void> {
    this.writes.push(operations);
    const isFailing = this.writes.length > this.failingFrom;
    await this.#pass('writes');
    if (isFailing) throw new Error('no space left on device');
    await super.write(operations);
  }

  async #pass(what: 'reads' | 'writes'): Promise<void> {
    if (this.#held === what) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
