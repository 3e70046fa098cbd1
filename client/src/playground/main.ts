import { byId } from "../demo/page.js";
import { type Pick, samePick } from "./entity.js";
import { Figures } from "./figures.js";
import { Games } from "./games.js";
import { Inputs } from "./inputs.js";
import { playByKeys } from "./keyboard.js";
import { showLegend } from "./legend.js";
import { MapView } from "./map.js";
import { Messages } from "./messages.js";
import { Picked } from "./picked.js";
import { Players } from "./players.js";
import { readScene } from "./scene.js";
import { Seat } from "./seat.js";
import { Tables } from "./tables.js";
import { write } from "./write.js";

/** Milliseconds between two writings of what is not the map. */
const PERIOD = 200;

const map = new MapView(follow);
const tables = new Tables(follow);
const picked = new Picked(() => follow(undefined));
const inputs = new Inputs();
const messages = new Messages();
const figures = new Figures();
const players = new Players({
  show,
  leave,
  again(seat) {
    leave(seat);
    void join(seat.game);
  },
});

let seats: readonly Seat[] = [];
let shown: Seat | undefined;
let written = 0;

/** Draws a frame; the browser calls it, and not while the tab is hidden. */
function frame(now: number): void {
  requestAnimationFrame(frame);
  const scene = shown?.room ? readScene(shown.room) : [];
  map.draw(scene, shown?.followed);
  inputs.refresh();
  if (now - written < PERIOD) return;
  written = now;
  say(shown);
  players.show(seats, shown);
  tables.show(scene, shown?.followed);
  picked.show(scene, shown?.followed);
  messages.show(shown?.log);
  figures.show(shown?.room);
}

/** Joins a game with one more player, who is shown. */
async function join(game: string): Promise<void> {
  const seat = new Seat(game);
  seats = [...seats, seat];
  show(seat);
  await seat.join();
  if (seat === shown) show(seat);
}

function leave(seat: Seat): void {
  seat.leave();
  seats = seats.filter((other) => other !== seat);
  if (seat === shown) show(seats.at(-1));
}

/** Shows a player: every panel is about this one from now on. */
function show(seat: Seat | undefined): void {
  shown?.hand.letGo();
  shown = seat;
  const kinds = seat?.room?.schema.kinds ?? [];
  map.reset();
  showLegend(kinds);
  tables.reset(kinds);
  inputs.show(seat?.hand, seat?.controls ?? []);
  if (seat) history.replaceState(null, "", `?game=${encodeURIComponent(seat.game)}`);
}

/** Follows an entity; the one that is followed already is let go. */
function follow(pick: Pick | undefined): void {
  if (shown) shown.followed = samePick(pick, shown.followed) ? undefined : pick;
}

/** Says how the player who is shown does. */
function say(seat: Seat | undefined): void {
  write(byId("status"), seat ? `${seat.game}: ${seat.trouble ?? `playing as ${seat.name}`}` : "");
}

playByKeys(() => shown);
requestAnimationFrame(frame);
const wanted = new URLSearchParams(location.search).get("game");
const games = await new Games().start(join);
if (wanted !== null && games.includes(wanted)) await join(wanted);
