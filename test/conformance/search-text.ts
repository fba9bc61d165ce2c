// The part of the search suite about words: where they are found, in which forms, with which mistakes, by which synonyms.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { fill, found, foundSet, listing, type OpenSearch, queryFor, termsOf } from './search-listings.ts';

/** Two forms of a word that no forgiven typo brings together, or that are too short for one. */
const forms: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  en: [
    ['box', 'boxes'],
    ['battery', 'batteries'],
    ['run', 'running'],
    ['shoe', 'shoes'],
    ["men's", 'mens'],
  ],
  de: [
    ['buch', 'bücher'],
    ['kind', 'kinder'],
    ['tisch', 'tische'],
  ],
  fr: [
    ['animal', 'animaux'],
    ['livre', 'livres'],
    ['eau', "l'eau"],
  ],
  es: [
    ['botón', 'botones'],
    ['zapato', 'zapatos'],
  ],
};

const sameWithoutMarks = [
  ['Café thé', 'cafe the'],
  ['Cafe the', 'café thé'],
  ['Öl', 'ol'],
  ['Ol', 'öl'],
  ['Fuß', 'fuss'],
  ['Fuss', 'fuß'],
  ['Jalapeño', 'jalapeno'],
  ['BLÉ', 'blé'],
  ['Bøf', 'bof'],
] as const;

export function text(open: OpenSearch): void {
  it('is found in every field that tells what a thing is', async () => {
    const search = await open();
    await fill(search, [
      listing('title', { title: 'Anchor' }),
      listing('description', { description: 'Comes with an anchor.' }),
      listing('category', { category: 'Boats/Anchor parts' }),
      listing('brand', { brand: 'Anchor' }),
      listing('attribute', { attributes: { print: ['blue anchor', 'none'] } }),
      listing('elsewhere', { sellerId: 'anchor', image: 'https://cdn.example/anchor.jpg' }),
    ]);
    const expected = ['attribute', 'brand', 'category', 'description', 'title'];
    assert.deepEqual(await foundSet(search, 'anchor'), expected);
  });

  it('is found only if all words are, in whichever fields', async () => {
    const search = await open();
    await fill(search, [
      listing('all', { title: 'Running shoe', brand: 'Acme', attributes: { color: ['red'] } }),
      listing('two', { title: 'Running shoe', brand: 'Acme', attributes: { color: ['blue'] } }),
      listing('one', { title: 'Shoe' }),
    ]);
    assert.deepEqual(await found(search, 'red acme shoe'), ['all']);
    assert.deepEqual(await foundSet(search, 'acme shoe'), ['all', 'two']);
    assert.deepEqual(await found(search, 'red acme sandal'), []);
    assert.deepEqual(await foundSet(search, ''), ['all', 'one', 'two']);
  });

  for (const [language, pairs] of Object.entries(forms)) {
    it(`is found in its other forms: ${language}`, async () => {
      const search = await open();
      const titled = (title: string, index: number) => listing(`${language}-${index}`, { title, language });
      await fill(search, pairs.flat().map(titled));
      for (const [index, [one, many]] of pairs.entries()) {
        const ids = [`${language}-${2 * index}`, `${language}-${2 * index + 1}`];
        for (const word of [one, many]) {
          assert.deepEqual(await foundSet(search, word, { language }), ids, word);
          // No typo is forgiven in a synonym, so that this is the stem alone.
          assert.deepEqual(await foundSet(search, [{ text: 'zzz', synonyms: [word] }], { language }), ids, word);
        }
      }
    });
  }

  it('is found as it stands in any language, also one that nobody knows', async () => {
    const search = await open();
    await fill(search, [
      listing('de', { title: 'Zwei Schuhe von Zalando', language: 'de' }),
      listing('en', { title: 'Two shoes from Zalando', language: 'en' }),
      listing('xx', { title: 'Qapla from Zalando', language: 'xx' }),
    ]);
    for (const language of ['en', 'de', 'fr', 'es', 'it', 'xx']) {
      assert.deepEqual(await foundSet(search, 'zalando', { language }), ['de', 'en', 'xx'], language);
      assert.deepEqual(await found(search, 'schuhe', { language }), ['de'], language);
      assert.deepEqual(await found(search, 'qapla', { language }), ['xx'], language);
    }
  });

  it('is the same with and without marks, and in any case', async () => {
    const search = await open();
    await fill(
      search,
      sameWithoutMarks.map(([title], index) => listing(`t${index}`, { title })),
    );
    for (const [index, [title, words]] of sameWithoutMarks.entries()) {
      assert.ok((await found(search, words)).includes(`t${index}`), `${words} -> ${title}`);
    }
  });

  it('is parted as a query is: at hyphens, not within numbers', async () => {
    const search = await open();
    await fill(search, [
      listing('cable', { title: 'USB-C/HDMI cable', attributes: { length: ['1.5 m'] } }),
      listing('jack', { title: 'Adapter (3,5mm)' }),
      listing('five', { title: 'Five 5 m ropes' }),
    ]);
    assert.deepEqual(await found(search, 'usb c'), ['cable']);
    assert.deepEqual(await found(search, 'hdmi 1.5'), ['cable']);
    assert.deepEqual(await found(search, '3,5mm'), ['jack']);
    assert.deepEqual(await foundSet(search, '5'), ['five']);
  });

  it('leaves no word out, however common', async () => {
    const search = await open();
    await fill(search, [listing('it', { title: 'It' }), listing('other', { title: 'Another one' })]);
    assert.deepEqual(await found(search, 'it'), ['it']);
  });

  it('forgives a mistake in four letters, two in eight, none with digits or in three letters', async () => {
    const search = await open();
    await fill(search, [
      listing('camera', { title: 'Camera' }),
      listing('headphones', { title: 'Headphones' }),
      listing('cap', { title: 'Cap' }),
      listing('x1000', { title: 'Vacuum X1000' }),
    ]);
    for (const word of ['camera', 'camara', 'cammera', 'camra', 'caemra', 'cameraa']) {
      assert.deepEqual(await found(search, word), ['camera'], word);
    }
    for (const word of ['headphnes', 'haedphones', 'headfones', 'hedphonnes']) {
      assert.deepEqual(await found(search, word), ['headphones'], word);
    }
    for (const word of ['cup', 'cemora', 'hxdphxnex', 'x1001', 'x100', 'x10000']) {
      assert.deepEqual(await found(search, word), [], word);
    }
    assert.deepEqual(await found(search, 'vacum x1000'), ['x1000']);
  });

  it('puts the word itself before what is like it', async () => {
    const search = await open();
    await fill(search, [
      listing('lamb', { title: 'Lamb', popularity: 9, popularityRange: 3 }),
      listing('lamp', { title: 'Lamp' }),
    ]);
    assert.deepEqual(await found(search, 'lamp'), ['lamp', 'lamb']);
  });

  it('is text and nothing else', async () => {
    const search = await open();
    await fill(search, [listing('a', { title: 'Anchor and chain' })]);
    for (const word of [
      'and',
      'or',
      'not',
      'near',
      'title:anchor',
      'anchor*',
      '"anchor',
      '-anchor',
      '(anchor',
      'a^2',
    ]) {
      await found(search, word);
    }
    assert.deepEqual(await found(search, 'anchor not chain'), []);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 4 }), async (words) => {
        const terms = words.map((word) => ({ text: word.toLowerCase(), synonyms: [word] }));
        const { hits } = await search.search(queryFor(terms));
        assert.ok(hits.length <= 1);
        await search.suggest({ text: words.join(' '), language: 'en', limit: 3 });
      }),
      { numRuns: 60 },
    );
  });
}

