// The browser decides which tab shows: what its member pressed last. Tabs that were open are made again when the page is loaded again, or
// made anew after its connection was lost: what was typed in one finds its field there. A server that missed the last press is told again.

const PLACE = "sg-tabs";
const LOOK_MS = 250;
const TAB = ".sg-tabs > .lm-TabBar .lm-TabBar-tab";

export class Tabs {
  // models() gives the page's widgets.
  constructor(root, storage, models) {
    Object.assign(this, { root, storage, models, seen: null, model: null });
    root.addEventListener("pointerdown", (event) => this.press(event.target), true);
    root.addEventListener("click", (event) => this.follow(event.target), true);
    root.addEventListener("keydown", (event) => this.move(event), true);
    setInterval(() => this.look(), LOOK_MS);
  }

  // The places of tabs that were opened, the one that shows last.
  get opened() {
    try {
      return JSON.parse(this.storage.getItem(PLACE)) ?? [0];
    } catch {
      return [0];
    }
  }

  keep(place) {
    this.storage.setItem(PLACE, JSON.stringify([...this.opened.filter((one) => one !== place), place]));
  }

  press(target) {
    const tab = target.closest?.(TAB);
    if (tab) this.keep([...tab.parentElement.children].indexOf(tab));
  }

  // A button may lead to another tab.
  follow(target) {
    const place = /\bsg-to-tab-(\d+)\b/.exec(target.closest?.("button")?.className)?.[1];
    if (place) this.keep(Number(place));
  }

  // The arrow keys open the tab that they lead to, as in JupyterLab; the tabs of this page's widgets know the pointer only.
  move(event) {
    const tab = event.target.closest?.(TAB);
    if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...tab.parentElement.children];
    const here = all.indexOf(tab);
    const ways = { Enter: here, " ": here, ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: -1 };
    if (!(event.key in ways)) return;
    event.preventDefault();
    const place = (ways[event.key] + all.length) % all.length;
    this.keep(place);
    all[place].focus();
    this.look();
  }

  async look() {
    const element = this.root.querySelector(".sg-tabs");
    if (!element) return;
    if (element !== this.seen) {
      const model = await this.modelOf(element);
      // A page that is just being made may not have it yet: it is looked for again.
      if (!model || element === this.seen) return;
      Object.assign(this, { seen: element, model });
      model.send({ make: this.opened });
    }
    const last = this.opened.at(-1);
    for (const [place, tab] of [...element.querySelectorAll(TAB)].entries()) tab.tabIndex = place === last ? 0 : -1;
    if (this.model.get("selected_index") === last || last >= this.model.get("titles").length) return;
    this.model.set("selected_index", last);
    this.model.save_changes();
  }

  // By what it shows: a page that was made anew may still have the widgets of the one before.
  async modelOf(element) {
    for (const model of await this.models()) {
      if (model.get("_model_name") !== "TabModel") continue;
      const views = await Promise.all(Object.values(model.views || {}));
      if (views.some((view) => view.el === element)) return model;
    }
    return null;
  }
}
