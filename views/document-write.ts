// What the projections share: where a write comes from, and records as JSON.
import type { Record, SourcePosition } from '../streams/api.ts';
import type { JsonObject } from './documents/documents.ts';

export function positionOf({ topic, partition, offset }: Record<unknown>): SourcePosition {
  return { topic, partition, offset };
}

/** A decoded record as JSON, which it is: strings, safe integers, booleans, null, lists and objects of these. */
export function toJson(value: object): JsonObject {
  return value as JsonObject;
}
