// What plain ipywidgets lack: roles and states for screen readers, times in the reader's zone, a timer, copying.
// One observer serves the whole page; it is started by the first widget, or by a page that calls start().

const TICK_MS = 1000;

function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// A label that is not shown is there all the same, and holds the tooltip.
function labelOf(element) {
  const label = element.querySelector(":scope > .widget-label, :scope > label");
  return label ? label.textContent.trim() || label.title.trim() : "";
}

// A line that tells what became of a click is there before its text changes, so that the change is read out.
function markLive(root) {
  for (const element of root.querySelectorAll(".sg-said, .sg-now")) {
    setAttribute(element, "role", "status");
    setAttribute(element, "aria-live", "polite");
  }
}

function markChoices(root) {
  for (const group of root.querySelectorAll(".sg-choice")) {
    setAttribute(group, "role", "group");
    const name = labelOf(group) || group.getAttribute("title") || "";
    if (name) setAttribute(group, "aria-label", name);
    for (const button of group.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(button.classList.contains("mod-active")));
    }
  }
  for (const button of root.querySelectorAll(".widget-toggle-button")) {
    if (!button.closest(".sg-choice")) setAttribute(button, "aria-pressed", String(button.classList.contains("mod-active")));
  }
  for (const group of root.querySelectorAll(".widget-radio")) {
    const name = labelOf(group) || group.getAttribute("title") || "";
    setAttribute(group, "role", "radiogroup");
    if (name) setAttribute(group, "aria-label", name);
  }
  for (const bar of root.querySelectorAll(".widget-hprogress .progress, .jupyter-widgets.widget-hprogress .progress")) {
    setAttribute(bar, "aria-hidden", "true");
  }
}

// Fields of ipywidgets have a label only when it is shown; without one their tooltip names them.
function markFields(root) {
  for (const field of root.querySelectorAll(".jupyter-widgets input, .jupyter-widgets textarea, .jupyter-widgets select")) {
    if (field.hasAttribute("aria-label")) continue;
    const widget = field.closest(".jupyter-widgets");
    // Not field.labels, which looks through the whole page.
    const labels = [field.closest("label"), widget.querySelector(":scope > label")];
    if (labels.some((label) => label?.textContent.trim())) continue;
    const titled = field.closest("[title]");
    const name = labelOf(widget) || (titled && titled.getAttribute("title")) || field.placeholder;
    if (name) setAttribute(field, "aria-label", name);
  }
}

// Several buttons say the same word, each about another row: their tooltip, which begins with that word, tells them apart.
// An icon is drawn by a letter that means nothing when it is read out; a button with nothing but a sign is called by its tooltip.
function markButtons(root) {
  for (const button of root.querySelectorAll(".jupyter-button")) {
    for (const icon of button.querySelectorAll("i")) setAttribute(icon, "aria-hidden", "true");
    const [shown, told] = [button.textContent.trim(), button.title.trim()];
    const isSign = told && !/[\p{L}\p{N}]/u.test(shown);
    if (isSign || (shown && told.length > shown.length && told.toLowerCase().startsWith(shown.toLowerCase()))) {
      setAttribute(button, "aria-label", told);
    } else {
      button.removeAttribute("aria-label");
    }
  }
}

function markFolds(root) {
  for (const head of root.querySelectorAll(".sg-fold > .sg-fold-head")) {
    setAttribute(head, "aria-expanded", String(head.parentElement.classList.contains("sg-unfolded")));
  }
}

// What is wider than its place, such as a table on a phone, can be scrolled with the keyboard once it takes the focus.
function markWide(root) {
  const places = [...root.querySelectorAll(".jp-RenderedHTML.jp-OutputArea-output, .sg-preview .widget-html-content")];
  const wide = places.filter((place) => place.textContent && place.scrollWidth > place.clientWidth);
  for (const place of wide) setAttribute(place, "tabindex", "0");
}

// --- keyboard -------------------------------------------------------------------------------------------------------

// What takes the place of a button that was just pressed takes the keyboard's focus, which would be lost with the button.
const FOCUS_WITHIN_MS = 3000;
const FOCUS_LOST_MS = 800;
const FOCUSABLE = "input:not([disabled]), textarea:not([disabled]), select:not([disabled]), button:not([disabled]), a[href]";
let lastClick = { at: 0 };

function isLost() {
  return !document.activeElement?.closest(".sg-form, input, textarea, select");
}

function noteClick(event) {
  const form = event.target.closest?.(".sg-form");
  if (!form) return;
  const pressed = event.target.closest(FOCUSABLE);
  const place = [...form.querySelectorAll(FOCUSABLE)].indexOf(pressed);
  lastClick = { at: Date.now(), form, place, turns: event.detail === 0 && pressed?.closest(".sg-turns") };
  // Pressed with the keyboard, and gone without anything in its place: what stood before it takes the focus.
  if (event.detail === 0 && pressed) setTimeout(() => keepFocus(lastClick), FOCUS_LOST_MS);
}

