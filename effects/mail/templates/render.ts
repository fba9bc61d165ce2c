// The words of a template as a whole mail: greeting, body and footer, as plain text and as HTML. All words are escaped
// here, and nowhere else.
import type { Block, Words } from './template.ts';

export interface Frame {
  /** How to address the person; empty if that isn't known. */
  readonly name: string;
  /** Where to say that no more such mails are wanted; none for mails that always come. */
  readonly unsubscribeUrl?: string | undefined;
}

export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const footer = 'You get this mail because you buy or sell with us. No more mails about deliveries and sales:';

export function render({ subject, blocks }: Words, { name, unsubscribeUrl }: Frame): Rendered {
  const greeting = name === '' ? 'Hello,' : `Hello ${name},`;
  const all = [greeting, ...blocks.filter(({ length }) => length > 0)];
  const text = all.map(textOf);
  const html = all.map(htmlOf);
  if (unsubscribeUrl !== undefined) {
    text.push(`-- \n${footer}\n${unsubscribeUrl}`);
    html.push(
      `<hr><p><small>${escapeHtml(footer)} <a href="${escapeHtml(unsubscribeUrl)}">unsubscribe</a></small></p>`,
    );
  }
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>`;
  return {
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `${page}<body>\n${html.join('\n')}\n</body></html>\n`,
  };
}

function textOf(block: Block): string {
  return typeof block === 'string' ? oneLine(block) : block.map((line) => `- ${oneLine(line)}`).join('\n');
}

function htmlOf(block: Block): string {
  if (typeof block === 'string') return `<p>${escapeHtml(oneLine(block))}</p>`;
  return `<ul>${block.map((line) => `<li>${escapeHtml(oneLine(line))}</li>`).join('')}</ul>`;
}

/** A name with line breaks must not look like a paragraph of ours. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ');
}

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
