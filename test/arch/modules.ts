// Facts about modules, taken from a parser: references, exports, function sizes, uses, string literals.
// The only file that knows the parser (Babel's); it looks at syntax alone and resolves no types.
import { dirname, join } from 'node:path/posix';
import { parse } from '@babel/parser';
import { type File, isIdentifier, isStringLiteral, type Node, VISITOR_KEYS } from '@babel/types';
import type { Tree } from './tree.ts';

/**
 * How a module refers to another: by an import or re-export, by `import()`, or by a path in a string
 * (`new URL('./worker.ts', import.meta.url)`), which loads it elsewhere.
 */
export type ReferenceKind = 'import' | 'dynamic' | 'path';

export interface Reference {
  readonly kind: ReferenceKind;
  readonly specifier: string;
  /** The path of a file of the tree; undefined for packages and for files that don't exist. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
  /** What is taken from the other module; `*` means all of it. */
  readonly names: readonly string[];
  readonly line: number;
}

export interface Named {
  readonly name: string;
  readonly line: number;
}

export interface Export extends Named {
  /** An interface or a type alias. */
  readonly isType: boolean;
}

export interface FunctionSize extends Named {
  /** From its first line to its last, without the blocks handed to `describe` and `test` inside it. */
  readonly lines: number;
}

export interface Module {
  readonly path: string;
  readonly references: readonly Reference[];
  readonly exports: readonly Export[];
  readonly functions: readonly FunctionSize[];
  /** Names and `a.b` that are read, and `new X()` where X gets no argument. */
  readonly uses: readonly Named[];
  readonly strings: readonly Named[];
}

/** Parses every .ts, .js and .mjs file of the tree. @throws if one isn't valid */
export function parseModules(tree: Tree): Module[] {
  return [...tree].filter(([path]) => /\.(ts|js|mjs)$/.test(path)).map(([path, text]) => parseModule(path, text, tree));
}

function parseModule(path: string, text: string, tree: Tree): Module {
  const file = syntaxOf(path, text);
  const resolve = (specifier: string) => {
    const target = /^\.\.?\//.test(specifier) ? join(dirname(path), specifier) : undefined;
    return target !== undefined && tree.has(target) ? target : undefined;
  };
  const { uses, strings } = namesIn(file);
  const paths = strings
    .filter(({ name }) => resolve(name) !== undefined)
    .map(({ name, line }): Import => ({ kind: 'path', specifier: name, typeOnly: false, names: ['*'], line }));
  const references = [...importsOf(file), ...paths].map((found) => ({ ...found, target: resolve(found.specifier) }));
  return { path, references, exports: exportsOf(file), functions: functionsIn(file), uses, strings };
}

function syntaxOf(path: string, text: string): File {
  try {
    return parse(text, { sourceType: 'module', plugins: ['typescript'] });
  } catch (error) {
    throw new Error(`${path} is not valid: ${error}`, { cause: error });
  }
}

type Import = Omit<Reference, 'target'>;

function importsOf(file: File): Import[] {
  const imports: Import[] = [];
  const add = (source: Node, more: Pick<Import, 'kind' | 'typeOnly' | 'names'>) => {
    if (isStringLiteral(source)) imports.push({ specifier: source.value, line: lineOf(source), ...more });
  };
  walk(file, (node, parents) => {
    if (node.type === 'ImportDeclaration') {
      const isType = (each: { importKind?: string | null }) => each.importKind === 'type';
      const types = node.specifiers.filter((each) => each.type === 'ImportSpecifier' && isType(each));
      const typeOnly = isType(node) || (types.length > 0 && types.length === node.specifiers.length);
      add(node.source, { kind: 'import', typeOnly, names: node.specifiers.map(importedName) });
    } else if (node.type === 'ExportAllDeclaration') {
      add(node.source, { kind: 'import', typeOnly: node.exportKind === 'type', names: ['*'] });
    } else if (node.type === 'ExportNamedDeclaration' && node.source) {
      const names = node.specifiers.map((each) => (each.type === 'ExportSpecifier' ? nameOf(each.local) : '*'));
      add(node.source, { kind: 'import', typeOnly: node.exportKind === 'type', names });
    } else if (node.type === 'ImportExpression') {
      add(node.source, { kind: 'dynamic', typeOnly: false, names: destructuredNames(parents) });
    } else if (node.type === 'TSImportType') {
      add(node.source, { kind: 'import', typeOnly: true, names: ['*'] });
    }
  });
  return imports;
}

function importedName(specifier: Node): string {
  if (specifier.type === 'ImportSpecifier') return nameOf(specifier.imported);
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*';
}

/** `const { a, b } = await import(...)` takes a and b; any other use of the module may take all. */
function destructuredNames([parent, grandparent]: readonly Node[]): string[] {
  const holder = parent?.type === 'AwaitExpression' ? grandparent : undefined;
  if (holder?.type !== 'VariableDeclarator' || holder.id.type !== 'ObjectPattern') return ['*'];
  return holder.id.properties.map((property) => (property.type === 'ObjectProperty' ? nameOf(property.key) : '*'));
}

