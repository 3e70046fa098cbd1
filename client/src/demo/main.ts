import { Network, PROFILES } from "../netsim/index.js";
import { flyAhead } from "./ahead.js";
import { Pilot } from "./controls.js";
import { offerPlayground } from "./developer.js";
import { expose } from "./handle.js";
import { Hud } from "./hud.js";
import { keepJoined } from "./net.js";
import { byId } from "./page.js";
import { Readout } from "./readout.js";
import { type ArenaRoom, readScene, type Scene } from "./scene.js";
import { Screen } from "./screen.js";

/** Seconds between two writings of what stands around the field. */
const HUD_PERIOD = 0.1;

const screen = new Screen(byId("field"), byId("map"));
const pilot = new Pilot(byId("field"), screen.camera);
const hud = new Hud();
const network = new Network(PROFILES.perfect);
const readout = new Readout(network);

let room: ArenaRoom | undefined;
let scene: Scene | undefined;
let last = 0;
let written = 0;

/** Draws a frame; the browser calls it, and not while the tab is hidden. */
function frame(ms: number): void {
  requestAnimationFrame(frame);
  const now = ms / 1000;
  const dt = now - last;
  last = now;
  if (room) draw(room, now, dt);
  else screen.drawEmpty();
}

function draw(room: ArenaRoom, now: number, dt: number): void {
  scene = readScene(room);
  screen.draw(scene, pilot.aim(scene.own), now, dt);
  if (room.closed) screen.dim();
  if (room.closed || now - written < HUD_PERIOD) return;
  written = now;
  hud.show(scene, now);
  readout.show(room);
}

/** Starts to play in a room. */
function play(joined: ArenaRoom): void {
  room = joined;
  screen.reset();
  const controls = () => pilot.controls(scene?.own);
  room.input(controls);
  flyAhead(room, controls);
  readout.watch(room);
  room.on("Killed", ({ victim, by }) => hud.killed(victim, by));
  hud.say(undefined);
  hud.help();
}

expose(() => room);
offerPlayground();
requestAnimationFrame(frame);
keepJoined(network, {
  joining: () => hud.say({ title: "Joining", text: "Looking for a room with a free seat…" }),
  joined: play,
  lost(why, seconds) {
    hud.clear();
    readout.offline();
    hud.say({ title: "Connection lost", text: `${why}. Trying again in ${seconds} s.` });
  },
  over(why, again) {
    hud.clear();
    readout.offline();
    hud.say({ title: "No game here", text: why, again });
  },
});
