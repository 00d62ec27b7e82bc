// SPDX-License-Identifier: Apache-2.0
export { canonicalJson, type Json } from './canonical-json.ts';
export { EvidenceError, type EvidenceErrorCode } from './evidence-error.ts';
export { type DecisionInput, Leaf, type LogRecord, recordJsonSchema } from './record.ts';
export { RecordSequence, type SequencePoint } from './record-sequence.ts';
export { SealedFields, type SealedFieldsInput } from './sealed-fields.ts';
export {
  encodeSealedFields,
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
  parseSegmentHeader,
  parseSegmentName,
  type SegmentHeader,
  segmentName,
} from './segment-header.ts';
export {
  type Crc32,
  decodeFrame,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FRAME_TYPES,
  type Frame,
  type FrameType,
  firstNonZero,
} from './wal-frame.ts';
