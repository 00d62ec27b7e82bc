// SPDX-License-Identifier: Apache-2.0
import { malformedProtobuf } from './wire-reader.ts';

/** Year 1 of UTC, which Go takes for no time at all. */
const ZERO_SECONDS = -62_135_596_800n;
const END_SECONDS = 253_402_300_800n;
const NANOSECONDS = 1_000_000_000n;

const UNITS: readonly (readonly [name: string, digits: number, size: bigint])[] = [
  ['ns', 0, 1n],
  ['µs', 3, 1_000n],
  ['ms', 6, 1_000_000n],
];

/**
 * A time in UTC as RFC 3339, with `digits` digits after the second; null for Go's zero time.
 * @throws KubeError `ERR_KUBE_PROTOBUF` for one before year 1 or after year 9999
 */
export function timeText(seconds: bigint, nanos: number, digits: 0 | 6): string | null {
  if (seconds === ZERO_SECONDS && nanos === 0) return null;
  if (seconds < ZERO_SECONDS || seconds >= END_SECONDS || nanos < 0 || nanos >= Number(NANOSECONDS)) {
    throw malformedProtobuf('a time is out of range');
  }
  // biome-ignore lint/style/noRestrictedGlobals: formats the time that it is given, reads no clock
  const whole = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  const fraction = digits === 0 ? '' : `.${String(Math.floor(nanos / 1_000)).padStart(6, '0')}`;
  return `${whole}${fraction}Z`;
}

/** @see https://pkg.go.dev/time#Duration.String */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const all = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  for (const [name, digits, size] of UNITS) {
    if (all < size * 1_000n) return `${sign}${decimal(all, digits)}${name}`;
  }
  const minutes = all / (60n * NANOSECONDS);
  const seconds = `${decimal(all - minutes * 60n * NANOSECONDS, 9)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes - hours * 60n}m${seconds}`;
}

/** A whole number of the `digits`-th decimal place, without zeros at its end. */
function decimal(value: bigint, digits: number): string {
  const text = value.toString().padStart(digits + 1, '0');
  const fraction = text.slice(text.length - digits).replace(/0+$/, '');
  const whole = text.slice(0, text.length - digits);
  return digits === 0 || fraction === '' ? whole : `${whole}.${fraction}`;
}

/** A number as Go's `encoding/json` writes it. @throws KubeError `ERR_KUBE_PROTOBUF` for what JSON has no form of */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) throw malformedProtobuf('a number is not finite');
  return Object.is(value, -0) ? '-0' : String(value);
}
