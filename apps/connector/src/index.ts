// SPDX-License-Identifier: Apache-2.0
export { type Connector, type ConnectorOptions, startConnector } from './connector.ts';
export { ConnectorError, type ConnectorErrorCode } from './connector-error.ts';
export type { ConnectorEvent } from './connector-event.ts';
export type { ClusterCredential, CredentialSource } from './credential/cluster-credential.ts';
export { inClusterSource } from './credential/in-cluster.ts';
export { kubeconfigSource } from './credential/kubeconfig.ts';
export { type ConnectorFlags, type ConnectorProcess, runConnector } from './run-connector.ts';