function keepFocus({ form, place }) {
  if (!form.isConnected || !isLost()) return;
  form.querySelectorAll(FOCUSABLE)[Math.max(0, place - 1)]?.focus();
}

function passFocus(root) {
  const { at, turns } = lastClick;
  if (turns?.isConnected && Date.now() - at < FOCUS_WITHIN_MS && isLost()) turns.querySelector(FOCUSABLE)?.focus();
  for (const place of root.querySelectorAll("[data-sg-focused]:not(.sg-focus)")) delete place.dataset.sgFocused;
  for (const place of root.querySelectorAll(".sg-focus:not([data-sg-focused])")) {
    if (Date.now() - lastClick.at < FOCUS_WITHIN_MS) {
      if (!isLost()) continue;
      place.querySelector(FOCUSABLE)?.focus();
    }
    place.dataset.sgFocused = "";
  }
}

// The second click of a double click, and what a key that is held down adds, are no wish to do it twice or to do what the button
// means by then; but for buttons that go on by a step.
function actsOnce(event) {
  const button = event.target.closest?.(".sg-form button");
  return Boolean(button) && !button.closest(".sg-repeats");
}

function dropRepeated(event) {
  if (event.detail > 1 && actsOnce(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

function dropHeld(event) {
  if (event.repeat && event.key === "Enter" && actsOnce(event)) event.preventDefault();
}

// --- what was typed goes first --------------------------------------------------------------------------------------

// A widget sends nothing more until what it sent last is answered, and a click overtakes what waits: while the kernel is busy, a button
// pressed right after the last letter would save the text without it. So a click goes out after what was typed.
const STEP_MS = 50;
const PATIENCE_MS = 60_000;
// Each notebook of a page brings this script anew, and the first one listens for all of them.
const managers = (globalThis.studygroupManagers ??= new Set());
let typedAt = 0;
let sentUntil = 0;
let passing = null;

export function isText(model) {
  return /^Text/.test(model.get("_model_name"));
}

function noteTyped(event) {
  if (event.target.closest?.(".sg-form")) typedAt = Date.now();
}

async function isTextWaiting() {
  const known = [...managers].flatMap((manager) => (manager.isDisposed ? [] : Object.values(manager._models ?? {})));
  return (await Promise.all(known)).some((model) => model.comm_live && model._pending_msgs > 0 && isText(model));
}

function holdClick(event) {
  const button = event.target.closest?.(".sg-form .jupyter-button");
  if (!button || button === passing || typedAt <= sentUntil || managers.size === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!("sgHeld" in button.dataset)) clickAfterText(button, event.detail);
}

async function clickAfterText(button, detail) {
  const [typed, until] = [typedAt, Date.now() + PATIENCE_MS];
  button.dataset.sgHeld = "";
  while ((await isTextWaiting()) && Date.now() < until) await new Promise((done) => setTimeout(done, STEP_MS));
  delete button.dataset.sgHeld;
  sentUntil = Math.max(sentUntil, typed);
  passing = button;
  button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail }));
  passing = null;
}

// A second press on what is chosen sends that nothing is, where a form takes that: the button's view sends the number that it finds on it.
function clearChosen(event) {
  const button = event.target.closest?.(".sg-clears .widget-toggle-button");
  if (!button || !button.classList.contains("mod-active")) return;
  const number = button.value;
  button.value = "";
  setTimeout(() => (button.value = number));
}

