// The facilitator's screen is as tall as the part of the notebook that is seen, its times are the reader's, and what is to be done next is one step away.

const FOCUSABLE = "input:not([disabled]), textarea:not([disabled]), select:not([disabled]), button:not([disabled])";
const BELOW_PX = 4;
const MOST_ABOVE_PX = 64;
const LEAST_PX = 420;
const FOUND_WITHIN_MS = 3000;
const TICK_MS = 250;

// The words around are English, so days and months are too; only the zone is the reader's.
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function inWords(ms) {
  const minutes = Math.max(1, Math.floor(ms / 60000));
  const days = Math.floor(minutes / 1440);
  if (days > 1) return `${days} days`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours ? `${hours} h${rest ? ` ${rest} min` : ""}` : `${minutes} min`;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A session's day and hours, and how long it is until it begins or ends, in the reader's own time.
function showMoments(root) {
  const now = Date.now();
  for (const element of root.querySelectorAll("[data-sg-start]")) {
    const [start, end] = [Number(element.dataset.sgStart), Number(element.dataset.sgEnd)];
    const shown = element.classList.contains("sg-chip")
      ? now < start ? `in ${inWords(start - now)}` : now < end ? `on now, ends in ${inWords(end - now)}` : `ended ${inWords(now - end)} ago`
      : `${DAY.format(start).replace(",", "")}, ${HOUR.format(start)}–${HOUR.format(end)}`;
    setText(element, shown);
  }
  for (const element of root.querySelectorAll("[data-sg-at]")) setText(element, HOUR.format(Number(element.dataset.sgAt)));
}

function fit(screen) {
  const outer = screen.closest(".jp-WindowedPanel-outer, .jp-Notebook");
  if (!outer || !outer.clientHeight) return;
  // What a notebook has above its first cell, little in JupyterLab and more in Jupyter Notebook, is room that the screen does not have.
  const above = screen.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop;
  const height = `${Math.max(LEAST_PX, Math.floor(outer.clientHeight - Math.min(above, MOST_ABOVE_PX) - BELOW_PX))}px`;
  if (screen.style.getPropertyValue("--sg-height") !== height) screen.style.setProperty("--sg-height", height);
}

// Goes to a place of the screen and puts the keyboard there, as soon as it is drawn.
function goTo(screen, name, begin = Date.now()) {
  const place = [...screen.querySelectorAll(`.sg-at-${name}`)].find((one) => one.offsetParent);
  if (place) {
    place.scrollIntoView({ block: "nearest" });
    (place.matches(FOCUSABLE) ? place : place.querySelector(FOCUSABLE))?.focus();
  } else if (Date.now() - begin < FOUND_WITHIN_MS) {
    requestAnimationFrame(() => goTo(screen, name, begin));
  }
}

export default {
  render({ model, el }) {
    el.style.display = "none";
    let screen = null;
    const seen = new ResizeObserver(() => screen && fit(screen));
    const watch = new MutationObserver(() => screen && showMoments(screen));
    // The element is put into the screen after it was made.
    const find = () => {
      screen = el.closest(".sg-screen");
      if (!screen) return;
      seen.observe(screen.closest(".jp-WindowedPanel-outer, .jp-Notebook") ?? screen);
      watch.observe(screen, { childList: true, subtree: true });
    };
    const look = () => {
      if (!screen) find();
      if (!screen) return;
      fit(screen);
      showMoments(screen);
      const wake = model.get("wake_ms");
      if (wake && Date.now() >= wake) {
        model.set("wake_ms", 0);
        model.send({ woke: true });
      }
    };
    const begun = requestAnimationFrame(look);
    const timer = setInterval(look, TICK_MS);
    model.on("msg:custom", (message) => screen && goTo(screen, message.go));
    return () => {
      cancelAnimationFrame(begun);
      clearInterval(timer);
      seen.disconnect();
      watch.disconnect();
    };
  },
};
