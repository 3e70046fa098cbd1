export type { SocketConstructor, SocketLike } from "./connection.js";
export type { Descriptor, Field, InputField, Kind, MessageKind } from "./descriptor.js";
export type { ListenOptions } from "./emitter.js";
export { type ErrorCode, ProtocolError, RondoError } from "./errors.js";
export { type ConnectOptions, connect, type JoinOptions, join, type SeatStorage } from "./join.js";
export { type Assignment, type MatchOptions, match, type Proposal } from "./match.js";
export type { PredictionStats, Predictor, Seat } from "./predictor.js";
export type {
  ColumnName,
  EventName,
  EventValue,
  Look,
  Message,
  Room,
  RoomEvents,
  RoomStats,
} from "./room.js";
export type {
  AnySchema,
  Entity,
  KindName,
  MessageName,
  SchemaRef,
  SchemaTypes,
} from "./schema.js";
export type { ConnectionState } from "./session.js";
export type { Speaker } from "./uplink.js";
export { backoff, type CloseInfo, type Verdict } from "./verdict.js";
export type { View } from "./view.js";
