import { byId, make } from "../demo/page.js";
import { type Control, keyName, restOf } from "./controls.js";
import { type End, Hand } from "./hand.js";
import { note } from "./note.js";
import { write } from "./write.js";

/** The controls of the player that is shown: one for each field of the input. */
export class Inputs {
  readonly #box = byId("controls");
  #hand = new Hand([]);
  #meters: (() => void)[] = [];

  /** Shows the controls of a player's hand; of nobody's where there is no player. */
  show(hand: Hand | undefined, controls: readonly Control[]): void {
    this.#hand = hand ?? new Hand([]);
    this.#meters = [];
    this.#box.replaceChildren(...controls.map((control) => this.#line(control)));
    byId("keys").hidden = controls.every(({ less, more }) => less.length + more.length === 0);
    const none = hand
      ? "This game takes no input."
      : "What the player sends once a tick stands here.";
    note("inputs", controls.length === 0 ? none : undefined);
  }

  /** Shows what the hand sends now. */
  refresh(): void {
    for (const meter of this.#meters) meter();
  }

  #line(control: Control): HTMLElement {
    const { field, type } = control;
    const line = make("fieldset", "", { class: "control", "data-type": type });
    const about = make("span", ` ${field.min} to ${field.max}${field.edge ? ", once" : ""}`);
    const legend = make("legend", field.name);
    legend.append(about, ...keysOf(control).map((key) => make("kbd", key)), this.#readout(control));
    line.append(legend, ...this.#parts(control));
    return line;
  }

  #parts(control: Control): HTMLElement[] {
    switch (control.type) {
      case "press":
        return [this.#button(control, "press", 1)];
      case "hold":
        return [this.#button(control, "hold", 1), this.#latch(control)];
      case "send":
        return this.#sender(control);
      case "axis":
        return [
          this.#button(control, "−", -1),
          this.#slider(control),
          this.#button(control, "+", 1),
          this.#rest(control),
        ];
      case "dial":
        return [
          this.#button(control, "↺", -1),
          this.#slider(control),
          this.#button(control, "↻", 1),
        ];
      case "level":
        return [this.#slider(control)];
    }
  }

  /** A button that holds an end down for as long as it is, with a finger, the mouse or a key. */
  #button(control: Control, text: string, end: End): HTMLElement {
    const button = make("button", text, {
      type: "button",
      "aria-label": `${control.field.name}: ${nameOf(control, end)}`,
    });
    const hold = () => this.#hand.hold(control, end);
    const letGo = () => this.#hand.hold(control, 0);
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      hold();
    });
    for (const name of ["pointerup", "pointercancel", "blur"]) button.addEventListener(name, letGo);
    button.addEventListener("keydown", ({ key, repeat }) => {
      if (!repeat && (key === " " || key === "Enter")) hold();
    });
    button.addEventListener("keyup", letGo);
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    return button;
  }

  #latch(control: Control): HTMLElement {
    const { name, min, max } = control.field;
    const box = make("input", "", { type: "checkbox" }) as HTMLInputElement;
    box.checked = this.#hand.get(control) === max;
    box.addEventListener("change", () => this.#hand.set(control, box.checked ? max : min));
    const label = make("label", " keep down");
    label.prepend(box);
    box.setAttribute("aria-label", `${name}: keep down`);
    return label;
  }

  #slider(control: Control): HTMLElement {
    const slider = this.#number(control, "range");
    slider.addEventListener("input", () => this.#hand.set(control, Number(slider.value)));
    this.#meters.push(() => {
      const value = `${this.#hand.get(control)}`;
      if (slider.value !== value) slider.value = value;
    });
    return slider;
  }

  #sender(control: Control): HTMLElement[] {
    const number = this.#number(control, "number");
    const button = make("button", "send", {
      type: "button",
      "aria-label": `${control.field.name}: send once`,
    });
    button.addEventListener("click", () => this.#hand.send(control, Number(number.value)));
    return [number, button];
  }

  #number(control: Control, type: string): HTMLInputElement {
    const { name, min, max } = control.field;
    const bounds = { min: `${min}`, max: `${max}`, value: `${this.#hand.get(control)}` };
    return make("input", "", { type, ...bounds, "aria-label": name }) as HTMLInputElement;
  }

  #rest(control: Control): HTMLElement {
    const rest = restOf(control.field);
    const label = `${control.field.name}: back to ${rest}`;
    const button = make("button", `${rest}`, { type: "button", "aria-label": label });
    button.addEventListener("click", () => this.#hand.set(control, rest));
    return button;
  }

  #readout(control: Control): HTMLElement {
    const output = make("output", "", {
      "aria-label": `${control.field.name} now`,
      "aria-live": "off",
    });
    this.#meters.push(() => {
      write(output, `${this.#hand.get(control)}`);
    });
    return output;
  }
}

function nameOf({ type, field }: Control, end: End): string {
  if (type === "press") return "press once";
  if (type === "hold") return "hold";
  return type === "dial"
    ? `turn ${end < 0 ? "down" : "up"}`
    : `hold ${end < 0 ? field.min : field.max}`;
}

/** The first key of each end of a control, by name; the lower end's first. */
function keysOf({ less, more }: Control): string[] {
  return [...less.slice(0, 1), ...more.slice(0, 1)].map(keyName);
}