function exportsOf(file: File): Export[] {
  return file.program.body.flatMap((node): Export[] => {
    const line = lineOf(node);
    if (node.type === 'ExportDefaultDeclaration') return [{ name: 'default', line, isType: false }];
    if (node.type === 'ExportAllDeclaration') return [{ name: '*', line, isType: false }];
    if (node.type !== 'ExportNamedDeclaration') return [];
    const isType = node.exportKind === 'type';
    const specified = node.specifiers.map((each) => ({ name: nameOf(each.exported), line, isType }));
    const declared = node.declaration ? declaredNames(node.declaration) : [];
    return [...specified, ...declared.map((name) => ({ name, line, isType }))];
  });
}

function declaredNames(node: Node): string[] {
  if (node.type !== 'VariableDeclaration') return 'id' in node && isIdentifier(node.id) ? [node.id.name] : [];
  const names: string[] = [];
  const bind = (pattern: Node | null) => {
    if (!pattern) return;
    if (isIdentifier(pattern)) names.push(pattern.name);
    else if (pattern.type === 'ObjectPattern')
      pattern.properties.forEach((each) => void bind('value' in each ? each.value : each.argument));
    else if (pattern.type === 'ArrayPattern') pattern.elements.forEach(bind);
  };
  for (const { id } of node.declarations) bind(id);
  return names;
}

function namesIn(file: File): Pick<Module, 'uses' | 'strings'> {
  const uses: Named[] = [];
  const strings: Named[] = [];
  walk(file, (node, [parent]) => {
    const line = lineOf(node);
    if (node.type === 'StringLiteral') {
      if (parent && !('source' in parent)) strings.push({ name: node.value, line });
    } else if (node.type === 'TemplateLiteral' && node.expressions.length === 0) {
      strings.push({ name: node.quasis[0]?.value.cooked ?? '', line });
    } else if (node.type === 'MemberExpression' && isIdentifier(node.object) && isIdentifier(node.property)) {
      uses.push({ name: `${node.object.name}.${node.property.name}`, line });
    } else if (node.type === 'NewExpression' && isIdentifier(node.callee) && node.arguments.length === 0) {
      uses.push({ name: `new ${node.callee.name}()`, line });
    } else if (isIdentifier(node) && parent && isRead(node, parent)) uses.push({ name: node.name, line });
  });
  return { uses, strings };
}

/** Whether a name stands for a value or type of elsewhere, not for what is declared here or for a member. */
function isRead(name: Node, parent: Node): boolean {
  if (parent.type === 'ImportSpecifier') return name === parent.imported;
  if ('computed' in parent && parent.computed) return true;
  if ('property' in parent) return name !== parent.property;
  if (parent.type === 'ObjectProperty') return name === parent.value;
  return !('id' in parent && name === parent.id) && !('key' in parent && name === parent.key);
}

function functionsIn(file: File): FunctionSize[] {
  const functions: FunctionSize[] = [];
  // For each function that is open: the lines of the test blocks found in it so far.
  const open: number[] = [];
  walk(file, (node, [parent]) => {
    if (!('body' in node && 'params' in node) || !parent) return undefined;
    open.push(0);
    return () => {
      const lines = (node.loc?.end.line ?? 0) - lineOf(node) + 1;
      const blockLines = open.pop() ?? 0;
      functions.push({ name: functionName(node, parent), line: lineOf(node), lines: lines - blockLines });
      const outer = open.pop();
      if (outer !== undefined) open.push(outer + (isTestCall(parent) ? lines : blockLines));
    };
  });
  return functions;
}

function functionName(node: Node, parent: Node): string {
  for (const each of [node, parent]) {
    if ('id' in each && each.id) return nameOf(each.id as Node);
    if ('key' in each && each.key) return nameOf(each.key as Node);
  }
  return 'a function';
}

/** `test(...)`, `describe.only(...)`, `kit.test(...)`. */
function isTestCall(node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  const { callee } = node;
  const names = callee.type === 'MemberExpression' ? [callee.object, callee.property] : [callee];
  return names.some((name) => isIdentifier(name) && /^(describe|test|it|suite)$/.test(name.name));
}

function nameOf(node: Node): string {
  if (isIdentifier(node)) return node.name;
  return isStringLiteral(node) ? node.value : '?';
}

function lineOf(node: Node): number {
  return node.loc?.start.line ?? 1;
}

/** Visits a node and all below it; `parents` begin with the nearest. What `enter` returns runs when the node is left. */
function walk(
  node: Node,
  enter: (node: Node, parents: readonly Node[]) => (() => void) | undefined,
  parents: readonly Node[] = [],
) {
  const leave = enter(node, parents);
  const below = [node, ...parents];
  for (const key of VISITOR_KEYS[node.type] ?? []) {
    const child = (node as unknown as Record<string, Node | (Node | null)[] | null | undefined>)[key];
    for (const each of Array.isArray(child) ? child : [child]) if (each) walk(each, enter, below);
  }
  leave?.();
}