// In a line with one button beside it, Enter does what the button does; the focus stays in the line.
function pressBeside(event) {
  if (event.key !== "Enter" || event.repeat || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const line = event.target.closest?.(".sg-form .sg-enter");
  if (!line || !event.target.matches("input")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("change", { bubbles: true }));
  line.querySelector(".jupyter-button:not([disabled])")?.click();
}

// With the focus on a button or a list of a form, JupyterLab takes letters for its own commands: "x" would cut the cell.
function keepKeys(event) {
  if (!event.target.closest?.(".sg-form")) return;
  const forLab = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape" || (event.shiftKey && event.key === "Enter");
  event.target.toggleAttribute("data-lm-suppress-shortcuts", !forLab);
}

// The arrow keys open the tab that they lead to: JupyterLab's tabs only move the focus, and open it at Enter.
function openFocusedTab(event) {
  const tab = event.target.closest?.(".sg-tabs > .lm-TabBar .lm-TabBar-tab");
  if (!tab || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  setTimeout(() => {
    const here = document.activeElement;
    if (!here?.closest?.(".sg-tabs > .lm-TabBar") || here.getAttribute("aria-selected") === "true") return;
    here.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    here.focus();
  });
}

// --- times ----------------------------------------------------------------------------------------------------------

function localTime(instant) {
  return new Intl.DateTimeFormat(undefined, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  }).format(instant);
}

function plural(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function countdown(seconds) {
  const minutes = Math.floor(seconds / 60);
  const parts = [
    [Math.floor(minutes / 1440), "day"], [Math.floor(minutes / 60) % 24, "hour"], [minutes % 60, "minute"],
  ].filter(([number]) => number > 0);
  return parts.length ? parts.slice(0, 2).map(([number, noun]) => plural(number, noun)).join(" and ") : "less than a minute";
}

function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showTimes(root, now) {
  for (const element of root.querySelectorAll("time.sg-local")) {
    setText(element, localTime(new Date(element.dateTime)));
  }
  for (const element of root.querySelectorAll("time.sg-countdown")) {
    const [start, end] = [Date.parse(element.dateTime), Date.parse(element.dataset.end)];
    setText(element, now < start ? `in ${countdown((start - now) / 1000)}` : now < end ? "now" : "over");
  }
  for (const timer of root.querySelectorAll(".sg-timer")) showTimer(timer, now);
}

// The timer's parts carry their length; how long it has run is the time since its start, less what it stood still.
function showTimer(timer, now) {
  const paused = timer.dataset.paused ? Number(timer.dataset.paused) : now;
  let left = timer.dataset.start ? (paused - Number(timer.dataset.start)) / 1000 : 0;
  const running = Boolean(timer.dataset.start);
  let here = "";
  for (const part of timer.querySelectorAll("[data-seconds]")) {
    const seconds = Number(part.dataset.seconds);
    const state = !running || left < 0 ? "ahead" : left < seconds ? "here" : "over";
    if (part.dataset.state !== state) part.dataset.state = state;
    setAttribute(part, "aria-current", state === "here" ? "step" : "false");
    const shown = part.querySelector(".sg-left");
    if (shown) setText(shown, state === "here" ? `${clock(seconds - left)} left` : state === "over" ? "over" : `${Math.round(seconds / 60)} min`);
    if (state === "here") here = part.querySelector(".sg-part")?.textContent ?? "";
    left -= seconds;
  }
  const big = timer.querySelector(".sg-clock");
  const current = timer.querySelector('[data-state="here"]');
  if (big) setText(big, current ? current.querySelector(".sg-left").textContent.replace(" left", "") : running ? "0:00" : "");
  const told = timer.querySelector(".sg-now");
  if (!told) return;
  const over = running && !here;
  // What is read out changes with the part, not with the second; the seconds stand beside it.
  const words = !running ? "Not started." : over ? "The time is over." : timer.dataset.paused ? `Paused: ${here}` : `Now: ${here}`;
  setText(told, words);
  const past = timer.querySelector(".sg-past");
  if (past) setText(past, over && left >= 1 ? `${clock(left)} longer than planned` : "");
}

// --- copying --------------------------------------------------------------------------------------------------------

async function copyText(button) {
  const source = button.closest(".sg-copies")?.querySelector("textarea");
  const told = button.closest(".sg-copies")?.querySelector(".sg-copied");
  if (!source) return;
  let done = true;
  try {
    await navigator.clipboard.writeText(source.value);
  } catch {
    source.focus();
    source.select();
    done = document.execCommand("copy");
  }
  if (told) told.textContent = done ? "✓ Copied" : "Press Ctrl+C to copy the marked text";
}

// --- start ----------------------------------------------------------------------------------------------------------

function look(root) {
  markLive(root);
  markChoices(root);
  markFields(root);
  markButtons(root);
  markFolds(root);
  markWide(root);
  passFocus(root);
  showTimes(root, Date.now());
}

export function start(root = document) {
  if (globalThis.studygroupAssist) return;
  let waiting = false;
  const observer = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      look(root);
    });
  });
  observer.observe(root.body ?? root, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["class", "title", "data-start", "data-paused"],
  });
  root.addEventListener("click", (event) => {
    noteClick(event);
    const button = event.target.closest?.(".sg-copy");
    if (button) copyText(button);
  });
  // Before the button hears of it.
  globalThis.addEventListener("click", dropRepeated, true);
  globalThis.addEventListener("input", noteTyped, true);
  globalThis.addEventListener("click", holdClick, true);
  globalThis.addEventListener("click", clearChosen, true);
  globalThis.addEventListener("keydown", dropHeld, true);
  globalThis.addEventListener("keydown", pressBeside, true);
  // Before JupyterLab looks at the key, which it does on the document.
  globalThis.addEventListener("keydown", keepKeys, true);
  // On the way down: tabs keep the key to themselves.
  globalThis.addEventListener("keydown", openFocusedTab, true);
  globalThis.studygroupAssist = { observer, timer: setInterval(() => showTimes(root, Date.now()), TICK_MS) };
  look(root);
}

export default {
  render({ model, el }) {
    el.style.display = "none";
    managers.add(model.widget_manager);
    start();
  },
};
