// SPDX-License-Identifier: Apache-2.0
import { joinBytes, utf8 } from '../json/bytes.ts';
import type { Scope } from '../walk/scope.ts';

const BECAUSE = "the API server's own text is masked because it can repeat values of the object";

/** What follows the object's name, by a Status's reason. */
const SENTENCES: Readonly<Record<string, string>> = {
  NotFound: 'not found',
  AlreadyExists: 'already exists',
  Conflict: `was not written: it changed meanwhile, or another manager owns a field; ${BECAUSE}`,
  Invalid: `is invalid: details.causes names the fields; ${BECAUSE}`,
  Forbidden: `is forbidden; ${BECAUSE}`,
};

const CAUSE = utf8(BECAUSE);

/**
 * A message for a Status on a masked path, made of its reason and of the object's name alone.
 * For example `secrets "db" not found`.
 */
export function safeStatusText(status: Scope): Uint8Array {
  const reason = String.fromCharCode(...status.reason.subarray(0, 64));
  const sentence = Object.hasOwn(SENTENCES, reason) ? SENTENCES[reason] : undefined;
  if (sentence === undefined || status.detailsName.length === 0) {
    return utf8(
      `the API server did not do this (${/^[A-Za-z]+$/.test(reason) ? reason : 'no reason given'}); ${BECAUSE}`,
    );
  }
  return joinBytes([status.detailsKind, utf8(' "'), status.detailsName, utf8(`" ${sentence}`)]);
}

/** What stands for the message of one cause; clients print it after the field's name. */
export function safeCauseText(): Uint8Array {
  return CAUSE;
}
