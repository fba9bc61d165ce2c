// The search port on one machine: an SQLite file with an FTS5 index, on a thread of its own, so that neither a search nor
// a write holds up the caller's thread. One process has a file at a time. What is applied shows at once
// and survives a kill; a flush makes it outlive a power cut.
import { Worker as Thread } from 'node:worker_threads';
import { assert } from '../../../base/assert.ts';
import { StockstreamError } from '../../../base/errors.ts';
import type {
  ListingDocument,
  Search,
  SearchPage,
  SearchQuery,
  SearchWrite,
  Suggestions,
  SuggestQuery,
} from '../search.ts';
import { type Answer, type Call, errorOf, type Method, opening, type Reply } from './calls.ts';
import type { Engine } from './engine.ts';
import { removeIndex } from './index-files.ts';
import type { SearchThreadData } from './search-thread.ts';

export interface EmbeddedSearchOptions {
  /** Made with its folder if it isn't there. */
  readonly file: string;
}

const mostHits = 100;
const mostSuggestions = 20;

/**
 * Resolves once the file is open. Calls wait until it is read: some seconds for a million listings.
 * @throws SEARCH_STORAGE_FAILED if the file can't be opened, isn't a database, or another process has it
 */
export async function openEmbeddedSearch(options: EmbeddedSearchOptions): Promise<Search> {
  const search = new EmbeddedSearch(options);
  await search.opened;
  return search;
}

class EmbeddedSearch implements Search {
  readonly opened: Promise<unknown>;
  readonly #file: string;
  readonly #thread: Thread;
  readonly #exited: Promise<unknown>;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = opening.load as number;
  /** Why nothing is answered any more. */
  #ended: Error | undefined;

  constructor({ file }: EmbeddedSearchOptions) {
    this.#file = file;
    const workerData: SearchThreadData = { file };
    this.#thread = new Thread(new URL('search-thread.ts', import.meta.url), { workerData });
    this.#thread.on('message', (reply: Reply) => this.#take(reply));
    this.#thread.on('error', (error: Error) => this.#end(unavailable(`its thread failed: ${error.message}`)));
    this.#exited = new Promise((resolve) => this.#thread.once('exit', resolve));
    void this.#exited.then(() => this.#end(unavailable('its thread has ended')));
    this.opened = this.#expect(opening.open);
    // Whoever calls hears of it.
    this.#expect(opening.load).catch((error: Error) => this.#end(error));
  }

  async apply(writes: readonly SearchWrite[]): Promise<void> {
    const encoded = writes.map((write) => {
      const { id, position } = write;
      return {
        id,
        position: position.offset,
        content: write.kind === 'put' ? JSON.stringify(write.listing) : undefined,
      };
    });
    await this.#ask('applyInSteps', encoded);
  }

  async search(query: SearchQuery): Promise<SearchPage> {
    assert(query.limit >= 1 && query.limit <= mostHits, `a page has 1 to ${mostHits} hits`);
    const { hits, ...page } = await this.#ask('search', query);
    return { ...page, hits: hits.map(({ content, highlights }) => ({ listing: listingOf(content), highlights })) };
  }

  suggest(query: SuggestQuery): Promise<Suggestions> {
    assert(query.limit >= 1 && query.limit <= mostSuggestions, `1 to ${mostSuggestions} suggestions of a kind`);
    return this.#ask('suggest', query);
  }

  async getMany(ids: readonly string[]): Promise<(ListingDocument | undefined)[]> {
    const contents = await this.#ask('getMany', ids);
    return contents.map((content) => (content === undefined ? undefined : listingOf(content)));
  }

  async scan(after: string | undefined, limit: number): Promise<readonly ListingDocument[]> {
    return (await this.#ask('scan', after, limit)).map(listingOf);
  }

  count(): Promise<number> {
    return this.#ask('count');
  }

  size(): Promise<number> {
    return this.#ask('size');
  }

  flush(): Promise<void> {
    return this.#ask('flush');
  }

  refresh(): Promise<void> {
    return this.#ask('refresh');
  }

  clear(): Promise<void> {
    return this.#ask('clear');
  }

  ping(): Promise<void> {
    return this.#ask('ping');
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const closed = this.#ask('close');
    this.#ended = unavailable('it is closed');
    await closed;
    await this.#exited;
  }

  async remove(): Promise<void> {
    await this.close();
    removeIndex(this.#file);
  }

  #ask<M extends Method>(method: M, ...args: Parameters<Engine[M]>): Promise<Answer<M>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const answer = this.#expect(id);
    this.#thread.postMessage({ id, method, args } satisfies Call<M>);
    return answer as Promise<Answer<M>>;
  }

  #expect(id: number): Promise<unknown> {
    const call = Promise.withResolvers<unknown>();
    this.#calls.set(id, call);
    return call.promise;
  }

  #take(reply: Reply): void {
    const call = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if ('failure' in reply) call?.reject(errorOf(reply.failure));
    else call?.resolve(reply.result);
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const call of this.#calls.values()) call.reject(reason);
    this.#calls.clear();
  }
}

function unavailable(reason: string): StockstreamError {
  return new StockstreamError('SEARCH_UNAVAILABLE', { reason });
}

function listingOf(content: string): ListingDocument {
  return JSON.parse(content);
}
