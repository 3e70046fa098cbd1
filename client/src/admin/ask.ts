import type { Status } from "./status.js";

/** Where the token is kept: as long as this tab is. */
const KEPT = "rondo-admin-token";

/** What came of asking the node: a status, or why there is none. */
export type Answer =
  | { readonly status: Status }
  | { readonly trouble: "token" | "wrong token" | "closed" | "busy" | "gone" };

/** Asks the node how it is, with the token that is kept. */
export async function ask(after: string): Promise<Answer> {
  const token = sessionStorage.getItem(KEPT);
  const query = after === "" ? "" : `?after=${encodeURIComponent(after)}`;
  try {
    const response = await fetch(`/v1/admin/status${query}`, {
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    });
    if (response.ok) return { status: await response.json() };
    return { trouble: troubleOf(response.status, token !== null) };
  } catch {
    return { trouble: "gone" };
  }
}

function troubleOf(status: number, tried: boolean) {
  if (status === 401) return tried ? "wrong token" : "token";
  return status === 429 ? "busy" : "closed";
}

/** Whether a token is kept. */
export const hasToken = () => sessionStorage.getItem(KEPT) !== null;

/** Keeps a token until the tab is closed. */
export const keepToken = (token: string) => sessionStorage.setItem(KEPT, token);

/** Forgets the token. */
export const forgetToken = () => sessionStorage.removeItem(KEPT);
