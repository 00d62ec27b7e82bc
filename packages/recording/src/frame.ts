// SPDX-License-Identifier: Apache-2.0
import { type ByteReader, type ByteWriter, malformed, varintBytes } from './bytes.ts';
import { RecordingError } from './recording-error.ts';

/**
 * What a recording knows to tell apart, with the code of each in a chunk and the way it goes: `up` from the caller to
 * the API server, `down` back, or neither.
 */
export const CHANNELS = {
  stdin: { code: 1, shape: 'bytes', way: 'up' },
  stdout: { code: 2, shape: 'bytes', way: 'down' },
  stderr: { code: 3, shape: 'bytes', way: 'down' },
  /** The status that ends an exec or attach, as it came. */
  error: { code: 4, shape: 'bytes', way: 'down' },
  /** What the gateway itself says to the caller. */
  notice: { code: 5, shape: 'bytes', way: 'down' },
  'stdin-end': { code: 6, shape: 'nothing', way: 'up' },
  resize: { code: 7, shape: 'size', way: 'up' },
  'port-open': { code: 8, shape: 'port', way: 'up' },
  'port-up': { code: 9, shape: 'connection-bytes', way: 'up' },
  'port-down': { code: 10, shape: 'connection-bytes', way: 'down' },
  'port-error': { code: 11, shape: 'connection-bytes', way: 'down' },
  /** The caller sends no more on the connection. */
  'port-up-end': { code: 12, shape: 'connection', way: 'up' },
  /** The pod sends no more on the connection. */
  'port-down-end': { code: 13, shape: 'connection', way: 'down' },
  end: { code: 14, shape: 'end', way: 'none' },
} as const;

export type Channel = keyof typeof CHANNELS;
type OfShape<S> = { [C in Channel]: (typeof CHANNELS)[C]['shape'] extends S ? C : never }[Channel];
export type BytesChannel = OfShape<'bytes'>;
export type ConnectionBytesChannel = OfShape<'connection-bytes'>;

/** One thing that flowed, without its time. */
export type StreamFrame =
  | { readonly channel: BytesChannel; readonly bytes: Uint8Array }
  | { readonly channel: 'stdin-end' }
  | { readonly channel: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly channel: 'port-open'; readonly connection: number; readonly port: number }
  | { readonly channel: ConnectionBytesChannel; readonly connection: number; readonly bytes: Uint8Array }
  | { readonly channel: OfShape<'connection'>; readonly connection: number }
  | {
      readonly channel: 'end';
      readonly end: 'complete' | 'cut';
      /** Why it was cut; a word of a closed list, as in records. */
      readonly reason?: string;
      readonly exitCode?: number;
    };

/** One thing that flowed, `at` so many microseconds after the recording began. */
export type RecordedFrame = StreamFrame & { readonly at: number };

/** Bytes of a frame; longer ones are recorded as several frames of the same time. */
export const MAX_FRAME_BYTES = 65_536;
/** Two numbers of a body, and what an end takes besides. */
const MAX_BODY_BYTES = 16;
const MAX_END_BYTES = 80;
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;
const CHANNEL_BY_CODE: ReadonlyMap<number, Channel> = new Map(
  Object.entries(CHANNELS).map(([name, { code }]) => [code, name as Channel]),
);
const ENDS = ['complete', 'cut'] as const;
const REASON = /^(?:[a-z0-9][a-z0-9-]{0,63}|ERR_[A-Z0-9_]{1,60})?$/;

/**
 * The frame in pieces that each fit in a chunk: itself, where it is short enough.
 * @throws RecordingError `ERR_RECORDING_FRAME`
 */
export function splitFrame(frame: StreamFrame): readonly StreamFrame[] {
  assertFrame(frame);
  if (!('bytes' in frame) || frame.bytes.length <= MAX_FRAME_BYTES) return [frame];
  const pieces: StreamFrame[] = [];
  for (let at = 0; at < frame.bytes.length; at += MAX_FRAME_BYTES) {
    pieces.push({ ...frame, bytes: frame.bytes.subarray(at, at + MAX_FRAME_BYTES) });
  }
  return pieces;
}

