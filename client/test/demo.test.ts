import { describe, expect, it } from "vitest";
import { Camera } from "../src/demo/camera.js";

describe("the camera", () => {
  it("shows what it looks at in the middle, on any screen", () => {
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
      [3840, 2160],
    ]) {
      const camera = new Camera();
      camera.resize(width, height);
      camera.follow(100, 200, 60);
      expect([camera.screenX(camera.x), camera.screenY(camera.y)]).toEqual([width / 2, height / 2]);
      expect(camera.sees(100, 200, 0)).toBe(true);
      expect(camera.sees(100 + width / camera.scale, 200, 16)).toBe(false);
    }
  });

  it("pans to a place nearby and leaps to one far away", () => {
    const camera = new Camera();
    camera.follow(camera.x + 100, camera.y, 0.016);
    expect(camera.x).toBeGreaterThan(2048);
    expect(camera.x).toBeLessThan(2100);
    camera.follow(0, 0, 0.016);
    expect([camera.x, camera.y]).toEqual([0, 0]);
  });
});
