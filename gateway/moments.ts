// Moments in queries and filters, as shapes/common.ts lets them through: milliseconds since the Unix epoch, or ISO 8601.
import { invalidRequest } from './validation.ts';

/** The moments that are given, in milliseconds since the Unix epoch. @throws REQUEST_INVALID for a day that doesn't exist */
export function readMoments<const Name extends string>(
  texts: { readonly [Each in Name]: string | undefined },
): {
  readonly [Each in Name]?: number;
} {
  const given = (Object.entries(texts) as [Name, string | undefined][]).flatMap(([name, text]) => {
    return text === undefined ? [] : [[name, readMoment(text)] as const];
  });
  const wrong = given.filter(([, moment]) => Number.isNaN(moment));
  if (wrong.length > 0) throw invalidRequest(wrong.map(([path]) => ({ path, message: 'is not a moment' })));
  return Object.fromEntries(given) as { readonly [Each in Name]?: number };
}

function readMoment(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}
