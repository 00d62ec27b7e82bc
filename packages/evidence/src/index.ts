// SPDX-License-Identifier: Apache-2.0
export { canonicalJson, type Json } from './canonical-json.ts';
export {
  type ApprovalReport,
  ApprovalTrail,
  type AskedReport,
  type StepReport,
  type VerdictReport,
} from './countersignature/approval-trail.ts';
export { decodeBase64url, encodeBase64url } from './countersignature/base64url.ts';
export {
  type Assertion,
  type CountersignatureProblem,
  countersignatureProblem,
  type PasskeyCrypto,
  type PasskeyKey,
} from './countersignature/check-countersignature.ts';
export { challengeOf, type Said, type Statement, saidDigest, shownDigest } from './countersignature/statement.ts';
export type { LogCrypto } from './evidence-crypto.ts';
export { EvidenceError, type EvidenceErrorCode } from './evidence-error.ts';
export { type KeyTableLine, type KeyTableText, parseKeyTable, unwrapKey } from './key-table.ts';
export type { DirectoryItem, LogDirectory } from './log-directory.ts';
export { type LogFault, LogFaultError } from './log-fault.ts';
export { openSealed } from './open-sealed.ts';
export { parseLeaf } from './parse-leaf.ts';
export { type ReadRecord, readLog } from './read-log.ts';
export { type DecisionInput, Leaf, type LogRecord, recordJsonSchema, recordTypes } from './record.ts';
export { RecordSequence, type SequencePoint } from './record-sequence.ts';
export { RecordWriter } from './record-writer.ts';
export { SealedFields, type SealedFieldsInput } from './sealed-fields.ts';
export {
  NONCE_BYTES,
  parseSealedFields,
  SALT_BYTES,
  type SealedPayload,
  type SealedPlaintext,
  sealedAdditionalData,
  splitSealedPayload,
  splitSealedPlaintext,
  TAG_BYTES,
} from './sealed-payload.ts';
export {
  encodeSegmentHeader,
  MAX_SEGMENT_BYTES,
  parseSegmentHeader,
  parseSegmentName,
  type SegmentHeader,
  segmentName,
} from './segment-header.ts';
export { type LogReport, type LogVerdict, type VerifyLogOptions, verifyLog } from './verify-log.ts';
export { commitmentOf, endClaimsOf, type RecordingsReport } from './verify-recordings.ts';
export type { ContentReport, PairsReport, SealedKey, SealedKeys } from './verify-records.ts';
export type { SavedCheckpoint, WitnessReport } from './verify-trust.ts';
export {
  decodeFrame,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FRAME_TYPES,
  type Frame,
  type FrameType,
  firstNonZero,
} from './wal-frame.ts';
