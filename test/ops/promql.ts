// What a PromQL expression speaks of: metrics, their labels, and the labels of its result. It reads the part of the
// language that our dashboards and alerts use and refuses the rest; it isn't a check of the language.

export interface Query {
  /** Each metric with the labels that it is chosen by. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Labels that something is grouped by, which the result therefore has; without any it has those of its metrics. */
  readonly groupedBy: readonly string[];
}

const functions = new Set(['rate', 'increase', 'deriv', 'sum', 'min', 'max', 'histogram_quantile']);
const words = new Set(['and', 'or', 'unless', 'offset']);
const lexer = /\s+|"[^"]*"|\d[\w.]*|\$__rate_interval|[A-Za-z_]\w*|[=!<>]=|[=!]~|[-+*/(){}[\],:=<>]/y;

/** @throws if it isn't of that part of the language */
export function readQuery(expression: string): Query {
  const tokens = tokensOf(expression);
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupedBy: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1];
    if (!/^[A-Za-z_]/.test(token) || words.has(token)) continue;
    if (token === 'by' && next === '(') {
      const end = tokens.indexOf(')', at);
      groupedBy.push(...tokens.slice(at + 2, end).filter((each) => each !== ','));
      at = end;
    } else if (functions.has(token)) {
      if (next !== '(' && next !== 'by') throw new Error(`${token} of "${expression}" is not called`);
    } else if (next === '(') throw new Error(`${token} of "${expression}" is a function that nobody here uses`);
    else if (next === '{') {
      const end = tokens.indexOf('}', at);
      selectors.push({ metric: token, labels: matchedIn(tokens.slice(at + 2, end)) });
      at = end;
    } else selectors.push({ metric: token, labels: [] });
  }
  return { selectors, groupedBy: [...new Set(groupedBy)] };
}

/** The labels of `a="x",b=~"y"`. */
function matchedIn(tokens: readonly string[]): string[] {
  return tokens.filter((_, index) => /^[=!]/.test(tokens[index + 1] ?? ''));
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < expression.length; at = lexer.lastIndex) {
    lexer.lastIndex = at;
    const [token] = lexer.exec(expression) ?? [];
    if (token === undefined) throw new Error(`"${expression}" is not understood from ${expression.slice(at)}`);
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}
