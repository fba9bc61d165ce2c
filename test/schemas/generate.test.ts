// The generated files are current, and the generator refuses what would make poor types.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { generate } from '../../schemas/generate.ts';
import { recordSchemas } from '../../schemas/record.ts';

const schemas = join(import.meta.dirname, '../../schemas');

test('the generated files are what the .avsc files and the history give', async () => {
  for (const [file, text] of Object.entries(generate(schemas))) {
    assert.equal(await readFile(join(schemas, file), 'utf8'), text, `${file} is stale: run \`npm run generate\``);
  }
});

describe('a directory of schemas', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stockstream-schemas-'));
    await mkdir(join(directory, 'shared'));
    await mkdir(join(directory, 'state'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  const write = (file: string, schema: object) => writeFile(join(directory, file), JSON.stringify(schema));
  const record = (name: string, fields: readonly object[]) => ({ type: 'record', name, doc: `A ${name}.`, fields });
  const field = (name: string, type: unknown) => ({ name, type, doc: `The ${name}.` });
  const types = () => generate(directory)['types.generated.ts']!;

  test('gives interfaces with docs, tagged branches, nullables and literal enums, sorted by name', async () => {
    const tone = { type: 'enum', name: 'Tone', doc: 'How.', symbols: ['loud', 'low'] };
    await write('shared/tone.avsc', tone);
    await write('shared/place.avsc', record('Place', [field('city', 'string')]));
    const said = record('Said', [field('tone', 'Tone'), field('where', ['null', 'Place'])]);
    await write(
      'speech.avsc',
      record('Speech', [field('tags', { type: 'array', items: 'string' }), field('act', [said])]),
    );
    assert.equal(
      types(),
      `// Written by \`npm run generate\` from the .avsc files: do not edit.

/** A Place. */
export interface Place {
  /** The city. */
  readonly city: string;
}

/** A Said. */
export interface Said {
  readonly type: 'Said';
  /** The tone. */
  readonly tone: Tone;
  /** The where. */
  readonly where: Place | null;
}

/** A Speech. */
export interface Speech {
  /** The tags. */
  readonly tags: readonly string[];
  /** The act. */
  readonly act: Said;
}

/** How. */
export type Tone =
  | 'loud'
  | 'low';

/** The values of topics and stores by name. */
export interface RecordTypes {
  readonly Speech: Speech;
}
`,
    );
  });

  test('is refused without docs', async () => {
    await write('a.avsc', { type: 'record', name: 'A', fields: [{ name: 'id', type: 'string' }] });
    assert.throws(types, /A has no doc\nA\.id has no doc/);
  });

  test('is refused if a branch is used outside its union, or has a field called type', async () => {
    const branch = record('Branch', [field('type', 'string')]);
    await write('a.avsc', record('A', [field('event', [branch]), field('again', 'Branch')]));
    assert.throws(types, /Branch is used both tagged and plain\nBranch has a field called type/);
  });

  test('is refused if a name is defined twice or nowhere', async () => {
    await write('a.avsc', record('A', [field('b', 'B')]));
    assert.throws(types, /no file defines B/);
    await write('shared/b.avsc', record('B', []));
    await write('state/b.avsc', record('B', []));
    assert.throws(types, /two files define B/);
  });

  test('is recorded version by version; an incompatible change records nothing', async () => {
    await write('a.avsc', record('A', [field('id', 'string')]));
    await write('b.avsc', record('B', []));
    await recordSchemas(directory);
    await recordSchemas(directory);
    await write(
      'a.avsc',
      record('A', [field('id', 'string'), { ...field('note', ['null', 'string']), default: null }]),
    );
    await recordSchemas(directory);
    const index = await readFile(join(directory, 'history/index.json'), 'utf8');
    assert.deepEqual(JSON.parse(index), { A: [1, 3], B: [2] });
    assert.deepEqual(await readdir(join(directory, 'history/A')), ['1.avsc', '2.avsc']);

    await write('a.avsc', record('A', [field('id', 'long')]));
    await assert.rejects(recordSchemas(directory), { code: 'SCHEMA_INCOMPATIBLE' });
    assert.equal(await readFile(join(directory, 'history/index.json'), 'utf8'), index);
  });
});
