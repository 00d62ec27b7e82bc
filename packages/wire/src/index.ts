// SPDX-License-Identifier: Apache-2.0
export { agentBound, type BoundRule } from './agent-bound.ts';
export { APPROVAL_REASON, ApprovalCause, approvalCauseSchema } from './approval-cause.ts';
export { type ApprovalView, approvalView, parseApprovalView } from './approval-view.ts';
export {
  agentGroupManifests,
  type ConnectorGrant,
  connectorManifests,
  type Manifest,
  upstreamUser,
} from './rbac.ts';
export {
  isTunnelProblem,
  TUNNEL_CONNECT_PROTOCOL,
  TUNNEL_HEADERS,
  TUNNEL_LIMITS,
  TUNNEL_PATHS,
  TUNNEL_PING,
  TUNNEL_PROBLEMS,
  TUNNEL_SERVER_NAME,
  TUNNEL_UPGRADE,
  TUNNEL_VERSION,
  type TunnelProblem,
} from './tunnel.ts';
export {
  connectorUri,
  ENROLMENT_MAX_BYTES,
  type EnrolmentRequest,
  type EnrolmentResponse,
  enrolmentRequest,
  enrolmentResponse,
  formatJoinToken,
  type JoinToken,
  parseJoinToken,
  type RenewalRequest,
  renewalRequest,
  TUNNEL_REFUSALS,
  type TunnelRefusal,
  type TunnelRefusalCode,
  tunnelRefusal,
} from './tunnel-enrolment.ts';
export { type LivenessPorts, watchLiveness } from './tunnel-liveness.ts';
export {
  responseHeaderLines,
  type TunnelHeaderLines,
  type TunnelRequestHead,
  tunnelRequestProblem,
} from './tunnel-request.ts';
export { WireError, type WireErrorCode } from './wire-error.ts';
