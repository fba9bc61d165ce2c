// Gives a command the settings as flags. It only declares them: commander's raw text goes to readConfig, which reports
// all problems together.
import { type Command, Option } from 'commander';
import type { Setting, SettingGroup } from './setting.ts';
import { flagOf, type SettingName, settingEntries, variableOf } from './settings.ts';

/** Adds the settings of `groups` (default: all) to `command`, under their headings in `--help`. */
export function addSettings(command: Command, groups?: readonly SettingGroup[]): Command {
  for (const [name, setting] of settingEntries) {
    if (groups && !groups.includes(setting.group)) continue;
    for (const flag of flagsOf(name, setting)) command.addOption(flag.helpGroup(`${setting.group}:`));
  }
  return command;
}

function flagsOf(name: SettingName, setting: Setting): Option[] {
  const values = setting.kind === 'boolean' ? '' : ` Give ${setting.expected}.`;
  const standard = setting.default === undefined ? '' : ` Default: ${setting.default}.`;
  const help = `${setting.doc}${values}${standard} [${variableOf(name)}]`;
  const flag = flagOf(name);
  if (setting.kind !== 'boolean') return [new Option(`${flag} <${setting.placeholder}>`, help)];
  // Declared both ways, so that commander leaves it undefined when neither is given.
  return [new Option(flag, help), new Option(flag.replace('--', '--no-'), 'Switches it off.')];
}
