import type { Network } from "../netsim/index.js";
import { PROFILES } from "../netsim/index.js";
import { Overlay } from "../overlay/index.js";
import { byId, make } from "./page.js";
import type { ArenaRoom } from "./scene.js";

/** The networks that can be tried, by the names of their profiles. */
const NETWORKS: Readonly<Record<keyof typeof PROFILES, string>> = {
  perfect: "network as it is",
  wifi: "busy Wi-Fi",
  mobile: "telephone on the move",
  bad: "far away, 2 % lost",
};

/** The button and the panel that say how the network does; a click opens the panel. */
export class Readout {
  readonly #button = byId<HTMLButtonElement>("net-button");
  readonly #panel = byId("net");
  readonly #overlay = new Overlay({ parent: this.#panel });

  constructor(network: Network) {
    this.#panel.append(chooser(network));
    this.#button.addEventListener("click", () => this.toggle());
  }

  /** Shows the figures of a room from now on. */
  watch(room: ArenaRoom): void {
    this.#overlay.watch(room);
  }

  /** Writes the button anew. */
  show({ stats }: ArenaRoom): void {
    const { rtt, tick, desyncs } = stats;
    this.#brief(rtt === undefined ? `tick ${tick}` : `${rtt.toFixed(0)} ms`, desyncs === 0);
  }

  /** Says that there is no room. */
  offline(): void {
    this.#overlay.watch(undefined);
    this.#brief("offline", false);
  }

  #brief(text: string, good: boolean): void {
    byId("net-brief").textContent = text;
    this.#button.dataset.state = good ? "good" : "bad";
  }

  /** Opens the panel, or closes it. */
  toggle(): void {
    this.#panel.hidden = !this.#panel.hidden;
    this.#button.setAttribute("aria-expanded", `${!this.#panel.hidden}`);
    this.#button.blur(); // or the space bar, which fires, would press it again
  }
}

/** What makes the network bad. */
function chooser(network: Network): HTMLElement {
  const label = make("label", "Make my network");
  const select = make("select") as HTMLSelectElement;
  const names = Object.keys(PROFILES) as (keyof typeof PROFILES)[];
  select.append(...names.map((name) => make("option", NETWORKS[name], { value: name })));
  select.addEventListener("change", () => {
    network.set(PROFILES[select.value as keyof typeof PROFILES]);
    select.blur(); // or the keys that fly would choose
  });
  label.append(select);
  return label;
}
