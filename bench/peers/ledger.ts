// What a peer that is a server answered, order by order, and whether that is right: the same bookkeeping for each of them.
import { stockOf, type WorkloadOptions, type WorkloadOrder } from '../workload.ts';

export type Answer = 'reserved' | 'rejected';

export class Ledger {
  readonly #answers = new Map<number, Answer>();
  readonly #sold = new Map<number, number>();
  readonly #problems: string[] = [];

  /** Of every request, those that are sent again too. */
  note({ id, lines }: WorkloadOrder, answer: unknown): void {
    if (answer !== 'reserved' && answer !== 'rejected') return void this.#problems.push(`order ${id}: ${answer}`);
    const first = this.#answers.get(id);
    if (first !== undefined && first !== answer) this.#problems.push(`order ${id} was ${first}, then ${answer}`);
    if (first !== undefined) return;
    this.#answers.set(id, answer);
    if (answer === 'rejected') return;
    for (const { product, quantity } of lines) this.#sold.set(product, (this.#sold.get(product) ?? 0) + quantity);
  }

  /** `takenOf`: units that the server says it gave away. In words; empty if all is right. */
  problems({ orders, products }: WorkloadOptions, takenOf: (product: number) => number): string[] {
    const problems = [...this.#problems];
    if (this.#answers.size !== orders) problems.push(`${this.#answers.size} orders were answered, not ${orders}`);
    for (let product = 0; product < products; product++) {
      const [taken, sold, stock] = [takenOf(product), this.#sold.get(product) ?? 0, stockOf(product)];
      if (taken > stock) problems.push(`product ${product} is oversold: ${taken} of ${stock}`);
      if (taken !== sold) problems.push(`product ${product} gave ${taken} away, its orders have ${sold}`);
    }
    return problems.slice(0, 10);
  }

  /** Share of the orders. */
  get refused(): number {
    const rejected = [...this.#answers.values()].filter((answer) => answer === 'rejected').length;
    return rejected / this.#answers.size;
  }
}
