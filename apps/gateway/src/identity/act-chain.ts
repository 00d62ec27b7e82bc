// SPDX-License-Identifier: Apache-2.0
import { isPlainText, type JsonObject, member, objectMember } from './json-document.ts';

/** Actors in a chain; a longer one is refused, never shortened. */
const MAX_ACTORS = 4;
const MAX_LENGTH = 512;

/** One who acts. */
export interface Actor {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * Reads the `act` chain of a token, outermost first; empty without one, undefined when it is malformed or too long.
 * The outermost actor is the caller, so its issuer MUST be the token's: no issuer can speak for another's subjects.
 * @see RFC 8693 §4.1
 */
export function readActChain(payload: JsonObject, tokenIssuer: string): readonly Actor[] | undefined {
  const chain: Actor[] = [];
  for (let claims = payload; Object.hasOwn(claims, 'act'); ) {
    const actor = objectMember(claims, 'act');
    if (!actor || chain.length === MAX_ACTORS) return undefined;
    const subject = member(actor, 'sub');
    const issuer = Object.hasOwn(actor, 'iss') ? member(actor, 'iss') : tokenIssuer;
    if (!isPlainText(subject, MAX_LENGTH) || !isPlainText(issuer, MAX_LENGTH)) return undefined;
    chain.push({ issuer, subject });
    claims = actor;
  }
  return chain[0] === undefined || chain[0].issuer === tokenIssuer ? chain : undefined;
}
