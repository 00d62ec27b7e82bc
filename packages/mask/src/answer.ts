// SPDX-License-Identifier: Apache-2.0
import { MaskError } from './mask-error.ts';

/**
 * Makes sure that an answer on a masked path is in the one form that a masker reads: JSON, not compressed. Arguments
 * are the answer's header values, `undefined` where the header is absent. Parameters (`;as=Table…`, `;stream=watch`)
 * don't matter, except that a charset other than UTF-8 is refused.
 * @throws MaskError `ERR_MASK_CONTENT_TYPE`, `ERR_MASK_CONTENT_ENCODING`
 */
export function assertMaskableAnswer(contentType: string | undefined, contentEncoding: string | undefined): void {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  if (type.trim() !== 'application/json' || !isUtf8) {
    throw new MaskError('ERR_MASK_CONTENT_TYPE', 'an answer on a masked path is not application/json');
  }
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity') {
    throw new MaskError('ERR_MASK_CONTENT_ENCODING', 'an answer on a masked path is compressed');
  }
}
