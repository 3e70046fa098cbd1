import { byId } from "./page.js";

/** The names of a developer's own machine, the only one that a development node serves. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Shows the way to the playground where the node has one. */
export async function offerPlayground(): Promise<void> {
  if (!LOOPBACK.includes(location.hostname)) return;
  const { ok } = await fetch("playground/games.json");
  byId("playground").hidden = !ok;
}
