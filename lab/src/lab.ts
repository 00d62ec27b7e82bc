// SPDX-License-Identifier: Apache-2.0
import type { KubeClient } from './cluster/kube-client.ts';
import type { Seeded, SeedOptions } from './cluster/seed.ts';
import type { LabError } from './lab-error.ts';
import type { ProgramOptions } from './programs/resolve-programs.ts';

/** How a lab is to be started. */
export interface LabOptions extends ProgramOptions {
  /** Where its files go: an empty directory or that of an earlier lab, whose content is replaced. Default: a new temporary one, which goes with the lab. */
  readonly dir?: string;
  /** Name of the cluster in kubeconfigs, of its node and in its token issuer; default `lab`. */
  readonly name?: string;
  /** Whether it has a real node: `auto` (default) where the machine can, `true` to fail where it can't. */
  readonly node?: 'auto' | boolean;
  /**
   * Whether the project's sample API server answers for `wardle.example.com` (Flunders, Fischers) through the API server;
   * default false. It needs an address other than loopback: the node's, or one of this machine.
   */
  readonly aggregatedApi?: boolean;
  /** Whether streams into pods are spoken over WebSocket, as they are by default; else over SPDY/3.1 alone, as by old clusters. */
  readonly webSockets?: boolean;
  /** What the cluster holds from the start, each part with a default. */
  readonly seed?: SeedOptions;
}

/** A running cluster. It lives until `stop`, or until the process that started it ends, however that ends. */
export interface Lab {
  readonly name: string;
  readonly dir: string;
  /** URL of the API server, on loopback. */
  readonly server: string;
  /** Certificate authority of the API server, PEM. */
  readonly caFile: string;
  /** Kubeconfig of a member of `system:masters`. */
  readonly adminKubeconfig: string;
  /** Kubeconfig of the connector's service account; it names `connectorTokenFile`. */
  readonly connectorKubeconfig: string;
  /** The token of `system:serviceaccount:countersign:connector`, valid for a day, renewed in place. */
  readonly connectorTokenFile: string;
  /** Writes a new token into `connectorTokenFile` now. */
  renewConnectorToken(): Promise<void>;
  /** The audit log: one audit.k8s.io/v1 event a line, at Metadata level, without those of the cluster's own components. */
  readonly auditLogFile: string;
  /** Issuer of the cluster's service-account tokens; each lab's is its own. */
  readonly serviceAccountIssuer: string;
  /** What the API server says of itself, such as `v1.37.2`. */
  readonly version: string;
  /** Path of a stock kubectl. */
  readonly kubectl: string;
  /** The node, or why there is none. */
  readonly node: { readonly name: string; readonly address: string } | { readonly unavailable: string };
  readonly seeded: Seeded;
  /** The administrator's client, for more objects and for looking on. */
  readonly admin: KubeClient;
  /** Resolves if a program of the lab ends by itself; else stays pending. */
  readonly failed: Promise<LabError>;
  /** Ends all programs and removes keys and data; logs and the audit log stay in a `dir` that was named. May be called twice. */
  stop(): Promise<void>;
}
