// The page around the forms: what screen readers need, and what becomes of the connection.
import { start } from "./assist.js";

start();

const LOOK_MS = 1500;
const said = document.getElementById("sg-connection");
let lostSince = 0;

function tell(text) {
  if (said.textContent !== text) said.textContent = text;
  said.hidden = !text;
}

// 401: the link was ended or the device signed out; the page then says what to do. 429: too many pages are open.
async function ask() {
  try {
    const answer = await fetch(new URL("../here", import.meta.url), { cache: "no-store" });
    if (answer.status === 401) location.reload();
    else if (answer.status === 429) tell("Too many of your pages are open. Close another one; this page then goes on.");
    else if (answer.ok) return true;
  } catch {
    // No network; it is tried again.
  }
  return false;
}

async function look() {
  const debug = window.solara && window.solara.debug;
  // Its own word: what Solara's page keeps of it comes later, and not always.
  const status = debug ? debug.kernel().connectionStatus : "connected";
  if (status === "connected") {
    lostSince = 0;
    tell("");
  } else {
    lostSince ||= Date.now();
    if (!said.textContent) tell("Reconnecting … What you typed stays here.");
    // Solara itself waits longer and longer between its tries; a server that answers is used at once.
    const socket = debug.ws();
    const isTrying = socket && socket.readyState === WebSocket.CONNECTING;
    if (!isTrying && (await ask()) && Date.now() - lostSince > LOOK_MS) debug.kernel().reconnect();
  }
}

async function keepLooking() {
  try {
    await look();
  } finally {
    setTimeout(keepLooking, LOOK_MS);
  }
}

keepLooking();
