// SPDX-License-Identifier: Apache-2.0
export {
  isPassableAnswer,
  type MetadataVersion,
  negotiateAccept,
  type WholeAccept,
  withWholeObjects,
} from './accept.ts';
export { type BodyTarget, checkBodyTarget } from './body-target.ts';
export { type ChangePath, formatChangePath, type Side, valueAtPath } from './change-path.ts';
export { canonicalChanges, changesBetween, type FieldChange } from './change-set.ts';
export {
  type BodyFormat,
  classifyContentType,
  type JsonBodyFormat,
  jsonMediaTypes,
  requireJsonFormat,
} from './content-type.ts';
export { type DeleteOptions, parseDeleteOptions } from './delete-options.ts';
export { isDryRun } from './dry-run.ts';
export { KubeError, type KubeErrorCode, kubeRefusals, type Refusal } from './error.ts';
export { type FieldTerm, nameFromFieldSelector, parseFieldSelector } from './field-selector.ts';
export {
  isJsonArray,
  isJsonObject,
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  jsonAt,
  serializeJson,
} from './json.ts';
export { type LabelRequirement, parseLabelSelector } from './label-selector.ts';
export { hasSideEffects, laneOf } from './lane.ts';
export { openapiRedirect } from './openapi-redirect.ts';
export { type JsonLimits, parseJson } from './parse-json.ts';
export { parseRequest } from './parse-request.ts';
export {
  encodePort,
  encodePortChannel,
  maxForwardedPorts,
  type PortChannel,
  type PortChannelData,
  PortChannelDecoder,
} from './port-forward/port-channel-decoder.ts';
export { type PortPair, PortPairs } from './port-forward/port-pairs.ts';
export { type PortStream, parsePortStream, portStreamHeaders } from './port-forward/port-stream.ts';
export { addPreconditions, asDryRun, namedObject, type SeenObject, type Write } from './preconditions.ts';
export { type ObjectIdentity, protobufIdentity } from './protobuf/object-identity.ts';
export { queryBoolean, queryValue, queryValues, withQueryValue } from './query.ts';
export { readBody } from './read-body.ts';
export { type Channel, channels } from './remote-command/channel.ts';
export { ChannelDecoder, type ChannelEvent } from './remote-command/channel-decoder.ts';
export { encodeChannelClose, encodeChannelData, frameChannelData } from './remote-command/encode-channel.ts';
export { channelOfStream, channelStreamHeaders } from './remote-command/stream-headers.ts';
export {
  encodeStreamStatus,
  type StreamStatus,
  type StreamStatusMore,
  StreamStatusReader,
} from './remote-command/stream-status.ts';
export { encodeTerminalSize, type TerminalSize, TerminalSizeDecoder } from './remote-command/terminal-size.ts';
export type {
  KubeRequest,
  Lane,
  Method,
  NonResourceRequest,
  QueryParameter,
  ResourceRequest,
  Verb,
} from './request.ts';
export { serializeTarget } from './serialize-target.ts';
export { goawayStatuses, resetStatuses, type SpdyHeader, type SpdyHeaders } from './spdy/frame.ts';
export type { Inflate } from './spdy/inflate.ts';
export { type PassedOver, type SpdyEvent, SpdySession, type SpdySessionOptions } from './spdy/session.ts';
export { maxTargetBytes } from './split-target.ts';
export {
  buildStatus,
  type Status,
  type StatusCause,
  type StatusDetails,
  type StatusReason,
  serializeStatus,
  statusCodes,
} from './status.ts';
export {
  chooseStreamProtocol,
  parseUpgradeOffer,
  type StreamFraming,
  type StreamProtocol,
  type UpgradeOffer,
} from './upgrade-offer.ts';
export { WatchSplitter } from './watch-splitter.ts';
export { type CloseCode, closeCodeOf, closeCodes } from './websocket/close-code.ts';
export { type MessagePiece, WebSocketDecoder, type WebSocketEvent } from './websocket/decoder.ts';
export { encodeClose, encodeFrame, type Mask } from './websocket/encode-frame.ts';
export { type Opcode, opcodes, type WebSocketPeer } from './websocket/frame-head.ts';
export { checkWebSocketAnswer, encodeWebSocketKey, type Sha1, webSocketAccept } from './websocket/handshake.ts';
