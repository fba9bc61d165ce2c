// The words of a provider, made fit to be stored, mailed and logged. They may repeat what a customer typed.
import { looksLikeCard } from '../../base/card-number.ts';

const mostCharacters = 300;

/** One line of 300 characters at most, and nothing at all of a text that has what looks like a card number. */
export function safeReason(text: string): string {
  if (looksLikeCard(text)) return 'withheld, for the text has what looks like a card number';
  return text.replace(/\s+/g, ' ').trim().slice(0, mostCharacters);
}
