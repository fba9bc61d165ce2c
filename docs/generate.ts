// Writes the documents that are made from the code. `npm run generate` calls it; a test says when a page is behind.
import { writeFileSync } from 'node:fs';
import { pages } from './pages.ts';

for (const [path, text] of pages()) writeFileSync(new URL(`../${path}`, import.meta.url), text);
