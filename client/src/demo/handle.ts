import type { CloseInfo, RoomStats } from "../index.js";
import type { FrameTimes } from "./frametimes.js";
import type { ArenaRoom, SceneReader, ShipNow } from "./scene.js";

/** What tests and curious people may look at: `window.rondo`. */
export interface Handle {
  readonly room: ArenaRoom | undefined;
  readonly stats: RoomStats | undefined;
  readonly closed: CloseInfo | undefined;
  /** The player's own ship, as it is drawn. */
  readonly own: ShipNow | undefined;
  /** Every ship, as it is drawn. */
  readonly ships: readonly ShipNow[];
  /** The id of the ship that the camera follows, 0 for none. */
  readonly focus: number;
  /** Milliseconds of the page's own work on each of its last frames. */
  readonly frameTimes: readonly number[];
}

declare global {
  interface Window {
    readonly rondo: Handle;
  }
}

/** What the handle shows. */
export interface Exposed {
  room(): ArenaRoom | undefined;
  focus(): number;
  /** One that no other reads with. */
  readonly reader: SceneReader;
  readonly frameTimes: FrameTimes;
}

/** Puts a read-only handle on the window, which shows the room of the time. */
export function expose({ room: current, focus, reader, frameTimes }: Exposed): void {
  const scene = () => {
    const room = current();
    return room && reader.read(room);
  };
  const handle: Handle = {
    get room() {
      return current();
    },
    get stats() {
      return current()?.stats;
    },
    get closed() {
      return current()?.closed;
    },
    get own() {
      return scene()?.own;
    },
    get ships() {
      return scene()?.ships ?? [];
    },
    get focus() {
      return focus();
    },
    get frameTimes() {
      return frameTimes.all;
    },
  };
  Object.defineProperty(window, "rondo", { value: Object.freeze(handle) });
}
