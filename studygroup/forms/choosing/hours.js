// The week in half hours: each can be marked with a click, a drag or the keyboard; a day at a time where it is narrow.
// What is marked goes into the text field beside the grid, from where it comes to the form like anything that is typed.

const HALVES = 48;
const MORNING = 14; // half hours before it are the night's
const STATES = ["can’t", "if need be", "can"];
const SIGNS = ["", "if need be", "✓"];
const kept = new WeakMap();

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function clock(half) {
  return `${String(Math.floor(half / 2)).padStart(2, "0")}:${half % 2 ? "30" : "00"}`;
}

class Hours {
  constructor(place) {
    this.place = place;
    this.form = place.closest(".sg-hours-form") ?? place.parentElement;
    this.days = place.dataset.days.split("|").map((day) => day.split(":"));
    this.marks = [...place.dataset.marks].map(Number);
    const before = kept.get(this.form) ?? {};
    this.brush = before.brush ?? 2;
    this.day = before.day ?? 0;
    this.night = before.night ?? this.days.some((_, day) => this.marks.slice(this.at(day, 0), this.at(day, MORNING)).some(Boolean));
    this.painting = null;
    this.build();
    this.show();
  }

  at(day, half) {
    return Number(this.days[day][0]) * HALVES + half;
  }

  build() {
    const name = `sg-brush-${Math.random().toString(36).slice(2)}`;
    this.brushes = [2, 1, 0].map((state) => {
      const field = make("input", { type: "radio", name, value: state });
      field.checked = state === this.brush;
      field.addEventListener("change", () => this.keep({ brush: state }));
      return make("label", { "data-state": state }, field, ` ${STATES[state][0].toUpperCase()}${STATES[state].slice(1)}`);
    });
    const brush = make("fieldset", { class: "sg-brush" }, make("legend", {}, "Mark as"), ...this.brushes);
    this.tabs = this.days.map(([, label], day) => {
      const button = make("button", { type: "button", class: "sg-day" }, label.slice(0, 3));
      button.title = label;
      button.addEventListener("click", () => this.keep({ day }));
      return button;
    });
    this.later = make("button", { type: "button", class: "sg-night" });
    this.later.addEventListener("click", () => this.keep({ night: !this.night }));
    const label = this.place.dataset.label;
    this.table = make("table", { role: "grid", "aria-label": label, class: "sg-hours-grid" }, this.head(), this.body());
    this.place.replaceChildren(brush, make("div", { class: "sg-days", role: "group", "aria-label": "Day" }, ...this.tabs), this.later, this.table);
    this.table.addEventListener("keydown", (event) => this.moved(event));
    this.table.addEventListener("click", (event) => this.clicked(event));
    this.table.addEventListener("pointerdown", (event) => this.began(event));
    this.table.addEventListener("pointerover", (event) => this.dragged(event));
    this.table.addEventListener("focusin", (event) => this.focused(event.target));
    this.current = this.cells.find((cell) => this.marks[cell.place]) ?? this.cells.find((cell) => cell.day === this.day && cell.half === 36);
  }

  head() {
    const row = make("tr", { role: "row" }, make("td", { role: "gridcell" }));
    this.days.forEach(([, label], day) => {
      const head = make("th", { role: "columnheader", scope: "col", "data-day": day }, make("span", {}, label.replace(/^([A-Z][a-z]{2})[a-z]*day\b/, "$1")));
      if (day + 1 < this.days.length) {
        const next = this.days[day + 1][1];
        const copy = make("button", { type: "button", class: "sg-copy-day", title: `Copy ${label} to ${next}`, "aria-label": `Copy ${label} to ${next}` }, `to ${next.slice(0, 3)} →`);
        copy.addEventListener("click", () => this.copy(day));
        head.append(copy);
      }
      row.append(head);
    });
    return make("thead", { role: "rowgroup" }, row);
  }

  body() {
    this.cells = [];
    const rows = Array.from({ length: HALVES }, (_, half) => {
      const row = make("tr", { role: "row", ...(half < MORNING ? { class: "sg-of-night" } : {}) });
      row.append(make("th", { role: "rowheader", scope: "row" }, clock(half)));
      this.days.forEach((_, day) => {
        const button = make("button", { type: "button", tabindex: "-1" });
        const cell = { button, day, half, place: this.at(day, half) };
        button.sgCell = cell;
        this.cells.push(cell);
        row.append(make("td", { role: "gridcell", "data-day": day }, button));
      });
      return row;
    });
    return make("tbody", { role: "rowgroup" }, ...rows);
  }

  keep(changes) {
    Object.assign(this, changes);
    kept.set(this.form, { brush: this.brush, day: this.day, night: this.night });
    if ("day" in changes && this.current.day !== this.day) this.current = this.cell(this.day, this.current.half);
    this.show();
  }

  cell(day, half) {
    return this.cells[half * this.days.length + day];
  }

