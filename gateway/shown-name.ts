// How a customer is called where others read it: by the first name and an initial, never by an address.

const longest = 30;
const nameless = 'Customer';

/** `Ada Lovelace` -> `Ada L.`; a name that was only taken from the e-mail address is none. */
export function shownName({ name, email }: { readonly name: string; readonly email: string }): string {
  const words = name.match(/[\p{L}\p{M}'’-]+/gu) ?? [];
  const [first, ...others] = words;
  const isAddress = name.includes('@') || name.toLowerCase() === email.split('@')[0]?.toLowerCase();
  if (first === undefined || isAddress) return nameless;
  const initial = others.at(-1)?.match(/\p{L}/u)?.[0];
  const given = [...first].slice(0, longest).join('');
  return initial === undefined ? given : `${given} ${initial.toUpperCase()}.`;
}
