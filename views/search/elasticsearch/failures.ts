// What Elasticsearch's errors mean to us: wait and try again, or stop and say why. A fault of ours in using the client
// stays as it is. The client's errors aren't passed on as causes: they carry what was asked.
import { errors } from '@elastic/elasticsearch';
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';

/** Too many at once, no room, a node or a shard that isn't there now. */
const passingStatuses = new Set([408, 429, 502, 503, 504]);
/** The index is made anew at this moment, or is closed for writing until its disk has room again. */
const passingTypes = new Set(['index_not_found_exception', 'cluster_block_exception', 'index_closed_exception']);

/** Why one document or a whole request was not taken. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

/** @returns SEARCH_UNAVAILABLE, SEARCH_REFUSED, or what isn't for us to explain */
export function searchFailure(error: unknown): unknown {
  if (isStockstreamError(error) || !(error instanceof Error)) return error;
  if (error instanceof errors.ResponseError) return refusalFailure(refusalOf(error));
  const reason = withoutCredentials(reasonOf(error));
  if (error instanceof errors.ProductNotSupportedError || error instanceof errors.ConfigurationError) {
    return new StockstreamError('SEARCH_REFUSED', { reason });
  }
  if (error instanceof errors.ConnectionError && isOfTrust(reason)) {
    return new StockstreamError('SEARCH_REFUSED', { reason });
  }
  if (error instanceof errors.ElasticsearchClientError && !(error instanceof errors.SerializationError)) {
    return new StockstreamError('SEARCH_UNAVAILABLE', { reason });
  }
  if ('code' in error && error.code === 'ERR_INVALID_URL') {
    return new StockstreamError('SEARCH_REFUSED', { reason: 'its URL makes no sense' });
  }
  return error;
}

export function refusalFailure({ status, type, reason }: Refusal): StockstreamError {
  const code = isPassing({ status, type }) ? 'SEARCH_UNAVAILABLE' : 'SEARCH_REFUSED';
  return new StockstreamError(code, { reason: `${reason} (${status} ${type})` });
}

export function isPassing({ status, type }: Pick<Refusal, 'status' | 'type'>): boolean {
  return passingStatuses.has(status) || passingTypes.has(type);
}

/** Whether the server says that there is already what was to be made, or nothing any more of what was to go. */
export function isOfType(error: unknown, type: string): boolean {
  return error instanceof errors.ResponseError && refusalOf(error).type === type;
}

/** A balancer before the server may answer with a page instead. */
function refusalOf({ statusCode: status = 0, body }: InstanceType<typeof errors.ResponseError>): Refusal {
  const error: unknown = body?.error;
  if (typeof error !== 'object' || error === null) return { status, type: 'no_reason', reason: 'it says no more' };
  const [first] = 'root_cause' in error && Array.isArray(error.root_cause) ? error.root_cause : [];
  const { type = 'no_type', reason = 'it says no more' } = { ...error, ...first };
  return { status, type: String(type), reason: String(reason).replace(/\.$/, '') };
}

/** Of a certificate, or of TLS at all: that stays as it is until somebody mends it. */
function isOfTrust(reason: string): boolean {
  return /certificate|\b(TLS|SSL)\b|EPROTO/i.test(reason);
}

function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^\s/@]*@/g, '//(hidden)@');
}
