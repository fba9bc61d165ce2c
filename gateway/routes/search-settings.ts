// What operators tune the search by: its synonyms and ranking weights, which they replace and every gateway then goes by at
// once, and the texts that found nothing.
import { Type } from 'typebox';
import { topics } from '../../schemas/topics.ts';
import { collections } from '../../views/collections.ts';
import type { SearchSettings, SynonymRule } from '../../views/search/search-settings.ts';
import { wordsOf } from '../../views/search/words.ts';
import { principalOf } from '../auth.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { type CurrentSearchSettings, recordOf, type SettingsOutcome } from '../search-settings.ts';
import {
  PendingSettings,
  SearchSettingsBody,
  SearchSettingsShape,
  ZeroResultsPage,
  ZeroResultsQuery,
} from '../shapes/search.ts';
import { invalidRequest } from '../validation.ts';

const operators = ['operator'] as const;
const recordKey = 'search';
const mostCharacters = 200_000;

const ifMatch = {
  'if-match': Type.Optional(
    Type.String({
      maxLength: 50,
      description: 'The version that the change is made for, as in ETag.',
      examples: ['"3"'],
    }),
  ),
};

export function searchSettingsRoutes(app: App, gateway: Gateway): void {
  addRead(app, gateway);
  addReplace(app, gateway);
  addZeroResults(app, gateway);
}

function addRead(app: App, { searchSettings }: Gateway): void {
  app.get(
    '/v1/admin/search/settings',
    {
      ...config(operators),
      schema: {
        ...about('Search', "Read the search's settings", 'Synonyms and ranking weights.'),
        response: { 200: SearchSettingsShape },
      },
    },
    async (_request, reply) => {
      const { current } = searchSettings;
      return reply.header('etag', etagOf(current.version)).send(shown(current));
    },
  );
}

function addReplace(app: App, gateway: Gateway): void {
  const { searchSettings } = gateway;
  app.put(
    '/v1/admin/search/settings',
    {
      ...config(operators, ['SEARCH_SETTINGS_DIFFER']),
      schema: {
        ...about(
          'Search',
          "Replace the search's settings",
          'As a whole. Every gateway goes by them at once; the index stays as it is. Of two changes of one version the first holds. The audit tells of it.',
        ),
        headers: Type.Object(ifMatch),
        body: SearchSettingsBody,
        response: { 200: SearchSettingsShape, 202: PendingSettings },
      },
    },
    async (request, reply) => {
      const before = searchSettings.current;
      const basedOn = wantedVersion(request.headers['if-match'], request.body.version, before.version);
      const settings = settingsOf(request.body);
      const changeId = gateway.random.uuid();
      const by = principalOf(request).userId;
      const outcome = await change(gateway, { changeId, by, basedOn, settings });
      const audited = { changeId, by, before: before.settings, after: settings };
      if (outcome === undefined) {
        await audit(gateway, { ...audited, outcome: 'asked' });
        return reply.code(202).send({ changeId });
      }
      if (outcome.kind === 'differs') throw differs(outcome.version);
      await audit(gateway, { ...audited, outcome: 'done' });
      const answer = { version: outcome.version, settings, set: { by, at: gateway.clock.now() } };
      return reply.header('etag', etagOf(outcome.version)).send(shown(answer));
    },
  );
}

function addZeroResults(app: App, { documents }: Gateway): void {
  app.get(
    '/v1/admin/search/zero-results',
    {
      ...config(operators, ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about(
          'Search',
          'What was looked for without result',
          'Within the last day; an hour may pass until it shows.',
        ),
        querystring: ZeroResultsQuery,
        response: { 200: ZeroResultsPage },
      },
    },
    async (request) => {
      const { cursor, limit = 50 } = request.query;
      const sort = { field: 'lastDay', direction: 'desc' } as const;
      const page = await documents.find(collections.zeroResults.name, { where: {}, sort, limit, cursor });
      const searches = page.documents.map(({ fields }) => {
        const { query: text, lastDay: count, language, at } = fields;
        return { text, language, count, at };
      });
      return { searches, cursor: page.cursor };
    },
  );
}

interface Change {
  readonly changeId: string;
  readonly by: string;
  readonly basedOn: number;
  readonly settings: SearchSettings;
}

/** What came of it; undefined if that isn't known in time. */
async function change(gateway: Gateway, { settings, ...rest }: Change): Promise<SettingsOutcome | undefined> {
  const { searchSettings, writer, clock, closing } = gateway;
  const known = Promise.withResolvers<SettingsOutcome | undefined>();
  const stop = searchSettings.expect(rest.changeId, known.resolve);
  const giveUp = () => known.resolve(undefined);
  const cancel = clock.schedule(gateway.settings.decisionWaitMs, giveUp);
  closing.addEventListener('abort', giveUp, { once: true });
  try {
    await writer.append(topics.searchSettings, recordKey, { ...rest, at: clock.now(), ...recordOf(settings) });
    return await known.promise;
  } finally {
    stop();
    cancel();
    closing.removeEventListener('abort', giveUp);
  }
}

interface Audited {
  readonly changeId: string;
  readonly by: string;
  readonly before: SearchSettings;
  readonly after: SearchSettings;
  readonly outcome: 'asked' | 'done';
}

function audit({ writer, clock }: Gateway, { changeId, by, before, after, outcome }: Audited): Promise<void> {
  return writer.append(topics.audit, recordKey, {
    auditId: changeId,
    at: clock.now(),
    actor: by,
    action: 'change-search-settings',
    subject: 'search',
    reason: '',
    outcome,
    before: JSON.stringify(before),
    after: JSON.stringify(after),
  });
}

/** @throws REQUEST_INVALID if a phrase has no word in it */
function settingsOf({ synonyms, weights }: SearchSettingsBody): SearchSettings {
  const faults = synonyms.flatMap((rule, index) => {
    const phrases = rule.kind === 'equal' ? rule.words : [rule.from, ...rule.to];
    const isEmpty = phrases.some((phrase) => wordsOf(phrase).length === 0);
    return isEmpty ? [{ path: `/synonyms/${index}`, message: 'each of its phrases must have a word in it' }] : [];
  });
  if (faults.length > 0) throw invalidRequest(faults);
  // The audit tells what was before, too, in one record.
  if (JSON.stringify(synonyms).length > mostCharacters) {
    const message = `must not have more than ${mostCharacters} characters as JSON`;
    throw invalidRequest([{ path: '/synonyms', message }]);
  }
  return { weights, synonyms: synonyms.map((rule): SynonymRule => ({ ...rule, language: rule.language ?? '' })) };
}

/** @throws SEARCH_SETTINGS_DIFFER */
function wantedVersion(header: unknown, stated: number | undefined, version: number): number {
  const isSo = header === undefined || header === '*' || header === etagOf(version);
  if (!isSo || (stated !== undefined && stated !== version)) throw differs(version);
  return version;
}

function differs(version: number): Refusal {
  return new Refusal('SEARCH_SETTINGS_DIFFER', { details: { version } });
}

function etagOf(version: number): string {
  return `"${version}"`;
}

function shown({ version, settings, set }: Pick<CurrentSearchSettings, 'version' | 'settings' | 'set'>) {
  return { version, ...settings, ...(set && { setBy: set.by, setAt: set.at }) };
}
