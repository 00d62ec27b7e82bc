// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';
import { applyMask } from './apply-mask.ts';
import { isSendableCloseCode } from './close-code.ts';
import { badFrame, type FrameHead, FrameHeadReader, isControl, opcodes, type WebSocketPeer } from './frame-head.ts';

/** A piece of a message: messages come in pieces as their bytes do, and are never collected. */
export interface MessagePiece {
  readonly type: 'data';
  readonly kind: 'text' | 'binary';
  /** Unmasked. Of a server's frame, and where chunks are the decoder's, it is a view of the chunk that was pushed. */
  readonly data: Uint8Array;
  /** The message begins with this piece. */
  readonly first: boolean;
  /** The message ends with this piece. */
  readonly last: boolean;
}

export type WebSocketEvent =
  | MessagePiece
  | { readonly type: 'ping' | 'pong'; readonly data: Uint8Array }
  /** Without a code where the peer gave none. Nothing follows it. */
  | { readonly type: 'close'; readonly code: number | undefined; readonly reason: string };

interface OpenFrame extends FrameHead {
  /** Bytes of its payload that have come. */
  read: number;
}

interface OpenMessage {
  readonly kind: 'text' | 'binary';
  /** Checks the text of a message whose pieces may split a character. */
  readonly utf8: TextDecoder | undefined;
  begun: boolean;
}

export interface WebSocketDecoderOptions {
  readonly peer: WebSocketPeer;
  readonly maxFrameBytes?: number;
  /** What is pushed is the decoder's from then on: a client's frames are unmasked where they stand. */
  readonly ownsChunks?: boolean;
}

const noBytes = new Uint8Array(0);

/**
 * Reads one side of a WebSocket connection after its handshake, without extensions. Chunk borders carry no meaning. Holds
 * no more than a control frame (125 bytes); a frame says its length first and is refused over `maxFrameBytes` (default
 * 16 MiB). After a close frame whatever else comes is ignored; after an error nothing more may be pushed.
 * @throws KubeError `ERR_KUBE_WEBSOCKET`, `ERR_KUBE_WEBSOCKET_UTF8`, `ERR_KUBE_WEBSOCKET_TOO_LARGE`
 * @see RFC 6455 §5
 */
export class WebSocketDecoder {
  readonly #heads: FrameHeadReader;
  readonly #ownsChunks: boolean;
  #frame: OpenFrame | undefined;
  #message: OpenMessage | undefined;
  #control: Uint8Array = noBytes;
  #closed = false;

  constructor(options: WebSocketDecoderOptions) {
    this.#heads = new FrameHeadReader(options.peer, options.maxFrameBytes ?? 16 * 1024 * 1024);
    this.#ownsChunks = options.ownsChunks ?? false;
  }

  /** Whether the peer has said that it is done. */
  get isClosed(): boolean {
    return this.#closed;
  }

  push(chunk: Uint8Array): WebSocketEvent[] {
    return [...this.read(chunk)].filter((event) => event !== undefined);
  }

  /**
   * As `push`, each frame only when it is asked for; undefined for one that says nothing. What is left of a chunk is lost
   * where it is not read to its end.
   */
  *read(chunk: Uint8Array): Generator<WebSocketEvent | undefined> {
    const events: WebSocketEvent[] = [];
    let offset = 0;
    while (!this.#closed && (offset < chunk.length || this.#frame?.length === 0)) {
      if (this.#frame === undefined) {
        const head = this.#heads.push(chunk[offset++] as number);
        if (head !== undefined) this.#begin(head);
        continue;
      }
      const end = Math.min(chunk.length, offset + this.#frame.length - this.#frame.read);
      this.#take(this.#frame, chunk.subarray(offset, end), events);
      offset = end;
      yield events.pop();
    }
  }

  /** Ends the bytes. @throws KubeError `ERR_KUBE_WEBSOCKET_CUT` if a frame or a message is unfinished. */
  end(): void {
    const whole = this.#heads.isEmpty && this.#frame === undefined && this.#message === undefined;
    if (!this.#closed && !whole)
      throw new KubeError('ERR_KUBE_WEBSOCKET_CUT', 'the WebSocket stream ended inside a message');
  }

  #begin(head: FrameHead): void {
    if (isControl(head.opcode)) this.#control = new Uint8Array(head.length);
    else if (head.opcode !== opcodes.continuation) this.#beginMessage(head);
    else if (this.#message === undefined) throw badFrame('a continuation continues nothing');
    this.#frame = { ...head, read: 0 };
  }

  #beginMessage({ opcode }: FrameHead): void {
    if (this.#message !== undefined) throw badFrame('a message begins inside another one');
    const isText = opcode === opcodes.text;
    this.#message = {
      kind: isText ? 'text' : 'binary',
      utf8: isText ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) : undefined,
      begun: false,
    };
  }

  /** Takes bytes of a frame's payload, none of them empty but that of an empty frame. */
  #take(frame: OpenFrame, bytes: Uint8Array, events: WebSocketEvent[]): void {
    const control = isControl(frame.opcode);
    const isView = frame.mask === undefined || this.#ownsChunks;
    const target = control ? this.#control : isView ? bytes : new Uint8Array(bytes.length);
    const at = control ? frame.read : 0;
    if (frame.mask !== undefined) applyMask(bytes, frame.mask, frame.read, target, at);
    else if (control) target.set(bytes, at);
    frame.read += bytes.length;
    const whole = frame.read === frame.length;
    if (whole) this.#frame = undefined;
    if (!control) this.#takeData(target, frame.fin && whole, events);
    else if (whole) events.push(this.#controlEvent(frame));
  }

  #takeData(data: Uint8Array, last: boolean, events: WebSocketEvent[]): void {
    const message = this.#message as OpenMessage;
    try {
      message.utf8?.decode(data, { stream: !last });
    } catch (cause) {
      throw new KubeError('ERR_KUBE_WEBSOCKET_UTF8', 'a WebSocket text message is not UTF-8', { cause });
    }
    if (data.length > 0 || last) {
      events.push({ type: 'data', kind: message.kind, data, first: !message.begun, last });
      message.begun = true;
    }
    if (last) this.#message = undefined;
  }

  #controlEvent({ opcode }: OpenFrame): WebSocketEvent {
    const data = this.#control;
    this.#control = noBytes;
    if (opcode !== opcodes.close) return { type: opcode === opcodes.ping ? 'ping' : 'pong', data };
    this.#closed = true;
    return { type: 'close', ...readClose(data) };
  }
}

function readClose(data: Uint8Array): { code: number | undefined; reason: string } {
  if (data.length === 0) return { code: undefined, reason: '' };
  const code = ((data[0] as number) << 8) | (data[1] ?? 0);
  if (data.length === 1 || !isSendableCloseCode(code)) throw badFrame('a close frame has no proper code');
  try {
    return { code, reason: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data.subarray(2)) };
  } catch (cause) {
    throw new KubeError('ERR_KUBE_WEBSOCKET_UTF8', 'the reason of a close frame is not UTF-8', { cause });
  }
}