export function synonyms(open: OpenSearch): void {
  it('count as much as the word', async () => {
    const search = await open();
    await fill(search, [
      listing('tv', { title: 'TV' }),
      listing('television', { title: 'Television' }),
      listing('televisions', { title: 'Two televisions' }),
      listing('screen', { title: 'Flat screen' }),
      listing('apart', { title: 'Screen cleaner, flat' }),
      listing('across', { title: 'Something flat', description: 'Screen' }),
    ]);
    const tv = { text: 'tv', synonyms: ['television', 'flat screen'] };
    assert.deepEqual(await foundSet(search, [tv]), ['screen', 'television', 'televisions', 'tv']);
    assert.deepEqual(await found(search, [tv, ...termsOf('two')]), ['televisions']);
  });

  it('stand for several words, too', async () => {
    const search = await open();
    await fill(search, [
      listing('apart', { title: 'Bag for a laptop' }),
      listing('fields', { title: 'Bag', description: 'For every laptop' }),
      listing('synonym', { title: 'Notebook cases' }),
      listing('swapped', { title: 'Case for a notebook' }),
      listing('half', { title: 'Laptop' }),
    ]);
    const terms = [{ text: 'laptop bag', synonyms: ['notebook case'] }];
    assert.deepEqual(await foundSet(search, terms), ['apart', 'fields', 'synonym']);
  });

  it('forgive no typos', async () => {
    const search = await open();
    await fill(search, [listing('a', { title: 'Camara' }), listing('b', { title: 'Photo camera' })]);
    assert.deepEqual(await found(search, [{ text: 'kodak', synonyms: ['camera'] }]), ['b']);
  });
}
