// The shape of a config: each setting's own schema, put together. What values mean for each other is not its business.
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type SettingName, settingEntries, type settings } from './settings.ts';

type Schemas = { [Name in SettingName]: (typeof settings)[Name]['schema'] };

const schema = Type.Object(
  Object.fromEntries(settingEntries.map(([name, setting]) => [name, setting.schema])) as Schemas,
);

export const validator = Compile(schema);

export type ConfigValues = Static<typeof schema>;

/** All settings, with their defaults. Printing it or making JSON of it hides the secrets. */
export type Config = Readonly<ConfigValues> & { readonly demo: boolean; readonly traffic: boolean };

/** What runs in this process. `start` runs both; verbs that only look at something run none. */
export type Part = 'gateway' | 'worker';
