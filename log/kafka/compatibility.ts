// Whether a broker can do what this adapter needs: Kafka 4.0's requests and transactions of version 2.
import {
  apiVersionsV3,
  createTopicsV7,
  deleteRecordsV2,
  deleteTopicsV6,
  describeConfigsV4,
  describeGroupsV5,
  findCoordinatorV6,
  heartbeatV4,
  initProducerIdV5,
  joinGroupV9,
  leaveGroupV5,
  listOffsetsV9,
  metadataV12,
  offsetCommitV9,
  offsetFetchV9,
  syncGroupV5,
} from '@platformatic/kafka';
import { StockstreamError } from '../../base/errors.ts';
import { checkCode, kafka } from './error-codes.ts';
import type { Link } from './link.ts';
import { fetchApi } from './wire/fetch.ts';
import { produceApi } from './wire/produce.ts';
import { endTxnApi, txnOffsetCommitApi } from './wire/transaction.ts';

/** Everything that is asked of brokers, in the version in which it is asked. */
const needed: readonly { readonly key: number; readonly version: number }[] = [
  ...[produceApi, fetchApi, txnOffsetCommitApi, endTxnApi],
  ...[createTopicsV7, deleteRecordsV2, deleteTopicsV6, describeConfigsV4, findCoordinatorV6, heartbeatV4].map(apiOf),
  ...[initProducerIdV5, joinGroupV9, leaveGroupV5, listOffsetsV9, metadataV12, offsetCommitV9].map(apiOf),
  ...[describeGroupsV5, offsetFetchV9, syncGroupV5].map(apiOf),
];

const transactionVersion = 2;

/** @throws LOG_UNSUPPORTED_BROKER, LOG_AUTHENTICATION_FAILED, and what the link throws */
export async function checkBroker(link: Link): Promise<void> {
  const { errorCode, apiKeys, finalizedFeatures = [] } = await link.call(apiVersionsV3.api, 'stockstream', '1');
  // A broker that is asked in a version that it doesn't know says so, and nothing else.
  if (errorCode !== kafka.unsupportedVersion)
    checkCode(errorCode, { action: 'tell its versions', broker: link.broker });
  const lacks = needed.filter(({ key, version }) => {
    const api = apiKeys.find(({ apiKey }) => apiKey === key);
    return api === undefined || api.minVersion > version || api.maxVersion < version;
  });
  const transactions = finalizedFeatures.find(({ name }) => name === 'transaction.version')?.maxVersionLevel ?? 0;
  if (lacks.length === 0 && transactions >= transactionVersion) return;
  const reason =
    lacks.length === 0
      ? `its transaction.version is ${transactions}, and ${transactionVersion} is needed`
      : `it is too old, for it doesn't know version ${lacks[0]!.version} of request ${lacks[0]!.key}`;
  throw new StockstreamError('LOG_UNSUPPORTED_BROKER', { broker: link.broker, reason });
}

function apiOf({ api }: { api: { key: number; version: number } }) {
  return api;
}
