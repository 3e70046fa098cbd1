import assert from "node:assert/strict";

/** @import { Browser, BrowserContextOptions, CDPSession, Page } from "playwright-core" */

/** Milliseconds that any condition may take: the machine may be busy with other things. */
const PATIENCE = 180_000;

/** Turns by which a ship may point past its target before it is turned. */
const ON_COURSE = 0.04;

/** Units to its target from which on a ship comes no nearer, and fires. */
const STAND_OFF = 220;
const FIRE_RANGE = 450;

/** Pixels from the middle of the screen to where the mouse aims. */
const AIM_REACH = 200;

/** Pixels from the middle of a stick to where a finger pushes it. */
const STICK_PUSH = 45;

/** Units from the field's edges to its middle. */
const FIELD_MIDDLE = 2048;

/** A player at a page. */
export class Player {
  /** @type {Page} */
  page;
  /** Errors that the page threw. @type {Error[]} */
  errors = [];
  /** @type {Set<string>} */
  #held = new Set();

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => this.errors.push(error));
  }

  /**
   * Opens the page and waits for the player's own ship.
   *
   * @param {Browser} browser
   * @param {string} url
   * @param {BrowserContextOptions} options
   */
  static async join(browser, url, options) {
    const context = await browser.newContext(options);
    const player = new Player(await context.newPage());
    await player.page.goto(url);
    await player.page.waitForFunction(() => window.rondo?.own !== undefined);
    return player;
  }

  /** The id of the player's own ship. */
  ownId() {
    return this.page.evaluate(() => window.rondo.own?.id ?? 0);
  }

  /** The figures of the connection. */
  async stats() {
    return this.page.evaluate(() => {
      const { checksumsVerified = 0, desyncs = -1, tick = 0 } = window.rondo.stats ?? {};
      return { checksumsVerified, desyncs, tick };
    });
  }

  /**
   * Waits until the page has verified so many more checksums, of which it must miss none.
   *
   * @param {number} proofs
   */
  async proves(proofs) {
    const before = (await this.stats()).checksumsVerified;
    await this.page.waitForFunction(
      (least) => (window.rondo.stats?.checksumsVerified ?? 0) >= least,
      before + proofs,
    );
    assert.equal((await this.stats()).desyncs, 0, "a checksum did not agree");
  }

  /**
   * Waits until so many ticks of the player's ship were compared with what the page predicted, and
   * says how many of them were wrong: hits and rocks are what it cannot know, and on a busy machine
   * inputs come late. All of them are not.
   *
   * @param {number} ticks
   */
  async foresees(ticks) {
    const handle = await this.page.waitForFunction((least) => {
      const { compared = 0, wrong = 0 } = window.rondo.stats?.prediction ?? {};
      return compared >= least && { compared, wrong };
    }, ticks);
    const { compared, wrong } = /** @type {{ compared: number, wrong: number }} */ (
      await handle.jsonValue()
    );
    console.log(`e2e: ${wrong} of ${compared} predicted ticks were wrong`);
    assert(wrong < compared, "no tick was as predicted");
  }

  /**
   * Waits until this page draws a ship, and says where.
   *
   * @param {number} id
   */
  async sees(id) {
    const handle = await this.page.waitForFunction((id) => {
      const ship = window.rondo.ships.find((ship) => ship.id === id && ship.alive);
      return ship && { x: ship.x, y: ship.y };
    }, id);
    return /** @type {Promise<{ x: number, y: number }>} */ (handle.jsonValue());
  }

  /**
   * Waits until this page draws a ship, alive, so far from a place.
   *
   * @param {number} id
   * @param {{ x: number, y: number }} from
   * @param {number} far in units
   */
  async seesMove(id, from, far) {
    await this.page.waitForFunction(
      ({ id, from, far }) => {
        const ship = window.rondo.ships.find((ship) => ship.id === id && ship.alive);
        return ship && Math.hypot(ship.x - from.x, ship.y - from.y) > far;
      },
      { id, from, far },
    );
  }

  /** The id of the nearest other ship that is alive, where there is one. */
  nearest() {
    return this.page.evaluate(() => {
      const { own, ships } = window.rondo;
      const others = own ? ships.filter(({ id, alive }) => alive && id !== own.id) : [];
      /** @param {{ x: number, y: number }} ship */
      const far = ({ x, y }) => Math.hypot(x - (own?.x ?? 0), y - (own?.y ?? 0));
      return others.sort((a, b) => far(a) - far(b))[0]?.id;
    });
  }

  /** Plays over one of the networks that the open panel of figures offers. @param {string} profile */
  async network(profile) {
    await this.page.getByLabel("Make my network").selectOption(profile);
  }

  /**
   * Fires until so many shots were handed over to the server's. Most must be drawn in the first frame
   * after their key; not all, since one that meets something at once is not drawn.
   *
   * @param {number} shots
   */
  async shootsAtOnce(shots) {
    const handedOver = () => this.page.evaluate(() => window.rondo.stats?.prediction?.spawned ?? 0);
    const enough = (await handedOver()) + shots;
    /** @type {number[]} */
    const frames = [];
    while ((await handedOver()) < enough) frames.push(await this.page.evaluate(shootOnce));
    const prompt = frames.filter((n) => n === 1).length;
    assert(prompt > frames.length / 2, `frames from a key to its shot: ${frames.join()}`);
  }

  /** Waits for the first tick after another. @param {number} tick */
  async after(tick) {
    await this.page.waitForFunction((tick) => (window.rondo.stats?.tick ?? 0) > tick, tick);
  }

  /**
   * Flies after a ship with keys, aims at it with the mouse and fires where it is near, until told
   * to stop.
   *
   * @param {number} id
   * @param {AbortSignal} stop
   */
  async chase(id, stop) {
    while (!stop.aborted) {
      const course = await this.page.evaluate(courseTo, id);
      await this.#hold("KeyA", course.way < -ON_COURSE);
      await this.#hold("KeyD", course.way > ON_COURSE);
      await this.#hold("KeyW", course.distance > STAND_OFF);
      await this.#hold("Space", course.distance < FIRE_RANGE);
      await this.#point(course.bearing);
      await this.after(course.tick);
    }
    for (const key of [...this.#held]) await this.#hold(key, false);
  }

  /**
   * Pushes the left stick with a finger towards the middle of the field, and keeps it there.
   *
   * @param {CDPSession} touch
   */
  async pushStick(touch) {
    const box = await this.page.getByLabel("Stick: fly").boundingBox();
    if (box === null) throw new Error("there is no stick to fly with");
    const angle = await this.page.evaluate((middle) => {
      const { x, y } = window.rondo.own ?? { x: 0, y: 0 };
      return Math.atan2(middle - y, middle - x);
    }, FIELD_MIDDLE);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    const end = { x: x + STICK_PUSH * Math.cos(angle), y: y + STICK_PUSH * Math.sin(angle) };
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [end] });
  }

  /** @param {string} key @param {boolean} down */
  async #hold(key, down) {
    if (this.#held.has(key) === down) return;
    if (down) this.#held.add(key);
    else this.#held.delete(key);
    await (down ? this.page.keyboard.down(key) : this.page.keyboard.up(key));
  }

  /** Points the mouse from the middle of the screen. @param {number} bearing in turns */
  async #point(bearing) {
    const { width, height } = this.page.viewportSize() ?? { width: 0, height: 0 };
    const angle = bearing * 2 * Math.PI;
    await this.page.mouse.move(
      width / 2 + AIM_REACH * Math.cos(angle),
      height / 2 + AIM_REACH * Math.sin(angle),
    );
  }
}

