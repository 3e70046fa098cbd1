import { byId, make } from "./page.js";
import { type Colour, PALETTE, tint } from "./palette.js";
import { remember, remembered } from "./settings.js";

/** What the player's own ship is to be called, and an index of the palette. */
export interface OwnCallsign {
  readonly name: string;
  readonly colour: number;
}

/** Characters of a name. */
const MAX_NAME = 16;

const NAME = "name";
const COLOUR = "colour";

/** Names for who has chosen none. */
const STARS =
  "Altair Antares Bellatrix Capella Deneb Electra Mira Nashira Polaris Rigel Sirius Vega";

/** The callsign that this browser remembers, or one of chance. */
export function rememberedCallsign(random: () => number = Math.random): OwnCallsign {
  const stars = STARS.split(" ");
  const colour = Number(remembered(COLOUR) ?? Number.NaN);
  return {
    name: remembered(NAME) ?? stars[Math.floor(random() * stars.length)],
    colour: PALETTE[colour] ? colour : Math.floor(random() * PALETTE.length),
  };
}

/** The name as the game will tell it to all (sim/arena/callsign.go), but for what only it looks at. */
export function cleanName(text: string): string {
  const visible = text.replace(/\s+/gu, " ").replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, "");
  return [...visible.trim()].slice(0, MAX_NAME).join("").trim();
}

/** The button that shows the player's name, and the panel that changes name and colour. */
export class CallsignPanel {
  readonly #button = byId<HTMLButtonElement>("callsign-button");
  readonly #panel = byId<HTMLFormElement>("callsign");
  readonly #name = byId<HTMLInputElement>("callsign-name");
  readonly #changed: (own: OwnCallsign) => void;
  #own = rememberedCallsign();

  /** @param changed hears of a new one */
  constructor(changed: (own: OwnCallsign) => void) {
    this.#changed = changed;
    byId("callsign-colours").append(...PALETTE.map(swatch));
    this.#button.addEventListener("click", () => this.toggle());
    this.#panel.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    this.#panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.toggle();
    });
    this.#show();
  }

  get own(): OwnCallsign {
    return this.#own;
  }

  /** Opens the panel, or closes it and changes nothing. */
  toggle(): void {
    const open = this.#panel.hidden;
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", `${open}`);
    if (open) this.#fill();
    else this.#button.blur(); // or the space bar, which fires, would open it again
  }

  #fill(): void {
    this.#name.value = this.#own.name;
    this.#radio(this.#own.colour).checked = true;
    this.#name.select();
  }

  #save(): void {
    const chosen = PALETTE.findIndex((_, i) => this.#radio(i).checked);
    this.#own = { name: cleanName(this.#name.value), colour: Math.max(0, chosen) };
    remember(NAME, this.#own.name);
    remember(COLOUR, `${this.#own.colour}`);
    this.#show();
    this.toggle();
    this.#changed(this.#own);
  }

  #show(): void {
    const { name, colour } = this.#own;
    byId("callsign-brief").textContent = name || "no name";
    this.#button.style.setProperty("--colour", tint(PALETTE[colour], 66));
  }

  #radio(index: number): HTMLInputElement {
    return this.#panel.elements.namedItem(`colour-${index}`) as HTMLInputElement;
  }
}

function swatch(colour: Colour, index: number): HTMLElement {
  const label = make("label", "", { title: colour.name });
  const radio = make("input", "", {
    type: "radio",
    name: "colour",
    id: `colour-${index}`,
    "aria-label": colour.name,
  });
  label.style.setProperty("--colour", tint(colour, 66));
  label.append(radio);
  return label;
}
