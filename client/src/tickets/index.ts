export {
  match,
  type Place,
  type Player,
  type TextSocket,
  type TextSocketConstructor,
  type TicketAssignment,
  type TicketOptions,
} from "./tickets.js";
