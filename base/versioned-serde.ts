// Values of a store in versions: what an earlier program wrote is migrated when it is read, step by step, and written in
// the current version when it is put again. For changes that Avro's own resolution can't make: a field that follows
// from others, another unit, another shape. A program never reads what a newer one wrote.
//
//   byte   0        1          2 ...
//        +------+---------+------------+
//        | 0x01 | version | the value  |     no Avro value (0x00) and no JSON begins with 0x01
//        +------+---------+------------+
import { assert } from './assert.ts';
import { StockstreamError } from './errors.ts';
import type { Serde } from './serde.ts';

/** How to read one earlier version. Make it with `earlier`, which checks the types. */
export interface EarlierVersion {
  /** 0: what was written before the store had versions, without the two bytes. */
  readonly version: number;
  readonly serde: Serde<unknown>;
  /** To the next version's value; pure. */
  readonly migrate: (value: unknown) => unknown;
}

const mark = 0x01;
const headerBytes = 2;
const mostVersions = 255;

export function earlier<From, To>(
  version: number,
  serde: Pick<Serde<From>, 'decode' | 'format'>,
  migrate: (value: From) => To,
): EarlierVersion {
  return { version, serde: serde as Serde<unknown>, migrate: migrate as EarlierVersion['migrate'] };
}

/** `versions` are the earlier ones, without a gap up to `version`; those that no state holds any more may be left out. */
export function versionedSerde<V>(
  version: number,
  serde: Serde<V>,
  versions: readonly EarlierVersion[] = [],
): Serde<V> {
  assert(version >= 1 && version <= mostVersions, `version ${version} is 1 to ${mostVersions}`);
  const byVersion = new Map(versions.map((each) => [each.version, each]));
  const first = Math.min(version, ...byVersion.keys());
  assert(byVersion.size === version - first, `the versions from ${first} to ${version} are there, once each`);
  const unversioned = byVersion.get(0)?.serde.format;
  return {
    format: 'versioned',
    version,
    ...(unversioned !== undefined && { reads: [unversioned] }),
    encode(value, target, at) {
      if (at + headerBytes > target.length) return -1;
      target[at] = mark;
      target[at + 1] = version;
      return serde.encode(value, target, at + headerBytes);
    },
    decode(bytes) {
      const isVersioned = bytes[0] === mark;
      const written = isVersioned ? bytes[1]! : 0;
      const body = isVersioned ? bytes.subarray(headerBytes) : bytes;
      if (written === version) return serde.decode(body);
      if (written > version) throw new StockstreamError('STATE_NEWER', { written, version });
      let step = byVersion.get(written);
      if (step === undefined) throw new StockstreamError('RECORD_UNDECODABLE', { reason: `it has version ${written}` });
      let value = step.serde.decode(body);
      for (let at = written; at < version; at++) {
        step = byVersion.get(at)!;
        value = step.migrate(value);
      }
      return value as V;
    },
  };
}
