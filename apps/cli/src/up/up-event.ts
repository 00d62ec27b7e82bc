// SPDX-License-Identifier: Apache-2.0
import type { LabProgress } from '@countersign/lab';

/** What `up` says while it starts, a line each with `-o json`. */
export type UpEvent =
  | {
      readonly event: 'gateway';
      readonly data: string;
      readonly control: string;
      readonly console: string;
      readonly health: string;
      readonly issuer: string;
    }
  | ({ readonly event: 'progress' } & LabProgress)
  | { readonly event: 'rbac'; readonly manifests: string }
  | { readonly event: 'notice'; readonly message: string }
  | ReadyEvent;

/** The event that ends start-up. */
export interface ReadyEvent {
  readonly event: 'ready';
  readonly clusters: readonly { readonly name: string; readonly server: string }[];
  readonly kubeconfigs: { readonly agent: string; readonly direct?: string };
  readonly evidence: { readonly dir: string; readonly trust: string };
  readonly control: string;
  /** As browsers see it. */
  readonly console: string;
  /** Whose tokens countersign, and how they are got. */
  readonly approver: {
    readonly issuer: string;
    readonly clientId: string;
    readonly secretFile: string;
    /** CA of the control listener. */
    readonly ca: string;
  };
}
