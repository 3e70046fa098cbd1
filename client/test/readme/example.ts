import { join } from "@rondo/client";
import { prediction } from "@rondo/client/prediction";
import { arena, type Controls } from "./arena_gen.js"; // written by `rondo gen`
import { drawShip, drawShot, heldControls, stepShip, stepShot } from "./game.js"; // yours

await using room = await join("https://play.example.com", arena, { storage: sessionStorage });

const held = (): Controls => heldControls(); // what the player holds right now
room.input(held); // asked once a tick
room.predict(
  prediction(arena, {
    kinds: ["Ship", "Helm"], // the rows that a ship is, by its id
    owns: ({ owner }, player) => owner === player,
    step: stepShip, // what the game does with a ship in a tick
    given: ["hp", "score", "owner", "alive"], // what the server alone decides
    spawns: { Shot: { owns: ({ owner }, player) => owner === player, step: stepShot } },
    now: held,
  }),
);
room.on("Killed", ({ victim, by }) => console.log(`${by} destroyed ${victim}`));

requestAnimationFrame(function draw() {
  for (const ship of room.view("Ship")) drawShip(ship.x, ship.y, ship.heading);
  for (const shot of room.view("Shot")) drawShot(shot.x, shot.y);
  if (!room.closed) requestAnimationFrame(draw);
});
for await (const { name, tick } of room.messages()) console.log(`${name} at tick ${tick}`);
