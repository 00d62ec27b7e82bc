// SPDX-License-Identifier: Apache-2.0
import type { StreamStatus } from '@countersign/kube';
import type { ExecInput, ExecOutput } from './exec-caller.ts';

/** What came out of a session. */
export interface UpstreamOutput {
  readonly channel: ExecOutput;
  readonly data: Uint8Array;
}

/** The API server's end of a session, whatever it speaks. Disposing breaks it off. */
export interface ExecUpstream extends Disposable {
  /** Resolves when there is room for more; the input's bytes may be written over. @throws CallerGone when the connection is closed */
  send(input: ExecInput): Promise<void>;
  /** What comes out, to the end; how that came is told by `status`. @throws KubeError, TunnelError */
  outputs(): AsyncIterable<UpstreamOutput>;
  /** Once the outputs are at their end: how the command ended, or undefined where upstream does not say. */
  status(): StreamStatus | undefined;
}
