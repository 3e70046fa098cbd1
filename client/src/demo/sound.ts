import { remember, remembered } from "./settings.js";
import { gainAt, panAt, SOUNDS, type SoundName } from "./sounds.js";

/** Sounds that are heard at a time; more are noise. */
const MOST = 14;

/** How loud all is together. */
const VOLUME = 0.4;

const SETTING = "sound";

/** Where the listener is; sizes in CSS pixels, places in field units. */
export interface Ear {
  readonly x: number;
  readonly y: number;
}

/** Plays synthesised sounds. Off until the player asks for it, which is remembered. */
export class Sound {
  #on = remembered(SETTING) === "on";
  #context: AudioContext | undefined;
  #out: AudioNode | undefined;
  #noise: AudioBuffer | undefined;
  #playing = 0;

  get on(): boolean {
    return this.#on;
  }

  constructor() {
    // A browser lets a page sound only once it was touched.
    const wake = () => {
      if (this.#on) this.#start();
    };
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
  }

  /** Turns sound on or off, in answer to a touch or a key. */
  turn(on: boolean): void {
    this.#on = on;
    remember(SETTING, on ? "on" : "off");
    if (on) this.#start();
    else void this.#context?.suspend();
  }

  /** Plays what happens at a place in field units, as heard where the camera is. */
  play(name: SoundName, ear: Ear, x: number, y: number): void {
    const gain = gainAt(x - ear.x, y - ear.y);
    if (!this.#on || gain === 0 || this.#playing >= MOST) return;
    const context = this.#context;
    if (context?.state !== "running" || !this.#out || !this.#noise) return;
    const pan = new StereoPannerNode(context, { pan: panAt(x - ear.x) });
    const end = SOUNDS[name]({ context, noise: this.#noise, out: pan, gain });
    pan.connect(this.#out);
    this.#playing++;
    end.onended = () => {
      this.#playing--;
      pan.disconnect();
    };
  }

  #start(): void {
    if (this.#context) {
      if (this.#context.state === "suspended") void this.#context.resume();
      return;
    }
    const context = new AudioContext();
    const level = new GainNode(context, { gain: VOLUME });
    level.connect(new DynamicsCompressorNode(context)).connect(context.destination);
    this.#context = context;
    this.#out = level;
    this.#noise = noiseOf(context);
  }
}

/** A second of noise. */
function noiseOf(context: AudioContext): AudioBuffer {
  const noise = context.createBuffer(1, context.sampleRate, context.sampleRate);
  const samples = noise.getChannelData(0);
  for (let i = 0; i < samples.length; i++) samples[i] = 2 * Math.random() - 1;
  return noise;
}
