// SPDX-License-Identifier: Apache-2.0
import { badSpdy, FLAG_FIN, FLAG_UNIDIRECTIONAL, frameTypes, SPDY_VERSION, type SpdyFrame } from './frame.ts';
import { decodeHeaderBlock } from './header-block.ts';
import type { HeaderInflater } from './header-inflater.ts';

type ControlType = keyof typeof frameTypes;

/** The first eight bytes of a control frame. */
export interface ControlHead {
  readonly type: ControlType;
  readonly flags: number;
  readonly length: number;
}

/** Flags that each type may have; any other bit is refused. */
const flagsOf: Readonly<Record<ControlType, number>> = {
  'syn-stream': FLAG_FIN,
  'syn-reply': FLAG_FIN,
  'rst-stream': 0,
  settings: 1,
  ping: 0,
  goaway: 0,
  headers: FLAG_FIN,
  'window-update': 0,
};

/** Bytes of the payload: of all of it, or of what stands before a header block. */
const lengthOf: Readonly<Record<ControlType, number>> = {
  'syn-stream': 10,
  'syn-reply': 4,
  'rst-stream': 8,
  settings: 4,
  ping: 4,
  goaway: 8,
  headers: 4,
  'window-update': 8,
};

const hasMore: ReadonlySet<ControlType> = new Set<ControlType>(['syn-stream', 'syn-reply', 'settings', 'headers']);
const typesByNumber = new Map(
  Object.entries(frameTypes).map(([type, number]) => [number as number, type as ControlType]),
);

/** Reads the head of a control frame. @throws KubeError `ERR_KUBE_SPDY` */
export function readControlHead(head: DataView): ControlHead {
  const type = typesByNumber.get(head.getUint16(2));
  const flags = head.getUint8(4);
  const length = head.getUint32(4) & 0xff_ffff;
  if ((head.getUint16(0) & 0x7fff) !== SPDY_VERSION) throw badSpdy('a control frame of another version');
  if (type === undefined) throw badSpdy('a control frame of an unknown type');
  if (type === 'syn-stream' && (flags & FLAG_UNIDIRECTIONAL) !== 0) throw badSpdy('a stream with one direction');
  if ((flags & ~flagsOf[type]) !== 0) throw badSpdy('a control frame with an unknown flag');
  const fits = hasMore.has(type) ? length >= lengthOf[type] : length === lengthOf[type];
  if (!fits) throw badSpdy('a control frame has the wrong length');
  return { type, flags, length };
}

/**
 * Reads a whole control frame. A header block goes through the inflater whatever becomes of its frame, because the blocks
 * after it depend on it.
 * @throws KubeError `ERR_KUBE_SPDY`, `ERR_KUBE_SPDY_TOO_LARGE`
 * @see SPDY Protocol Draft 3.1, §2.6
 */
export function readControlFrame(head: ControlHead, payload: Uint8Array, inflater: HeaderInflater): SpdyFrame {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const number = (at: number): number => {
    const value = view.getUint32(at);
    if (value > 0x7fff_ffff) throw badSpdy('a reserved bit is set');
    return value;
  };
  const stream = (): number => {
    const value = number(0);
    if (value === 0) throw badSpdy('a stream has the number 0');
    return value;
  };
  const headers = () => decodeHeaderBlock(inflater.push(payload.subarray(lengthOf[head.type])));
  const fin = (head.flags & FLAG_FIN) !== 0;
  switch (head.type) {
    case 'syn-stream':
      if (view.getUint32(4) !== 0) throw badSpdy('a stream is associated with another one');
      return { type: head.type, stream: stream(), headers: headers(), fin };
    case 'syn-reply':
    case 'headers':
      return { type: head.type, stream: stream(), headers: headers(), fin };
    case 'rst-stream':
      if (view.getUint32(4) === 0) throw badSpdy('a reset has no status');
      return { type: head.type, stream: stream(), status: view.getUint32(4) };
    case 'settings':
      if (view.getUint32(0) * 8 !== payload.length - 4) throw badSpdy('settings have the wrong length');
      return { type: head.type };
    case 'ping':
      if (view.getUint32(0) === 0) throw badSpdy('a ping has the number 0');
      return { type: head.type, id: view.getUint32(0) };
    case 'goaway':
      return { type: head.type, lastStream: number(0), status: view.getUint32(4) };
    case 'window-update':
      if (number(4) === 0) throw badSpdy('a window grows by nothing');
      return { type: head.type, stream: number(0), delta: number(4) };
  }
}
