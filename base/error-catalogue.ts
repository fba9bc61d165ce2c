// The one catalogue of errors: what each code means, what the program does about it, and what a person does.
// `{name}` in a message is filled from the error's details. docs/errors.md lists every entry; a test keeps them equal.
// What the gateway answers to its callers stands in request-errors.ts, what is about views, caches and images in
// storage-errors.ts.
import { feedErrors } from './feed-errors.ts';
import { replayErrors } from './replay-errors.ts';
import { requestErrors } from './request-errors.ts';
import { storageErrors } from './storage-errors.ts';

/**
 * What the program does with an error:
 * `retry` tries again later, `deadLetter` sets the record aside and goes on, `fenced` gives up the work to its new
 * owner, `corruptState` rebuilds local state from the log, `refuse` answers the caller who must mend the request,
 * `fatal` stops the process.
 */
export type Disposition = 'retry' | 'deadLetter' | 'fenced' | 'corruptState' | 'refuse' | 'fatal';

export interface ErrorEntry {
  readonly message: string;
  readonly disposition: Disposition;
  /** What the operator or the caller does. */
  readonly remedy: string;
  /** The HTTP status, for errors that a gateway answers with; 500 if absent. */
  readonly status?: number;
}

const entries = {
  ...feedErrors,
  ...requestErrors,
  ...storageErrors,
  ...replayErrors,
  CONFIG_INVALID: {
    message: 'The settings are not usable:\n{problems}',
    disposition: 'fatal',
    remedy: 'Mend every line; `stockstream start --help` and docs/settings.md list all settings.',
  },
  LOG_CLOSED: {
    message: 'The log is closed.',
    disposition: 'fatal',
    remedy: 'The process is stopping. Start it again.',
  },
  LOG_UNKNOWN_TOPIC: {
    message: 'Topic {topic} (partition {partition}) does not exist.',
    disposition: 'fatal',
    remedy: 'Create the topics with `stockstream topics create`.',
  },
  LOG_TOPIC_EXISTS: {
    message: 'Topic {topic} exists with {actual} partitions; {expected} were asked for.',
    disposition: 'fatal',
    remedy: 'Partition counts are never changed in silence. Use the count that exists, or a new topic.',
  },
  LOG_OFFSET_OUT_OF_RANGE: {
    message: 'Offset {offset} of {topic}-{partition} is outside {earliest} to {latest}.',
    disposition: 'fatal',
    remedy: 'The records were removed by retention. Restore a checkpoint, or replay from an offset that exists.',
  },
  LOG_PRODUCER_FENCED: {
    message: 'Transactional id {transactionalId} is in use by a newer producer.',
    disposition: 'fenced',
    remedy: 'None: another worker took over. If it goes on, look for two processes with one instance id.',
  },
  LOG_MEMBER_FENCED: {
    message: 'Member {memberId} of group {group} is not part of generation {generation}.',
    disposition: 'fenced',
    remedy: 'None: the tasks moved to another worker. If it goes on, raise the session time-out.',
  },
  LOG_INSTANCE_FENCED: {
    message: 'Instance id {instanceId} of group {group} is in use by a newer process.',
    disposition: 'fatal',
    remedy:
      'A process that was frozen or cut off, and replaced meanwhile, ends so: nothing is to be done. If it goes on, two processes have one instance id: give each its own.',
  },
  LOG_REBALANCE_IN_PROGRESS: {
    message: 'Group {group} is rebalancing.',
    disposition: 'retry',
    remedy: 'None: it ends by itself.',
  },
  LOG_TRANSACTION_STATE: {
    message: 'The transaction is {state}; it cannot {action}.',
    disposition: 'fatal',
    remedy: 'A fault of the program: report it with the log.',
  },
  LOG_CORRUPT_BATCH: {
    message: 'The record batch at {topic}-{partition} offset {offset} is damaged: {reason}.',
    disposition: 'fatal',
    remedy: 'The disk or the network changed bytes. Restore the log from a replica or a backup.',
  },
  LOG_BATCH_TOO_LARGE: {
    message: 'A record batch of {bytes} bytes is larger than the limit of {limit}.',
    disposition: 'refuse',
    remedy: 'Send smaller records.',
    status: 413,
  },
  LOG_UNREACHABLE: {
    message: 'Kafka cannot be reached at {broker}: {reason}.',
    disposition: 'retry',
    remedy:
      'Check --brokers, that the brokers run, and that the addresses which they advertise can be reached from here. A process that runs already goes on by itself.',
  },
  LOG_TIMED_OUT: {
    message: 'Kafka at {broker} did not answer within {milliseconds} ms.',
    disposition: 'retry',
    remedy: 'Check the load of the brokers and the network. A process that runs already goes on by itself.',
  },
  LOG_TLS_FAILED: {
    message: 'No secure connection to Kafka at {broker}: {reason}.',
    disposition: 'fatal',
    remedy: 'Check that TLS is on (or off) on both sides, the CA that is trusted, and the names in the certificate.',
  },
  LOG_AUTHENTICATION_FAILED: {
    message: 'Kafka at {broker} does not accept who we are: {reason}.',
    disposition: 'fatal',
    remedy: 'Check the SASL mechanism, the user name and the password or token, and whether the listener asks for any.',
  },
  LOG_NOT_AUTHORIZED: {
    message: 'Kafka does not allow us to {action}: {reason}.',
    disposition: 'fatal',
    remedy: 'Give the principal the rights that docs/decisions/0004-kafka-adapter.md lists.',
  },
  LOG_UNSUPPORTED_BROKER: {
    message: 'Kafka at {broker} is of no use: {reason}.',
    disposition: 'fatal',
    remedy:
      'Use Apache Kafka 4.0 or later. After an upgrade run `kafka-features.sh upgrade --feature transaction.version=2`.',
  },
  LOG_UNAVAILABLE: {
    message: 'Kafka cannot {action} now: {reason}.',
    disposition: 'retry',
    remedy: 'None: it is tried again. If it lasts, check that enough replicas are in sync and that disks have room.',
  },
  LOG_REFUSED: {
    message: 'Kafka refuses to {action}: {reason}.',
    disposition: 'fatal',
    remedy: 'The reason says what the cluster does not take: a setting of ours, or a limit of the brokers.',
  },
  LOG_TRANSACTION_ABORTED: {
    message: 'Kafka aborted the transaction of {transactionalId}: {reason}.',
    disposition: 'retry',
    remedy: 'None: nothing became visible, and the work is done again. If it goes on, look for slow brokers.',
  },
  LOG_OUTCOME_UNKNOWN: {
    message: 'It is not known whether the transaction of {transactionalId} was committed: {reason}.',
    disposition: 'retry',
    remedy: 'None: the next producer of this id settles it, and tasks restore what the log says.',
  },
  LOG_STORAGE_FAILED: {
    message: 'The log at {directory} could not be {action}: {reason}.',
    disposition: 'fatal',
    remedy:
      'Check that the disk has room, that the directory is writable and that no other process uses it. What is damaged or missing comes back from a copy of the whole directory only.',
  },
  RECORD_UNDECODABLE: {
    message: 'The record cannot be decoded: {reason}.',
    disposition: 'deadLetter',
    remedy: 'Read the dead letter, mend the producer, then replay the record.',
  },
  RECORD_INVALID: {
    message: 'A value of {schema} cannot be encoded: {path} is {found}.',
    disposition: 'deadLetter',
    remedy: 'A fault of the program: report it with the dead letter, deploy a fix, then replay the record.',
  },
  RECORD_MISROUTED: {
    message: 'The record with key {key} of topic {topic} belongs to key {expected}.',
    disposition: 'deadLetter',
    remedy: 'Mend the producer: the key decides which task owns the record. Then send it again with the right key.',
  },
  SCHEMA_UNKNOWN: {
    message: 'Schema id {id} is not in the registry.',
    disposition: 'deadLetter',
    remedy:
      'A newer program or another one wrote it. Register its schema, then replay the dead letter; a worker that stopped over it is started again.',
  },
  SCHEMA_INCOMPATIBLE: {
    message: 'The schema of {subject} is not backward compatible with version {version}: {reason}.',
    disposition: 'fatal',
    remedy: 'Give new fields defaults and leave old ones readable, or use a new topic.',
  },
  REGISTRY_UNAVAILABLE: {
    message: 'The schema registry at {url} cannot be reached: {reason}.',
    disposition: 'retry',
    remedy:
      'None while running: known schemas go on, work that meets a new one waits. At start, check the address in --registry and that the registry runs.',
  },
  REGISTRY_REFUSED: {
    message: 'The schema registry at {url} refuses: {reason}.',
    disposition: 'fatal',
    remedy:
      'Check the address in --registry with its path, the user and password in it, and what that user may do: to read is enough once every schema is registered.',
  },
  PROCESSOR_FAILED: {
    message: 'Processor {processor} failed: {reason}.',
    disposition: 'deadLetter',
    remedy: 'Read the stack in the dead letter, deploy a fix, then replay the record.',
  },
  QUARANTINE_FULL: {
    message: 'Key {key} stands still, and {records} records of it wait already.',
    disposition: 'deadLetter',
    remedy:
      'Replay or drop what the key stands still for, which lets those that wait go on; then replay these dead letters, the oldest first.',
  },
  EFFECT_TIMED_OUT: {
    message: 'Effect {effect} got no answer within {milliseconds} ms.',
    disposition: 'retry',
    remedy: 'None: it is tried again. If it goes on, look at the other side and the network between.',
  },
  EFFECT_FAILED: {
    message: 'Effect {effect} failed: {reason}.',
    disposition: 'deadLetter',
    remedy: 'Read the stack in the dead letter, mend the cause, then replay the record.',
  },
  TOPOLOGY_INVALID: {
    message: 'Topology {topology} is invalid: {problems}.',
    disposition: 'fatal',
    remedy: 'Mend the wiring in topologies/.',
  },
  TOPOLOGY_CHANGED: {
    message: 'Program {code} cannot go on with what program {noted} left of topology {topology}: {problems}.',
    disposition: 'fatal',
    remedy:
      'Nothing was touched. If this program is the older one, start the newer. Else give the store or source back, read earlier values (docs/decisions/0022-evolution.md), say in topologies/ what is retired, or start afresh under another --app-id.',
  },
  STATE_NEWER: {
    message: 'A value of the state was written by a newer program: it has version {written}, and {version} is known.',
    disposition: 'fatal',
    remedy: 'Start the newer program again: an older one must not decide on state that it cannot read.',
  },
  STATE_CORRUPT: {
    message: 'The state of task {task} is damaged: {reason}.',
    disposition: 'corruptState',
    remedy: 'None: the task restores itself from its changelog. If it goes on, check the disk.',
  },
  STATE_STORAGE_FAILED: {
    message: 'The state at {directory} could not be {action}: {reason}.',
    disposition: 'fatal',
    remedy: 'Check that the disk has room, that the directory is writable and that no other process uses it.',
  },
  STATE_STORE_DAMAGED: {
    message: 'The state at {directory} is damaged: {reason}.',
    disposition: 'fatal',
    remedy:
      'Start again: the directory is set aside, and state is restored from checkpoint and changelog. Check the disk.',
  },
  STATE_IN_USE: {
    message: 'The state at {directory} is in use by another process.',
    disposition: 'fatal',
    remedy: 'Stop the other process, or give this one a data directory of its own.',
  },
  STATE_ENGINE_MISSING: {
    message: 'The state engine (rocksdb-native) could not be loaded: {reason}.',
    disposition: 'fatal',
    remedy:
      'On Linux install libatomic1 (`apt-get install libatomic1`, `dnf install libatomic`); else run `npm ci` again.',
  },
  STATE_CLOSED: {
    message: 'The state store is closed.',
    disposition: 'fatal',
    remedy: 'The process is stopping. Start it again.',
  },
  STATE_AHEAD_OF_LOG: {
    message: 'The state of task {task} is at changelog offset {position}, past its end {end}.',
    disposition: 'fatal',
    remedy:
      'The log was replaced or truncated under the state. Restore the log, or delete the state directory and the checkpoints.',
  },
  STATE_BEHIND_OFFSETS: {
    message: 'The state of task {task} is at {position}, behind the committed offset {committed} of {topic}.',
    disposition: 'fatal',
    remedy: 'The changelog lost records. Restore a checkpoint, or replay the inputs into a new application id.',
  },
  STATE_CHANGELOG_LOST: {
    message: 'The state of task {task} needs its changelog from offset {from}, which begins at {earliest} only.',
    disposition: 'fatal',
    remedy:
      'Records of the changelog were deleted. Put them back, restore a checkpoint, or replay the inputs into a new application id.',
  },
  STATE_AHEAD_OF_OFFSETS: {
    message: 'The state of task {task} is at {position}, past the committed offset {committed} of {topic}.',
    disposition: 'fatal',
    remedy: 'The offsets were reset by hand. Use `stockstream replay`, which resets state and offsets together.',
  },
  STATE_MOVING: {
    message: 'Nobody answers now for the state of {tasks}: the tasks move, or their worker is away.',
    disposition: 'retry',
    remedy: 'Try again after a moment; GET /v1/admin/tasks tells where tasks are. Stale answers come from standbys.',
    status: 503,
  },
  STATE_ELSEWHERE: {
    message: 'The state of store {store} is with the workers, and none runs in this process.',
    disposition: 'retry',
    remedy: 'Ask a process that runs workers.',
    status: 503,
  },
  RECONCILIATION_INCOMPLETE: {
    message: 'Topic {topic} could not be read to where it ended when the comparison began.',
    disposition: 'retry',
    remedy:
      'Run the reconciliation again. If it goes on, look for a transaction that stays open, or a log that is slow.',
    status: 503,
  },
  OPERATION_REFUSED: {
    message: 'The gateway refuses with {code}: {detail}.',
    disposition: 'fatal',
    remedy: 'See the code in docs/errors.md.',
  },
  GATEWAY_NOT_RUNNING: {
    message: 'No process with a gateway uses the data directory {data}.',
    disposition: 'fatal',
    remedy: 'Start one with `stockstream start`, or say with --url where a gateway answers.',
  },
  IMPORT_FILE_UNREADABLE: {
    message: 'The file {file} cannot be imported: {reason}.',
    disposition: 'fatal',
    remedy: 'Check the path, that the file may be read, and its format.',
  },
  GATEWAY_UNREACHABLE: {
    message: 'The gateway does not answer at {url}: {reason}.',
    disposition: 'fatal',
    remedy: 'Wait until it is ready, or stop it and try again.',
  },
  CARRIER_REFUSED: {
    message: 'The carrier refuses {request}: {reason}.',
    disposition: 'deadLetter',
    remedy:
      'Mend what the reason names, with the carrier or in --carrier-url, and replay the request from the dead letters.',
  },
  CARRIER_UNAVAILABLE: {
    message: 'The carrier does not take {request} now: {reason}.',
    disposition: 'retry',
    remedy:
      'None: it is asked again with the same key. If it lasts, check that --carrier-url answers and knows the secret.',
  },
  CARRIER_STORAGE_FAILED: {
    message: 'The simulated carrier at {file} could not be {action}: {reason}.',
    disposition: 'retry',
    remedy:
      'Check that the directory is writable and has room. A damaged file may be deleted: its parcels stand still then.',
  },
  MAIL_UNAVAILABLE: {
    message: 'The mail cannot be handed over now: {reason}.',
    disposition: 'retry',
    remedy:
      'None while it passes: mails wait and go out later. If it lasts, check --smtp with its user and password, the log of the mail server, or that the outbox directory is writable.',
  },
  MAIL_ADDRESS_UNKNOWN: {
    message: 'No mail address is known of user {userId}.',
    disposition: 'retry',
    remedy:
      'None: the view of users may be behind, so it is tried again; then the outbox says that there was no address.',
  },
  MAIL_KIND_UNKNOWN: {
    message: 'There is no mail for notification {notificationId}: a newer program wrote it.',
    disposition: 'deadLetter',
    remedy: 'Deploy the version that knows its kind to all workers, then replay the dead letter.',
  },
  PAYMENTS_REFUSED: {
    message: 'The payment provider refuses {request}: {reason}.',
    disposition: 'deadLetter',
    remedy: 'None: the order is told that the payment was refused. If it goes on, look at the account at the provider.',
  },
  PAYMENTS_UNAVAILABLE: {
    message: 'The payment provider does not answer {request} now: {reason}.',
    disposition: 'retry',
    remedy:
      'None: it is asked again with the same key. If it lasts, look at the status page of the provider and at --stripe-url.',
  },
  PAYMENTS_UNAUTHORIZED: {
    message: 'The payment provider does not accept who we are: {reason}.',
    disposition: 'fatal',
    remedy: 'Check --stripe-key: that it is whole, of the right account, not revoked, and allowed to take payments.',
  },
  PAYMENTS_STORAGE_FAILED: {
    message: 'The books of the simulated payment provider at {file} could not be {action}: {reason}.',
    disposition: 'retry',
    remedy:
      'Check that the directory is writable and has room. A damaged file may be deleted: its payments are forgotten then.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof entries;

export const errorCatalogue: Readonly<Record<ErrorCode, ErrorEntry>> = entries;
