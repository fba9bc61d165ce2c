// Checks bodies, parameters and queries against their TypeBox schemas. Bodies are taken as they are: nothing is
// converted, added or dropped. What comes as text (parameters, queries) is converted and gets defaults. Schemas of
// headers and of streams (`x-stream`) only document: whoever reads one checks it, with a code of its own.
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { type Fault, Refusal } from './refusal.ts';

/** More faults than these help nobody. */
const mostFaults = 20;

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  if (httpPart === 'headers' || 'x-stream' in schema) return (value: unknown) => ({ value });
  const check = checkerOf(schema);
  const isText = httpPart !== 'body';
  return (data: unknown) => {
    const value = isText ? Value.Default(schema, Value.Convert(schema, data)) : data;
    const faults = check(value);
    if (faults.length === 0) return { value };
    const prefix = isText ? `${httpPart}: ` : '';
    return { error: invalidRequest(faults.map(({ path, message }) => ({ path, message: prefix + message }))) };
  };
};

/** A function that tells what is wrong with a value; nothing if it fits. */
export function checkerOf(schema: TSchema): (value: unknown) => readonly Fault[] {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return [];
    return validator.Errors(value).filter(isTold).slice(0, mostFaults).map(faultOf);
  };
}

export function invalidRequest(faults: readonly Fault[]): Refusal {
  const first = faults[0];
  const problems = first ? [first.path, first.message].join(' ').trim() : 'it is empty';
  return new Refusal('REQUEST_INVALID', { details: { problems }, faults });
}

interface Found {
  readonly instancePath: string;
  readonly message: string;
  readonly keyword: string;
  readonly params: object;
}

/** Several schemas refuse one fault; what only repeats another's word is left out. */
function isTold({ keyword, message }: Found): boolean {
  return keyword !== 'const' && message !== 'schema is false';
}

function faultOf({ instancePath, message, keyword, params }: Found): Fault {
  const { additionalProperties } = params as { additionalProperties?: readonly string[] };
  if (keyword !== 'additionalProperties' || !additionalProperties) return { path: instancePath, message };
  return { path: instancePath, message: `must not have the field ${additionalProperties.slice(0, 5).join(', ')}` };
}
