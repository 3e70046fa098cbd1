export { type Figure, figuresOf, type Mood } from "./figures.js";
export { type Observed, Overlay, type OverlayOptions } from "./overlay.js";
