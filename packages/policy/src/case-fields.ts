// SPDX-License-Identifier: Apache-2.0
import { PolicyError } from './policy-error.ts';

/** The fields of one mapping of a case file, each read once by name; what stays unread is an error. */
export class CaseFields {
  readonly #where: string;
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();

  /** @throws PolicyError `ERR_POLICY_CASES` when `value` is no mapping */
  constructor(value: unknown, where: string) {
    this.#where = where;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.problem('must be a mapping');
    this.#fields = new Map(Object.entries(value));
  }

  value(name: string): unknown {
    this.#read.add(name);
    return this.#fields.get(name) ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value !== undefined && typeof value !== 'string') throw this.problem('must be text', name);
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw this.problem('is missing', name);
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value !== undefined && typeof value !== 'boolean') throw this.problem('must be true or false', name);
    return value;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value !== undefined && !Array.isArray(value)) throw this.problem('must be a list', name);
    return value;
  }

  texts(name: string): readonly string[] | undefined {
    const list = this.list(name);
    if (list?.some((item) => typeof item !== 'string')) throw this.problem('must be a list of texts', name);
    return list as readonly string[] | undefined;
  }

  /** The members of a mapping, each with its place. */
  members(name: string): readonly (readonly [name: string, value: unknown, where: string])[] {
    const value = this.value(name);
    const where = this.place(name);
    if (value === undefined) return [];
    return [...new CaseFields(value, where).#fields].map(([key, member]) => [key, member, `${where}.${key}`] as const);
  }

  place(name: string): string {
    return this.#where === '' ? name : `${this.#where}.${name}`;
  }

  /** @throws PolicyError `ERR_POLICY_CASES` when a field was never asked for */
  end(): void {
    const unread = [...this.#fields.keys()].find((name) => !this.#read.has(name));
    if (unread !== undefined) throw this.problem(`is not a field here; known: ${[...this.#read].join(', ')}`, unread);
  }

  problem(message: string, name?: string): PolicyError {
    const where = name === undefined ? this.#where || 'the file' : this.place(name);
    return new PolicyError('ERR_POLICY_CASES', `${where} ${message}`);
  }
}
