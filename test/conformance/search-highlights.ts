// The part of the search suite about highlights: what is marked, and that nothing else of a listing becomes HTML.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Search } from '../../views/search/search.ts';
import { fill, listing, type OpenSearch, queryFor, termsOf } from './search-listings.ts';

export function highlights(open: OpenSearch): void {
  const of = async (search: Search, text: string | Parameters<typeof queryFor>[0]) => {
    const { hits } = await search.search(queryFor(text));
    assert.equal(hits.length, 1, `${text}`);
    return hits[0]?.highlights ?? {};
  };

  it('mark the words that were found, where they were found', async () => {
    const search = await open();
    await fill(search, [
      listing('a', { title: 'Wireless headphones, black', description: 'Headphones for running.', brand: 'Acme' }),
    ]);
    assert.deepEqual(await of(search, 'wireless'), { title: '<mark>Wireless</mark> headphones, black' });
    assert.deepEqual(await of(search, 'run'), { description: 'Headphones for <mark>running</mark>.' });
    const both = {
      title: 'Wireless <mark>headphones</mark>, black',
      description: '<mark>Headphones</mark> for running.',
    };
    for (const word of ['headphones', 'headphone', 'HEADPHONES'.toLowerCase(), 'headfones']) {
      assert.deepEqual(await of(search, word), both, word);
    }
    assert.deepEqual(await of(search, [{ text: 'cans', synonyms: ['headphone'] }]), both);
    assert.deepEqual(await of(search, 'acme'), {});
    assert.deepEqual(await of(search, ''), {});
  });

  it('mark several words, letters with marks among them', async () => {
    const search = await open();
    await fill(search, [listing('a', { title: 'Café crème at the café' })]);
    assert.equal(unmarked((await of(search, 'cafe')).title ?? '').join('|'), ['Café', 'café'].join('|'));
  });

  it('escape all of a listing', async () => {
    const search = await open();
    const title = `Tom & Jerry's <b onclick="alert(1)">cheese</b> </mark><mark><script>`;
    await fill(search, [listing('a', { title, description: `<img src=x onerror=alert('cheese')> &amp; cheese` })]);
    const { title: marked = '', description = '' } = await of(search, 'cheese');
    for (const each of [marked, description]) {
      assert.match(each, /<mark>cheese<\/mark>/);
      assert.doesNotMatch(withoutMarks(each), /[<>"]|&(?!(amp|lt|gt|quot|#\w+);)/);
    }
    assert.equal(unescaped(withoutMarks(marked)), title);
  });

  it('show a part of a long description that has what was found', async () => {
    const search = await open();
    const description = `${'Plain words before it. '.repeat(60)}Then an anchor. ${'Plain words after it. '.repeat(60)}`;
    await fill(search, [listing('a', { description: description.trim() })]);
    const shown = (await of(search, 'anchor')).description ?? '';
    assert.deepEqual(unmarked(shown), ['anchor']);
    assert.ok(description.includes(unescaped(withoutMarks(shown)).replace(/^…|…$/g, '').trim()), shown);
    assert.ok(shown.length < 1_000);
  });

  it('are the title with marks, whatever it is', async () => {
    const search = await open();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 30 }), async (text) => {
        const id = `t${count++}`;
        const title = `${text} anchor ${text}`;
        await fill(search, [listing(id, { title, sellerId: id })]);
        const { hits } = await search.search(queryFor(termsOf('anchor'), { sellerId: id }));
        const marked = hits[0]?.highlights.title ?? '';
        assert.ok(unmarked(marked).includes('anchor'));
        assert.equal(unescaped(withoutMarks(marked)), title);
      }),
      { numRuns: 30 },
    );
  });
}

/** The marked words. */
function unmarked(html: string): string[] {
  return [...html.matchAll(/<mark>(.*?)<\/mark>/gs)].map(([, word = '']) => unescaped(word));
}

function withoutMarks(html: string): string {
  return html.replaceAll(/<\/?mark>/g, '');
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function unescaped(html: string): string {
  return html.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = '') => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal ? String.fromCodePoint(Number(decimal)) : (named[name] ?? whole);
  });
}
