// Where the words were found: the engine marks them with characters that no text has, and only then is the text escaped.
import type { estypes } from '@elastic/elasticsearch';
import type { SearchHit, SearchQuery } from '../search.ts';
import { isKnown } from './analysis.ts';
import { markEnd, markStart } from './stored-form.ts';
import { type Meant, markedQuery } from './text-query.ts';

/** Characters of a description that are looked through, and of the part that is shown. */
const analyzed = 20_000;
const shown = 200;

export function highlightRequest(query: SearchQuery, meant: Meant): estypes.SearchHighlight | undefined {
  if (query.terms.length === 0) return undefined;
  const matched = (field: string) => [
    `plain.${field}`,
    ...(isKnown(query.language) ? [`${query.language}.${field}`] : []),
  ];
  return {
    type: 'unified',
    pre_tags: [markStart],
    post_tags: [markEnd],
    highlight_query: markedQuery(query, meant),
    max_analyzed_offset: analyzed,
    fields: {
      'plain.title': { number_of_fragments: 0, matched_fields: matched('title') },
      'plain.description': { number_of_fragments: 1, fragment_size: shown, matched_fields: matched('description') },
    },
  };
}

export function highlightsFrom(found: Record<string, string[]> = {}): SearchHit['highlights'] {
  const [title] = found['plain.title'] ?? [];
  const [description] = found['plain.description'] ?? [];
  return {
    ...(title !== undefined && { title: asHtml(title) }),
    ...(description !== undefined && { description: asHtml(description) }),
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  [markStart]: '<mark>',
  [markEnd]: '</mark>',
};

function asHtml(marked: string): string {
  return marked.replace(new RegExp(`[&<>"'${markStart}${markEnd}]`, 'g'), (letter) => entities[letter] ?? letter);
}
