import type { Camera } from "./camera.js";
import type { Effects } from "./effects.js";
import type { RockPainter } from "./rocks.js";
import { ROCK_RADIUS } from "./rules.js";
import { EMPTY, type Scene, type ShipNow } from "./scene.js";
import type { Sound } from "./sound.js";

/** Seconds that a hit is seen on a hull. */
const HIT_TIME = 0.18;

/** Compares each frame with the one before; what happened between them is seen and heard. */
export class Watch {
  readonly #effects: Effects;
  readonly #camera: Camera;
  readonly #rocks: RockPainter;
  readonly #sound: Sound;
  readonly #hits = new Map<number, number>();
  #before: Scene | undefined;

  constructor(effects: Effects, camera: Camera, rocks: RockPainter, sound: Sound) {
    this.#effects = effects;
    this.#camera = camera;
    this.#rocks = rocks;
    this.#sound = sound;
  }

  /** Takes a frame at a time in seconds, dt after the one before. */
  see(scene: Scene, now: number, dt: number): void {
    const before = this.#before ?? EMPTY;
    const first = this.#before === undefined;
    this.#before = scene;
    if (first) return;
    this.#ships(before.ships, scene.ships, now, dt);
    eachMissing(before.shots, scene.shots, (shot) => {
      this.#effects.fizzle(shot.x, shot.y, shot.colour);
    });
    eachMissing(scene.shots, before.shots, (shot) => {
      this.#effects.muzzle(shot.x, shot.y, shot.colour);
      this.#sound.play("shot", this.#camera, shot.x, shot.y);
    });
    eachMissing(before.rocks, scene.rocks, (rock) => {
      this.#rocks.forget(rock.id);
      this.#effects.crumble(rock.x, rock.y, ROCK_RADIUS[rock.size]);
      this.#sound.play("crumble", this.#camera, rock.x, rock.y);
    });
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

  #ships(before: readonly ShipNow[], ships: readonly ShipNow[], now: number, dt: number): void {
    let i = 0;
    for (const ship of ships) {
      while (i < before.length && before[i].id < ship.id) i++;
      if (before[i]?.id === ship.id) this.#compare(before[i], ship, now);
      if (ship.alive && ship.thrusting) {
        this.#effects.exhaust(ship.x, ship.y, ship.heading, ship.colour, 60 * dt);
      }
    }
    eachMissing(before, ships, ({ id }) => this.#hits.delete(id));
  }

  #compare(old: ShipNow, ship: ShipNow, now: number): void {
    const { x, y, colour } = ship;
    if (old.alive && !ship.alive) {
      this.#effects.explode(x, y, colour);
      this.#camera.shake(ship.own ? 16 : this.#camera.sees(x, y, 0) ? 5 : 0);
      this.#sound.play("explosion", this.#camera, x, y);
    } else if (ship.hp < old.hp) {
      this.#hits.set(ship.id, now);
      this.#effects.hit(x, y, colour);
      if (ship.own) this.#camera.shake(6);
      this.#sound.play("hit", this.#camera, x, y);
    }
  }
}

/** Calls `found` with what the first list has and the second, of the same kind, has not; ids ascend in both. */
export function eachMissing<T extends { readonly id: number }>(
  first: readonly T[],
  second: readonly T[],
  found: (one: T) => void,
): void {
  let i = 0;
  for (const one of first) {
    while (i < second.length && second[i].id < one.id) i++;
    if (second[i]?.id !== one.id) found(one);
  }
}
