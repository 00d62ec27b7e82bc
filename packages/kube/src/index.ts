// SPDX-License-Identifier: Apache-2.0
export { isPassableAnswer, negotiateAccept } from './accept.ts';
export { type BodyTarget, checkBodyTarget } from './body-target.ts';
export {
  type BodyFormat,
  classifyContentType,
  type JsonBodyFormat,
  jsonMediaTypes,
  requireJsonFormat,
} from './content-type.ts';
export { type DeleteOptions, parseDeleteOptions } from './delete-options.ts';
export { isDryRun } from './dry-run.ts';
export { KubeError, type KubeErrorCode, kubeRefusals, type Refusal } from './error.ts';
export { type FieldTerm, nameFromFieldSelector, parseFieldSelector } from './field-selector.ts';
export {
  isJsonArray,
  isJsonObject,
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  jsonAt,
  serializeJson,
} from './json.ts';
export { type LabelRequirement, parseLabelSelector } from './label-selector.ts';
export { hasSideEffects, laneOf } from './lane.ts';
export { openapiRedirect } from './openapi-redirect.ts';
export { type JsonLimits, parseJson } from './parse-json.ts';
export { parseRequest } from './parse-request.ts';
export { type ObjectIdentity, protobufIdentity } from './protobuf/object-identity.ts';
export { queryBoolean, queryValue, queryValues } from './query.ts';
export { readBody } from './read-body.ts';
export type {
  KubeRequest,
  Lane,
  Method,
  NonResourceRequest,
  QueryParameter,
  ResourceRequest,
  Verb,
} from './request.ts';
export { serializeTarget } from './serialize-target.ts';
export { maxTargetBytes } from './split-target.ts';
export {
  buildStatus,
  type Status,
  type StatusCause,
  type StatusDetails,
  type StatusReason,
  serializeStatus,
  statusCodes,
} from './status.ts';
export { WatchSplitter } from './watch-splitter.ts';
