// Names as the cluster knows them: with the installation's prefix before those of topics, groups and transactional ids.

export class Names {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  topic(name: string): string {
    return this.#prefix + name;
  }

  group(name: string): string {
    return this.#prefix + name;
  }

  transactionalId(id: string): string {
    return this.#prefix + id;
  }

  /** Whether a topic of the cluster is one of ours. */
  isOurs(topic: string): boolean {
    return topic.startsWith(this.#prefix);
  }

  /** Our name of a topic of ours. */
  own(topic: string): string {
    return topic.slice(this.#prefix.length);
  }
}
