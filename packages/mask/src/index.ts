// SPDX-License-Identifier: Apache-2.0
export { assertMaskableAnswer } from './answer.ts';
export { LearnedValues } from './learned/learned-values.ts';
export { MaskError, type MaskErrorCode } from './mask-error.ts';
export { createMasker, MAX_UNIT_BYTES, type Masker, type MaskerOptions } from './masker.ts';
export { type MaskingPlan, maskingFor, type RuleTable } from './rules/plan.ts';
export { findSelectedValue } from './rules/selected-field.ts';
export { createStreamMask, type StreamMask } from './stream/stream-mask.ts';
export { AnchorCursor } from './text/anchor-cursor.ts';
export { type ConfigFormat, configFormatOf } from './text/config-format.ts';
export { isSecretName } from './text/secret-name.ts';
export { type HitForm, maskText, type TextHit } from './text/text-hit.ts';
export { createTextMasker, type TextMaskerOptions, type TextSource } from './text/text-masker.ts';
export { type Inflate, type ScanOptions, TextScanner } from './text/text-scanner.ts';
export { containsToken } from './token/contains-token.ts';
export { findTokens, type TokenPlace } from './token/find-tokens.ts';
export { type Hmac, TOKEN_PREFIX } from './token/token.ts';
export { findValueRead } from './write/find-value-read.ts';
export { learnFromWrite, type Written, type WrittenBody } from './write/learn-from-write.ts';
