// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import {
  type ActionScope,
  type EngineAnswer,
  type EngineCall,
  type EngineProblem,
  type ParsedFile,
  type ParsedPolicy,
  type PolicyEngine,
  PolicyError,
  type PreparedPolicies,
  policySchema,
} from '@countersign/policy';
import { integersOf, readsOf } from './rule-reads.ts';

type Cedar = typeof CedarWasm;
type DetailedError = CedarWasm.DetailedError;
type Failure = { readonly type: 'failure'; readonly errors: DetailedError[] };

const schemaName = 'countersign';
const require = createRequire(import.meta.url);

/**
 * Cedar in WebAssembly. The library holds prepared rules by id and has no call to let go of them, so released ids are
 * prepared again as empty and used anew: what it holds is bounded by what is in force at one time.
 *
 * Its instance is beyond use once it traps, as it does where a rule nests too deep for its stack. The call that trapped
 * fails; the next one finds a new instance with the same rules.
 */
export class CedarEngine implements PolicyEngine {
  #cedar: Cedar | undefined;
  /** What is prepared, by slot; a slot without rules is free. */
  readonly #slots = new Map<string, { readonly serial: number; readonly policies: ReadonlyMap<string, string> }>();
  #nextSerial = 1;

  parse(text: string): ParsedFile {
    const parts = this.#call((cedar) => cedar.policySetTextToParts(text));
    if (parts.type === 'failure') return { ok: false, problems: parts.errors.map((error) => problemOf(error, text)) };
    if (parts.policy_templates.length > 0) {
      const problem = 'templates (?principal, ?resource) are not supported; write the rule out';
      return { ok: false, problems: [{ message: problem, line: undefined, policy: undefined }] };
    }
    const policies: ParsedPolicy[] = [];
    let offset = 0;
    for (const part of inFileOrder(parts.policies)) {
      const start = Math.max(text.indexOf(part, offset), offset);
      offset = start + part.length;
      const parsed = this.#parsePolicy(part, lineAt(text, start));
      if (!parsed.ok) return parsed;
      policies.push(...parsed.policies);
    }
    return { ok: true, policies };
  }

  validate(policies: ReadonlyMap<string, string>): readonly EngineProblem[] {
    const staticPolicies = Object.fromEntries(policies);
    const answer = this.#call((cedar) => cedar.validate({ schema: policySchema, policies: { staticPolicies } }));
    if (answer.type === 'failure') return answer.errors.map((error) => problemOf(error, ''));
    const { validationErrors, validationWarnings } = answer;
    const found = validationErrors.length > 0 ? validationErrors : validationWarnings;
    const ordered = found.toSorted((a, b) => (a.error.message < b.error.message ? -1 : 1));
    return ordered.filter(isFirstOfItsPlace).map(({ policyId, error }) => {
      const problem = problemOf(error, policies.get(policyId) ?? '', policyId);
      return { ...problem, message: problem.message.replaceAll(`for policy \`${policyId}\`, `, '') };
    });
  }

  prepare(policies: ReadonlyMap<string, string>): PreparedPolicies {
    const slot = this.#freeSlot();
    const answer = this.#call((cedar) => prepareSlot(cedar, slot, policies));
    if (answer.type === 'failure') {
      throw new PolicyError('ERR_POLICY_ENGINE', `rules can't be prepared: ${messageOf(answer.errors)}`);
    }
    const serial = this.#nextSerial++;
    this.#slots.set(slot, { serial, policies });
    return { slot, serial };
  }

