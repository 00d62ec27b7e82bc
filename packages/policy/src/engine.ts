// SPDX-License-Identifier: Apache-2.0

import type { ActionScope } from './action-scope.ts';

/**
 * A value in Cedar's JSON form; an extension value is `{"__extn": {"fn": "ip", "arg": "10.0.0.1"}}`.
 * @see https://docs.cedarpolicy.com/auth/entities-syntax.html
 */
export type CedarValue = string | number | boolean | CedarValue[] | { [name: string]: CedarValue };

export interface EntityId {
  readonly type: string;
  readonly id: string;
}

export interface Entity {
  readonly uid: EntityId;
  readonly attrs: Record<string, CedarValue>;
  readonly parents: readonly EntityId[];
}

/** One question to the engine. */
export interface EngineCall {
  readonly principal: EntityId;
  readonly action: EntityId;
  readonly resource: EntityId;
  readonly context: Record<string, CedarValue>;
  readonly entities: readonly Entity[];
}

/** Stands among a rule's `reads` when it may look at any part of a request. */
export const ANYTHING = '*';

/** One rule of a file, as it stands there. */
export interface ParsedPolicy {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  readonly effect: 'permit' | 'forbid';
  readonly actions: ActionScope;
  /** The attributes that it looks at, by name wherever they stand; `ANYTHING` when they can't be told. */
  readonly reads: ReadonlySet<string>;
  /** The integers that stand in its conditions. */
  readonly integers: ReadonlySet<number>;
  /** An annotation without a value has the value "". */
  readonly annotations: ReadonlyMap<string, string>;
}

export interface EngineProblem {
  readonly message: string;
  /** Counted from 1; in the file for `parse`, in the rule's own text for `validate`. */
  readonly line: number | undefined;
  /** The rule's key, where the problem is one rule's. */
  readonly policy: string | undefined;
}

export type ParsedFile =
  | { readonly ok: true; readonly policies: readonly ParsedPolicy[] }
  | { readonly ok: false; readonly problems: readonly EngineProblem[] };

/** Rules that the engine holds ready, until they are released. */
export interface PreparedPolicies {
  readonly slot: string;
  readonly serial: number;
}

export type EngineAnswer =
  | {
      readonly ok: true;
      readonly decision: 'allow' | 'deny';
      /** Keys of the rules that made the decision: the permits of an allow, the forbids of a deny. */
      readonly determining: readonly string[];
      /** Keys of the rules that could not be evaluated. The engine skips them: a decision beside them MUST NOT be trusted. */
      readonly errors: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

/**
 * What this package asks of a Cedar engine that already holds `policySchema`. Nothing in it throws for what a policy
 * or a request contains.
 * @see https://docs.cedarpolicy.com/auth/authorization.html
 */
export interface PolicyEngine {
  /** The rules of one file in their order. Templates are a problem, not a rule. */
  parse(text: string): ParsedFile;
  /** Checks rules, by key, against the schema; a rule that can match nothing is a problem too. */
  validate(policies: ReadonlyMap<string, string>): readonly EngineProblem[];
  /** @throws PolicyError `ERR_POLICY_ENGINE` */
  prepare(policies: ReadonlyMap<string, string>): PreparedPolicies;
  /** The rules of what is prepared, by key; undefined once it is released. */
  rulesOf(prepared: PreparedPolicies): ReadonlyMap<string, string> | undefined;
  /** What was released answers `ok: false` from then on; implementations MUST NOT evaluate other rules in its place. */
  release(prepared: PreparedPolicies): void;
  evaluate(prepared: PreparedPolicies, call: EngineCall): EngineAnswer;
}

/** What checks rules and puts none in force. */
export type PolicyChecker = Pick<PolicyEngine, 'parse' | 'validate'>;