/**
 * Runs in the page: the way from the own ship to another one.
 *
 * @param {number} id
 */
function courseTo(id) {
  const { own, ships, stats } = window.rondo;
  const tick = stats?.tick ?? 0;
  const target = ships.find((ship) => ship.id === id);
  if (!own || !target) return { tick, bearing: 0, way: 0, distance: 0 };
  const [dx, dy] = [target.x - own.x, target.y - own.y];
  const bearing = Math.atan2(dy, dx) / (2 * Math.PI);
  const off = bearing - own.heading;
  return { tick, bearing, way: off - Math.round(off), distance: Math.hypot(dx, dy) };
}

/**
 * Runs in the page: fires once, as soon as the cannon is ready and no shot of it is left. Returns how
 * many frames it took until the shot was drawn, of 30 at most.
 *
 * @returns {Promise<number>}
 */
async function shootOnce() {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  const key = (/** @type {string} */ type) =>
    dispatchEvent(new KeyboardEvent(type, { code: "Space" }));
  const cooldown = () => window.rondo.own?.cooldown ?? 0;
  const flies = () => {
    for (const shot of window.rondo.room?.view("Shot") ?? []) {
      if (shot.owner === window.rondo.own?.owner) return true;
    }
    return false;
  };
  while (!window.rondo.own?.alive || cooldown() > 0 || flies()) await frame();
  key("keydown");
  let frames = 1;
  for (await frame(); !flies() && frames < 30; frames++) await frame();
  let full = 0;
  do {
    full = Math.max(full, cooldown());
    await frame();
  } while (window.rondo.own?.alive && (full === 0 || cooldown() >= full)); // until the input has gone
  key("keyup");
  return frames;
}
