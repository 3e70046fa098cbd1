import type { Camera } from "./camera.js";
import type { Effects } from "./effects.js";
import { hueOf } from "./palette.js";
import type { RockPainter } from "./rocks.js";
import { ROCK_RADIUS } from "./rules.js";
import type { Scene, ShipNow } from "./scene.js";

/** Seconds that a hit is seen on a hull. */
const HIT_TIME = 0.18;

/** Compares each frame with the one before and lights up what happened between them. */
export class Watch {
  readonly #effects: Effects;
  readonly #camera: Camera;
  readonly #rocks: RockPainter;
  readonly #hits = new Map<number, number>();
  #before: Scene | undefined;

  constructor(effects: Effects, camera: Camera, rocks: RockPainter) {
    this.#effects = effects;
    this.#camera = camera;
    this.#rocks = rocks;
  }

  /** Takes a frame at a time in seconds, dt after the one before. */
  see(scene: Scene, now: number, dt: number): void {
    const before = this.#before;
    this.#before = scene;
    if (before === undefined) return;
    this.#ships(before, scene, now, dt);
    this.#shots(before, scene);
    for (const rock of gone(before.rocks, scene.rocks)) {
      this.#rocks.forget(rock.id);
      this.#effects.crumble(rock.x, rock.y, ROCK_RADIUS[rock.size]);
    }
  }

  /** Forgets the frame before: the next one has nothing to do with it. */
  forget(): void {
    this.#before = undefined;
    this.#hits.clear();
  }

  /** How much a ship shines from its last hit, 1 to 0. */
  hit(id: number, now: number): number {
    const at = this.#hits.get(id);
    return at === undefined ? 0 : Math.max(0, 1 - (now - at) / HIT_TIME);
  }

  #ships(before: Scene, scene: Scene, now: number, dt: number): void {
    const was = new Map(before.ships.map((ship) => [ship.id, ship]));
    for (const ship of scene.ships) {
      const old = was.get(ship.id);
      if (old) this.#compare(old, ship, now);
      if (ship.alive && ship.thrusting) {
        this.#effects.exhaust(ship.x, ship.y, ship.heading, ship.hue, 60 * dt);
      }
    }
    for (const { id } of gone(before.ships, scene.ships)) this.#hits.delete(id);
  }

  #compare(old: ShipNow, ship: ShipNow, now: number): void {
    if (old.alive && !ship.alive) {
      this.#effects.explode(ship.x, ship.y, ship.hue);
      this.#camera.shake(ship.own ? 16 : this.#camera.sees(ship.x, ship.y, 0) ? 5 : 0);
    } else if (ship.hp < old.hp) {
      this.#hits.set(ship.id, now);
      this.#effects.hit(ship.x, ship.y, ship.hue);
      if (ship.own) this.#camera.shake(6);
    }
  }

  #shots(before: Scene, scene: Scene): void {
    const own = scene.own?.owner;
    const hue = (owner: number) => hueOf(owner, owner === own);
    for (const shot of gone(before.shots, scene.shots)) {
      this.#effects.fizzle(shot.x, shot.y, hue(shot.owner));
    }
    for (const shot of gone(scene.shots, before.shots)) {
      this.#effects.muzzle(shot.x, shot.y, hue(shot.owner));
    }
  }
}

/** What the first list has and the second, of the same kind, has not; ids ascend in both. */
function gone<T extends { readonly id: number }>(first: readonly T[], second: readonly T[]): T[] {
  let i = 0;
  return first.filter(({ id }) => {
    while (i < second.length && second[i].id < id) i++;
    return second[i]?.id !== id;
  });
}
