// SPDX-License-Identifier: Apache-2.0
export { canonicalJson, type Json } from './canonical-json.ts';
export { EvidenceError, type EvidenceErrorCode } from './evidence-error.ts';
export { type DecisionInput, Leaf, type LogRecord, recordJsonSchema } from './record.ts';
export { SealedFields, type SealedFieldsInput } from './sealed-fields.ts';
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
