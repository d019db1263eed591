// A line of text with a button: what is typed and that it is to be entered are one message, so that neither can overtake the other,
// and the line is free for the next one at once.

const DRAFT_AFTER_MS = 300;

export default {
  render({ model, el }) {
    el.classList.add("sg-entry-line");
    const [input, button] = [document.createElement("input"), document.createElement("button")];
    input.type = "text";
    button.type = "button";
    button.className = "jupyter-button mod-primary";
    el.append(input, button);
    let draft;
    const describe = () => {
      input.setAttribute("aria-label", model.get("label"));
      input.placeholder = model.get("example");
      button.textContent = model.get("action");
    };
    const enter = () => {
      clearTimeout(draft);
      model.send({ enter: input.value });
      input.value = "";
    };
    input.value = model.get("text");
    input.addEventListener("input", () => {
      clearTimeout(draft);
      draft = setTimeout(() => model.send({ typed: input.value }), DRAFT_AFTER_MS);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.repeat || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      enter();
    });
    button.addEventListener("click", enter);
    // What was not saved comes back, before what was typed meanwhile.
    const back = (message) => {
      if (typeof message.back === "string") input.value = input.value ? `${message.back} ${input.value}` : message.back;
    };
    model.on("change:label change:example change:action", describe);
    model.on("msg:custom", back);
    describe();
    return () => {
      clearTimeout(draft);
      model.off("msg:custom", back);
    };
  },
};
