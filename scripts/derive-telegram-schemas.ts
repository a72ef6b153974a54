// Derives src/sandbox/telegram/schemas.json from the typings of @grammyjs/types with the TypeScript checker.
// Run it after an upgrade of grammY: `npx tsx scripts/derive-telegram-schemas.ts`.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Field, Schemas, ValueType } from '../src/sandbox/telegram/request/schemas.js';
import { SERVED_METHODS } from '../src/sandbox/telegram/request/served.js';

const TARGET = fileURLToPath(new URL('../src/sandbox/telegram/schemas.json', import.meta.url));
const PACKAGE = dirname(createRequire(import.meta.url).resolve('@grammyjs/types'));

/** TypeScript has one type for all numbers: these parameters may have a fraction, all others are integers. */
const FRACTIONAL = new Set(['horizontal_accuracy', 'latitude', 'longitude']);

/** Walks from the method signatures to the types they name, each type once. */
function createWalker(checker: ts.TypeChecker) {
  const types: Schemas['types'] = {};

  function nameOf(type: ts.Type): string {
    const symbol = type.aliasSymbol ?? type.symbol;
    // `Omit` and the like say nothing without their arguments.
    if (symbol.name === 'Omit') return checker.typeToString(type);
    return checker.getFullyQualifiedName(symbol).replace(/^".*"\./, '');
  }

  function refer(type: ts.Type, describe: () => Schemas['types'][string]): ValueType {
    const name = nameOf(type);
    if (!(name in types)) {
      types[name] = { fields: {} };
      types[name] = describe();
    }
    return { ref: name };
  }

  function toUnion(type: ts.UnionType, field: string): ValueType {
    const members = type.types.filter((member) => !(member.flags & ts.TypeFlags.Undefined));
    const isAnyBoolean =
      members.filter((one) => one.flags & ts.TypeFlags.BooleanLiteral).length > 1;
    const literals: (string | number)[] = [];
    const others: ValueType[] = isAnyBoolean ? ['boolean'] : [];
    for (const member of members) {
      if (member.isStringLiteral() || member.isNumberLiteral()) literals.push(member.value);
      else if (!(isAnyBoolean && member.flags & ts.TypeFlags.BooleanLiteral)) {
        others.push(toType(member, field));
      }
    }
    literals.sort();
    others.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (literals.length > 0) others.push({ enum: literals });
    const [only] = others;
    return others.length === 1 && only !== undefined ? only : { any: others };
  }

  function toType(type: ts.Type, field: string): ValueType {
    // The only type parameter is `F`, the file; without `undefined` it reads `F & {}`.
    if (type.flags & (ts.TypeFlags.TypeParameter | ts.TypeFlags.Intersection)) return 'file';
    if (type.flags & ts.TypeFlags.String) return 'string';
    if (type.flags & ts.TypeFlags.Number) return FRACTIONAL.has(field) ? 'number' : 'integer';
    if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
    if (type.flags & ts.TypeFlags.BooleanLiteral) return 'true';
    if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] };
    if (type.isUnion()) {
      const isNamed = type.aliasSymbol !== undefined;
      return isNamed ? refer(type, () => ({ is: toUnion(type, field) })) : toUnion(type, field);
    }
    if (checker.isArrayLikeType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      if (item !== undefined) return { array: toType(item, field) };
    }
    if (type.flags & ts.TypeFlags.Object) return refer(type, () => ({ fields: toFields(type) }));
    throw new Error(`cannot derive ${field}: ${checker.typeToString(type)}`);
  }

  function toField(symbol: ts.Symbol, isTyped: boolean): Field {
    const isRequired = !(symbol.flags & ts.SymbolFlags.Optional);
    return {
      ...(isTyped && {
        type: toType(checker.getNonNullableType(checker.getTypeOfSymbol(symbol)), symbol.name),
      }),
      ...(isRequired && { required: true as const }),
    };
  }

  function toFields(type: ts.Type, isTyped = true): Record<string, Field> {
    return Object.fromEntries(
      checker
        .getPropertiesOfType(type)
        .map((symbol) => [symbol.name, toField(symbol, isTyped)] as const),
    );
  }

  return { types, toFields };
}

/** The declared methods, with full types for those that the stand-in serves and names alone for the rest. */
export function deriveSchemas(): Schemas {
  const file = join(PACKAGE, 'methods.d.ts');
  const program = ts.createProgram([file], {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const api = module && checker.getExportsOfModule(module).find((one) => one.name === 'ApiMethods');
  if (api === undefined) throw new Error('@grammyjs/types has no ApiMethods');

  const { types, toFields } = createWalker(checker);
  const methods: Schemas['methods'] = {};
  for (const method of checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(api))) {
    const [signature] = checker.getSignaturesOfType(
      checker.getTypeOfSymbol(method),
      ts.SignatureKind.Call,
    );
    const parameter = signature?.parameters[0];
    const isServed = (SERVED_METHODS as readonly string[]).includes(method.name);
    const argument = parameter && checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
    methods[method.name] = argument === undefined ? {} : toFields(argument, isServed);
  }
  return { source: packageName(), methods, types };
}

function packageName(): string {
  const { name, version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return `${name} ${version}`;
}

/** One line per method and per type, so that a new version reads well as a difference. */
export function toText(schemas: Schemas): string {
  const lines = (entries: Record<string, unknown>) =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return [
    '{',
    `  "source": ${JSON.stringify(schemas.source)},`,
    `  "methods": {\n${lines(schemas.methods)}\n  },`,
    `  "types": {\n${lines(schemas.types)}\n  }`,
    '}\n',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, toText(deriveSchemas()));
}
