// The generations of an index: each is an index of its own, `<alias>-<generation>`, and the alias leads to the one that
// answers. A standby is filled beside it; the alias then moves in one step, so that no read finds none or both. Who reads
// through the alias needs not know which one answers.
import type { Client } from '@elastic/elasticsearch';
import { StockstreamError } from '../../../base/errors.ts';
import { type Connection, makeClient } from './client.ts';
import { searchFailure } from './failures.ts';
import { type IndexShape, refreshSetting } from './index-form.ts';
import { dropIndex, ensureIndex, type IndexOptions, shapeOf, writeAlias } from './indices.ts';

export interface AliasOptions extends Connection, Omit<IndexOptions, 'index'> {
  readonly alias: string;
}

export interface IndexGeneration {
  /** Lower case letters and digits. */
  readonly generation: string;
  readonly index: string;
  /** Whether the alias leads to it. */
  readonly answers: boolean;
}

/** A standby shows what it gets now and then only: that makes filling it cheaper. */
const standbyRefreshMs = 5_000;

/** Every call throws SEARCH_UNAVAILABLE, SEARCH_REFUSED. Two may be open at once: each call is one step. */
export class Generations {
  readonly #client: Client;
  readonly #options: AliasOptions;

  /** Connects with the first call. @throws SEARCH_REFUSED if the URL makes no sense */
  constructor(options: AliasOptions) {
    this.#client = makeClient(options);
    this.#options = options;
  }

  /** By name. */
  async list(): Promise<IndexGeneration[]> {
    const { alias } = this.#options;
    const found = await this.#attempt((client) =>
      client.indices.getAlias({ index: `${alias}-*`, allow_no_indices: true }),
    );
    return Object.entries(found)
      .flatMap(([index, { aliases }]) => {
        const generation = index.slice(alias.length + 1);
        // Neither other people's indexes nor those of a longer alias.
        if (!(writeAlias(index) in aliases) || !/^[a-z0-9]+$/.test(generation)) return [];
        return [{ generation, index, answers: alias in aliases }];
      })
      .sort((a, b) => (a.generation < b.generation ? -1 : 1));
  }

  /** Makes an index to be filled, unless it is there; gives its name for `openElasticsearchSearch`. */
  async create(generation: string): Promise<string> {
    const index = this.#indexOf(generation);
    const { logger } = this.#options;
    const shape: IndexShape = { ...shapeOf(this.#options), refreshMs: standbyRefreshMs };
    await this.#attempt((client) => ensureIndex(client, index, shape, logger));
    return index;
  }

  /** Lets it show what was written as soon as an index that answers does, then leads the alias to it and nowhere else. */
  async switchTo(generation: string): Promise<void> {
    const { alias } = this.#options;
    const index = this.#indexOf(generation);
    const settings = refreshSetting(shapeOf(this.#options).refreshMs);
    await this.#attempt(async (client) => {
      await client.indices.putSettings({ index, settings });
      await client.indices.refresh({ index });
      const others = (await this.list()).filter((each) => each.answers && each.index !== index);
      const removals = others.map((each) => ({ remove: { index: each.index, alias, must_exist: false } }));
      await client.indices.updateAliases({ actions: [...removals, { add: { index, alias } }] });
    });
  }

  /** @throws SEARCH_REFUSED if it is the one that answers */
  async drop(generation: string): Promise<void> {
    const index = this.#indexOf(generation);
    if ((await this.list()).some((each) => each.index === index && each.answers)) {
      throw new StockstreamError('SEARCH_REFUSED', { reason: `${index} is the one that answers` });
    }
    await this.#attempt((client) => dropIndex(client, index));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #indexOf(generation: string): string {
    return `${this.#options.alias}-${generation}`;
  }

  async #attempt<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#client);
    } catch (error) {
      throw searchFailure(error);
    }
  }
}
