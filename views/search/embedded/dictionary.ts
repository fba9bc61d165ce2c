// Texts that many listings share (brands, currencies, sets of warehouses) as small numbers. A number is given to
// another text once nobody has its text any more.
export interface DictionaryState {
  readonly texts: string[];
  /** How many have each text. */
  readonly uses: number[];
  readonly free: number[];
}

export class Dictionary {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[];
  readonly #uses: number[];
  readonly #free: number[];

  constructor({ texts, uses, free }: DictionaryState = { texts: [], uses: [], free: [] }) {
    this.#texts = texts;
    this.#uses = uses;
    this.#free = free;
    for (const [number, text] of texts.entries()) if (uses[number]! > 0) this.#numbers.set(text, number);
  }

  get state(): DictionaryState {
    return { texts: this.#texts, uses: this.#uses, free: this.#free };
  }

  /** Above every number. */
  get size(): number {
    return this.#texts.length;
  }

  /** The number of `text`, which one more has now. */
  take(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#texts.length;
      this.#numbers.set(text, number);
      this.#texts[number] = text;
      this.#uses[number] = 0;
    }
    this.#uses[number]!++;
    return number;
  }

  /** One less has it. @returns whether that was the last */
  drop(number: number): boolean {
    this.#uses[number]!--;
    if (this.#uses[number]! > 0) return false;
    this.#numbers.delete(this.#texts[number]!);
    this.#texts[number] = '';
    this.#free.push(number);
    return true;
  }

  find(text: string): number | undefined {
    return this.#numbers.get(text);
  }

  /** How many have it. */
  uses(number: number): number {
    return this.#uses[number]!;
  }

  textOf(number: number): string {
    return this.#texts[number]!;
  }

  /** Those that somebody has. */
  *entries(): Generator<readonly [number: number, text: string]> {
    for (const [text, number] of this.#numbers) yield [number, text];
  }
}