  show() {
    this.place.classList.toggle("sg-with-night", this.night);
    this.later.textContent = this.night ? "Hide hours before 7:00" : "Show hours before 7:00";
    this.later.setAttribute("aria-expanded", String(this.night));
    this.tabs.forEach((button, day) => {
      button.setAttribute("aria-pressed", String(day === this.day));
      const marked = this.marks.slice(this.at(day, 0), this.at(day, HALVES)).some(Boolean);
      button.setAttribute("aria-label", `${this.days[day][1]}${marked ? ", marked" : ""}`);
      button.classList.toggle("sg-marked", marked);
    });
    for (const element of this.table.querySelectorAll("[data-day]")) {
      element.classList.toggle("sg-other-day", Number(element.dataset.day) !== this.day);
    }
    for (const cell of this.cells) this.showCell(cell);
  }

  showCell({ button, day, half, place }) {
    const state = this.marks[place];
    if (button.dataset.state !== String(state)) {
      button.dataset.state = state;
      button.textContent = SIGNS[state];
      button.setAttribute("aria-label", `${this.days[day][1]}, ${clock(half)}: ${STATES[state]}`);
    }
    button.tabIndex = this.current.place === place ? 0 : -1;
  }

  mark(cell, state) {
    if (this.marks[cell.place] === state) return;
    this.marks[cell.place] = state;
    this.showCell(cell);
  }

  told() {
    this.show();
    const field = this.form.querySelector(".sg-hours-value input");
    field.value = this.marks.join("");
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }

  copy(day) {
    for (let half = 0; half < HALVES; half += 1) this.marks[this.at(day + 1, half)] = this.marks[this.at(day, half)];
    this.told();
  }

  focused(element) {
    if (!element.sgCell || element.sgCell === this.current) return;
    const before = this.current;
    this.current = element.sgCell;
    for (const cell of [before, this.current]) this.showCell(cell);
  }

  go(cell) {
    if (cell.half < MORNING && !this.night) return;
    if (cell.day !== this.day) this.keep({ day: cell.day });
    cell.button.focus();
    this.focused(cell.button);
  }

  moved(event) {
    const cell = event.target.sgCell;
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = [this.days.length - 1, HALVES - 1];
    const to = {
      ArrowUp: [cell.day, cell.half - 1], ArrowDown: [cell.day, cell.half + 1],
      ArrowLeft: [cell.day - 1, cell.half], ArrowRight: [cell.day + 1, cell.half],
      Home: [0, cell.half], End: [last[0], cell.half],
      PageUp: [cell.day, Math.max(this.night ? 0 : MORNING, cell.half - 4)], PageDown: [cell.day, Math.min(last[1], cell.half + 4)],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    if (to[0] < 0 || to[0] > last[0] || to[1] < 0 || to[1] > last[1]) return;
    const there = this.cell(...to);
    // With Shift the mark of the cell goes along.
    if (event.shiftKey && (there.half >= MORNING || this.night)) {
      this.mark(there, this.marks[cell.place]);
      this.told();
    }
    this.go(there);
  }

  clicked(event) {
    const cell = event.target.closest("button")?.sgCell;
    if (!cell) return;
    // What the pointer marked when it went down is marked.
    if (event.detail > 0 && this.painted) {
      this.painted = false;
      return;
    }
    this.mark(cell, this.marks[cell.place] === this.brush ? 0 : this.brush);
    this.told();
  }

  began(event) {
    const cell = event.target.closest("button")?.sgCell;
    // A finger scrolls.
    if (!cell || event.pointerType !== "mouse" || event.button !== 0) return;
    this.painting = { from: cell, state: this.marks[cell.place] === this.brush ? 0 : this.brush, before: [...this.marks] };
    this.painted = true;
    this.paint(cell);
    const done = () => {
      this.painting = null;
      this.told();
      // A click that follows on the same cell comes first.
      setTimeout(() => { this.painted = false; });
    };
    globalThis.addEventListener("pointerup", done, { once: true });
  }

  dragged(event) {
    const cell = event.target.closest("button")?.sgCell;
    if (cell && this.painting) this.paint(cell);
  }

  // Everything between where the pointer went down and where it is now, however fast it moved.
  paint(to) {
    const { from, state, before } = this.painting;
    const [days, halves] = [[from.day, to.day], [from.half, to.half]].map((pair) => pair.sort((one, other) => one - other));
    for (const cell of this.cells) {
      const within = cell.day >= days[0] && cell.day <= days[1] && cell.half >= halves[0] && cell.half <= halves[1];
      this.mark(cell, within ? state : before[cell.place]);
    }
  }
}

function look(root) {
  for (const place of root.querySelectorAll(".sg-hours:not([data-made])")) {
    place.dataset.made = "";
    new Hours(place);
  }
}

export function start(root = document) {
  if (globalThis.studygroupHours) return;
  globalThis.studygroupHours = new MutationObserver(() => look(root));
  globalThis.studygroupHours.observe(root.body ?? root, { childList: true, subtree: true });
  look(root);
}

export default {
  render({ el }) {
    el.style.display = "none";
    start();
  },
};