  release({ slot, serial }: PreparedPolicies): void {
    if (this.#slots.get(slot)?.serial !== serial) return;
    this.#slots.set(slot, freeSlot);
    this.#call((cedar) => prepareSlot(cedar, slot, freeSlot.policies));
  }

  rulesOf({ slot, serial }: PreparedPolicies): ReadonlyMap<string, string> | undefined {
    const held = this.#slots.get(slot);
    return held?.serial === serial ? held.policies : undefined;
  }

  evaluate({ slot, serial }: PreparedPolicies, call: EngineCall): EngineAnswer {
    if (this.#slots.get(slot)?.serial !== serial) return { ok: false, problem: 'the policies are no longer in force' };
    const { principal, action, resource, context } = call;
    const answer = this.#call((cedar) =>
      cedar.statefulIsAuthorized({
        principal,
        action,
        resource,
        context,
        entities: call.entities as CedarWasm.EntityJson[],
        preparsedPolicySetId: slot,
        preparsedSchemaName: schemaName,
        validateRequest: true,
      }),
    );
    // NOTE: the engine's own words may quote values of the request
    if (answer.type === 'failure') return { ok: false, problem: 'the engine refused the question' };
    const { decision, diagnostics } = answer.response;
    return { ok: true, decision, determining: diagnostics.reason, errors: diagnostics.errors.map((e) => e.policyId) };
  }

  #call<T>(call: (cedar: Cedar) => T): T | Failure {
    try {
      this.#cedar ??= this.#open();
      return call(this.#cedar);
    } catch (error) {
      const trapped = error instanceof Error && ['RuntimeError', 'RangeError'].includes(error.name);
      if (trapped) this.#cedar = undefined;
      return failure(trapped ? 'the policy engine broke off: a rule may nest too deep' : 'the policy engine failed');
    }
  }

  #open(): Cedar {
    const path = require.resolve('@cedar-policy/cedar-wasm/nodejs');
    delete require.cache[path];
    const cedar: Cedar = require(path);
    const answers = [cedar.preparseSchema(schemaName, policySchema)];
    for (const [slot, { policies }] of this.#slots) answers.push(prepareSlot(cedar, slot, policies));
    const errors = answers.flatMap((answer) => (answer.type === 'failure' ? answer.errors : []));
    if (errors.length > 0) throw new PolicyError('ERR_POLICY_ENGINE', `Cedar can't be opened: ${messageOf(errors)}`);
    return cedar;
  }

  #freeSlot(): string {
    const free = [...this.#slots].find(([, { serial }]) => serial === freeSlot.serial);
    return free?.[0] ?? `set-${this.#slots.size}`;
  }

  #parsePolicy(text: string, line: number): ParsedFile {
    const parsed = this.#call((cedar) => cedar.policyToJson(text));
    if (parsed.type === 'failure') return { ok: false, problems: parsed.errors.map((error) => problemOf(error, text)) };
    const { action, effect, annotations } = parsed.json;
    const entries = Object.entries(annotations ?? {}).map(([name, value]) => [name, value ?? ''] as const);
    return {
      ok: true,
      policies: [
        {
          text,
          line,
          effect,
          actions: actionScope(action),
          reads: readsOf(parsed.json),
          integers: integersOf(parsed.json),
          annotations: new Map(entries),
        },
      ],
    };
  }
}

/** What is no plain list of actions may concern any of them. */
function actionScope(constraint: CedarWasm.ActionConstraint): ActionScope {
  const one = 'entity' in constraint ? [constraint.entity] : undefined;
  const named = 'entities' in constraint ? constraint.entities : one;
  const actions = named?.flatMap((entity) => ('type' in entity && entity.type === 'Action' ? [entity.id] : []));
  return actions === undefined || actions.length !== named?.length ? 'any' : actions;
}

const freeSlot = { serial: 0, policies: new Map<string, string>() };

function prepareSlot(cedar: Cedar, slot: string, policies: ReadonlyMap<string, string>): CedarWasm.CheckParseAnswer {
  return cedar.preparsePolicySet(slot, { staticPolicies: Object.fromEntries(policies) });
}

function failure(message: string): Failure {
  return { type: 'failure', errors: [{ message, help: null, code: null, url: null, severity: 'error' }] };
}

/** One expression is checked for every kind of request: what is wrong with it is told once. */
function isFirstOfItsPlace(
  { policyId, error }: CedarWasm.ValidationError,
  index: number,
  all: readonly CedarWasm.ValidationError[],
): boolean {
  const start = error.sourceLocations?.[0]?.start;
  return index === all.findIndex((one) => one.policyId === policyId && one.error.sourceLocations?.[0]?.start === start);
}

/** The library returns parts in order of the ids "policy0", "policy1", "policy10", "policy2", … */
function inFileOrder(parts: readonly string[]): string[] {
  const order = parts.map((_, index) => index).sort((a, b) => (`policy${a}` < `policy${b}` ? -1 : 1));
  const ordered: string[] = [];
  for (const [position, index] of order.entries()) ordered[index] = parts[position] ?? '';
  return ordered;
}

function problemOf(error: DetailedError, text: string, policy?: string): EngineProblem {
  const start = error.sourceLocations?.[0]?.start;
  const line = start === undefined ? undefined : lineAtByte(text, start);
  return { message: messageOf([error]), line, policy };
}

function messageOf(errors: readonly DetailedError[]): string {
  return errors.map(({ message, help }) => (help ? `${message} (${help})` : message)).join('; ');
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function lineAtByte(text: string, offset: number): number {
  return Buffer.from(text).subarray(0, offset).toString().split('\n').length;
}
