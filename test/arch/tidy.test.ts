// Style as a test: what Biome can't see. Each rule names the place, what is wrong there and what to do instead.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorCatalogue } from '../../base/error-catalogue.ts';
import { topics } from '../../schemas/topics.ts';
import { checkBannedUses, checkOpenings, checkSizes, checkTopicNames } from './code-rules.ts';
import { type Module, parseModules } from './modules.ts';
import { checkDeadCodes, checkDeadExports, checkDeadFiles } from './reach-rules.ts';
import { checkLinks, checkPaths, checkTexts, checkVersions } from './text-rules.ts';
import { format, loadTree, type Problem, type Tree } from './tree.ts';

type Check = (modules: readonly Module[], tree: Tree) => Problem[];

const topicNames = new Set(Object.values(topics).map(({ name }) => name));

const checks: Readonly<Record<string, Check>> = {
  'every file opens with its role': checkOpenings,
  'files and functions are small': checkSizes,
  'time and chance come as arguments': checkBannedUses,
  'topic names come from the catalogue': (modules) => checkTopicNames(modules, topicNames),
  'no file is dead': checkDeadFiles,
  'no export is dead': checkDeadExports,
  'no error code is dead': (modules) => checkDeadCodes(modules, Object.keys(errorCatalogue)),
  'nothing is left for later, nothing tells of one machine': (_, tree) => checkTexts(tree),
  'versions are exact': (_, tree) => checkVersions(tree),
  'links in the documents lead somewhere': (_, tree) => checkLinks(tree),
  'paths in the documents exist': (_, tree) => checkPaths(tree),
};

describe('the tree is tidy:', () => {
  const tree = loadTree();
  const modules = parseModules(tree);
  for (const [name, check] of Object.entries(checks)) {
    test(name, () => {
      const problems = check(modules, tree);
      assert.ok(problems.length === 0, format(problems));
    });
  }
});
