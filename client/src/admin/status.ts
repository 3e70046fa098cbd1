/** What `GET /v1/admin/status` answers. Totals count from the node's start. */
export interface Status {
  readonly node: NodeStatus;
  readonly queues: readonly Queue[];
  readonly rooms: readonly RoomLine[];
  /** Rooms after those. */
  readonly rooms_more: number;
  /** Matches that got no room, and why the last time. */
  readonly refused: number;
  readonly refusal?: string;
}

/** The node itself. */
export interface NodeStatus {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly uptime_s: number;
  readonly rooms: number;
  readonly max_rooms: number;
  readonly players: number;
  readonly away: number;
  readonly spectators: number;
  readonly ticks: number;
  readonly ticks_skipped: number;
  readonly lateness_s: Histogram;
  readonly sent_bytes: number;
  /** Seconds of one core. */
  readonly cpu_s?: number;
  readonly memory_bytes?: number;
  /** What the rooms take, from 0 to 1, by what it is a part of. */
  readonly load: Readonly<Record<string, number>>;
  /** At this load of any the node opens no more rooms; -1 for no bound. */
  readonly max_load: number;
}

/** The queue of a mode. */
export interface Queue {
  readonly game: string;
  readonly mode: string;
  /** Tickets. */
  readonly waiting: number;
  readonly players: number;
  readonly oldest_s: number;
  /** Tickets. */
  readonly matched: number;
  /** Of a mode with rules. */
  readonly spreads?: Histogram;
  readonly cycles_s?: Histogram;
}

/** A running room. */
export interface RoomLine {
  readonly room: string;
  readonly game: string;
  readonly mode: string;
  readonly players: number;
  readonly seats: number;
  readonly watching: number;
  readonly private: boolean;
  readonly tick_hz: number;
  /** Unknown for a room of another node. */
  readonly age_s?: number;
}

/** Counts of values up to each bound, those of the bounds before among them. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}
