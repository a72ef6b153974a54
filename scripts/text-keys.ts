// Keys and placeables of a Fluent file, for the derived types and for the test that compares languages.

import { parse, type VariableReference, Visitor } from '@fluent/syntax';

class VariableNames extends Visitor {
  readonly names = new Set<string>();
  // The visitor of @fluent/syntax finds its methods by the name of the node.
  override visitVariableReference(node: VariableReference): void {
    this.names.add(node.id.name);
  }
}

/** Message key → names of its placeables. @throws Error for a syntax error: Fluent itself would drop it silently */
export function readKeys(source: string): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const entry of parse(source, { withSpans: false }).body) {
    if (entry.type === 'Junk') {
      throw new Error(`not Fluent: ${entry.content.slice(0, 80)}`);
    }
    if (entry.type !== 'Message' || entry.value === null) continue;
    if (keys.has(entry.id.name)) throw new Error(`${entry.id.name} stands twice`);
    const variables = new VariableNames();
    variables.visit(entry.value);
    keys.set(entry.id.name, [...variables.names].sort());
  }
  return keys;
}

/** The text of src/texts/keys.ts. */
export function deriveKeys(source: string): string {
  const lines = [...readKeys(source)].map(([key, names]) => {
    const args = names.map((name) => `${name}: string | number`).join('; ');
    return `  '${key}': ${args === '' ? 'null' : `{ ${args} }`};`;
  });
  return (
    '// Derived from en.ftl by `npm run texts`; do not edit.\n\n' +
    '/** Every key of the catalogue and the placeables it needs; null for none. */\n' +
    `export interface TextArgs {\n${lines.join('\n')}\n}\n`
  );
}
