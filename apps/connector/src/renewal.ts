// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError } from './connector-error.ts';
import { renew } from './enrol.ts';
import type { GatewayAddress } from './gateway-address.ts';
import { isFinal } from './gateway-request.ts';
import { expiry, type Identity } from './identity.ts';

/** Timers wait no longer than this at once: a machine that slept notices soon after it wakes. */
const LONGEST_WAIT_MS = 60_000;
const RETRY_MS = 30_000;

/** What renewing works with. */
export interface RenewalParts {
  readonly gateways: readonly GatewayAddress[];
  readonly present: () => Identity;
  /** Takes the new identity into use; resolves when it is kept. */
  readonly renewed: (identity: Identity) => Promise<void>;
  readonly failed: (gateway: GatewayAddress, error: unknown) => void;
  readonly now: () => Date;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** When a certificate is renewed: after two thirds of the time that was left when it came. */
function renewalTime(of: Identity): Date {
  const from = Date.parse(of.obtainedAt);
  return new Date(from + ((expiry(of).getTime() - from) * 2) / 3);
}

/**
 * Renews the certificate again and again, from whichever gateway answers. Resolves when aborted, or with the error that
 * leaves no certificate: the gateway's final no, or the end of the certificate's life.
 */
export async function keepRenewing(parts: RenewalParts): Promise<ConnectorError | undefined> {
  while (await waitUntil(parts, renewalTime(parts.present()).getTime())) {
    const final = await renewOnce(parts);
    if (final) return final;
    if (expiry(parts.present()) <= parts.now()) {
      return new ConnectorError('ERR_CONNECTOR_NOT_ENROLLED', 'the certificate expired before any gateway renewed it');
    }
  }
  return undefined;
}

async function renewOnce(parts: RenewalParts): Promise<ConnectorError | undefined> {
  for (const gateway of parts.gateways) {
    try {
      await parts.renewed(await renew(gateway, parts.present(), parts.now));
      return undefined;
    } catch (error) {
      parts.failed(gateway, error);
      if (isFinal(error)) return error as ConnectorError;
    }
  }
  await pause(parts, parts.random() * RETRY_MS);
  return undefined;
}

async function waitUntil(parts: RenewalParts, time: number): Promise<boolean> {
  for (;;) {
    if (parts.signal.aborted) return false;
    const left = time - parts.now().getTime();
    if (left <= 0) return true;
    await pause(parts, Math.min(left, LONGEST_WAIT_MS));
  }
}

async function pause({ signal }: RenewalParts, ms: number): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => {});
}
