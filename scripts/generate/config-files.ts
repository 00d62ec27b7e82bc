// SPDX-License-Identifier: Apache-2.0

import { configJsonSchema } from '@countersign/gateway';
import type { GeneratedFile } from './generated-file.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const schema = configJsonSchema() as Schema;

function typeOf(value: Schema): string {
  if (value.const !== undefined) return `\`${String(value.const)}\``;
  if (value.enum) return value.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (value.items) return `list of ${typeOf(value.items)}`;
  if (kindsOf(value).length > 0) return 'one of the kinds below';
  return value.type ?? 'any';
}

function kindsOf(value: Schema): readonly Schema[] {
  return value.oneOf ?? value.anyOf ?? [];
}

function row(path: string, property: Schema, required: boolean): string {
  const standard = property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
  return `| \`${path}\` | ${typeOf(property)} | ${required ? 'required' : standard} | ${property.description ?? ''} |`;
}

function* rows(value: Schema, path: string): Generator<string> {
  for (const kind of kindsOf(value)) yield* rows(kind, `${path}(${String(kind.properties?.kind?.const)})`);
  for (const [name, property] of Object.entries(value.properties ?? {})) {
    const here = path === '' ? name : `${path}.${name}`;
    yield row(here, property, value.required?.includes(name) === true);
    yield* property.items ? rows(property.items, `${here}[]`) : rows(property, here);
  }
}

/** JSON Schema of the configuration file, for editors. */
export function configSchemaFile(): GeneratedFile {
  return { path: 'schema/config.schema.json', text: `${JSON.stringify(schema, null, 2)}\n` };
}

/** The reference page of the configuration file. */
export function configReference(): GeneratedFile {
  const text = [
    '<!-- Generated from apps/gateway/src/config/schema.ts by `npm run generate`. -->',
    '# Configuration of the gateway',
    '',
    'One YAML file. Unknown keys are errors; relative paths are relative to the file. `countersign config check FILE` says what is wrong with one. A changed file takes effect at once for agents, issuers, roles and clusters; listeners, directories and the log need a restart. A file that does not check is not taken: the last good one stays in force.',
    '',
    '| key | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows(schema, ''),
    '',
  ].join('\n');
  return { path: 'docs/reference/config.md', text };
}
