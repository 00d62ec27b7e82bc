// SPDX-License-Identifier: Apache-2.0

export type EvidenceErrorCode =
  | 'ERR_EVIDENCE_FRAME'
  | 'ERR_EVIDENCE_HEADER'
  | 'ERR_EVIDENCE_RECORD'
  | 'ERR_EVIDENCE_NOT_CANONICAL'
  | 'ERR_EVIDENCE_SEALED'
  | 'ERR_EVIDENCE_ORDER'
  | 'ERR_EVIDENCE_KEYS';

/** What is wrong with evidence: its bytes, its shape or its order. Messages never hold values of sealed fields. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
