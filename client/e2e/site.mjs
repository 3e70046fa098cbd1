import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

/**
 * A promise and what settles it.
 *
 * @typedef {object} Promised
 * @property {Promise<unknown>} promise
 * @property {(value: unknown) => void} resolve
 * @property {(error: Error) => void} reject
 */

/**
 * A web site of this process.
 *
 * @typedef {object} Site
 * @property {string} url where it is, without a slash at the end
 * @property {(script: string) => { url: string, answer: Promise<unknown> }} page a page that runs the
 *   body of an async function, and what that returns: for browsers that nobody drives
 * @property {() => Promise<void>} close
 */

/**
 * Serves a folder on a free port of this machine, and a page at its root.
 *
 * @param {URL} folder
 * @param {string} index the page
 * @returns {Promise<Site>}
 */
export async function serveFolder(folder, index) {
  /** What runs in the page at /run, and who waits for its answer. */
  let script = "";
  /** @type {Promised | undefined} */
  let answer;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    if (request.method === "POST") {
      const { value, error } = JSON.parse(await textOf(request));
      if (error === undefined) answer?.resolve(value);
      else answer?.reject(new Error(error));
      response.end();
    } else if (pathname === "/" || pathname === "/run") {
      const body = pathname === "/" ? "" : `<script type="module">${runner(script)}</script>`;
      response.setHeader("Content-Type", "text/html; charset=utf-8").end(index + body);
    } else {
      await sendFile(response, folder, pathname.slice(1));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    page(body) {
      script = body;
      const promised = withResolvers();
      answer = promised;
      return { url: `${url}/run`, answer: promised.promise };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The script that runs a function's body and posts what it returns. @param {string} body */
const runner = (body) => `
  const post = (it) => fetch("/answer", { method: "POST", body: JSON.stringify(it) });
  (async () => {${body}})().then(
    (value) => post({ value }),
    (error) => post({ error: String(error?.stack ?? error) }),
  );`;

/** @returns {Promised} */
function withResolvers() {
  const all = /** @type {Promised} */ ({});
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}

/** @param {import("node:http").IncomingMessage} request */
async function textOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {URL} folder
 * @param {string} path
 */
async function sendFile(response, folder, path) {
  try {
    const bytes = await readFile(new URL(path, folder));
    const type = extname(path) === ".js" ? "text/javascript" : "application/octet-stream";
    response.setHeader("Content-Type", type).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
