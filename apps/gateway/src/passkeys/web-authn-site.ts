// SPDX-License-Identifier: Apache-2.0

/** Where people use their passkeys: what a browser signs along, so that no other site can use them. */
export interface WebAuthnSite {
  /** `https://countersign.example`, as browsers spell it. */
  readonly origin: string;
  /** Its host name. */
  readonly rpId: string;
}

/** The site whose pages have this origin. */
export function siteOf(origin: string): WebAuthnSite {
  return { origin, rpId: new URL(origin).hostname };
}
