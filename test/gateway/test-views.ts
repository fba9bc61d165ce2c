// Stands in for the view tasks in the gateway's tests: the real projections into the real documents, with a switch that
// stops them. Offsets are committed after the writes, as view tasks do.
import type { Fetcher, Log } from '../../log/log.ts';
import { topics } from '../../schemas/topics.ts';
import type { Projection } from '../../streams/api.ts';
import { projectCatalogChanges } from '../../views/catalog-changes.ts';
import type { Documents, DocumentWrite } from '../../views/documents/documents.ts';
import { projectFeedRuns, projectFeeds } from '../../views/feeds.ts';
import { projectImports, projectImportTallies } from '../../views/imports.ts';
import { projectMails } from '../../views/mails.ts';
import { projectNetwork } from '../../views/network.ts';
import { projectOrders } from '../../views/orders.ts';
import { projectProductTypes } from '../../views/product-types.ts';
import { projectProducts } from '../../views/products.ts';
import { projectRatings, projectReviews } from '../../views/reviews.ts';
import { projectStock } from '../../views/stock.ts';
import { projectStockChanges } from '../../views/stock-changes.ts';
import { projectUsers } from '../../views/users.ts';

export const ordersViewGroup = 'test-view-orders';

const views = [
  { topic: topics.orderEvents, projection: projectOrders },
  { topic: topics.products, projection: projectProducts },
  { topic: topics.productTypes, projection: projectProductTypes },
  { topic: topics.stockLevels, projection: projectStock },
  { topic: topics.users, projection: projectUsers },
  { topic: topics.mails, projection: projectMails },
  { topic: topics.reviewEvents, projection: projectReviews },
  { topic: topics.ratings, projection: projectRatings },
  { topic: topics.stockEvents, projection: projectStockChanges },
  { topic: topics.catalogEvents, projection: projectCatalogChanges },
  { topic: topics.logisticsEvents, projection: projectNetwork },
  { topic: topics.feeds, projection: projectFeeds },
  { topic: topics.feedPositions, projection: projectFeedRuns },
  { topic: topics.imports, projection: projectImports },
  { topic: topics.importTallies, projection: projectImportTallies },
] as const;

export class TestViews {
  readonly #log: Log;
  readonly #documents: Documents;
  #fetcher: Fetcher | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(log: Log, documents: Documents) {
    this.#log = log;
    this.#documents = documents;
  }

  start(): void {
    this.#fetcher = this.#log.fetcher();
    for (const { topic } of views) {
      for (let partition = 0; partition < topic.partitions; partition++) {
        this.#fetcher.assign({ topic: topic.name, partition }, 0);
      }
    }
    this.#running = this.#run();
  }

  pause(): void {
    this.#gate ??= Promise.withResolvers();
  }

  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.resume();
    this.#fetcher?.wake();
    await this.#running;
    await this.#fetcher?.close();
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      await this.#gate?.promise;
      const polled = await this.#fetcher!.poll({ maxWaitMs: 1_000, maxBytes: 1 << 20 });
      await this.#gate?.promise;
      for (const { topic, partition, batches, nextOffset } of polled) {
        const view = views.find((each) => each.topic.name === topic)!;
        const projection = view.projection as Projection<unknown, DocumentWrite>;
        const writes = batches.flatMap((batch) =>
          [...batch.records()].flatMap(({ key, value, ...record }) => {
            const decoded = view.topic.serde.decode(value!);
            return projection.project({ ...record, topic, partition, key: key!.toString(), value: decoded });
          }),
        );
        await this.#documents.apply(writes);
        if (topic !== topics.orderEvents.name) continue;
        await this.#log.admin.commitOffsets(ordersViewGroup, [{ topic, partition, offset: nextOffset }]);
      }
    }
  }
}
