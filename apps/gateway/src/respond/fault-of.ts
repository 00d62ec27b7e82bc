// SPDX-License-Identifier: Apache-2.0
import { KubeError, kubeRefusals } from '@countersign/kube';
import { MaskError } from '@countersign/mask';
import { PolicyError } from '@countersign/policy';
import { CallerGone } from '../data/incoming.ts';
import { Fault, type FaultCode } from '../faults.ts';
import { LogError } from '../log/log-error.ts';
import { RecordingsError } from '../recordings/recordings-error.ts';
import { StoreError } from '../store/store-error.ts';
import { TunnelError } from '../tunnel/tunnel-error.ts';

const kubeFaults: Readonly<Record<number, FaultCode>> = {
  400: 'ERR_TARGET_MALFORMED',
  405: 'ERR_METHOD_REFUSED',
  406: 'ERR_ANSWER_NOT_ACCEPTABLE',
  413: 'ERR_BODY_TOO_LARGE',
  414: 'ERR_TARGET_MALFORMED',
  415: 'ERR_BODY_UNSUPPORTED',
  502: 'ERR_ANSWER_MALFORMED',
};

const logFaults: Partial<Record<LogError['code'], FaultCode>> = {
  ERR_LOG_FULL: 'ERR_LOG_BUSY',
  ERR_LOG_RECORD: 'ERR_INTERNAL',
};

function tunnelFault(error: TunnelError): FaultCode {
  switch (error.code) {
    case 'ERR_TUNNEL_NONE':
      return 'ERR_CLUSTER_UNREACHABLE';
    case 'ERR_TUNNEL_FULL':
      return 'ERR_CLUSTER_FULL';
    case 'ERR_TUNNEL_UPSTREAM':
      if (error.problem === 'credential-refused') return 'ERR_UPSTREAM_CREDENTIAL';
      return error.sent ? 'ERR_UPSTREAM_LOST' : 'ERR_UPSTREAM_UNREACHABLE';
    case 'ERR_TUNNEL_LOST':
    case 'ERR_TUNNEL_CANCELLED':
      return error.sent ? 'ERR_UPSTREAM_LOST' : 'ERR_CLUSTER_UNREACHABLE';
    case 'ERR_TUNNEL_REQUEST':
      return 'ERR_INTERNAL';
  }
}

/**
 * Whatever went wrong, as a fault. Messages of our own errors name no value of a request; anything unknown becomes
 * ERR_INTERNAL, whose text says nothing of it.
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof CallerGone) return new Fault('ERR_CALLER_GONE', '', { cause: error });
  if (error instanceof KubeError) {
    return new Fault(kubeFaults[kubeRefusals[error.code].status] ?? 'ERR_INTERNAL', error.message, { cause: error });
  }
  if (error instanceof LogError) return new Fault(logFaults[error.code] ?? 'ERR_LOG_FAILED', '', { cause: error });
  if (error instanceof MaskError) return new Fault('ERR_ANSWER_NOT_MASKABLE', error.code, { cause: error });
  if (error instanceof PolicyError) {
    const code = error.code === 'ERR_POLICY_FACTS' ? 'ERR_BODY_MALFORMED' : 'ERR_POLICY_UNAVAILABLE';
    return new Fault(code, error.message, { cause: error });
  }
  if (error instanceof RecordingsError) {
    const detail = error.code === 'ERR_RECORDINGS_NO_ROOM' ? 'what is left of its volume is kept for the log' : '';
    return new Fault('ERR_RECORDING_FAILED', detail, { cause: error });
  }
  if (error instanceof StoreError) return new Fault('ERR_STORE_UNAVAILABLE', '', { cause: error });
  if (error instanceof TunnelError) return new Fault(tunnelFault(error), '', { cause: error });
  return new Fault('ERR_INTERNAL', '', { cause: error });
}

/**
 * Why an exchange is over: what ended it, where that did. A fault that says itself what became of the request is told all
 * the same, as nothing else knows what was done before.
 */
export function endFault(error: unknown, { aborted, reason }: AbortSignal): Fault {
  const isTold = error instanceof Fault && error.fate !== undefined;
  return faultOf(aborted && !isTold ? reason : error);
}
