export { Link } from "./link.js";
export { Network, type NetworkOptions } from "./network.js";
export { type Burst, PERFECT, PROFILES, type Profile, type Stall } from "./profile.js";
export { seeded } from "./random.js";
