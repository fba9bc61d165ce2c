// Words like one that was typed: by letters too many, missing, wrong or swapped with the next. The tree of words is
// walked only where few enough mistakes are made, so that it costs about a millisecond among hundreds of thousands of
// words.
import type { Node, Vocabulary } from './vocabulary.ts';

export interface SimilarWord {
  readonly word: number;
  readonly mistakes: number;
}

export interface Forgiving {
  readonly mistakes: number;
  /** Whether the first letter must be right. */
  readonly keepsFirstLetter?: boolean;
}

const zero = 48;
const nine = 57;
const slash = 47;

/** How many mistakes are forgiven in a word. */
export function forgivenIn(word: string): number {
  if (word.length < 4 || /\p{N}/u.test(word)) return 0;
  return word.length < 8 ? 1 : 2;
}

/** Words with digits are like none. `word` itself isn't among them. */
export function similarWords(vocabulary: Vocabulary, word: string, forgiving: Forgiving): SimilarWord[] {
  const walk = new Walk(vocabulary, word, forgiving.mistakes);
  if (forgiving.keepsFirstLetter) walk.enterLetter(word.charCodeAt(0));
  else walk.descend(0, 0);
  return walk.found;
}

/** Row n tells for a path of n letters how many mistakes lead from each beginning of the word to it. */
class Walk {
  readonly found: SimilarWord[] = [];
  readonly #vocabulary: Vocabulary;
  readonly #word: string;
  readonly #most: number;
  readonly #width: number;
  readonly #rows: Uint8Array;

  constructor(vocabulary: Vocabulary, word: string, most: number) {
    this.#vocabulary = vocabulary;
    this.#word = word;
    this.#most = most;
    this.#width = word.length + 1;
    this.#rows = new Uint8Array(this.#width * (word.length + most + 2)).fill(most + 1);
    for (let index = 0; index < this.#width; index++) this.#rows[index] = index;
  }

  enterLetter(letter: number): void {
    let child = this.#vocabulary.firstChild(0);
    while (child !== 0 && this.#vocabulary.letter(child) !== letter) child = this.#vocabulary.nextSibling(child);
    if (child !== 0) this.#enter(child, 1, 0);
  }

  /** Goes on below `node`, which is `depth` letters deep. */
  descend(node: Node, depth: number): void {
    if (depth === this.#word.length + this.#most) return;
    const letter = this.#vocabulary.letter(node);
    let child = this.#vocabulary.firstChild(node);
    for (; child !== 0; child = this.#vocabulary.nextSibling(child)) this.#enter(child, depth + 1, letter);
  }

  #enter(node: Node, depth: number, before: number): void {
    const letter = this.#vocabulary.letter(node);
    if (letter === slash || (letter >= zero && letter <= nine)) return;
    if (this.#fillRow(depth, letter, before) > this.#most) return;
    const word = this.#vocabulary.wordAt(node);
    const mistakes = this.#rows[depth * this.#width + this.#word.length]!;
    if (word >= 0 && mistakes > 0 && mistakes <= this.#most) this.found.push({ word, mistakes });
    this.descend(node, depth);
  }

  /** Only beginnings about as long as the path can be alike. @returns the fewest mistakes of the row */
  #fillRow(depth: number, letter: number, letterBefore: number): number {
    const row = depth * this.#width;
    const above = row - this.#width;
    const first = Math.max(1, depth - this.#most);
    const last = Math.min(this.#word.length, depth + this.#most);
    const rows = this.#rows;
    rows[row + first - 1] = first === 1 ? depth : this.#most + 1;
    let fewest = rows[row + first - 1]!;
    for (let index = first; index <= last; index++) {
      const typed = this.#word.charCodeAt(index - 1);
      let mistakes = rows[above + index - 1]! + (typed === letter ? 0 : 1);
      mistakes = Math.min(mistakes, rows[above + index]! + 1, rows[row + index - 1]! + 1);
      if (depth > 1 && index > 1 && typed === letterBefore && this.#word.charCodeAt(index - 2) === letter) {
        mistakes = Math.min(mistakes, rows[above - this.#width + index - 2]! + 1);
      }
      rows[row + index] = mistakes;
      if (mistakes < fewest) fewest = mistakes;
    }
    if (last < this.#word.length) rows[row + last + 1] = this.#most + 1;
    return fewest;
  }
}
