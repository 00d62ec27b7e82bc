// SPDX-License-Identifier: Apache-2.0
import type { QueryParameter } from './request.ts';

/** The value of a parameter that stands at most once, or undefined. */
export function queryValue(query: readonly QueryParameter[], name: string): string | undefined {
  return query.find((parameter) => parameter.name === name)?.value;
}

/** All values of a repeatable parameter (`command`, `ports`), in order. */
export function queryValues(query: readonly QueryParameter[], name: string): readonly string[] {
  return query.filter((parameter) => parameter.name === name).map((parameter) => parameter.value);
}

/** The same query with a parameter once, last, with this value. */
export function withQueryValue(
  query: readonly QueryParameter[],
  name: string,
  value: string,
): readonly QueryParameter[] {
  return [...query.filter((parameter) => parameter.name !== name), { name, value }];
}

/** A boolean parameter as the API server reads it: absent, "0" and "false" in any case are false, all else is true. */
export function queryBoolean(query: readonly QueryParameter[], name: string): boolean {
  const value = queryValue(query, name);
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}
