// What an SMTP server's "no" means: a refusal of this mail for good, or something that passes or that an operator mends.
import type { NodemailerError } from 'nodemailer';

/** Commands whose 5xx speaks of this mail. One to MAIL FROM speaks of the sender, which is a setting of ours. */
const aboutTheMail = new Set(['RCPT TO', 'DATA']);
/** What servers answer at any command if they want a login or TLS first; RFC 4954 and 3207. */
const aboutTheSession = new Set([530, 534, 535, 538]);

export function failureOf(error: unknown): NodemailerError {
  return error instanceof Error ? error : new Error(String(error));
}

/** Whether the same mail would be refused again. */
export function isRefusal({ code, command, permanent, responseCode = 0 }: NodemailerError): boolean {
  // The library's own word for an address that can't be written in SMTP.
  if (code === 'EENVELOPE' && command === 'API') return true;
  return permanent === true && aboutTheMail.has(command ?? '') && !aboutTheSession.has(responseCode);
}
