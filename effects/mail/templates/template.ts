// What a template is: news about an order in, the words of a mail out. Words are blocks of plain text, which render.ts
// turns into text and HTML alike, so a template never writes markup and can't forget to escape.
import type { Notification } from '../../../schemas/types.generated.ts';

/** A paragraph, or a list of lines. */
export type Block = string | readonly string[];

export interface Words {
  readonly subject: string;
  readonly blocks: readonly Block[];
}

/** `kind` is what the template was chosen by. */
export type News = Omit<Notification, 'kind'>;

/** Pure; every string of the news is data and may hold anything. */
export type Template = (news: News) => Words;
