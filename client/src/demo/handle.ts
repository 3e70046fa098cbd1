import type { CloseInfo, RoomStats } from "../index.js";
import { type ArenaRoom, readScene, type ShipNow } from "./scene.js";

/** What tests and curious people may look at: `window.rondo`. */
export interface Handle {
  readonly room: ArenaRoom | undefined;
  readonly stats: RoomStats | undefined;
  readonly closed: CloseInfo | undefined;
  /** The player's own ship, as it is drawn. */
  readonly own: ShipNow | undefined;
  /** Every ship, as it is drawn. */
  readonly ships: readonly ShipNow[];
}

declare global {
  interface Window {
    readonly rondo: Handle;
  }
}

/** Puts a read-only handle on the window, which shows the room of the time. */
export function expose(current: () => ArenaRoom | undefined): void {
  const scene = () => {
    const room = current();
    return room && readScene(room);
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
  };
  Object.defineProperty(window, "rondo", { value: Object.freeze(handle) });
}
