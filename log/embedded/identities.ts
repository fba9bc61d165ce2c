// Who is who in an embedded log, over restarts: the next free ids, and the producer id and epoch of each transactional
// id. A higher epoch fences the producers before it.
import { StockstreamError } from '../../base/errors.ts';
import { readInt64, writeInt64 } from '../record-batch.ts';
import type { Flush } from './flush.ts';
import { everyKey, metaKey, producerKey, textOfProducerKey } from './keys.ts';
import type { LogStorage } from './storage.ts';

/** What is written. A log of another format is refused. */
const format = 2;

/** Batches stand in the storage's entries; since 2, pointers to a journal may (journal/pointer.ts). */
const oldestFormat = 1;

const lastEpoch = 0x7ffe;

export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

interface Meta {
  readonly format: number;
  readonly nextTopicId: number;
  readonly nextProducerId: number;
}

export class Identities {
  #meta: Meta = { format, nextTopicId: 1, nextProducerId: 1 };
  readonly #transactional = new Map<string, ProducerIdentity>();

  async load(storage: LogStorage): Promise<void> {
    const [entry] = await storage.read({ gte: metaKey, lt: Buffer.from('n') });
    const found = entry === undefined ? undefined : readMeta(storage.location, entry.value);
    this.#meta = { ...this.#meta, ...found, format };
    // It stands there before anything of this format does, so that an older version is sure to refuse it.
    if (found?.format !== format) await storage.write([{ type: 'put', key: metaKey, value: encodeMeta(this.#meta) }]);
    for (const { key, value } of await storage.read(everyKey('x'))) {
      this.#transactional.set(textOfProducerKey(key), {
        producerId: readInt64(value, 0),
        epoch: value.readUInt16BE(8),
      });
    }
  }

  newTopicId(flush: Flush): number {
    const id = this.#meta.nextTopicId;
    this.#save(flush, { ...this.#meta, nextTopicId: id + 1 });
    return id;
  }

  newProducer(flush: Flush): ProducerIdentity {
    const producerId = this.#meta.nextProducerId;
    this.#save(flush, { ...this.#meta, nextProducerId: producerId + 1 });
    return { producerId, epoch: 0 };
  }

  /** The identity of the newest producer of a transactional id. */
  takeOver(flush: Flush, transactionalId: string): ProducerIdentity {
    const old = this.#transactional.get(transactionalId);
    const identity =
      old === undefined || old.epoch >= lastEpoch ? this.newProducer(flush) : { ...old, epoch: old.epoch + 1 };
    const value = Buffer.alloc(10);
    writeInt64(value, 0, identity.producerId);
    value.writeUInt16BE(identity.epoch, 8);
    flush.put(producerKey(transactionalId), value);
    this.#transactional.set(transactionalId, identity);
    return identity;
  }

  isNewest(transactionalId: string, identity: ProducerIdentity): boolean {
    return this.#transactional.get(transactionalId) === identity;
  }

  /** @throws LOG_PRODUCER_FENCED if a newer producer took the id over */
  check(transactionalId: string, identity: ProducerIdentity): void {
    if (this.isNewest(transactionalId, identity)) return;
    throw new StockstreamError('LOG_PRODUCER_FENCED', { transactionalId });
  }

  #save(flush: Flush, meta: Meta): void {
    this.#meta = meta;
    flush.put(metaKey, encodeMeta(meta));
  }
}

function encodeMeta(meta: Meta): Buffer {
  return Buffer.from(JSON.stringify(meta));
}

function readMeta(directory: string, bytes: Buffer): Meta {
  const meta = JSON.parse(bytes.toString()) as Meta;
  if (meta.format >= oldestFormat && meta.format <= format) return meta;
  const reason = `it has format ${meta.format}, and this version reads ${oldestFormat} to ${format}`;
  throw new StockstreamError('LOG_STORAGE_FAILED', { directory, action: 'opened', reason });
}
