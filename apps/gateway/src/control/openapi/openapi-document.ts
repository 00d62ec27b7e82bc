// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { problem } from './answers.ts';
import { OPERATIONS, type Operation } from './operations.ts';

type Json = Readonly<Record<string, unknown>>;

/** A description of OpenAPI 3.1, whose schemas are JSON Schema of 2020-12. */
export interface OpenApiDocument extends Json {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Json>>;
}

const PARAMETER = /:(\w+)/g;

function schemaOf(schema: z.ZodType): Json {
  // As it comes in: what a default or a cut makes of it is the gateway's.
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return made;
}

const jsonOf = (schema: Json, type = 'application/json') => ({ content: { [type]: { schema } } });

function answersOf({ answers }: Pick<Operation, 'answers'>): Json {
  const successes = Object.entries(answers).map(([status, answer]) => {
    const description = 'Done';
    if (answer === null) return [status, { description }];
    if (typeof answer === 'string') return [status, { description, ...jsonOf({ type: 'string' }, answer) }];
    return [status, { description, ...jsonOf(schemaOf(answer)) }];
  });
  const refusal = {
    description: 'A problem',
    ...jsonOf({ $ref: '#/components/schemas/Problem' }, 'application/problem+json'),
  };
  return { ...Object.fromEntries(successes), default: refusal };
}

function parametersOf(route: string, query: z.ZodObject | undefined): readonly Json[] {
  const inPath = [...route.matchAll(PARAMETER)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaOf(schema as z.ZodType),
  }));
  return [...inPath, ...inQuery];
}

/** A request that nobody has described takes and gives anything, and is told of all the same. */
function operationOf(method: string, route: string): Json {
  const described = OPERATIONS[`${method} ${route}`];
  const { summary, query, body, answers }: Operation = described ?? {
    summary: `${method} ${route}`,
    answers: { 200: z.unknown() },
  };
  const parameters = parametersOf(route, query);
  return {
    summary,
    operationId: `${method.toLowerCase()}${route.replace('/api/v1', '').replaceAll(/[^a-zA-Z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, ...jsonOf(schemaOf(body)) } }),
    responses: answersOf({ answers }),
  };
}

/**
 * Describes these routes (`ROUTES` of the API: the methods of each) by the schemas with which they read what comes, and by those
 * of their answers.
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function openApiDocument(routes: Readonly<Record<string, readonly string[]>>): OpenApiDocument {
  const paths = Object.entries(routes).map(([route, methods]) => [
    route.replaceAll(PARAMETER, '{$1}'),
    Object.fromEntries(methods.map((method) => [method.toLowerCase(), operationOf(method, route)])),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign control API',
      version: 'v1',
      description: 'Who may ask for what: docs/reference/control-api.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ bearer: [] }],
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Problem: schemaOf(problem) },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}
