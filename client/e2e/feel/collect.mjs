/**
 * What a page felt like.
 *
 * @typedef {object} Figures
 * @property {number} minutes
 * @property {number} frames
 * @property {number} proved checksums that agreed
 * @property {number} desyncs
 * @property {number | undefined} rtt milliseconds
 * @property {number} delay milliseconds by which others are drawn behind the fastest arrival
 * @property {number} starved_share of the frames in which the state that was needed had not come
 * @property {number} inputs_missed_share of the ticks
 * @property {number} corrections_per_minute that left the drawn ship more than two units off
 * @property {number} shoves_per_minute frames in which a correction moved the drawn ship by over two units
 * @property {number} jumps_per_minute frames in which a ship that lives was put elsewhere
 * @property {number} error_p99 units that the drawn ship was off
 * @property {number} answers keys pressed after a rest
 * @property {{ p50: number, max: number }} answer_frames frames from the key to a ship that turns
 */

/**
 * Runs in the page: counts at every frame from now on. `window.feel()` tells what came out.
 *
 * It stands alone, since it is sent to the page as text.
 */
export function collect() {
  /** Units that an eye sees. */
  const VISIBLE = 2;
  /** Units in a frame that no ship can fly: it was put elsewhere. */
  const JUMP = 60;
  /** Turns by which a ship has turned. */
  const TURNED = 0.001;
  const began = performance.now();
  let [frames, starved, corrections, shoves, jumps, before, pushed] = [0, 0, 0, 0, 0, 0, 0];
  /** @type {{ x: number, y: number } | undefined} */
  let place;
  /** @type {number[]} */
  const answers = [];
  /** @type {number[]} */
  const errors = [];
  /** A key that waits for its answer. @type {{ heading: number, frames: number } | undefined} */
  let asked;
  let steady = 0;
  let heading = 0;

  addEventListener("keydown", ({ code, repeat }) => {
    const rested = steady >= 10; // frames in which the ship did not turn
    if (code === "KeyD" && !repeat && rested) asked = { heading, frames: 0 };
  });

  const look = () => {
    requestAnimationFrame(look);
    const { own, stats } = window.rondo;
    if (!stats) return;
    frames++;
    if (stats.viewTick > stats.tick) starved++;
    const { error = 0, pushed: far = 0 } = stats.prediction ?? {};
    see(error, far);
    if (own?.alive) {
      jump(own);
      turn(own.heading);
    } else {
      asked = undefined;
      place = undefined;
    }
  };

  /** @param {number} error @param {number} far */
  const see = (error, far) => {
    if (error > VISIBLE && before <= VISIBLE) corrections++;
    if (far - pushed > VISIBLE) shoves++;
    errors.push(error);
    before = error;
    pushed = far;
  };

  /** @param {{ x: number, y: number }} own a ship that lives, as it did in the frame before if it has a place */
  const jump = ({ x, y }) => {
    if (place && Math.hypot(x - place.x, y - place.y) > JUMP) jumps++;
    place = { x, y };
  };

  /** @param {number} to */
  const turn = (to) => {
    steady = Math.abs(to - heading) < TURNED ? steady + 1 : 0;
    heading = to;
    if (asked === undefined) return;
    asked.frames++;
    if (Math.abs(to - asked.heading) < TURNED) return;
    answers.push(asked.frames);
    asked = undefined;
  };

  /** @param {number[]} values @param {number} q */
  const quantile = (values, q) =>
    [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;

  const feel = () => {
    const stats = window.rondo.stats;
    const minutes = (performance.now() - began) / 60_000;
    return {
      minutes,
      frames,
      proved: stats?.checksumsVerified ?? 0,
      desyncs: stats?.desyncs ?? -1,
      rtt: stats?.rtt,
      delay: stats?.delay ?? 0,
      starved_share: starved / frames,
      inputs_missed_share: stats?.inputsMissed ?? 1,
      corrections_per_minute: corrections / minutes,
      shoves_per_minute: shoves / minutes,
      jumps_per_minute: jumps / minutes,
      error_p99: quantile(errors, 0.99),
      answers: answers.length,
      answer_frames: { p50: quantile(answers, 0.5), max: quantile(answers, 1) },
    };
  };
  Object.assign(window, { feel });
  look();
}
