import type { ArenaSchema, Controls } from "../arena_gen.js";
import { Network, PROFILES } from "../netsim/index.js";
import { Voice } from "../voice/index.js";
import { flyAhead } from "./ahead.js";
import { CallsignPanel } from "./callsign.js";
import { Callsigns } from "./callsigns.js";
import { Pilot } from "./controls.js";
import { offerPlayground } from "./developer.js";
import { FrameTimes } from "./frametimes.js";
import { expose } from "./handle.js";
import { onKeys } from "./hotkeys.js";
import { Hud } from "./hud.js";
import { keepJoined } from "./net.js";
import { byId } from "./page.js";
import { Readout } from "./readout.js";
import { HANDS_OFF, Rest } from "./rest.js";
import { type ArenaRoom, EMPTY, type Scene, SceneReader, type ShipNow } from "./scene.js";
import { Screen } from "./screen.js";
import { Sound } from "./sound.js";
import { Spectator } from "./spectate.js";
import { Split } from "./split.js";
import { Toggle } from "./toggles.js";
import { WatchBar } from "./watchbar.js";

/** Seconds between two writings of what stands around the field. */
const HUD_PERIOD = 0.1;

const sound = new Sound();
const screen = new Screen(byId("field"), byId("map"), sound);
const pilot = new Pilot(byId("field"), screen.camera);
const hud = new Hud();
const network = new Network(PROFILES.perfect);
const readout = new Readout(network);
const callsigns = new Callsigns();
const reader = new SceneReader(callsigns);
const spectator = new Spectator();
const rest = new Rest();
const split = new Split();
const frameTimes = new FrameTimes();
const callsign = new CallsignPanel(introduce);
const watchBar = new WatchBar({ leader: () => spectator.followLeader(), step, fly });

const soundToggle = new Toggle("sound-button", sound.on, (on) => sound.turn(on));
const splitToggle = new Toggle("split-button", false, (on) => split.show(on));
const helpToggle = new Toggle("help-button", false, (on) => hud.help(on));
const watchToggle = new Toggle("watch-button", false, (on) => {
  if (on) spectator.followLeader();
  else if (room?.player === 0) fly();
  else spectator.stop();
  rest.reset();
});

let room: ArenaRoom | undefined;
let voice: Voice<ArenaSchema> | undefined;
let scene: Scene = EMPTY;
let focus: ShipNow | undefined;
let last = 0;
let written = 0;

/** Draws a frame; the browser calls it, and not while the tab is hidden. */
function frame(ms: number): void {
  requestAnimationFrame(frame);
  const start = performance.now();
  const now = ms / 1000;
  const dt = now - last;
  last = now;
  pilot.poll();
  if (room) draw(room, now, dt);
  else screen.drawEmpty();
  frameTimes.add(performance.now() - start);
}

function draw(room: ArenaRoom, now: number, dt: number): void {
  scene = reader.read(room);
  focus = spectator.focus(scene.ships, scene.own);
  const aim = spectator.watching ? (scene.own?.aim ?? 0) : pilot.aim(scene.own);
  screen.draw(scene, focus, aim, now, dt);
  split.draw(room, scene.own, now);
  if (room.closed) screen.dim();
  if (room.closed || now - written < HUD_PERIOD) return;
  written = now;
  hud.show(spectator.watching ? { ...scene, own: undefined } : scene, now);
  readout.show(room);
  const { watching, followsLeader: leader } = spectator;
  watchBar.show(watching ? { ship: focus, leader } : undefined);
}

/** The input of a tick; who watches sends none. */
function controls(): Controls | undefined {
  return spectator.watching ? rest.controls() : pilot.controls(scene.own);
}

/** Starts to play in a room. */
function play(joined: ArenaRoom): void {
  room = joined;
  scene = EMPTY;
  screen.reset();
  callsigns.clear();
  joined.on("Callsign", (sign) => callsigns.learn(sign));
  joined.on("Killed", ({ victim, by }) => {
    if (victim >>> 0 === scene.own?.id) spectator.destroyedBy(by >>> 0);
    hud.killed(victim, by);
  });
  if (joined.player === 0) watchToggle.turn(true);
  else takeControl(joined);
  readout.watch(joined);
  hud.say(undefined);
  hud.hint();
}

/** Flies the ship that the player has in a room. */
function takeControl(joined: ArenaRoom): void {
  voice = new Voice(joined);
  introduce();
  joined.input(controls);
  flyAhead(joined, () => (spectator.watching ? HANDS_OFF : pilot.controls(scene.own)));
}

/** Says what the own ship is called. */
function introduce(): void {
  voice?.say("Callsign", { ship: 0, ...callsign.own });
}

/** Watches the next ship, or the one before. */
function step(step: 1 | -1): void {
  watchToggle.turn(true);
  spectator.step(scene.ships, step);
}

/** Flies again; who has no seat asks for one. */
function fly(): void {
  if (room?.player === 0) location.search = "";
  else watchToggle.turn(false);
}

/** The keys that choose whom to watch fly otherwise. */
function whileWatching(act: () => void): () => void {
  return () => {
    if (spectator.watching) act();
  };
}

onKeys({
  KeyC: () => callsign.toggle(),
  KeyH: () => helpToggle.turn(!helpToggle.on),
  KeyM: () => soundToggle.turn(!soundToggle.on),
  KeyN: () => readout.toggle(),
  KeyO: () => watchToggle.turn(!watchToggle.on),
  KeyV: () => splitToggle.turn(!splitToggle.on),
  Escape: () => helpToggle.turn(false),
  ArrowLeft: whileWatching(() => step(-1)),
  KeyA: whileWatching(() => step(-1)),
  ArrowRight: whileWatching(() => step(1)),
  KeyD: whileWatching(() => step(1)),
  KeyL: whileWatching(() => spectator.followLeader()),
});
expose({
  room: () => room,
  focus: () => focus?.id ?? 0,
  reader: new SceneReader(callsigns),
  frameTimes,
});
offerPlayground();
requestAnimationFrame(frame);
keepJoined(network, {
  joining: () => hud.say({ title: "Joining", text: "Looking for a room with a free seat…" }),
  joined: play,
  resuming: () => hud.say({ title: "Connection lost", text: "Coming back to your seat…" }),
  resumed: () => hud.say(undefined),
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
