import { describe, expect, it } from "vitest";
import { cleanName, rememberedCallsign } from "../src/demo/callsign.js";
import { Callsigns } from "../src/demo/callsigns.js";
import { type Colour, colourOf, DRONE, PALETTE, tint } from "../src/demo/palette.js";

type Triple = readonly [number, number, number];

/**
 * What eyes make of linear RGB: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
 * Simulation of Color Vision Deficiency" (2009), severity 1.
 */
const EYES: Readonly<Record<string, readonly Triple[]>> = {
  "all three cones": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "no cones for red": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "no cones for green": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "no cones for blue": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The least difference (CIE76) that two colours may have. 2.3 is just seen, side by side. */
const APART = 10;

function linearRgb({ hue, saturation, lightness }: Colour): Triple {
  const [s, l] = [saturation / 100, lightness / 100];
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const c = l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(0), channel(8), channel(4)];
}

/** CIE L*a*b* of linear sRGB under D65. */
function lab([r, g, b]: Triple): Triple {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seenBy(eyes: readonly Triple[], colour: Colour): Triple {
  const rgb = linearRgb(colour);
  const channel = (row: Triple) =>
    Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]));
  return lab([channel(eyes[0]), channel(eyes[1]), channel(eyes[2])]);
}

describe("the palette", () => {
  it.each(Object.keys(EYES))("can be told apart by eyes with %s", (name) => {
    const seen = PALETTE.map((colour) => seenBy(EYES[name], colour));
    for (let i = 0; i < seen.length; i++) {
      for (let j = 0; j < i; j++) {
        const way = Math.hypot(...seen[i].map((value, k) => value - seen[j][k]));
        expect(way, `${PALETTE[i].name} and ${PALETTE[j].name}`).toBeGreaterThan(APART);
      }
    }
  });

  it("is bright enough on the dark field", () => {
    for (const colour of PALETTE) expect(lab(linearRgb(colour))[0]).toBeGreaterThan(50);
  });

  it("has its shades as strings that are made once", () => {
    expect(tint(PALETTE[0], 66)).toBe("hsl(188 90% 72.0% / 1.00)");
    expect(tint(PALETTE[0], 0, 0.5)).toBe("hsl(188 90% 0.0% / 0.50)");
    expect(tint(PALETTE[0], 100)).toBe("hsl(188 90% 100.0% / 1.00)");
  });
});

describe("callsigns", () => {
  it("name a ship, and give it a colour of the palette whatever the index", () => {
    const signs = new Callsigns();
    signs.learn({ ship: 7, name: "Ada", colour: 250 });
    const ship = { id: 7, owner: 3 };
    expect(signs.name(ship)).toBe("Ada");
    expect(signs.colour(ship)).toBe(PALETTE[250 % 8]);
  });

  it("leave a ship without a name the one of its number", () => {
    const signs = new Callsigns();
    signs.learn({ ship: 7, name: "", colour: 1 });
    expect(signs.name({ id: 7, owner: 3 })).toBe("Pilot 3");
    expect(signs.name({ id: 8, owner: 0 })).toBe("Drone 8");
    expect(signs.colour({ id: 8, owner: 0 })).toBe(DRONE);
    expect(signs.colour({ id: 9, owner: 4 })).toBe(colourOf(4));
    expect(signs.name({ id: 4, owner: 8 })).toBe("Pilot 8"); // which is no drone's
  });

  it("are of one room", () => {
    const signs = new Callsigns();
    signs.learn({ ship: 7, name: "Ada", colour: 1 });
    signs.clear();
    expect(signs.name({ id: 7, owner: 3 })).toBe("Pilot 3");
  });
});

describe("the own callsign", () => {
  it("is cleaned as the game does it", () => {
    expect(cleanName("  Ada \t Lovelace ")).toBe("Ada Lovelace");
    expect(cleanName("a\u202eb\u200bc\u0000d")).toBe("abcd");
    expect(cleanName("Zoë 李 🚀")).toBe("Zoë 李 🚀");
    expect(cleanName("🚀".repeat(20))).toBe("🚀".repeat(16));
    expect(cleanName("\u202e ")).toBe("");
  });

  it("is one of chance where the browser remembers none", () => {
    expect(rememberedCallsign(() => 0)).toEqual({ name: "Altair", colour: 0 });
    expect(rememberedCallsign(() => 0.999)).toEqual({ name: "Vega", colour: 7 });
  });
});
