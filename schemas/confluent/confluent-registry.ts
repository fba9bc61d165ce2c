// The schema registry port on a registry that speaks Confluent's interface: Confluent's own, Apicurio, Karapace.
// It trusts the server with keeping schemas, not with judging them: servers differ in what they take for one schema and
// in what they compare, so whether a schema is known and goes with the older ones is found out here, from their texts.
import type { Clock } from '../../base/clock.ts';
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { AvroDefinition } from '../avro.ts';
import { incompatibility } from '../compatibility.ts';
import type { SchemaRegistry } from '../registry.ts';
import { type Answer, jsonOf, RegistryApi } from './registry-api.ts';
import { isSameSchema } from './same-schema.ts';

export interface ConfluentOptions {
  /** http:// or https://, down to where `/subjects` follows; may carry a user and a password. Never logged. */
  readonly url: string;
  readonly clock: Clock;
  /** Told what the registry wouldn't do and we can do without. */
  readonly logger: Logger;
  /** Milliseconds until a request is given up. Default 3,000. */
  readonly timeoutMs?: number;
}

/** At start: about 4 seconds of waiting, and the time-outs. */
const patient = 5;
/** While work waits, which tries again by itself. */
const brisk = 2;
/** An id that the registry doesn't know isn't asked for again for so long, in milliseconds. */
const unknownForMs = 10_000;
const mostUnknown = 1_000;
const compatibility = 'BACKWARD_TRANSITIVE';

/** Every call also throws REGISTRY_UNAVAILABLE, REGISTRY_REFUSED. @throws REGISTRY_REFUSED if the URL makes no sense */
export function confluentRegistry({ url, clock, logger, timeoutMs = 3_000 }: ConfluentOptions): SchemaRegistry {
  return new ConfluentRegistry(new RegistryApi({ url, clock, timeoutMs }), clock, logger);
}

interface Version {
  readonly version: number;
  readonly id: number;
  readonly schema: AvroDefinition;
}

class ConfluentRegistry implements SchemaRegistry {
  readonly #api: RegistryApi;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Versions by their path, schemas by their ids: neither ever changes. */
  readonly #versions = new Map<string, Version>();
  readonly #schemas = new Map<number, AvroDefinition>();
  /** Ids that the registry didn't know, and when. */
  readonly #unknown = new Map<number, number>();

  constructor(api: RegistryApi, clock: Clock, logger: Logger) {
    this.#api = api;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Reads first: whoever finds all that it needs may be one that isn't allowed to write. */
  async register(subject: string, schema: AvroDefinition): Promise<number> {
    const versions = await this.versions(subject);
    const known = versions.findLast((version) => isSameSchema(version.schema, schema));
    if (known) return known.id;
    const older = versions.map((version) => version.schema);
    const problem = incompatibility(schema, older);
    if (problem) {
      const { version } = versions[problem.version - 1]!;
      throw new StockstreamError('SCHEMA_INCOMPATIBLE', { subject, version, reason: problem.reason });
    }
    await this.#demandCompatibility(subject);
    const body = { schema: JSON.stringify(schema) };
    const answer = await this.#api.send({ method: 'POST', path: `${pathOf(subject)}/versions`, body, tries: patient });
    if (answer.type === 'conflict') {
      // It asks for more than we do, or another program has registered something meanwhile.
      const version = versions.at(-1)?.version;
      throw new StockstreamError('SCHEMA_INCOMPATIBLE', { subject, version, reason: answer.reason });
    }
    return this.#idOf(answer);
  }

  async versions(subject: string): Promise<readonly Version[]> {
    const path = `${pathOf(subject)}/versions`;
    const answer = await this.#api.send({ method: 'GET', path, tries: patient });
    const numbers = answer.type === 'ok' ? (answer.body as readonly number[]) : [];
    const versions = await Promise.all(numbers.map((number) => this.#version(`${path}/${number}`, number)));
    return versions.filter((version) => version !== undefined);
  }

  async byId(id: number): Promise<AvroDefinition> {
    const schema = this.#schemas.get(id) ?? (this.#isUnknown(id) ? undefined : await this.#schema(id));
    if (schema === undefined) throw new StockstreamError('SCHEMA_UNKNOWN', { id });
    return schema;
  }

  #isUnknown(id: number): boolean {
    const asked = this.#unknown.get(id);
    return asked !== undefined && this.#clock.monotonic() - asked < unknownForMs;
  }

  async #schema(id: number): Promise<AvroDefinition | undefined> {
    const schema = schemaOf(await this.#api.send({ method: 'GET', path: `/schemas/ids/${id}`, tries: brisk }));
    if (schema !== undefined) {
      this.#schemas.set(id, schema);
      return schema;
    }
    if (this.#unknown.size >= mostUnknown) this.#unknown.clear();
    this.#unknown.set(id, this.#clock.monotonic());
    return undefined;
  }

  /** Undefined if it was deleted meanwhile, or isn't Avro. */
  async #version(path: string, version: number): Promise<Version | undefined> {
    const known = this.#versions.get(path);
    if (known) return known;
    const answer = await this.#api.send({ method: 'GET', path, tries: patient });
    const schema = schemaOf(answer);
    if (schema === undefined) return undefined;
    const found = { version, id: this.#idOf(answer), schema };
    this.#versions.set(path, found);
    return found;
  }

  /** So that others who register something are held to it, too; what is registered here was checked already. */
  async #demandCompatibility(subject: string): Promise<void> {
    const path = `/config/${encodeURIComponent(subject)}`;
    try {
      const answer = await this.#api.send({ method: 'GET', path, tries: patient });
      const level = answer.type === 'ok' && (answer.body as { compatibilityLevel?: unknown }).compatibilityLevel;
      if (level === compatibility || level === 'FULL_TRANSITIVE') return;
      await this.#api.send({ method: 'PUT', path, body: { compatibility }, tries: patient });
    } catch (error) {
      if (!isStockstreamError(error, 'REGISTRY_REFUSED')) throw error;
      this.#logger.warn({ err: error, subject, compatibility }, 'the registry was not told which schemas go together');
    }
  }

  #idOf(answer: Answer): number {
    const { id } = (answer.type === 'ok' ? answer.body : {}) as { readonly id?: unknown };
    if (typeof id !== 'number') throw this.#api.refused('it answers without an id');
    return id;
  }
}

function pathOf(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

/** Registries hold JSON Schema and Protobuf, too. */
function schemaOf(answer: Answer): AvroDefinition | undefined {
  if (answer.type !== 'ok') return undefined;
  const { schema, schemaType = 'AVRO' } = answer.body as { readonly schema?: unknown; readonly schemaType?: unknown };
  return schemaType === 'AVRO' && typeof schema === 'string'
    ? (jsonOf(schema) as AvroDefinition | undefined)
    : undefined;
}
