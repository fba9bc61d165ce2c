// The documents that are made from the code: the errors, the settings, .env.example. Pure text; generate.ts writes it.
import { flagOf, settingEntries, variableOf } from '../app/settings.ts';
import { errorCatalogue } from '../base/error-catalogue.ts';
import { reconciliationPage } from './reconciliation-page.ts';
import { sagaPage } from './saga-page.ts';

const notice = (source: string) => `Made by \`npm run generate\` from \`${source}\`; edit that.`;

/** Each page by its path from the root. */
export function pages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/settings.md', settingsPage()],
    ['docs/saga.md', `# The life of an order\n\n${notice('processors/saga/table.ts')}\n${sagaPage()}`],
    [
      'docs/reconciliation.md',
      `# Reconciliation\n\n${notice('processors/reconcile/finding.ts')}\n${reconciliationPage()}`,
    ],
    ['.env.example', envExample()],
  ]);
}

function errorsPage(): string {
  const entries = Object.entries(errorCatalogue);
  return `# Errors

${notice('base/error-catalogue.ts')}

An error has a stable code. The disposition is what the program does by itself: \`retry\` tries again later,
\`deadLetter\` sets the record aside and goes on, \`fenced\` gives the work up to its new owner, \`corruptState\` rebuilds
local state from the log, \`refuse\` answers the caller, \`fatal\` stops the process. The status is the gateway's answer.

There are ${entries.length} codes.
${entries
  .map(
    ([code, { message, disposition, remedy, status }]) => `
## ${code}

> ${message.replaceAll('\n', ' ')}

Disposition: \`${disposition}\`. Status: ${status ?? 500}. ${remedy}
`,
  )
  .join('')}`;
}

function settingsPage(): string {
  const groups = Map.groupBy(settingEntries, ([, { group }]) => group);
  const sections = [...groups].map(([group, entries]) => {
    const rows = entries.map(([name, setting]) => {
      const standard = setting.default === undefined ? '' : `\`${setting.default}\``;
      return `| \`${flagOf(name)}\` | \`${variableOf(name)}\` | ${setting.expected} | ${standard} | ${setting.doc} |`;
    });
    return `\n## ${group}\n\n| flag | variable | value | default | |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Settings

${notice('app/settings.ts')}

Every setting is a flag and an environment variable of the same name. A flag wins over a variable, a variable over the
file \`.env\` of the working directory, that over the default. A setting that can be true or false is switched off by
\`--no-\` before its name.
${sections.join('')}`;
}

function envExample(): string {
  const groups = Map.groupBy(settingEntries, ([, { group }]) => group);
  const sections = [...groups].map(([group, entries]) => {
    const lines = entries.map(([name, setting]) => {
      const value = setting.default === undefined ? '' : String(setting.default);
      return `# ${setting.doc} Give ${setting.expected}.\n# ${variableOf(name)}=${value}\n`;
    });
    return `\n## ${group}\n\n${lines.join('\n')}`;
  });
  return `# Settings of Stockstream with their defaults. Copy this file to .env and take the # off what you change.
# ${notice('app/settings.ts').replaceAll('`', '')}
${sections.join('')}`;
}
