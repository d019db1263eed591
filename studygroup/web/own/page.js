// The page around the forms: what screen readers need, and what becomes of the connection.
import { isText, start } from "./assist.js";
import { start as startHours } from "./hours.js";
import { Picks } from "./picks.js";
import { Tabs } from "./tabs.js";
import { Typed } from "./typed.js";

start();
startHours();

const LOOK_MS = 1500;
const ANSWER_MS = 4000;
const MADE_ANEW_MS = 10_000;
const RECONNECTING = "Offline – reconnecting. What you typed is kept.";
const PRESS_LATER = "Offline – reconnecting. What you typed is kept; the button was not pressed. Press it again when this line is gone.";
const PICK_LATER = "Offline – reconnecting. Nothing else was picked, so that what you typed stays where it belongs.";
const said = document.getElementById("sg-connection");
const typed = new Typed(document, sessionStorage, document.getElementById("sg-foot").textContent);
let lostSince = 0;
let backSince = 0;
let heard = Date.now();
let acted = 0;
let watched = null;
let wasCut = false;
let isOpen = false;
let back = { at: 0, remounts: 0 };

function tell(text) {
  if (said.textContent !== text) said.textContent = text;
  said.hidden = !text;
}

function inTime(promise) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("late")), ANSWER_MS))]);
}

// 401: the link was ended or the device signed out; the page then says what to do. 429: too many pages are open.
async function ask() {
  try {
    const answer = await inTime(fetch(new URL("../here", import.meta.url), { cache: "no-store" }));
    if (answer.status === 401) reload();
    else if (answer.status === 429) tell("Too many of your pages are open. Close another one; this page then goes on.");
    else if (answer.ok) return true;
  } catch {
    // No network; it is tried again.
  }
  return false;
}

function reload() {
  typed.keep();
  location.reload();
}

// A page that cannot go on shuts its kernel down, and would stay as it is: it is loaded again instead.
function watch(debug) {
  const kernel = debug.kernel();
  if (kernel === watched) return;
  watched = kernel;
  kernel.shutdown = async () => reload();
  kernel.anyMessage.connect((_, { direction, msg }) => {
    if (direction !== "recv") return;
    heard = Date.now();
    const data = msg.content?.data;
    // Solara asks whether its page is still there; where it is not, the page is made anew.
    if (data?.method === "app-status") back = { at: heard, remounts: debug.remountCount + (data.started ? 0 : 1) };
  });
}

function isBack(debug) {
  return back.at > lostSince && debug.viewMounted() && debug.remountCount >= back.remounts;
}

// A phone that slept, or a network that went away, leaves a socket that looks open: is there someone at its other end?
async function check(debug) {
  acted = 0;
  const slow = setTimeout(() => tell(RECONNECTING), ANSWER_MS / 4);
  try {
    await inTime(debug.kernel().requestKernelInfo());
  } catch {
    // Closing it would wait for the other end as well; a new one takes its place.
    lostSince ||= Date.now();
    tell(RECONNECTING);
    wasCut = true;
    debug.kernel().reconnect();
  } finally {
    clearTimeout(slow);
  }
}

function isList(model) {
  return model.get("_model_name") === "DropdownModel";
}

async function modelsOf(manager) {
  return Promise.all(Object.values(manager?._models || {}));
}

// A widget waits for the answer to what it sent before it sends more. What was sent into a dead network is never answered. Lists and texts
// are sent again, in this order, as a list says what the texts are about; a click shows as not made.
async function unblock(manager) {
  const models = await modelsOf(manager);
  for (const model of models.sort((one, other) => isList(other) - isList(one))) {
    const lost = [...(model._expectedEchoMsgIds?.keys() || [])];
    model._expectedEchoMsgIds?.clear();
    if (model._pending_msgs > 0) {
      if (lost.length && (isList(model) || isText(model))) {
        model._msg_buffer = { ...Object.fromEntries(lost.map((name) => [name, model.get(name)])), ...model._msg_buffer };
        model._msg_buffer_callbacks ||= model.callbacks();
      }
      model._pending_msgs = 1;
      model._handle_status({ content: { execution_state: "idle" } });
    }
  }
}

async function look() {
  const debug = window.solara && window.solara.debug;
  if (!debug) return;
  watch(debug);
  // Its own word: what Solara's page keeps of it comes later, and not always.
  const isConnected = debug.kernel().connectionStatus === "connected";
  // While the page is loading nothing is lost yet.
  isOpen ||= isConnected;
  if (!isOpen && Date.now() - heard < 2 * ANSWER_MS) return;
  if (isConnected && navigator.onLine) {
    if (heard >= acted) acted = 0;
    const since = acted || (heard <= lostSince ? lostSince : 0);
    if (since && Date.now() - since > ANSWER_MS) await check(debug);
    if (lostSince && (isBack(debug) || (!wasCut && heard > lostSince))) {
      lostSince = 0;
      wasCut = false;
      backSince = Date.now();
      await unblock(debug.widgetManager());
    }
    if (!lostSince) tell("");
    // Again and again for a while, as the fields are made anew meanwhile.
    if (Date.now() - backSince < MADE_ANEW_MS) typed.putBack();
    else if (!lostSince) typed.forget(heard);
    return;
  }
  lostSince ||= Date.now();
  if (!said.textContent) tell(RECONNECTING);
  if (isConnected) return;
  wasCut = isOpen;
  // Solara itself waits longer and longer between its tries; a server that answers is used at once.
  const socket = debug.ws();
  const isTrying = socket && socket.readyState === WebSocket.CONNECTING;
  if (!isTrying && (await ask()) && Date.now() - lostSince > LOOK_MS) debug.kernel().reconnect();
}

async function keepLooking() {
  try {
    await look();
  } finally {
    setTimeout(keepLooking, LOOK_MS);
  }
}

for (const kind of ["input", "click"]) {
  document.addEventListener(kind, (event) => {
    if (!event.target.closest?.(".sg-page")) return;
    // The first thing that was done after the server was heard last.
    if (heard >= acted) acted = Date.now();
    // A button may empty its card's fields by right.
    if (kind === "click" && !lostSince && event.target.closest("button")) typed.leave(event.target);
  });
}
new Picks(document, {
  models: () => modelsOf(window.solara?.debug?.widgetManager()),
  isLost: () => lostSince > 0,
  sent: (list) => typed.turn(list),
  refused: (element) => tell(element.tagName === "SELECT" ? PICK_LATER : PRESS_LATER),
  patience: 2 * ANSWER_MS,
});
new Tabs(document, sessionStorage, () => modelsOf(window.solara?.debug?.widgetManager()));
// Solara watches the system's theme as an older Vue had it; its sheet of widgets' colours would stay that of the theme before.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", async ({ matches }) => {
  const app = document.getElementById("app");
  app?.classList.toggle("theme--dark", matches);
  app?.classList.toggle("theme--light", !matches);
  try {
    await window.changeThemeCSS(matches ? "dark" : "light");
  } catch {
    // No network: page.css has the colours of what is read and typed.
  }
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && window.solara?.debug) check(window.solara.debug);
});
window.addEventListener("online", () => window.solara?.debug && check(window.solara.debug));
keepLooking();
typed.restore();
