// Words that begin with some letters, those first by which most listings are called. A branch of the tree is looked
// at only when its best word may be the next, so that one letter is as quick as five.
import type { Node, Vocabulary } from './vocabulary.ts';

interface Branch {
  readonly node: Node;
  /** What is at and below the node weighs no more. For a word, what it weighs. */
  readonly weight: number;
  readonly isWord: boolean;
}

export function* completions(vocabulary: Vocabulary, prefix: string): Generator<number> {
  const root = vocabulary.nodeOf(prefix);
  if (root === 0) return;
  const heap = new BranchHeap();
  heap.push({ node: root, weight: vocabulary.bound(root), isWord: false });
  for (let branch = heap.pop(); branch !== undefined && branch.weight > 0; branch = heap.pop()) {
    const { node, isWord } = branch;
    if (isWord) {
      yield vocabulary.wordAt(node);
      continue;
    }
    const word = vocabulary.wordAt(node);
    let bound = word === -1 ? 0 : vocabulary.weight(word);
    if (word !== -1) heap.push({ node, weight: bound, isWord: true });
    for (let child = vocabulary.firstChild(node); child !== 0; child = vocabulary.nextSibling(child)) {
      const weight = vocabulary.bound(child);
      bound = Math.max(bound, weight);
      if (weight > 0) heap.push({ node: child, weight, isWord: false });
    }
    vocabulary.lowerBound(node, bound);
  }
}

/** The heaviest on top; a word before a branch of the same weight. */
class BranchHeap {
  readonly #branches: Branch[] = [];

  push(branch: Branch): void {
    const branches = this.#branches;
    let at = branches.length;
    branches.push(branch);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(branch, branches[parent]!)) break;
      branches[at] = branches[parent]!;
      at = parent;
    }
    branches[at] = branch;
  }

  pop(): Branch | undefined {
    const branches = this.#branches;
    const first = branches[0];
    const last = branches.pop();
    if (first === undefined || last === undefined || branches.length === 0) return first;
    let at = 0;
    for (let child = 1; child < branches.length; child = 2 * at + 1) {
      if (child + 1 < branches.length && isBefore(branches[child + 1]!, branches[child]!)) child++;
      if (!isBefore(branches[child]!, last)) break;
      branches[at] = branches[child]!;
      at = child;
    }
    branches[at] = last;
    return first;
  }
}

function isBefore(a: Branch, b: Branch): boolean {
  return a.weight > b.weight || (a.weight === b.weight && a.isWord && !b.isWord);
}