/** At most how many bytes `encodeFrame` writes for a frame whose time is `since` after the one before it. */
export function frameBytes(frame: StreamFrame, since: number): number {
  const head = 1 + varintBytes(since);
  if ('bytes' in frame) return head + MAX_BODY_BYTES + frame.bytes.length;
  return head + MAX_BODY_BYTES + (frame.channel === 'end' ? MAX_END_BYTES : 0);
}

/** Writes channel, time and body. */
export function encodeFrame(writer: ByteWriter, frame: StreamFrame, since: number): void {
  writer.byte(CHANNELS[frame.channel].code);
  writer.varint(since);
  if ('connection' in frame) writer.varint(frame.connection);
  if ('bytes' in frame) {
    writer.varint(frame.bytes.length);
    writer.bytes(frame.bytes);
  } else if (frame.channel === 'resize') {
    writer.varint(frame.columns);
    writer.varint(frame.rows);
  } else if (frame.channel === 'port-open') {
    writer.varint(frame.port);
  } else if (frame.channel === 'end') {
    encodeEnd(writer, frame);
  }
}

/**
 * The frame that begins with the code `code`, which has been read; its bytes are a view. `before` is the time of the
 * frame before it.
 * @throws RecordingError `ERR_RECORDING_DAMAGED`
 */
export function decodeFrame(code: number, reader: ByteReader, before: number): RecordedFrame {
  const channel = CHANNEL_BY_CODE.get(code);
  if (channel === undefined) throw malformed(`has a frame of the unknown channel ${code}`);
  const at = before + reader.varint();
  if (at > MAX_NUMBER) throw malformed('has a time that is none');
  const frame = { at, ...decodeBody(channel, reader) };
  try {
    assertFrame(frame);
  } catch (cause) {
    throw malformed((cause as Error).message);
  }
  return frame;
}

function decodeBody(channel: Channel, reader: ByteReader): StreamFrame {
  switch (channel) {
    case 'stdin-end':
      return { channel };
    case 'resize':
      return { channel, columns: reader.varint(), rows: reader.varint() };
    case 'port-open':
      return { channel, connection: reader.varint(), port: reader.varint() };
    case 'port-up':
    case 'port-down':
    case 'port-error':
      return { channel, connection: reader.varint(), bytes: reader.bytes(reader.varint()) };
    case 'port-up-end':
    case 'port-down-end':
      return { channel, connection: reader.varint() };
    case 'end':
      return decodeEnd(reader);
    default:
      return { channel, bytes: reader.bytes(reader.varint()) };
  }
}

function encodeEnd(writer: ByteWriter, frame: StreamFrame & { readonly channel: 'end' }): void {
  const reason = new TextEncoder().encode(frame.reason ?? '');
  writer.byte(ENDS.indexOf(frame.end));
  writer.varint(frame.exitCode === undefined ? 0 : frame.exitCode + 2);
  writer.byte(reason.length);
  writer.bytes(reason);
}

function decodeEnd(reader: ByteReader): StreamFrame {
  const end = ENDS[reader.byte()];
  if (end === undefined) throw malformed('has an end that is none');
  const exitCode = reader.varint() - 2;
  const reason = new TextDecoder().decode(reader.bytes(reader.byte()));
  return {
    channel: 'end',
    end,
    ...(reason === '' ? {} : { reason }),
    ...(exitCode === -2 ? {} : { exitCode }),
  };
}

function assertFrame(frame: StreamFrame): void {
  if ('connection' in frame) assertNumber(frame.connection, 0, MAX_NUMBER, 'connection');
  if (frame.channel === 'resize') {
    assertNumber(frame.columns, 0, 65_535, 'width');
    assertNumber(frame.rows, 0, 65_535, 'height');
  }
  if (frame.channel === 'port-open') assertNumber(frame.port, 1, 65_535, 'port');
  if (frame.channel !== 'end') return;
  if (!REASON.test(frame.reason ?? '')) throw refused('a reason that is no word of a list');
  // NOTE: -1 is a program that was ended by a signal, where a client says so.
  if (frame.exitCode !== undefined) assertNumber(frame.exitCode, -1, 255, 'exit code');
}

function assertNumber(value: number, least: number, most: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) throw refused(`a ${what} that is none`);
}

function refused(what: string): RecordingError {
  return new RecordingError('ERR_RECORDING_FRAME', `a frame has ${what}`);
}
