// A page of items as a table: a title that opens its card, and what else is known in columns. The arrow keys go from one to the next.

function cell(tag, text, name) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function make(id, model) {
  const row = document.createElement("tr");
  row.dataset.item = id;
  const head = document.createElement("th");
  head.scope = "row";
  const button = cell("button", "", "sg-item-open");
  button.type = "button";
  head.append(button, cell("small", "", "sg-item-below"));
  row.append(head);
  row.addEventListener("click", () => model.send({ item: id }));
  return row;
}

function fill(row, { title, below, cells }, heads, isShown) {
  const [button, small] = row.firstElementChild.children;
  if (button.textContent !== title) button.textContent = title;
  if (small.textContent !== below) small.textContent = below;
  row.classList.toggle("sg-shown", isShown);
  if (isShown) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  while (row.children.length > 1) row.lastElementChild.remove();
  cells.forEach((text, place) => {
    const made = cell("td", text, `sg-item-cell sg-item-${heads[place].toLowerCase().replaceAll(" ", "-")}`);
    row.append(made);
  });
}

function drawHeads(table, heads) {
  const row = document.createElement("tr");
  for (const text of heads) {
    const head = cell("th", text, `sg-item-${text.toLowerCase().replaceAll(" ", "-")}`);
    head.scope = "col";
    row.append(head);
  }
  table.tHead.replaceChildren(row);
}

function goOn(event, place) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const titles = [...place.querySelectorAll(".sg-item-open")];
  const at = titles.indexOf(document.activeElement);
  const isSearch = at < 0 && event.target.matches?.(".sg-search input");
  if (at < 0 && !(isSearch && step > 0)) return;
  event.preventDefault();
  event.stopPropagation();
  if (at === 0 && step < 0) place.querySelector(".sg-search input")?.focus();
  else titles[at + step]?.focus();
}

export default {
  render({ model, el }) {
    el.classList.add("sg-items-place");
    const table = document.createElement("table");
    table.className = "sg-items";
    const caption = cell("caption", model.get("label"), "sg-unseen");
    table.append(caption, document.createElement("thead"), document.createElement("tbody"));
    el.append(table);
    const body = table.tBodies[0];
    const draw = () => {
      const [heads, rows, shown] = [model.get("heads"), model.get("rows"), model.get("shown")];
      drawHeads(table, heads);
      table.hidden = rows.length === 0;
      // A row that stays keeps its button, and the button the keyboard's focus.
      const known = new Map([...body.children].map((row) => [row.dataset.item, row]));
      const wanted = rows.map((one) => {
        const row = known.get(one.id) ?? make(one.id, model);
        fill(row, one, heads.slice(1), one.id === shown);
        return row;
      });
      for (const row of [...body.children]) if (!wanted.includes(row)) row.remove();
      wanted.forEach((row, place) => {
        if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
      });
    };
    const keys = (event) => {
      const place = el.closest(".sg-find");
      if (place?.contains(event.target)) goOn(event, place);
    };
    globalThis.addEventListener("keydown", keys, true);
    model.on("change:rows change:heads change:shown", draw);
    draw();
    return () => {
      globalThis.removeEventListener("keydown", keys, true);
      model.off("change:rows change:heads change:shown", draw);
    };
  },
};
