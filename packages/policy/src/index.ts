// SPDX-License-Identifier: Apache-2.0
export {
  type ActionScope,
  mayCreate,
  type PolicyAction,
  policyAction,
  policyActions,
  policyActionsOf,
} from './action-scope.ts';
export { type CheckedPolicies, checkPolicies, type PolicyProblem, type Rule, ruleKey } from './check-policies.ts';
export {
  type Dependence,
  decide,
  decisionSteps,
  dependenceSteps,
  dependsOnDetails,
  looksAtContainer,
  looksAtLive,
} from './decide.ts';
export type { ApprovalRequirement, Decision, Principal, RuleRef } from './decision.ts';
export { DecisionCache } from './decision-cache.ts';
export { type Hash, type PolicySource, policyDigest } from './digest.ts';
export {
  ANYTHING,
  type CedarValue,
  type EngineAnswer,
  type EngineCall,
  type EngineProblem,
  type Entity,
  type EntityId,
  type ParsedFile,
  type ParsedPolicy,
  type PolicyChecker,
  type PolicyEngine,
  type PreparedPolicies,
} from './engine.ts';
export { describeDecision, describeTarget, type Explanation, explain, explanationSteps } from './explain.ts';
export { factsOf } from './facts-of.ts';
export { heldLabels, type LabelChange, labelChange } from './held-labels.ts';
export { hypotheticalInput } from './hypothetical-input.ts';
export { type LiveFacts, liveFactsOf, noChange, type ObjectChange, objectChange } from './live-facts.ts';
export { type LabelFact, noFacts, type ObjectFacts, opaqueFacts } from './object-facts.ts';
export {
  type CasePolicies,
  type CaseResult,
  type Expectation,
  judgeCase,
  type PolicyCase,
  type PolicyCases,
  parsePolicyCases,
} from './policy-cases.ts';
export { PolicyError, type PolicyErrorCode } from './policy-error.ts';
export { inputActions, namesIn, namesObject, needsObject, type PolicyInput } from './policy-input.ts';
export { type PolicySet, preparePolicySet, releasePolicySet } from './policy-set.ts';
export { queryPorts } from './port-candidates.ts';
export { policySchema } from './schema.ts';
export { usualContainers, withContainer } from './session-facts.ts';
export { doSteps, type EngineQuestion, type Steps } from './steps.ts';
