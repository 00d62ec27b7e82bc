// SPDX-License-Identifier: Apache-2.0
export { cardDigest } from './approvals/card.ts';
export { vouchedFor } from './approvals/vouched.ts';
export { checkCertificates, checkPolicyFolder } from './config/check-files.ts';
export { ConfigError, type ConfigProblem } from './config/config-error.ts';
export { type LoadedConfig, loadConfig, parseConfig } from './config/load.ts';
export { type AgentConfig, type Config, configJsonSchema, configSchema, type IssuerConfig } from './config/schema.ts';
export type {
  ClientCredentials,
  DevelopmentClient,
  DevelopmentKeyClient,
  DevelopmentLoginClient,
} from './development-idp/agent-clients.ts';
export {
  type DevelopmentIdp,
  type DevelopmentIdpOptions,
  startDevelopmentIdp,
} from './development-idp/development-idp.ts';
export { DevelopmentIdpError, type DevelopmentIdpErrorCode } from './development-idp/development-idp-error.ts';
export type { DevelopmentLogin } from './development-idp/people.ts';
export type { FaultOrigin, FaultVerdict } from './fault-row.ts';
export { Fault, type FaultCode, faults } from './faults.ts';
export { type Gateway, startGateway } from './gateway.ts';
export { type AppendRate, measureAppendRate } from './log/append-rate.ts';
export { type DiskLog, type DiskLogOptions, openDiskLog } from './log/disk-log.ts';
export { lockHome, type Unlock } from './log/home-lock.ts';
export { LogError, type LogErrorCode } from './log/log-error.ts';
export { runGateway } from './main.ts';
export { oneShotHmac } from './one-shot-hmac.ts';
export { CedarEngine } from './policies/cedar.ts';
export { checkDirectory, type SetSummary, summarizeSets } from './policies/check-directory.ts';
export { loadPolicySet } from './policies/load-policy-set.ts';
export { formatProblem, PoliciesError, type PoliciesErrorCode } from './policies/policies-error.ts';
export { readPolicyDirectory } from './policies/policy-directory.ts';
export { findCaseFiles, runCaseFile } from './policies/run-case-file.ts';
export { jsonProcessLog, type ProcessLog } from './process-log.ts';
export { Recordings } from './recordings/recordings.ts';
export { openStore } from './store/open-store.ts';
export { openSqliteStore } from './store/sqlite-store.ts';
export type { Store } from './store/store.ts';
export { readStoreKey } from './store/store-key.ts';
export type {
  Clusters,
  ConnectedTunnel,
  HeaderLines,
  UpgradeRequest,
  UpgradeResponse,
  UpstreamRequest,
  UpstreamResponse,
} from './tunnel/clusters.ts';
export { TunnelError, type TunnelErrorCode } from './tunnel/tunnel-error.ts';
export type { ConnectorIdentity, TunnelEnd, TunnelEvent } from './tunnel/tunnel-event.ts';
export { openTunnels, type Tunnels, type TunnelsOptions } from './tunnel/tunnels.ts';
