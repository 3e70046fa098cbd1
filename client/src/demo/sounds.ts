/** Field units up to which a sound is as loud as it gets, and from which on it is not heard. */
const NEAR = 150;
const FAR = 1400;

/** Field units to the side at which a sound comes from one side alone. */
const SIDE = 900;

/** What a sound is made with; it plays into `out` at once. */
interface Studio {
  readonly context: AudioContext;
  /** A second of noise. */
  readonly noise: AudioBuffer;
  readonly out: AudioNode;
  readonly gain: number;
}

type Recipe = (studio: Studio) => AudioScheduledSourceNode;

export type SoundName = "shot" | "hit" | "explosion" | "crumble";

/** How loud something is at a way from the listener, 0 to 1. */
export function gainAt(dx: number, dy: number): number {
  const way = Math.hypot(dx, dy);
  const part = Math.min(1, Math.max(0, (FAR - way) / (FAR - NEAR)));
  return part * part;
}

/** From which side something is heard, -1 left to 1 right. */
export function panAt(dx: number): number {
  return Math.min(1, Math.max(-1, dx / SIDE));
}

/** How each sound is made. Each returns the source that ends last. */
export const SOUNDS: Readonly<Record<SoundName, Recipe>> = {
  shot: (studio) => tone(studio, { from: 880, to: 190, time: 0.13, gain: 0.16, type: "square" }),
  hit: (studio) => tone(studio, { from: 240, to: 90, time: 0.16, gain: 0.5, type: "triangle" }),
  explosion: (studio) => {
    tone(studio, { from: 110, to: 32, time: 0.7, gain: 0.7, type: "sine" });
    return rumble(studio, { from: 2400, to: 120, time: 0.9, gain: 0.8 });
  },
  crumble: (studio) => rumble(studio, { from: 900, to: 90, time: 0.45, gain: 0.5 }),
};

/** A sweep in hertz over a time in seconds. */
interface Sweep {
  readonly from: number;
  readonly to: number;
  readonly time: number;
  readonly gain: number;
}

function tone(studio: Studio, sweep: Sweep & { readonly type: OscillatorType }): OscillatorNode {
  const source = new OscillatorNode(studio.context, { type: sweep.type });
  glide(source.frequency, studio, sweep);
  source.connect(fade(studio, sweep)).connect(studio.out);
  return play(source, studio, sweep);
}

function rumble(studio: Studio, sweep: Sweep): AudioBufferSourceNode {
  const source = new AudioBufferSourceNode(studio.context, { buffer: studio.noise });
  const filter = new BiquadFilterNode(studio.context, { type: "lowpass" });
  glide(filter.frequency, studio, sweep);
  source.connect(filter).connect(fade(studio, sweep)).connect(studio.out);
  return play(source, studio, sweep);
}

function glide(param: AudioParam, { context }: Studio, { from, to, time }: Sweep): void {
  param.setValueAtTime(from, context.currentTime);
  param.exponentialRampToValueAtTime(to, context.currentTime + time);
}

function fade({ context, gain }: Studio, sweep: Sweep): GainNode {
  const node = new GainNode(context);
  node.gain.setValueAtTime(Math.max(0.001, gain * sweep.gain), context.currentTime);
  node.gain.exponentialRampToValueAtTime(0.001, context.currentTime + sweep.time);
  return node;
}

function play<N extends AudioScheduledSourceNode>(source: N, studio: Studio, sweep: Sweep): N {
  source.start();
  source.stop(studio.context.currentTime + sweep.time);
  return source;
}
