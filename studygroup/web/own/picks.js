// A widget sends nothing more until what it sent last is answered, and a click overtakes what waits: on a slow network, a button pressed
// right after the last letter would save the text without it. So a click on a button goes out after what was typed.
//
// A list beside texts says what they are about, and its server puts others in their place. So a pick goes out after what was typed, and
// nothing is typed until the pick is answered; where there is no answer, the list goes back, and no text comes under another work.

import { isText } from "./assist.js";

const STEP_MS = 50;

const pause = () => new Promise((done) => setTimeout(done, STEP_MS));

export class Picks {
  // models() gives the page's widgets, isLost() whether the network is known to be gone, sent() and refused() tell what became of a pick.
  constructor(root, { models, isLost, sent, refused, patience }) {
    Object.assign(this, { models, isLost, sent, refused, patience, passing: null });
    root.addEventListener(
      "change",
      (event) => {
        const list = event.target;
        if (list.tagName !== "SELECT" || !list.closest(".sg-page") || this.passing === list) return;
        event.stopImmediatePropagation();
        this.pick(list);
      },
      true,
    );
    root.addEventListener(
      "click",
      (event) => {
        const button = event.target.closest?.(".sg-page .widget-button");
        if (!button || this.passing === button) return;
        event.stopImmediatePropagation();
        this.press(button, event);
      },
      true,
    );
  }

  async press(button, { detail }) {
    const texts = (await this.models()).filter(isText);
    if (!(await this.answered(texts))) return this.refused(button);
    this.passing = button;
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail }));
    this.passing = null;
    return undefined;
  }

  async pick(list) {
    const wanted = list.selectedIndex;
    const models = await this.models();
    const model = modelOf(list, models);
    if (!model) return this.pass(list);
    const before = model.get("index") ?? -1;
    list.selectedIndex = before;
    const fields = [...(list.closest(".sg-card")?.querySelectorAll("textarea, input") || [])].filter((field) => !field.readOnly);
    for (const field of fields) field.readOnly = true;
    try {
      if (!(await this.answered([...models.filter(isText), model]))) return this.refused(list);
      list.selectedIndex = wanted;
      this.sent(list);
      this.pass(list);
      if (await this.answered([model])) return undefined;
      model.set("index", before);
      model.save_changes();
      list.selectedIndex = before;
      return this.refused(list);
    } finally {
      for (const field of fields) field.readOnly = false;
    }
  }

  pass(list) {
    this.passing = list;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    this.passing = null;
  }

  async answered(models) {
    const until = Date.now() + this.patience;
    while (this.isLost() || models.some((one) => one._pending_msgs > 0)) {
      if (this.isLost() || Date.now() > until) return false;
      await pause();
    }
    return true;
  }
}

// By what both know: a list's label and its lines.
function modelOf(list, models) {
  const lines = JSON.stringify([...list.options].map((option) => option.value));
  const label = list.labels?.[0]?.textContent || "";
  return models.find(
    (one) => one.get("_model_name") === "DropdownModel" && one.get("description") === label && JSON.stringify(one.get("_options_labels")) === lines,
  );
}
