// What was typed and has perhaps not arrived: kept until the server was heard after it, and put back when the page was made anew.

const KEPT_MS = 600_000;
const SURE_MS = 1000;
const PLACE = "sg-typed";

function cardOf(element) {
  return element.closest(".sg-card")?.querySelector("h2, h3")?.textContent || "";
}

// A field by its card, its label, and what is picked beside it: a summary of one work is none of another.
function keyOf(field) {
  const label = field.labels?.[0]?.textContent || field.getAttribute("aria-label") || "";
  return JSON.stringify([cardOf(field), label, listsBeside(field).map(pickedIn)]);
}

function listsBeside(field) {
  return [...(field.closest(".sg-card")?.querySelectorAll("select") || [])];
}

function pickedIn(list) {
  return list.selectedOptions[0]?.textContent || "";
}

function fieldsIn(root) {
  return [...root.querySelectorAll(".sg-page textarea, .sg-page input[type=text]")];
}

export class Typed {
  // What was kept under another name is no one else's business.
  constructor(root, storage, name) {
    this.root = root;
    this.storage = storage;
    this.name = name;
    this.entries = new Map();
    root.addEventListener("input", ({ target }) => {
      if (fieldsIn(root).includes(target)) this.entries.set(keyOf(target), { value: target.value, at: Date.now() });
    });
  }

  // Forget what the server has: it was heard well after it was typed.
  forget(heard) {
    for (const [key, { at }] of this.entries) if (heard >= at + SURE_MS) this.entries.delete(key);
  }

  // Forget what was typed in the same card.
  leave(element) {
    for (const key of this.entries.keys()) if (JSON.parse(key)[0] === cardOf(element)) this.entries.delete(key);
  }

  // Forget what was typed beside another pick than the one that is sent now: the server has it.
  turn(list) {
    for (const key of this.entries.keys()) {
      const [card, , picked] = JSON.parse(key);
      if (card === cardOf(list) && !picked.includes(pickedIn(list))) this.entries.delete(key);
    }
  }

  // A page that was made anew begins with another work: first the lists are put back, and once they are answered, the texts.
  putBack() {
    const fresh = [...this.entries].filter(([, { at }]) => Date.now() - at <= KEPT_MS);
    if (fresh.filter(([key]) => this.pickAgain(JSON.parse(key))).length) return;
    for (const field of fieldsIn(this.root).filter((one) => !one.readOnly)) {
      const entry = this.entries.get(keyOf(field));
      if (!entry || Date.now() - entry.at > KEPT_MS || field.value === entry.value) continue;
      field.value = entry.value;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }

  // Return whether a list beside a field shows something else; it is put back, which takes the time of an answer.
  pickAgain([card, label, picked]) {
    let again = false;
    const field = fieldsIn(this.root).find((one) => cardOf(one) === card && JSON.parse(keyOf(one))[1] === label);
    for (const [place, list] of field ? listsBeside(field).entries() : []) {
      const wanted = [...list.options].findIndex((option) => option.textContent === picked[place]);
      if (wanted < 0 || wanted === list.selectedIndex) continue;
      list.selectedIndex = wanted;
      list.dispatchEvent(new Event("change", { bubbles: true }));
      again = true;
    }
    return again;
  }

  // Over a reload, in this tab alone.
  keep() {
    if (this.entries.size) this.storage.setItem(PLACE, JSON.stringify([this.name, [...this.entries]]));
  }

  restore() {
    const kept = this.storage.getItem(PLACE);
    this.storage.removeItem(PLACE);
    const [name, entries] = kept ? JSON.parse(kept) : ["", []];
    if (name !== this.name) return;
    this.entries = new Map(entries);
    let tries = 0;
    const waiting = setInterval(() => {
      tries += 1;
      if (fieldsIn(this.root).length) this.putBack();
      if (tries >= 20) clearInterval(waiting);
    }, 500);
  }
}
