// A list of steps, each a button that leads to its place; the one that is next is marked.

const MARKS = { done: "✓", next: "", open: "" };
const SPOKEN = { done: "Done", next: "Next", open: "To do" };

function make(name, model) {
  const item = document.createElement("li");
  item.dataset.name = name;
  const button = document.createElement("button");
  button.type = "button";
  for (const part of ["mark", "title", "note"]) {
    const span = document.createElement(part === "title" ? "b" : part === "note" ? "small" : "span");
    span.className = `sg-step-${part}`;
    button.append(span);
  }
  button.addEventListener("click", () => model.send({ step: name }));
  item.append(button);
  return item;
}

function fill(item, { title, note, state }) {
  const button = item.firstElementChild;
  const [mark, head, below] = button.children;
  item.className = state;
  mark.textContent = MARKS[state];
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", SPOKEN[state]);
  head.textContent = title;
  below.textContent = note;
  if (state === "next") button.setAttribute("aria-current", "step");
  else button.removeAttribute("aria-current");
}

export default {
  render({ model, el }) {
    const list = document.createElement("ol");
    list.className = "sg-steps";
    el.append(list);
    // A line that stays keeps its button, and the button the keyboard's focus.
    const draw = () => {
      const known = new Map([...list.children].map((item) => [item.dataset.name, item]));
      const wanted = model.get("steps").map((step) => {
        const item = known.get(step.name) ?? make(step.name, model);
        fill(item, step);
        return item;
      });
      for (const item of [...list.children]) if (!wanted.includes(item)) item.remove();
      wanted.forEach((item, place) => {
        if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
      });
    };
    model.on("change:steps", draw);
    draw();
    return () => model.off("change:steps", draw);
  },
};
