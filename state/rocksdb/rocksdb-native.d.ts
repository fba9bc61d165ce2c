// The part of rocksdb-native that the adapter uses; the library has no types of its own.

declare module 'rocksdb-native' {
  class RocksDB {
    constructor(path: string, options?: RocksDB.Options);
    ready(): Promise<void>;
    /** Waits for reads and writes under way. */
    close(): Promise<void>;
    read(options: RocksDB.BatchOptions): RocksDB.ReadBatch;
    write(options: RocksDB.BatchOptions): RocksDB.WriteBatch;
    iterator(range: RocksDB.Range, options: RocksDB.IteratorOptions): RocksDB.Iterator;
    /** A session that sees what there is by now; to be closed by itself. */
    snapshot(): RocksDB;
    /** Writes what is in memory to files. */
    flush(): Promise<void>;
  }

  namespace RocksDB {
    interface Options {
      /** Bytes of a data block. */
      readonly tableBlockSize?: number;
      readonly tableCacheIndexAndFilterBlocks?: boolean;
      readonly filterPolicy?: BloomFilterPolicy | null;
      /** Bytes of one memtable. */
      readonly writeBufferSize?: number;
      readonly maxBackgroundJobs?: number;
    }

    interface BatchOptions {
      readonly capacity: number;
      /** Gives the native batch back as soon as it was flushed. */
      readonly autoDestroy: true;
    }

    interface ReadBatch {
      /** Resolves after the flush; null where there is nothing. */
      get(key: Buffer): Promise<Buffer | null>;
      tryFlush(): void;
    }

    interface WriteBatch {
      tryPut(key: Buffer, value: Buffer): void;
      tryDelete(key: Buffer): void;
      tryDeleteRange(start: Buffer, end: Buffer): void;
      flush(): Promise<void>;
    }

    /** Empty buffers mean no bound. */
    interface Range {
      readonly gte: Buffer;
      readonly lt: Buffer;
    }

    interface IteratorOptions {
      readonly reverse: boolean;
      readonly limit: number;
      /** Entries a native read; a read that brings fewer is the last. */
      readonly capacity: number;
    }

    /** A readable stream in object mode. */
    interface Iterator {
      on(event: 'data', listener: (entry: { readonly key: Buffer; readonly value: Buffer }) => void): this;
      on(event: 'error', listener: (error: Error) => void): this;
      on(event: 'close', listener: () => void): this;
    }

    class BloomFilterPolicy {
      constructor(bitsPerKey: number);
    }
  }

  export = RocksDB;
}
