// Kafka's error codes and what each means to us. Whether a code is tried again first is its caller's business: see
// retry.ts; a code that reaches the caller of the port has lasted beyond all patience, or can't be helped.
import { protocolErrors } from '@platformatic/kafka';
import type { ErrorCode } from '../../base/error-catalogue.ts';
import { type ErrorDetails, StockstreamError } from '../../base/errors.ts';

/** The codes that this adapter decides by. */
export const kafka = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  illegalGeneration: 22,
  unknownMember: 25,
  rebalanceInProgress: 27,
  unsupportedVersion: 35,
  topicAlreadyExists: 36,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  unknownProducerId: 59,
  memberIdRequired: 79,
  fencedInstanceId: 82,
} as const;

type Meaning = Extract<
  ErrorCode,
  | 'LOG_UNAVAILABLE'
  | 'LOG_UNKNOWN_TOPIC'
  | 'LOG_TOPIC_EXISTS'
  | 'LOG_OFFSET_OUT_OF_RANGE'
  | 'LOG_BATCH_TOO_LARGE'
  | 'LOG_MEMBER_FENCED'
  | 'LOG_REBALANCE_IN_PROGRESS'
  | 'LOG_PRODUCER_FENCED'
  | 'LOG_TRANSACTION_ABORTED'
  | 'LOG_NOT_AUTHORIZED'
  | 'LOG_AUTHENTICATION_FAILED'
  | 'LOG_UNSUPPORTED_BROKER'
  | 'LOG_REFUSED'
>;

