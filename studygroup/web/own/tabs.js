// Tabs that were open are opened again when the page is loaded again, or made anew after its connection was lost: what was typed in one
// finds its field there.

const PLACE = "sg-tabs";
const LOOK_MS = 250;
const STEP_MS = 50;

const pause = () => new Promise((done) => setTimeout(done, STEP_MS));

export class Tabs {
  // models() gives the page's widgets.
  constructor(root, storage, models) {
    Object.assign(this, { root, storage, models, seen: null });
    root.addEventListener("pointerdown", (event) => {
      const tab = event.target.closest?.(".sg-tabs > .lm-TabBar .lm-TabBar-tab");
      if (tab) this.keep([...tab.parentElement.children].indexOf(tab));
    });
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

  async look() {
    const element = this.root.querySelector(".sg-tabs");
    if (!element || element === this.seen) return;
    const model = (await this.models()).findLast((one) => one.get("_model_name") === "TabModel");
    // A page that is just being made may not have it yet: it is looked for again.
    if (!model || element === this.seen || !element.isConnected) return;
    this.seen = element;
    for (const place of this.opened) {
      if (place === model.get("selected_index") || place >= model.get("titles").length) continue;
      // What is set while a message is under way would take its place.
      while (model._pending_msgs > 0 && this.seen === element) await pause();
      model.set("selected_index", place);
      model.save_changes();
    }
    model.on("change:selected_index", () => this.keep(model.get("selected_index")));
  }
}
