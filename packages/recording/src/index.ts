// SPDX-License-Identifier: Apache-2.0

export { type AsciicastOptions, asciicast } from './asciicast.ts';
export { ENOUGH_TO_WRITE_BYTES, MAX_BLOCK_BYTES, MAX_WRITE_BYTES } from './block.ts';
export type { RecordingSource, SizedSource } from './block-reader.ts';
export { encodeRecordingEnd, type RecordingCommitment } from './commitment.ts';
export type { RecordingFacts } from './facts.ts';
export { CHANNELS, type Channel, type RecordedFrame, type StreamFrame } from './frame.ts';
export type { RecordingHeader } from './header.ts';
export { outputLines, recordedClock } from './output-lines.ts';
export { type PartlyRead, readRange, type SizedFile, sourceOfFile } from './read-range.ts';
export type { Crc32, RecordingCrypto, RecordingSealer, SealedCrypto } from './recording-crypto.ts';
export { RecordingError, type RecordingErrorCode, type RecordingPlace } from './recording-error.ts';
export { type FramesOptions, type OpenRecordingOptions, RecordingReader } from './recording-reader.ts';
export { RecordingWriter, type RecordingWriterOptions, type SealedChunk } from './recording-writer.ts';
export { type PacedFrame, type PaceOptions, paceFrames, ReplayText } from './replay.ts';
export { type SearchHit, type SearchOptions, searchRecording } from './search.ts';
export { type RecordingSurvey, surveyRecording } from './survey-recording.ts';
export { SafeOutput } from './terminal/safe-output.ts';
export {
  type RecordingClaims,
  type VerifiedRecording,
  type VerifyRecordingOptions,
  verifyRecording,
} from './verify-recording.ts';