/** Every code of the protocol, by name, under what it means here. A code that isn't in the table is refused. */
export const table: Readonly<Record<Meaning, readonly string[]>> = {
  LOG_UNAVAILABLE: [
    ...['UNKNOWN_SERVER_ERROR', 'CORRUPT_MESSAGE', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_OR_FOLLOWER'],
    ...['REQUEST_TIMED_OUT', 'BROKER_NOT_AVAILABLE', 'REPLICA_NOT_AVAILABLE', 'NETWORK_EXCEPTION'],
    ...['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR', 'NOT_ENOUGH_REPLICAS'],
    ...['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'STALE_CONTROLLER_EPOCH', 'NOT_CONTROLLER', 'CONCURRENT_TRANSACTIONS'],
    ...['TRANSACTION_COORDINATOR_FENCED', 'OPERATION_NOT_ATTEMPTED', 'KAFKA_STORAGE_ERROR', 'LOG_DIR_NOT_FOUND'],
    ...['REASSIGNMENT_IN_PROGRESS', 'FETCH_SESSION_ID_NOT_FOUND', 'INVALID_FETCH_SESSION_EPOCH'],
    ...['FETCH_SESSION_TOPIC_ID_ERROR', 'LISTENER_NOT_FOUND', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH'],
    ...['STALE_BROKER_EPOCH', 'OFFSET_NOT_AVAILABLE', 'PREFERRED_LEADER_NOT_AVAILABLE', 'UNSTABLE_OFFSET_COMMIT'],
    ...['ELIGIBLE_LEADERS_NOT_AVAILABLE', 'ELECTION_NOT_NEEDED', 'THROTTLING_QUOTA_EXCEEDED', 'NEW_LEADER_ELECTED'],
    ...['BROKER_ID_NOT_REGISTERED', 'INCONSISTENT_TOPIC_ID', 'SHARE_SESSION_NOT_FOUND', 'INVALID_SHARE_SESSION_EPOCH'],
    ...['UNKNOWN_CONTROLLER_ID'],
  ],
  LOG_UNKNOWN_TOPIC: ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID'],
  LOG_TOPIC_EXISTS: ['TOPIC_ALREADY_EXISTS'],
  LOG_OFFSET_OUT_OF_RANGE: ['OFFSET_OUT_OF_RANGE', 'OFFSET_MOVED_TO_TIERED_STORAGE', 'POSITION_OUT_OF_RANGE'],
  LOG_BATCH_TOO_LARGE: ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'],
  LOG_MEMBER_FENCED: [
    ...['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID', 'MEMBER_ID_REQUIRED', 'NON_EMPTY_GROUP'],
    ...['FENCED_MEMBER_EPOCH', 'STALE_MEMBER_EPOCH', 'UNRELEASED_INSTANCE_ID'],
  ],
  LOG_REBALANCE_IN_PROGRESS: ['REBALANCE_IN_PROGRESS'],
  LOG_PRODUCER_FENCED: ['PRODUCER_FENCED'],
  // An epoch is also too old after a transaction that took too long; the coordinator says which, when asked to abort it.
  LOG_TRANSACTION_ABORTED: [
    'INVALID_PRODUCER_EPOCH',
    ...['TRANSACTION_ABORTABLE', 'INVALID_TXN_STATE', 'INVALID_PRODUCER_ID_MAPPING', 'TRANSACTIONAL_ID_NOT_FOUND'],
    ...['OUT_OF_ORDER_SEQUENCE_NUMBER', 'DUPLICATE_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID'],
  ],
  LOG_NOT_AUTHORIZED: [
    ...['TOPIC_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'],
    ...['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'DELEGATION_TOKEN_AUTHORIZATION_FAILED'],
  ],
  LOG_AUTHENTICATION_FAILED: [
    ...['UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE', 'SASL_AUTHENTICATION_FAILED', 'SECURITY_DISABLED'],
    ...['DELEGATION_TOKEN_AUTH_DISABLED', 'DELEGATION_TOKEN_NOT_FOUND', 'DELEGATION_TOKEN_OWNER_MISMATCH'],
    ...['DELEGATION_TOKEN_REQUEST_NOT_ALLOWED', 'DELEGATION_TOKEN_EXPIRED', 'INVALID_PRINCIPAL_TYPE'],
    ...['UNACCEPTABLE_CREDENTIAL', 'PRINCIPAL_DESERIALIZATION_FAILURE'],
  ],
  LOG_UNSUPPORTED_BROKER: ['UNSUPPORTED_VERSION', 'UNSUPPORTED_FOR_MESSAGE_FORMAT', 'UNSUPPORTED_COMPRESSION_TYPE'],
  LOG_REFUSED: [
    ...['INVALID_FETCH_SIZE', 'OFFSET_METADATA_TOO_LARGE', 'INVALID_TOPIC_EXCEPTION', 'INVALID_REQUIRED_ACKS'],
    ...['INCONSISTENT_GROUP_PROTOCOL', 'INVALID_GROUP_ID', 'INVALID_SESSION_TIMEOUT', 'INVALID_COMMIT_OFFSET_SIZE'],
    ...['INVALID_TIMESTAMP', 'INVALID_PARTITIONS', 'INVALID_REPLICATION_FACTOR', 'INVALID_REPLICA_ASSIGNMENT'],
    ...['INVALID_CONFIG', 'INVALID_REQUEST', 'POLICY_VIOLATION', 'INVALID_TRANSACTION_TIMEOUT', 'GROUP_ID_NOT_FOUND'],
    ...['TOPIC_DELETION_DISABLED', 'GROUP_MAX_SIZE_REACHED', 'NO_REASSIGNMENT_IN_PROGRESS', 'INVALID_RECORD'],
    ...['GROUP_SUBSCRIBED_TO_TOPIC', 'RESOURCE_NOT_FOUND', 'DUPLICATE_RESOURCE', 'INCONSISTENT_VOTER_SET'],
    ...['INVALID_UPDATE_VERSION', 'FEATURE_UPDATE_FAILED', 'SNAPSHOT_NOT_FOUND', 'DUPLICATE_BROKER_REGISTRATION'],
    ...['INCONSISTENT_CLUSTER_ID', 'INELIGIBLE_REPLICA', 'UNSUPPORTED_ASSIGNOR', 'MISMATCHED_ENDPOINT_TYPE'],
    ...['UNSUPPORTED_ENDPOINT_TYPE', 'UNKNOWN_SUBSCRIPTION_ID', 'TELEMETRY_TOO_LARGE', 'INVALID_REGISTRATION'],
    ...['INVALID_RECORD_STATE', 'FENCED_STATE_EPOCH', 'INVALID_VOTER_KEY', 'DUPLICATE_VOTER', 'VOTER_NOT_FOUND'],
  ],
};

const meanings = new Map<string, Meaning>(
  Object.entries(table).flatMap(([meaning, names]) => names.map((name) => [name, meaning as Meaning])),
);
const names = new Map(Object.values(protocolErrors).map(({ code, id }) => [code, id]));

export function kafkaErrorName(code: number): string {
  return names.get(code) ?? `error ${code}`;
}

/** What a code means to the callers of the port. */
export function meaningOf(code: number): Meaning {
  return meanings.get(kafkaErrorName(code)) ?? 'LOG_REFUSED';
}

export interface KafkaErrorContext extends ErrorDetails {
  /** What was asked, in words that follow "cannot" or "refuses to": `create topics`. */
  readonly action: string;
}

/** The error for a code; `context` fills its message, `said` is the broker's own text. */
export function kafkaError(code: number, context: KafkaErrorContext, said?: string | null): StockstreamError {
  const name = kafkaErrorName(code);
  const reason = said ? `${name} (${said})` : name;
  return new StockstreamError(meaningOf(code), { reason, ...context, kafka: name });
}

/** @throws the error for a code, unless it is 0 */
export function checkCode(code: number, context: KafkaErrorContext, said?: string | null): void {
  if (code !== kafka.none) throw kafkaError(code, context, said);
}

/** The code says that the metadata which led here is out of date. */
export function isStaleMetadata(code: number): boolean {
  return staleMetadata.has(kafkaErrorName(code));
}

const staleMetadata = new Set([
  ...['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_OR_FOLLOWER', 'REPLICA_NOT_AVAILABLE'],
  ...['KAFKA_STORAGE_ERROR', 'LISTENER_NOT_FOUND', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH'],
  ...['UNKNOWN_TOPIC_ID', 'INCONSISTENT_TOPIC_ID', 'FETCH_SESSION_TOPIC_ID_ERROR'],
]);

/** The code of this name says that another broker coordinates, or that none does yet. */
export function isLostCoordinator(name: string): boolean {
  return name === 'NOT_COORDINATOR' || name === 'COORDINATOR_NOT_AVAILABLE' || name === 'COORDINATOR_LOAD_IN_PROGRESS';
}
