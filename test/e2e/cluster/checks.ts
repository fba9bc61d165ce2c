// What must hold of an installation at rest, whatever happened to its processes.
import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { topicsOf } from '../../../app/topics.ts';
import { verifyTopology } from '../../../app/verify.ts';
import { viewsInto } from '../../../app/views.ts';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import type { Log, TopicPartition } from '../../../log/log.ts';
import type { Topics } from '../../../schemas/topics.ts';
import { createViewMetrics } from '../../../streams/metrics.ts';
import { topologyNames } from '../../../streams/names.ts';
import { viewGroup } from '../../../streams/view.ts';
import { ViewThread } from '../../../streams/view-thread.ts';
import { shopTopology } from '../../../topologies/shop.ts';
import { collections } from '../../../views/collections.ts';
import type { Documents, StoredDocument } from '../../../views/documents/documents.ts';
import { openMongoDocuments } from '../../../views/documents/mongo/mongo-documents.ts';
import { openSqliteDocuments } from '../../../views/documents/sqlite/sqlite-documents.ts';
import { eventually } from '../server.ts';
import { appId, type Installation } from './installation.ts';

/** Resolves when the topology has taken all its inputs. */
export async function shopAtRest({ log }: Installation, seconds: number): Promise<void> {
  const topology = shopTopology(await topicsOf(log));
  const { group } = topologyNames(appId, topology.name);
  const inputs = topology.sources.map(({ topic }) => topic);
  await noLag(log, { group, topics: inputs, seconds });
}

/** Resolves when, beyond that, every view has taken all of its topic. */
export async function atRest(installation: Installation, seconds: number): Promise<void> {
  const { log } = installation;
  await shopAtRest(installation, seconds);
  const documents = openSqliteDocuments({ file: ':memory:' });
  for (const view of viewsInto(documents, await topicsOf(log))) {
    await noLag(log, { group: viewGroup(appId, view), topics: [view.topic], seconds });
  }
  await documents.close();
}

type Sized = { readonly name: string; readonly partitions: number };

interface Reading {
  readonly group: string;
  readonly topics: readonly Sized[];
  readonly seconds: number;
}

async function noLag(log: Log, { group, topics, seconds }: Reading): Promise<void> {
  const inputs = topics.flatMap(partitionsOf);
  const lag = async () => {
    const ends = await log.admin.offsets(inputs, 'latest');
    const committed = await log.admin.committedOffsets(group, inputs);
    return { group, lag: ends.map((end, index) => end - (committed[index] ?? 0)) };
  };
  await eventually(lag, (left) => left.lag.every((each) => each === 0), seconds);
}

export function partitionsOf({ name, partitions }: Sized): TopicPartition[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));
}

/** In every partition the last stable offset is the end: nobody's transaction is open. */
export async function noOpenTransaction({ log }: Installation): Promise<void> {
  const inputs = (await log.admin.describeTopics()).flatMap(partitionsOf);
  const stable = await log.admin.offsets(inputs, 'latest');
  const ends = await log.admin.offsets(inputs, 'latest', 'uncommitted');
  const open = inputs.filter((_, index) => stable[index] !== ends[index]);
  assert.deepEqual(open, []);
}

/** Every commit done again from the log gives the bytes that the log holds. */
export async function replaysAlike({ log }: Installation): Promise<number> {
  const topology = shopTopology(await topicsOf(log));
  const report = await verifyTopology({ log, topology, appId });
  assert.deepEqual(report.differences, []);
  return report.commits;
}

/** A view that is folded anew from the log has the documents that the shop's workers left in MongoDB. */
export async function viewsEqualLog({ log, mongo }: Installation): Promise<Map<string, number>> {
  const topics = await topicsOf(log);
  const specs = Object.values(collections);
  const kept = openMongoDocuments({ url: mongo, logger: silentLogger });
  const folded = openSqliteDocuments({ file: ':memory:' });
  const counts = new Map<string, number>();
  try {
    for (const documents of [kept, folded]) await documents.open(specs);
    await fold(log, folded, topics);
    for (const { name } of specs) {
      const [actual, expected] = [await everyDocument(kept, name), await everyDocument(folded, name)];
      assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort(), name);
      for (const [id, document] of expected) assert.deepEqual(actual.get(id), document, `${name} ${id}`);
      counts.set(name, expected.size);
    }
  } finally {
    await Promise.all([kept.close(), folded.close()]);
  }
  return counts;
}

async function fold(log: Log, documents: Documents, topics: Topics): Promise<void> {
  const metrics = createViewMetrics(new Registry());
  for (const view of viewsInto(documents, topics)) {
    const failed = Promise.withResolvers<never>();
    const thread = new ViewThread({
      log,
      clock: systemClock,
      view,
      appId: 'fold',
      instanceId: 'fold',
      deadLetters: topics.deadLetters,
      codeVersion: 'test',
      metrics,
      logger: silentLogger,
      onFailure: failed.reject,
    });
    thread.start();
    await Promise.race([noLag(log, { group: thread.group, topics: [view.topic], seconds: 60 }), failed.promise]);
    await thread.stop();
  }
}

async function everyDocument(documents: Documents, collection: string): Promise<Map<string, StoredDocument>> {
  const found = new Map<string, StoredDocument>();
  const query = { where: {}, sort: { field: 'id', direction: 'asc' }, limit: 1_000 } as const;
  for (let cursor: string | undefined; ; ) {
    const page = await documents.find(collection, { ...query, cursor });
    for (const document of page.documents) found.set(document.id, document);
    cursor = page.cursor;
    if (cursor === undefined) return found;
  }
}
