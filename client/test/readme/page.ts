import { join } from "@rondo/client";
import { dots } from "./dots_gen.js"; // written by `rondo gen --ts`

await using room = await join(location.origin, dots, { storage: sessionStorage });

const keys = new Set<string>();
addEventListener("keydown", ({ key }) => keys.add(key));
addEventListener("keyup", ({ key }) => keys.delete(key));
const held = (less: string, more: string) => 4 * (Number(keys.has(more)) - Number(keys.has(less)));
room.input(() => ({ dx: held("ArrowLeft", "ArrowRight"), dy: held("ArrowUp", "ArrowDown") }));

const field = document.querySelector("canvas")?.getContext("2d");
requestAnimationFrame(function draw() {
  field?.clearRect(0, 0, 400, 400);
  for (const dot of room.view("Dot")) field?.fillRect(dot.x, dot.y, 4, 4);
  if (!room.closed) requestAnimationFrame(draw);
});
await new Promise((over) => room.on("close", over));
