import { Backdrop } from "./backdrop.js";
import { Camera } from "./camera.js";
import { Effects } from "./effects.js";
import { Labels } from "./labels.js";
import { Minimap } from "./minimap.js";
import { RockPainter } from "./rocks.js";
import { ROCK_RADIUS, TURN } from "./rules.js";
import type { Scene, ShipNow } from "./scene.js";
import { drawShip } from "./ships.js";
import type { Sound } from "./sound.js";
import { bolt, contextOf } from "./sprites.js";
import { Watch } from "./watch.js";

/** More device pixels than this a CSS pixel cost time and are not seen. */
const MAX_DPR = 2;

/** Seconds: more time than this between two frames is not played back. */
const MAX_STEP = 0.1;

/** Seconds without a frame after which the page was away, and what happened meanwhile is past. */
const AWAY = 0.5;

/** Units by which the camera looks ahead to where the cannon points. */
const LOOK_AHEAD = 70;

/** Units around a ship within which any of it is drawn. */
const SHIP_REACH = 90;

/** Length and width of a shot's picture, in units. */
const BOLT = [54, 18] as const;

/** The picture of the arena on two canvases: the field and its map. */
export class Screen {
  readonly camera = new Camera();
  readonly #canvas: HTMLCanvasElement;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #backdrop = new Backdrop();
  readonly #effects = new Effects();
  readonly #rocks = new RockPainter();
  readonly #labels = new Labels();
  readonly #watch: Watch;
  readonly #minimap: Minimap;
  #dpr = 1;

  constructor(field: HTMLCanvasElement, map: HTMLCanvasElement, sound: Sound) {
    this.#watch = new Watch(this.#effects, this.camera, this.#rocks, sound);
    this.#canvas = field;
    this.#ctx = contextOf(field);
    this.#minimap = new Minimap(map);
    this.#resize();
    addEventListener("resize", () => this.#resize());
  }

  /**
   * Draws a frame.
   *
   * @param focus the ship that the camera follows; undefined lets it stay
   * @param aim where the player's own cannon points, in turns
   * @param now in seconds
   * @param dt seconds since the frame before
   */
  draw(scene: Scene, focus: ShipNow | undefined, aim: number, now: number, dt: number): void {
    if (dt > AWAY) this.#watch.forget();
    const step = Math.min(dt, MAX_STEP);
    this.#watch.see(scene, now, step);
    this.#effects.pass(step);
    this.#look(focus, aim, step);
    this.drawEmpty();
    const ctx = this.#ctx;
    this.camera.toField(ctx, this.#dpr);
    this.#backdrop.drawField(ctx, this.camera);
    this.#drawRocks(scene);
    this.#drawShots(scene);
    this.#drawShips(scene, aim, now);
    this.#effects.draw(ctx);
    this.#drawLabels(scene);
    this.#minimap.draw(scene, this.camera);
  }

  /** Draws space without anything in it. */
  drawEmpty(): void {
    this.#backdrop.drawSpace(this.#ctx, this.camera, this.#dpr);
  }

  /** Starts anew: the next scene is of another room. */
  reset(): void {
    this.#watch.forget();
  }

  /** Darkens what is drawn: it stands still. */
  dim(): void {
    const { width, height } = this.camera;
    this.#ctx.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0);
    this.#ctx.fillStyle = "rgb(4 6 14 / 62%)";
    this.#ctx.fillRect(0, 0, width, height);
  }

  #look(focus: ShipNow | undefined, aim: number, dt: number): void {
    const { x, y } = focus ?? this.camera;
    const ahead = focus?.own && focus.alive ? LOOK_AHEAD : 0;
    this.camera.follow(x + ahead * Math.cos(aim * TURN), y + ahead * Math.sin(aim * TURN), dt);
  }

  #drawRocks({ rocks }: Scene): void {
    for (const rock of rocks) {
      if (this.camera.sees(rock.x, rock.y, ROCK_RADIUS[rock.size])) {
        this.#rocks.draw(this.#ctx, rock);
      }
    }
  }

  #drawShots({ shots }: Scene): void {
    const ctx = this.#ctx;
    const [length, width] = BOLT;
    ctx.globalCompositeOperation = "lighter";
    for (const { x, y, heading, colour } of shots) {
      if (!this.camera.sees(x, y, length)) continue;
      ctx.save();
      ctx.translate(x, y);
      ctx.rotate(heading * TURN);
      ctx.drawImage(bolt(colour), -length * 0.75, -width / 2, length, width);
      ctx.restore();
    }
    ctx.globalCompositeOperation = "source-over";
  }

  #drawShips({ ships }: Scene, aim: number, now: number): void {
    for (const ship of ships) {
      if (!ship.alive || !this.camera.sees(ship.x, ship.y, SHIP_REACH)) continue;
      drawShip(this.#ctx, ship, ship.own ? aim : ship.aim, now, this.#watch.hit(ship.id, now));
    }
  }

  #drawLabels({ ships }: Scene): void {
    const ctx = this.#ctx;
    ctx.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0);
    for (const ship of ships) {
      if (ship.alive && this.camera.sees(ship.x, ship.y, SHIP_REACH)) {
        this.#labels.draw(ctx, ship, this.camera);
      }
    }
  }

  #resize(): void {
    this.#dpr = Math.min(devicePixelRatio, MAX_DPR);
    this.#canvas.width = Math.round(innerWidth * this.#dpr);
    this.#canvas.height = Math.round(innerHeight * this.#dpr);
    this.camera.resize(innerWidth, innerHeight);
    this.#backdrop.resize(this.camera, this.#dpr);
    this.#labels.resize(this.#dpr);
  }
}
